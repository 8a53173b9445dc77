//! Values by their labels, on any layout: to the right on the same height, glued to the label, in the
//! next box, wrapped over lines, or below the label.

use std::ops::Range;

use crate::{domain::Rect, ocr::PageText};

use super::{
    labels::{self, Hit, Label},
    passage::{Passage, quad_of},
    values::text_norm,
};

/// A value may stand this far above or below its label's height, in line heights: a bilingual label
/// stands on two lines with its value between them, and a wrapped value stands around its label.
const ROW_REACH: f32 = 0.95;

/// Label and value of one row differ in height by no more than this factor.
const ROW_HEIGHTS_DIFFER: f32 = 1.4;

/// A value that was cut into boxes goes on within this gap, in line heights.
const SAME_VALUE_GAP: f32 = 2.0;

/// A wrapped line begins within this distance below the line before it, top to bottom, in line heights.
const WRAP_REACH: f32 = 1.0;

/// Lines that a wrapped value has after its first: an address may take four, no value takes more.
const MORE_LINES: usize = 3;

/// A wrapped line begins at most this far left or right of where the value began, in line heights.
const WRAP_INDENT: f32 = 1.5;

/// A value below its label begins within this distance, in line heights.
const BELOW_REACH: f32 = 2.5;

/// What a value that stands below its label costs: rarer, and the line may belong to something else.
const BELOW_FACTOR: f32 = 0.9;

/// A label with the value that belongs to it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub label: Label,
    pub label_glyphs: Passage,
    /// Empty when nothing stands there.
    pub value: Passage,
    /// What the finding of label and value costs.
    pub factor: f32,
}

/// All labels of a document with their values.
#[derive(Debug, Clone, Default)]
pub struct Labelled {
    pub entries: Vec<Entry>,
    /// What no label claims.
    pub loose: Vec<Passage>,
}

impl Labelled {
    pub fn read(pages: &[PageText], table: &[Label]) -> Self {
        let mut all = Self::default();
        for index in 0..pages.len() {
            read_page(pages, index, table, &mut all);
        }
        all
    }

    /// Entries of one field, those with a value first.
    pub fn of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a Entry> {
        let all = self.entries.iter().filter(move |entry| entry.label.field == field);
        let filled = all.clone().filter(|entry| !entry.value.is_empty());
        filled.chain(all.filter(|entry| entry.value.is_empty()))
    }
}

/// A run of glyphs of one line without a label in it.
struct Piece {
    glyphs: Passage,
    bounds: Rect,
    /// The hit right before it in the same line.
    after: Option<usize>,
    owner: Option<usize>,
    factor: f32,
}

fn read_page(pages: &[PageText], index: usize, table: &[Label], all: &mut Labelled) {
    let Some(page) = pages.get(index) else { return };
    let lines: Vec<Passage> =
        page.lines.iter().enumerate().map(|(line, text)| Passage::of_line(text, index, line)).collect();
    let hits = labels::find(page, &lines, table);
    let boxes: Vec<Rect> = hits.iter().map(|hit| bounds(pages, &hit.glyphs)).collect();
    let slope = labels::slope(page);
    let mut pieces = cut(pages, &lines, &hits);
    own_inline(&mut pieces);
    own_rows(&mut pieces, &hits, &boxes, slope);
    own_wrapped(&mut pieces, &hits, slope);
    own_below(&mut pieces, &hits, &boxes);
    // A value below its label may go on in the lines below it, as one beside its label does.
    own_wrapped(&mut pieces, &hits, slope);
    for (hit, label) in hits.iter().enumerate() {
        let mut owned: Vec<&Piece> = pieces.iter().filter(|piece| piece.owner == Some(hit)).collect();
        let em = owned.iter().map(|p| p.bounds.height()).fold(0.0, f32::max);
        // Top to bottom; on one height left to right.
        owned.sort_by(|a, b| {
            let dy = a.bounds.center().y - b.bounds.center().y;
            if dy.abs() > em * 0.5 { dy.total_cmp(&0.0) } else { a.bounds.left.total_cmp(&b.bounds.left) }
        });
        let mut value = Passage::default();
        let mut factor = label.factor;
        for piece in owned {
            value.append(&piece.glyphs);
            factor *= piece.factor;
        }
        let value = value.trimmed();
        all.entries.push(Entry {
            label: label.label,
            label_glyphs: label.glyphs.clone(),
            value: if is_label(&value, table) { Passage::default() } else { value },
            factor,
        });
    }
    all.loose.extend(pieces.into_iter().filter(|piece| piece.owner.is_none()).map(|piece| piece.glyphs));
}

