//! Words printed across a page that belong to no field: a watermark (学信网 CHSI, 仅供…使用), a specimen's mark
//! (样张).

use crate::ocr::{PageText, TextLine};

/// The watermark of CHSI reports.
pub const CHSI: &str = "学信网CHSI";

/// The mark of a specimen.
pub const SPECIMEN: &str = "样张";

/// Least part of a mark that is removed from within a line, in characters. Two characters (学信) occur
/// in values (医学信息); a shorter mark is removed only whole.
const MIN_PART: usize = 3;

/// A line that leans from the page's other lines by more than this is printed or stamped across the page.
/// Paper curls by 3°, watermarks lean by 15° and more; the quads of short lines are good to 4°.
const LEANING_DEG: f32 = 9.0;
/// A leaning line with more symbols may hold a label that the detector joined to it.
const MOST_LEANING_SYMBOLS: usize = 3;
/// Words of the purpose that careful people write across a copy (仅供报名审核使用, 他用无效): a leaning line with one
/// of them is that, however long.
const PURPOSE: [&str; 6] = ["仅供", "使用", "审核", "报名", "复印", "无效"];
/// Symbols that may be left of a mark's line when the mark is made blank: misread ones of its own.
const MOST_REST: usize = 2;
/// Boxes less wide than this many heights have no direction of their own.
const LEAST_ELONGATION: f32 = 1.3;

/// The pages with short leaning lines and every part of `marks` made blank; lines and symbols keep their indices.
pub fn removed(pages: &[PageText], marks: &[&str]) -> Vec<PageText> {
    let mut pages = pages.to_vec();
    pages.iter_mut().for_each(blank_leaning);
    for mark in marks {
        let mark: Vec<char> = mark.chars().collect();
        for page in &mut pages {
            let typical = typical_lean(page);
            for line in &mut page.lines {
                let was_marked = blank(line, &mark);
                // 言网CHSI: what is left of the mark's own line is the mark misread.
                let rest = line.symbols.iter().filter(|symbol| !symbol.ch.is_whitespace()).count();
                if was_marked && rest <= MOST_REST && typical.is_some_and(|typical| leans_from(line, typical))
                {
                    blank_all(line);
                }
            }
        }
    }
    pages
}

/// The direction that most of the page's lines have, degrees.
fn typical_lean(page: &PageText) -> Option<f32> {
    let mut leans: Vec<f32> = page.lines.iter().filter_map(lean).collect();
    leans.sort_by(f32::total_cmp);
    leans.get(leans.len() / 2).copied()
}

fn leans_from(line: &TextLine, typical: f32) -> bool {
    lean(line).is_some_and(|lean| (lean - typical).abs() > LEANING_DEG)
}

fn blank_all(line: &mut TextLine) {
    line.symbols.iter_mut().for_each(|symbol| symbol.ch = ' ');
}

fn blank_leaning(page: &mut PageText) {
    let Some(typical) = typical_lean(page) else { return };
    for line in &mut page.lines {
        if leans_from(line, typical) && (line.symbols.len() <= MOST_LEANING_SYMBOLS || tells_a_purpose(line))
        {
            blank_all(line);
        }
    }
}

fn tells_a_purpose(line: &TextLine) -> bool {
    let text: String = line.symbols.iter().map(|symbol| symbol.ch).collect();
    PURPOSE.iter().any(|word| text.contains(word))
}

/// Direction of a line in degrees from the horizontal; `None` when its box is too short to have one.
fn lean(line: &TextLine) -> Option<f32> {
    let [tl, tr, br, bl] = line.quad.0;
    let (dx, dy) = (tr.x - tl.x + br.x - bl.x, tr.y - tl.y + br.y - bl.y);
    (line.quad.width() >= LEAST_ELONGATION * line.quad.height()).then(|| dy.atan2(dx).to_degrees())
}

