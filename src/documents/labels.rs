//! Finding printed labels (姓名, 证书编号 …) in recognised lines.
//!
//! A label may be letter-spaced, cut into several boxes by the text detector, glued to its value, or
//! have a character misread. Labels are sought along each line together with the boxes to its right, so
//! a label that was cut is whole again.

use crate::ocr::PageText;

use super::passage::Passage;

/// One label text of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// The field it introduces; empty for a label that only ends other values.
    pub field: &'static str,
    /// Folded text of the label, without spaces.
    pub text: &'static str,
    /// Whether its value may go on in a line below.
    pub wraps: bool,
}

/// Builds the label table of a kind.
pub const fn label(field: &'static str, text: &'static str) -> Label {
    Label { field, text, wraps: false }
}

/// A label whose value may go on in a line below.
pub const fn wrapping(field: &'static str, text: &'static str) -> Label {
    Label { field, text, wraps: true }
}

/// Labels of this many characters or more may have one character wrong, missing or too many; shorter
/// ones are too easily something else.
const FUZZY_FROM: usize = 4;

/// Free room that sets a label off from the text before it in the same line, in line heights. Letters
/// within a word stand closer; columns stand further apart.
const SET_OFF: f32 = 0.45;

/// Widest gap within a letter-spaced or cut label, in line heights. Wider: two things.
const MAX_LETTER_GAP: f32 = 4.5;

/// A misread label may name another field than was printed, so its value is a little less sure.
pub const FUZZY_LABEL_FACTOR: f32 = 0.97;

/// A label that was found: which of the table, and its glyphs.
#[derive(Debug, Clone)]
pub struct Hit {
    pub label: Label,
    pub glyphs: Passage,
    /// 1, or less for a label that was not read exactly.
    pub factor: f32,
}

/// Boxes of `page` on the same height as line `index`, from it to the right, as one passage.
fn row_from(page: &PageText, lines: &[Passage], index: usize, slope: f32) -> Passage {
    let own = page.lines[index].bounds();
    let (own_center, own_height) = (own.center(), own.height());
    let mut right: Vec<usize> = (0..page.lines.len())
        .filter(|&other| {
            let b = page.lines[other].bounds();
            let dy = (b.center().y - own_center.y - slope * (b.center().x - own_center.x)).abs();
            other != index && b.left > own.center().x && dy < 0.5 * own_height.min(b.height())
        })
        .collect();
    right.sort_by(|&a, &b| page.lines[a].bounds().left.total_cmp(&page.lines[b].bounds().left));
    let mut row = lines[index].clone();
    let mut end = own.right;
    for other in right {
        let b = page.lines[other].bounds();
        let mut next = lines[other].clone();
        if let Some(first) = next.glyphs.first_mut() {
            first.gap = ((b.left - end) / own_height.max(1.0)).max(SET_OFF);
        }
        row.append(&next);
        end = b.right;
    }
    row
}

/// The lines' common slope (rise per pixel to the right), from the wider ones; 0 for few lines.
pub fn slope(page: &PageText) -> f32 {
    let mut slopes: Vec<f32> = page
        .lines
        .iter()
        .filter(|line| line.quad.width() > 4.0 * line.quad.height())
        .map(|line| {
            let [tl, tr, ..] = line.quad.0;
            (tr.y - tl.y) / (tr.x - tl.x).max(1.0)
        })
        .collect();
    if slopes.len() < 3 {
        return 0.0;
    }
    slopes.sort_by(f32::total_cmp);
    slopes[slopes.len() / 2]
}