/// Whether a value that was put together is another label: one set in lines below each other is none of the hits, which go
/// along lines, and stands where the value of a box above it would go on.
fn is_label(value: &Passage, table: &[Label]) -> bool {
    table.iter().any(|label| label.text.chars().eq(value.chars().iter().copied()))
}

fn bounds(pages: &[PageText], glyphs: &Passage) -> Rect {
    quad_of(pages, &glyphs.sources()).map(|quad| quad.bounds()).unwrap_or_default()
}

/// Cuts every line at its labels.
fn cut(pages: &[PageText], lines: &[Passage], hits: &[Hit]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (line, passage) in lines.iter().enumerate() {
        let hit_of = |symbol: usize| {
            hits.iter().position(|hit| hit.glyphs.glyphs.iter().any(|g| g.line == line && g.symbol == symbol))
        };
        let owners: Vec<Option<usize>> = passage.glyphs.iter().map(|g| hit_of(g.symbol)).collect();
        let mut at = 0;
        let mut after = None;
        while at < passage.len() {
            let run = owners[at..].iter().take_while(|owner| **owner == owners[at]).count();
            if owners[at].is_some() {
                after = owners[at];
            } else {
                let glyphs = passage.slice(trim_start(passage.chars(), at..at + run));
                if !glyphs.is_empty() {
                    pieces.push(Piece {
                        bounds: bounds(pages, &glyphs),
                        glyphs,
                        after,
                        owner: None,
                        factor: 1.0,
                    });
                }
            }
            at += run;
        }
    }
    pieces
}

/// `range` without punctuation at both ends.
fn trim_start(chars: &[char], range: Range<usize>) -> Range<usize> {
    let inner = text_norm::trim(&chars[range.clone()]);
    range.start + inner.start..range.start + inner.end
}

fn own_inline(pieces: &mut [Piece]) {
    for piece in pieces {
        piece.owner = piece.after;
    }
}

/// Boxes to the right of a label on its height.
fn own_rows(pieces: &mut [Piece], hits: &[Hit], boxes: &[Rect], slope: f32) {
    // Left to right, so that a value's boxes are joined in order.
    let mut order: Vec<usize> = (0..pieces.len()).filter(|&i| pieces[i].owner.is_none()).collect();
    order.sort_by(|&a, &b| pieces[a].bounds.left.total_cmp(&pieces[b].bounds.left));
    for i in order {
        let b = pieces[i].bounds;
        let mut best: Option<(f32, usize)> = None;
        for (hit, label) in boxes.iter().enumerate() {
            let (low, high) = (label.height().min(b.height()), label.height().max(b.height()));
            let em = high.max(1.0);
            let dx = b.left - label.right;
            let dy = (b.center().y - label.center().y - slope * (b.center().x - label.center().x)).abs();
            // A title's tall line does not reach down to the labels below it.
            let reach = ROW_REACH * high.min(ROW_HEIGHTS_DIFFER * low.max(1.0));
            if dx < -0.5 * em || dy > reach {
                continue;
            }
            let cost = 2.0 * dy / em + 0.1 * dx.max(0.0) / em;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, hit));
            }
        }
        let Some((_, hit)) = best else { continue };
        // Behind a value that is already there only a near box, on the same height, goes on with it;
        // around a wrapping label's height anything in its column does.
        let owned = || pieces.iter().filter(|piece| piece.owner == Some(hit));
        let on_height = |piece: &&Piece| {
            let em = piece.bounds.height().max(b.height()).max(1.0);
            (piece.bounds.center().y - b.center().y - slope * (piece.bounds.center().x - b.center().x)).abs()
                < 0.5 * em
        };
        let end = owned().filter(on_height).map(|piece| piece.bounds.right).reduce(f32::max);
        let em = b.height().max(1.0);
        let goes_on = match end {
            Some(end) => b.left - end < SAME_VALUE_GAP * em,
            None => owned()
                .all(|piece| hits[hit].label.wraps && (b.left - piece.bounds.left).abs() < WRAP_INDENT * em),
        };
        if goes_on {
            pieces[i].owner = Some(hit);
        }
    }
}