/// Makes the parts of a mark in a line blank; whether there were any.
fn blank(line: &mut TextLine, mark: &[char]) -> bool {
    let places: Vec<usize> =
        line.symbols.iter().enumerate().filter(|(_, s)| !s.ch.is_whitespace()).map(|(i, _)| i).collect();
    let chars: Vec<char> = places.iter().filter_map(|&i| Some(line.symbols.get(i)?.ch)).collect();
    let is_part = |run: &[char]| mark.windows(run.len().max(1)).any(|window| window == run);
    // A line that is nothing but a part of it; one Chinese character may be a cut label's (学|制).
    let whole = is_part(&chars) && (chars.len() > 1 || chars.iter().all(char::is_ascii));
    let mut at = 0;
    let mut found = false;
    while at < chars.len() {
        let part = if whole {
            Some(chars.len())
        } else {
            (MIN_PART.min(mark.len())..=mark.len()).rev().find(|&len| {
                // Latin letters alone may be a code's.
                chars.get(at..at + len).is_some_and(|run| is_part(run) && !run.iter().all(char::is_ascii))
            })
        };
        for &place in places.iter().skip(at).take(part.unwrap_or(0)) {
            if let Some(symbol) = line.symbols.get_mut(place) {
                symbol.ch = ' ';
            }
        }
        found |= part.is_some();
        at += part.unwrap_or(1).max(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{layout::drawn, passage::Passage};

    #[test]
    fn what_leans_across_the_page_is_no_value() {
        let mut page = drawn("专业  市场营销\n学制  三年\n信网");
        let [a, b, c, d] = page.lines[4].quad.0;
        page.lines[4].quad = crate::domain::Quad([
            a,
            crate::domain::Point::new(b.x, b.y - 20.0),
            crate::domain::Point::new(c.x, c.y - 20.0),
            d,
        ]);
        let pages = removed(&[page], &[]);
        assert_eq!(Passage::of_line(&pages[0].lines[4], 0, 4).text(), "");
        assert_eq!(Passage::of_line(&pages[0].lines[1], 0, 1).text(), "市场营销");
    }

    #[test]
    fn a_purpose_across_the_page_goes_however_long() {
        let mut page = drawn("姓名  张三  仅供报名审核使用\n性别  男\n住址  北京市");
        let lines = page.lines.len();
        let at = page.lines.iter().position(|line| line.symbols.len() == 8).unwrap();
        let [a, b, c, d] = page.lines[at].quad.0;
        let up = |p: crate::domain::Point| crate::domain::Point::new(p.x, p.y - 60.0);
        page.lines[at].quad = crate::domain::Quad([a, up(b), up(c), d]);
        let pages = removed(&[page], &[]);
        assert_eq!(Passage::of_line(&pages[0].lines[at], 0, at).text(), "");
        assert_eq!(pages[0].lines.len(), lines);
        assert_eq!(Passage::of_line(&pages[0].lines[1], 0, 1).text(), "张三");
    }

    #[test]
    fn the_rest_of_a_misread_mark_goes_with_it() {
        let mut page = drawn("学校  南昌理工学院\n专业  市场营销\n言网CHSI");
        let at =
            page.lines.iter().position(|line| line.symbols.len() == 6 && line.symbols[0].ch == '言').unwrap();
        let [a, b, c, d] = page.lines[at].quad.0;
        let up = |p: crate::domain::Point| crate::domain::Point::new(p.x, p.y - 60.0);
        page.lines[at].quad = crate::domain::Quad([a, up(b), up(c), d]);
        let pages = removed(&[page], &[CHSI]);
        assert_eq!(Passage::of_line(&pages[0].lines[at], 0, at).text(), "");
    }

    fn left(text: &str) -> String {
        let pages = removed(&[drawn(text)], &[CHSI, SPECIMEN]);
        Passage::of_line(&pages[0].lines[0], 0, 0).text()
    }

    #[test]
    fn marks_go_and_values_stay() {
        assert_eq!(left("市场营销信网CHSI"), "市场营销");
        assert_eq!(left("何祥鹏样张"), "何祥鹏");
        assert_eq!(left("HSI"), "");
        for value in ["医学信息工程", "学", "ATEST2CHSI6789AB"] {
            assert_eq!(left(value), value);
        }
    }
}
