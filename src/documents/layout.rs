//! Test pages out of a compact description.

use crate::{
    domain::{Quad, Reader, Rect},
    ocr::{Code, PageText, TextLine},
};

/// Height of a line in test pixels; a full-width character is as wide.
pub const EM: f32 = 20.0;

/// A page of lines: left edge and top edge in pixels, and the text. Every character but ASCII is one em
/// wide, ASCII half of it. Lines are put in reading order as detection does.
pub fn page(lines: &[(f32, f32, &str)]) -> PageText {
    let mut lines: Vec<TextLine> = lines
        .iter()
        .map(|&(x, y, text)| {
            let width: f32 = text.chars().map(|c| if c.is_ascii() { EM / 2.0 } else { EM }).sum();
            TextLine::plain(text, Quad::from_rect(Rect::new(x, y, x + width, y + EM)), 0.99, Reader::Ppocr)
        })
        .collect();
    lines.sort_by(|a, b| {
        let (a, b) = (a.bounds(), b.bounds());
        a.top.total_cmp(&b.top).then(a.left.total_cmp(&b.left))
    });
    PageText { page: 0, width: 1000.0, height: 1400.0, lines, codes: Vec::new() }
}

/// A page out of a drawing: every row of text is 1.8 em below the one before; two or more spaces
/// (or a full-width one before a column) part boxes. `|` at a place starts a new box there.
pub fn drawn(drawing: &str) -> PageText {
    let mut lines = Vec::new();
    for (row, text) in drawing.lines().enumerate() {
        let y = row as f32 * EM * 1.8;
        let mut x = 0.0;
        let mut box_start = 0.0;
        let mut current = String::new();
        let mut spaces = 0;
        for ch in text.chars().chain(std::iter::once('|')) {
            if ch == '|' {
                if !current.trim().is_empty() {
                    lines.push((box_start, y, current.trim_end().to_owned()));
                }
                current.clear();
                spaces = 0;
                continue;
            }
            if ch == ' ' {
                spaces += 1;
                x += EM / 2.0;
                if spaces == 2 && !current.is_empty() {
                    lines.push((box_start, y, current.trim_end().to_owned()));
                    current.clear();
                } else if spaces == 1 && !current.is_empty() {
                    current.push(' ');
                }
                continue;
            }
            if current.is_empty() {
                box_start = x;
            }
            spaces = 0;
            current.push(ch);
            x += if ch.is_ascii() { EM / 2.0 } else { EM };
        }
    }
    let borrowed: Vec<(f32, f32, &str)> = lines.iter().map(|(x, y, t)| (*x, *y, t.as_str())).collect();
    page(&borrowed)
}

/// The same page with a QR code.
pub fn with_code(mut page: PageText, text: &str) -> PageText {
    let quad = Quad::from_rect(Rect::new(800.0, 1200.0, 900.0, 1300.0));
    page.codes.push(Code { text: text.to_owned(), symbology: "QRCode", quad });
    page
}