/// Lines below a wrapping label's value that go on with it.
fn own_wrapped(pieces: &mut [Piece], hits: &[Hit], slope: f32) {
    for (hit, label) in hits.iter().enumerate() {
        if !label.label.wraps {
            continue;
        }
        for _ in 0..MORE_LINES {
            let owned: Vec<Rect> =
                pieces.iter().filter(|piece| piece.owner == Some(hit)).map(|piece| piece.bounds).collect();
            let Some(first) = owned.iter().copied().min_by(|a, b| a.top.total_cmp(&b.top)) else { break };
            let Some(last) = owned.iter().copied().max_by(|a, b| a.bottom.total_cmp(&b.bottom)) else {
                break;
            };
            let next = (0..pieces.len()).find(|&i| {
                let piece = &pieces[i];
                let b = piece.bounds;
                let em = last.height().max(1.0);
                let drop = b.top - last.bottom - slope * (b.left - last.left);
                // Something to its left on its height: a row of its own, its label misread.
                let leads = |other: &Rect| {
                    other.right <= b.left + 0.3 * em && (other.center().y - b.center().y).abs() < 0.6 * em
                };
                piece.owner.is_none()
                    && !pieces.iter().any(|other| leads(&other.bounds))
                    && (-0.4 * em..WRAP_REACH * em).contains(&drop)
                    && b.center().y > last.center().y + 0.6 * em
                    && (b.left - first.left).abs() < WRAP_INDENT * em
                    // The line before is full, so this one is not much longer.
                    && b.width() < first.width() + em
                    && b.height() < 1.5 * em
                    && b.height() > 0.6 * em
            });
            let Some(next) = next else { break };
            pieces[next].owner = Some(hit);
        }
    }
}

