//! What stands below the sentence of a graduation certificate: number, principal, school, date.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use crate::ocr::PageText;

use super::{
    frames::{self, Frame},
    passage::Passage,
    reading::FieldReading,
    values::{Parsed, date, diploma_number, person_name, school, text_norm},
};

/// Told by its form alone, no label beside it.
const LOOSE_FACTOR: f32 = 0.95;

/// A free number without its label.
const WEAK_FACTOR: f32 = 0.7;

/// The school's name is only part of a line (a title, a seal).
const PART_OF_LINE_FACTOR: f32 = 0.85;

static NUMBER: LazyLock<[Frame; 3]> = LazyLock::new(|| {
    [
        Frame::new(r"证书编[号弓][:.,，]?(?:NO[.:]?)?(?P<v>[A-Za-z0-9\-|]{6,26})", 1.0),
        Frame::new(
            r"(?:编号|书编.|证书号|证书序号|学校编号|注册号|NO[.:]|No[.:])[:.,，]?(?P<v>[A-Za-z0-9\-|]{6,26})",
            0.95,
        ),
        Frame::new(r"编[\p{Han}][:]?(?P<v>[0-9]{10,26})", 0.9),
    ]
});

/// Last characters of labels: the mark after them is a colon, no speck.
const LABEL_ENDS: [char; 6] = ['长', '校', '名', '称', '章', '位'];

/// Free room, in line heights, that parts the principal from the school on one row; a name that was cut
/// in two boxes has less, unless it is listed.
const COLUMN_GAP: f32 = 1.5;

/// A number ends at a gap this wide, in line heights: the next box begins, often with the date.
const NUMBER_END_GAP: f32 = 1.5;

pub fn certificate_number(pages: &[PageText], rows: &[Passage]) -> Option<FieldReading> {
    let lines = super::checks::all_lines(pages);
    let by_label = lines.iter().chain(rows).find_map(|row| labelled_number(pages, row));
    let national = |field: &FieldReading| {
        diploma_number::format(&field.value) == diploma_number::Format::HigherEducation
    };
    if by_label.as_ref().is_some_and(national) {
        return by_label;
    }
    let by_form = rows.iter().find_map(|row| {
        let mut parsed = diploma_number::find(row.chars())
            .filter(|p| diploma_number::format(&p.value) == diploma_number::Format::HigherEducation)?;
        parsed.factor *= LOOSE_FACTOR;
        row.field(pages, "certificate_number", &parsed)
    });
    // Behind its label any number stands; by form only the national one is told apart.
    by_label.or(by_form).or_else(|| {
        // The label lost: the lowest long run of digits that is no ID number and no date.
        rows.iter().rev().find_map(|row| {
            let mut parsed = diploma_number::find(row.chars()).filter(|p| p.range.len() >= 10)?;
            let chars = row.chars().get(parsed.range.clone())?;
            if super::values::id_number::IdNumber::parse(&parsed.value).is_ok() || date::find(chars).is_some()
            {
                return None;
            }
            parsed.factor *= WEAK_FACTOR;
            row.field(pages, "certificate_number", &parsed)
        })
    })
}

fn labelled_number(pages: &[PageText], row: &Passage) -> Option<FieldReading> {
    let (start, factor) = frames::locate(row, &*NUMBER)?;
    let rest = row.glyphs.get(start + 1..)?;
    let len = 1 + rest.iter().position(|glyph| glyph.gap >= NUMBER_END_GAP).unwrap_or(rest.len());
    let mut parsed = diploma_number::find(row.chars().get(start..start + len)?)?.shifted(start);
    parsed.factor *= factor;
    row.field(pages, "certificate_number", &parsed)
}

static PRINCIPAL: LazyLock<[Frame; 2]> = LazyLock::new(|| {
    [
        Frame::new(
            r"(?:校（院）长|院（校）长|校\(院\)长|[校院]长)(?:（签[名章]）|签[名章])?[:.,，]?(?P<v>[\p{Han}·]{2,15})",
            1.0,
        ),
        Frame::new(r"[校院]）?[长民][:](?P<v>[\p{Han}·]{2,4})", 0.85),
    ]
});

pub fn principal(pages: &[PageText], rows: &[Passage]) -> Option<FieldReading> {
    rows.iter().rev().find_map(|row| {
        let row = &own_box(row)?;
        frames::read(pages, row, "principal", &*PRINCIPAL, |chars| {
            // The signature ends where the next label or the school begins.
            let stop = ["证书", "编号", "二〇", "学校", "大学", "学院", "年", "盖章", "（章"]
                .iter()
                .filter_map(|word| {
                    let pattern: Vec<char> = word.chars().collect();
                    chars.windows(pattern.len()).position(|w| w == pattern)
                })
                .chain(school_start(chars))
                .min()
                .unwrap_or(chars.len());
            let name =
                person_name::parse(chars.get(..stop.min(4).max(usize::from(chars.contains(&'·')) * stop))?)?;
            (name.value.chars().count() >= 2).then_some(name)
        })
    })
}

/// The row up to the end of the box in which the principal's name begins: what stands in the next box is
/// the school or its seal.
fn own_box(row: &Passage) -> Option<Passage> {
    let (start, _) = frames::locate(row, &*PRINCIPAL)?;
    let line = row.glyphs.get(start)?.line;
    // A name of two characters may be cut in two boxes.
    let end = (start + 2..row.len()).find(|&at| row.glyphs.get(at).is_some_and(|g| g.line != line));
    Some(row.slice(0..end.unwrap_or(row.len())))
}

/// Characters of a listed school's name that tell its beginning behind a person's name.
const SCHOOL_HEAD: usize = 4;

