//! Running text: lines of all pages joined in reading order, with the way back to every symbol.

use crate::ocr::{PageText, TextLine};

use super::{labels, passage::Passage};

/// Boxes whose centres are nearer than this, in line heights, stand on one row.
const SAME_ROW: f32 = 0.5;

/// A line of at most this many symbols read with less than this confidence is ornament or texture: it
/// would break a sentence that it happens to stand beside.
const NOISE_SYMBOLS: usize = 4;
const NOISE_CONFIDENCE: f32 = 0.5;

fn is_noise(line: &TextLine) -> bool {
    line.symbols.len() <= NOISE_SYMBOLS && line.confidence() < NOISE_CONFIDENCE
}

/// All lines joined: rows from top to bottom, boxes of a row from left to right. A row is followed down
/// the page's slope, so that a slightly turned page reads in order.
pub fn join(pages: &[PageText]) -> Passage {
    let mut text = Passage::default();
    for page in 0..pages.len() {
        for row in rows(pages, page) {
            text.append(&row);
        }
    }
    text
}

/// The rows of one page, each its boxes joined from left to right.
pub fn rows(pages: &[PageText], page: usize) -> Vec<Passage> {
    let Some(text) = pages.get(page) else { return Vec::new() };
    let slope = labels::slope(text);
    // Height of each line's centre where it would cross the left edge.
    let level = |line: usize| {
        let center = text.lines[line].quad.center();
        center.y - slope * center.x
    };
    let mut order: Vec<usize> = (0..text.lines.len()).filter(|&line| !is_noise(&text.lines[line])).collect();
    order.sort_by(|&a, &b| level(a).total_cmp(&level(b)));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for line in order {
        let height = text.lines[line].quad.height();
        let joins = rows.last().is_some_and(|row| {
            row.iter().all(|&other| {
                let em = height.min(text.lines[other].quad.height());
                (level(line) - level(other)).abs() < SAME_ROW * em
            })
        });
        match rows.last_mut() {
            Some(row) if joins => row.push(line),
            _ => rows.push(vec![line]),
        }
    }
    rows.into_iter()
        .map(|mut row| {
            row.sort_by(|&a, &b| text.lines[a].bounds().left.total_cmp(&text.lines[b].bounds().left));
            let mut joined = Passage::default();
            for line in row {
                joined.append(&Passage::of_line(&text.lines[line], page, line));
            }
            joined
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::layout::{EM, page};

    #[test]
    fn rows_in_order_with_their_sources() {
        let pages = [page(&[(300.0, 3.0, "性别男"), (0.0, 0.0, "学生张三"), (0.0, EM * 1.5, "准予毕业")])];
        let text = join(&pages);
        assert_eq!(text.text(), "学生张三性别男准予毕业");
        assert_eq!(text.slice(4..7).sources().len(), 1);
    }
}