/// Values under labels that have none beside them.
fn own_below(pieces: &mut [Piece], hits: &[Hit], boxes: &[Rect]) {
    for (hit, label) in boxes.iter().enumerate() {
        let field = hits[hit].label.field;
        let filled = pieces.iter().any(|piece| piece.owner.is_some_and(|o| hits[o].label.field == field));
        if field.is_empty() || filled {
            continue;
        }
        let em = label.height().max(1.0);
        let below = (0..pieces.len())
            .filter(|&i| {
                let b = pieces[i].bounds;
                let overlap = b.right.min(label.right) - b.left.max(label.left);
                pieces[i].owner.is_none()
                    && overlap > 0.3 * label.width().min(b.width())
                    && (0.0..BELOW_REACH * em).contains(&(b.top - label.bottom + 0.2 * em))
            })
            .min_by(|&a, &b| pieces[a].bounds.top.total_cmp(&pieces[b].bounds.top));
        if let Some(below) = below {
            pieces[below].owner = Some(hit);
            pieces[below].factor = BELOW_FACTOR;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{
        labels::{label, wrapping},
        layout::{EM, drawn, page},
    };

    const TABLE: [Label; 7] = [
        label("name", "姓名"),
        label("name", "Name"),
        label("sex", "性别"),
        label("birth_date", "出生日期"),
        wrapping("school", "学校名称"),
        label("major", "专业"),
        label("", "备注"),
    ];

    fn value(page: PageText, field: &str) -> String {
        let pages = [page];
        Labelled::read(&pages, &TABLE).of(field).next().map(|entry| entry.value.text()).unwrap_or_default()
    }

    #[test]
    fn beside_glued_and_in_the_next_box() {
        for drawing in [
            "姓名：张三  性别：男",
            "姓名张三  性别男",
            "姓名  张三  性别  男",
            "姓|  |名  张三  性  别  男",
            "姓名：|  |张三  性别：|  |男",
            "姓名：张三 性别：男",
        ] {
            assert_eq!(value(drawn(drawing), "name"), "张三", "{drawing}");
            assert_eq!(value(drawn(drawing), "sex"), "男", "{drawing}");
        }
    }

    #[test]
    fn a_value_in_many_boxes() {
        let row = page(&[
            (0.0, 0.0, "出生日期"),
            (100.0, 0.0, "1964"),
            (175.0, 0.0, "年"),
            (225.0, 0.0, "2"),
            (270.0, 0.0, "月"),
            (320.0, 0.0, "27"),
            (370.0, 0.0, "日"),
        ]);
        assert_eq!(value(row, "birth_date"), "1964年2月27日");
    }

    #[test]
    fn a_label_in_two_lines_below_an_empty_box_is_no_value() {
        let below = |first: &'static str, second: &'static str| {
            page(&[(0.0, 0.0, "学校名称"), (20.0, 36.0, first), (20.0, 60.0, second)])
        };
        assert_eq!(value(below("备", "注"), "school"), "");
        assert_eq!(value(below("某某", "学校"), "school"), "某某学校");
    }

    #[test]
    fn below_the_label() {
        assert_eq!(value(drawn("姓名      性别\n张三      男"), "name"), "张三");
        assert_eq!(value(drawn("姓名      性别\n张三      男"), "sex"), "男");
    }

    #[test]
    fn below_the_label_and_wrapped() {
        let column = page(&[
            (0.0, 0.0, "学校名称"),
            (0.0, EM * 1.6, "北京某某某某信息"),
            (0.0, EM * 2.9, "职业技术学院"),
            (0.0, EM * 5.5, "专业"),
            (0.0, EM * 7.1, "电子商务"),
        ]);
        assert_eq!(value(column.clone(), "school"), "北京某某某某信息职业技术学院");
        assert_eq!(value(column, "major"), "电子商务");
    }

    #[test]
    fn bilingual_label_on_two_lines() {
        let lines = page(&[
            (0.0, 0.0, "姓名"),
            (0.0, EM, "Name"),
            (100.0, EM * 0.5, "张三"),
            (0.0, EM * 3.0, "性别"),
        ]);
        assert_eq!(value(lines, "name"), "张三");
    }

    #[test]
    fn wrapped_values_are_joined() {
        let below = page(&[
            (0.0, 0.0, "学校名称"),
            (100.0, 0.0, "北京某某某某信息"),
            (100.0, EM * 1.3, "职业技术学院"),
            (0.0, EM * 4.0, "专业"),
            (100.0, EM * 4.0, "电子商务"),
        ]);
        assert_eq!(value(below.clone(), "school"), "北京某某某某信息职业技术学院");
        assert_eq!(value(below, "major"), "电子商务");
        let around = page(&[
            (0.0, EM * 0.65, "学校名称"),
            (100.0, 0.0, "北京某某某某信息"),
            (100.0, EM * 1.3, "职业技术学院"),
            (0.0, EM * 4.0, "专业"),
            (100.0, EM * 4.0, "电子商务"),
        ]);
        assert_eq!(value(around, "school"), "北京某某某某信息职业技术学院");
    }

    #[test]
    fn the_next_row_is_not_a_wrapped_line() {
        let rows = drawn("学校名称  北京某学院\n专业      电子商务\n          2024年6月");
        assert_eq!(value(rows.clone(), "school"), "北京某学院");
        assert_eq!(value(rows, "major"), "电子商务");
    }
}