/// Where a listed school begins behind a name of at least two characters.
fn school_start(chars: &[char]) -> Option<usize> {
    (2..chars.len()).find(|&at| {
        let head: String = chars.get(at..at + SCHOOL_HEAD).unwrap_or_default().iter().collect();
        !head.is_empty() && school::begins_listed(&head)
    })
}

/// The lowest date that names its day, after the sentence. Box by box first: in a joined row the date
/// may touch the number before it.
pub fn issued_on(pages: &[PageText], rows: &[Passage]) -> Option<FieldReading> {
    let lines = super::checks::all_lines(pages);
    lines.iter().rev().chain(rows.iter().rev()).find_map(|row| {
        let parsed = date::find_all(row.chars()).into_iter().rev().find(|p| p.value.day().is_some())?;
        let chars = row.chars();
        // The birth date stands before 生.
        if matches!(chars.get(parsed.range.end), Some('生' | '出')) {
            return None;
        }
        row.field(pages, "issued_on", &parsed)
    })
}

/// The school: a line that is its name (signature, seal), the part of the title before 毕业证书, or the
/// body's 在…学习. Lines that agree with the number's school code win; then whole lines; then lower ones.
pub fn school(pages: &[PageText], rows: &[Passage], number: Option<&str>) -> Option<FieldReading> {
    let coded = number.and_then(diploma_number::school_code).and_then(school::name_of);
    let lines: Vec<Passage> = super::checks::all_lines(pages).iter().map(without_specks).collect();
    let mut found: Vec<(f32, FieldReading)> = Vec::new();
    let mut votes: HashMap<String, usize> = HashMap::new();
    for passage in lines.iter().chain(rows) {
        let inner = listed_start(passage.chars());
        for start in inner.into_iter().chain(candidate_starts(passage.chars())) {
            let Some(len) = passage.chars().get(start..).and_then(school::name_length) else { continue };
            let range = start..start + len;
            if passage.glyphs[range.clone()].iter().skip(1).any(|glyph| glyph.gap >= COLUMN_GAP)
                && !is_listed_range(passage, &range)
            {
                continue;
            }
            let value: String = passage.chars()[range.clone()].iter().collect();
            let whole = range.len() + 3 >= passage.len();
            let factor = if whole { 1.0 } else { PART_OF_LINE_FACTOR };
            let parsed = Parsed { value: value.clone(), range, factor, alternatives: Vec::new() };
            let Some(field) = passage.field(pages, "school", &parsed) else { continue };
            let mut rank = if whole { 1.0 } else { 0.0 };
            if coded == Some(value.as_str()) {
                rank += 4.0;
            } else if school::is_listed(&value) {
                rank += 1.0;
            }
            *votes.entry(value).or_default() += 1;
            found.push((rank, field));
            break;
        }
    }
    for (rank, field) in &mut found {
        let count = votes.get(&field.value).copied().unwrap_or(1);
        // Printed twice (title and signature): hardly misread the same way.
        *rank += (count.min(3) as f32 - 1.0) * 0.3 + field.score;
    }
    found.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, field)| field)
}

/// The passage without single marks between Chinese characters (技术:学院): specks of the seal.
fn without_specks(passage: &Passage) -> Passage {
    let chars = passage.chars();
    let han = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|&ch| text_norm::is_han(ch));
    let is_speck = |at: usize| {
        matches!(chars.get(at), Some(':' | '.' | ',' | '\'' | '-' | '、' | '\\'))
            && han(at.checked_sub(1))
            && han(Some(at + 1))
            && !LABEL_ENDS.contains(&chars[at - 1])
    };
    Passage::new(
        passage.glyphs.iter().enumerate().filter(|(at, _)| !is_speck(*at)).map(|(_, glyph)| *glyph).collect(),
    )
}

fn is_listed_range(passage: &Passage, range: &Range<usize>) -> bool {
    school::is_listed(&passage.chars()[range.clone()].iter().collect::<String>())
}

/// Where a listed school's name stands in a line, whatever is before it: a row whose boxes were cut
/// within the name (`李四安|徽师范大学`), or a name glued to the principal's.
fn listed_start(chars: &[char]) -> Option<usize> {
    (0..chars.len()).find(|&start| {
        let rest = chars.get(start..).unwrap_or_default();
        school::name_length(rest)
            .is_some_and(|len| school::is_listed(&rest.iter().take(len).collect::<String>()))
    })
}

/// Where a school's name may begin in a line: at its start, or after a word that ends the label.
fn candidate_starts(chars: &[char]) -> Vec<usize> {
    let mut starts = vec![text_norm::trim(chars).start];
    for word in ["学校名称", "校名", "学校:", "院校:", "毕业院校", "（章）", ":", "："] {
        let pattern: Vec<char> = word.chars().collect();
        if let Some(at) = chars.windows(pattern.len()).position(|w| w == pattern) {
            starts.push(at + pattern.len());
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{flow, layout::drawn};

    fn both(drawing: &str) -> (Option<String>, Option<String>) {
        let pages = [drawn(drawing)];
        let rows = flow::rows(&pages, 0);
        (principal(&pages, &rows).map(|f| f.value), school(&pages, &rows, None).map(|f| f.value))
    }

    #[test]
    fn principal_and_school_on_one_row_are_told_apart() {
        let wanted = (Some("李四方".to_owned()), Some("安徽师范大学".to_owned()));
        assert_eq!(both("校长：李四方|  |安徽师范大学"), wanted);
        assert_eq!(both("校长：李四方安徽师范大学"), wanted);
        assert_eq!(both("校长：李四方|  |安徽师范:大学"), wanted);
        assert_eq!(both("校长：|  |李四方"), (wanted.0, None));
    }
}