/// Every label of `table` on the page, none overlapping another; longer and exact ones win.
pub fn find(page: &PageText, lines: &[Passage], table: &[Label]) -> Vec<Hit> {
    let slope = slope(page);
    let mut candidates: Vec<Hit> = Vec::new();
    for index in 0..page.lines.len() {
        let own_len = lines[index].len();
        if own_len == 0 {
            continue;
        }
        let row = row_from(page, lines, index, slope);
        for label in table {
            let pattern: Vec<char> = label.text.chars().collect();
            for start in 0..own_len {
                if let Some((len, factor)) = match_at(&row, start, &pattern)
                    && is_set_off(&row, start, start + len, factor)
                {
                    let glyphs = row.slice(start..start + len);
                    candidates.push(Hit { label: *label, glyphs, factor });
                }
            }
        }
    }
    // The longest first, exact before fuzzy.
    candidates.sort_by(|a, b| {
        let key =
            |hit: &Hit| (hit.glyphs.len() as f32 + if hit.factor < 1.0 { -1.5 } else { 0.0 }, hit.factor);
        let (a, b) = (key(a), key(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    let mut taken = std::collections::HashSet::new();
    let mut hits = Vec::new();
    for hit in candidates {
        let places: Vec<(usize, usize)> = hit.glyphs.glyphs.iter().map(|g| (g.line, g.symbol)).collect();
        if places.iter().any(|place| taken.contains(place)) {
            continue;
        }
        taken.extend(places);
        hits.push(hit);
    }
    hits
}

/// Whether `pattern` begins at `start`: how many glyphs it takes and its factor.
fn match_at(row: &Passage, start: usize, pattern: &[char]) -> Option<(usize, f32)> {
    let chars = row.chars();
    let fits = |len: usize| {
        row.glyphs
            .get(start + 1..start + len)
            .is_some_and(|rest| rest.iter().all(|g| g.gap <= MAX_LETTER_GAP))
    };
    if chars.get(start..start + pattern.len()) == Some(pattern) && fits(pattern.len()) {
        return Some((pattern.len(), 1.0));
    }
    if pattern.len() < FUZZY_FROM {
        return None;
    }
    // One wrong character; or one missing (never the first); or one too many inside.
    let n = pattern.len();
    for len in [n, n - 1, n + 1] {
        let Some(window) = chars.get(start..start + len) else { continue };
        // Keeping either end exact stops a fuzzy label from eating its neighbour.
        let ends_hold = if len == n {
            window[0] == pattern[0] || window[n - 1] == pattern[n - 1]
        } else {
            window[0] == pattern[0] && window[len - 1] == pattern[n - 1]
        };
        // A wrong last character may be the value's first: the label must plainly end there.
        let closed = window[len - 1] == pattern[n - 1]
            || row.glyphs.get(start + len).is_none_or(|next| next.gap >= SET_OFF || next.ch == ':');
        if ends_hold
            && closed
            && evenly_spaced(row, start, len)
            && fits(len)
            && super::values::fuzzy::distance(window, pattern) == 1
        {
            return Some((len, FUZZY_LABEL_FACTOR));
        }
    }
    None
}

/// Whether the glyphs stand as those of one word do: close, or letter-spaced by about the same.
fn evenly_spaced(row: &Passage, start: usize, len: usize) -> bool {
    let gaps = row.glyphs.get(start + 1..start + len).unwrap_or_default().iter().map(|glyph| glyph.gap);
    let (least, most) = gaps.fold((f32::MAX, 0.0_f32), |(least, most), gap| (least.min(gap), most.max(gap)));
    most < 2.0 * SET_OFF || most < 2.0 * least
}

/// Whether what stands at `start..end` stands apart as a label does: first in its line, after a gap,
/// after punctuation, before a colon, or right after a value that is plainly complete.
fn is_set_off(row: &Passage, start: usize, end: usize, factor: f32) -> bool {
    let Some(glyph) = row.glyphs.get(start) else { return false };
    if glyph.gap >= SET_OFF {
        return true;
    }
    let chars = row.chars();
    let before = start.checked_sub(1).and_then(|at| chars.get(at)).copied();
    if before.is_some_and(|c| matches!(c, ':' | ',' | '，' | ';' | '。' | '|' | '/' | '、')) {
        return true;
    }
    if factor < 1.0 {
        return false;
    }
    if chars.get(end) == Some(&':') {
        return true;
    }
    // 性别男民族汉: the value before it is complete by itself; a number ends where a word begins.
    before.is_some_and(|c| matches!(c, '男' | '女' | '日' | '月' | '族') || c.is_ascii_digit() || c == 'X')
        && end - start >= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::layout::{drawn, page};

    const TABLE: [Label; 5] = [
        label("name", "姓名"),
        label("sex", "性别"),
        label("nation", "民族"),
        label("certificate_number", "证书编号"),
        wrapping("school", "学校名称"),
    ];

    fn fields(page: &PageText) -> Vec<(&'static str, String)> {
        let lines: Vec<Passage> =
            page.lines.iter().enumerate().map(|(i, line)| Passage::of_line(line, 0, i)).collect();
        let mut hits: Vec<_> =
            find(page, &lines, &TABLE).into_iter().map(|hit| (hit.label.field, hit.glyphs.text())).collect();
        hits.sort();
        hits
    }

    #[test]
    fn spaced_cut_glued_and_misread_labels() {
        let both = vec![("name", "姓名".to_owned()), ("sex", "性别".to_owned())];
        assert_eq!(fields(&drawn("姓　　名：张三  性 别：男")), both);
        assert_eq!(fields(&drawn("姓|  |名|  张三\n性别男")), both);
        assert_eq!(fields(&drawn("姓名张三\n性别男")), both);
        assert_eq!(fields(&drawn("证书编弓：123")), vec![("certificate_number", "证书编弓".to_owned())]);
    }

    #[test]
    fn words_inside_a_value_are_no_labels() {
        assert_eq!(fields(&drawn("学校名称  西北民族大学")), vec![("school", "学校名称".to_owned())]);
        assert_eq!(fields(&page(&[(0.0, 0.0, "性别男民族汉")])).len(), 2);
    }
}
