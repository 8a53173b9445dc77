//! Running text with values set into it, wrapped to a column.

use crate::canvas::{Canvas, TextStyle};

/// A piece of running text; a value carries its field's name.
struct Piece {
    text: String,
    field: Option<&'static str>,
}

/// Where a paragraph stands, in mm: left edge, first baseline, line width, line pitch.
#[derive(Clone, Copy)]
pub struct Column {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub pitch: f32,
    /// A rule under each value.
    pub underline: bool,
}

/// Builds paragraphs piece by piece.
#[derive(Default)]
pub struct Flow(Vec<Piece>);

impl Flow {
    pub fn say(mut self, text: &str) -> Self {
        self.0.push(Piece { text: text.to_owned(), field: None });
        self
    }

    pub fn value(mut self, field: &'static str, text: impl Into<String>) -> Self {
        self.0.push(Piece { text: text.into(), field: Some(field) });
        self
    }

    /// Sets the text into the column, the first line indented by two characters; punctuation never
    /// begins a line. Returns the last baseline.
    pub fn set(&self, canvas: &mut Canvas, column: Column, print: &TextStyle, value: &TextStyle) -> f32 {
        let (mut pen, mut line) = (column.x + print.size * 2.0, column.y);
        for piece in &self.0 {
            let style = if piece.field.is_some() { value } else { print };
            let mut start = pen;
            let mut run = String::new();
            for c in piece.text.chars() {
                let advance = style.width(&c.to_string()) + style.spacing * style.size;
                let hangs = matches!(c, '，' | '。' | '、' | '；' | '）');
                if pen + advance > column.x + column.width && !hangs {
                    piece.set_run(canvas, (start, line), style, &run, column.underline);
                    run.clear();
                    line += column.pitch;
                    pen = column.x;
                    start = column.x;
                }
                run.push(c);
                pen += advance;
            }
            piece.set_run(canvas, (start, line), style, &run, column.underline);
        }
        line
    }
}

impl Piece {
    /// Sets the part of the piece that stands in one line.
    fn set_run(
        &self,
        canvas: &mut Canvas,
        (x, y): (f32, f32),
        style: &TextStyle,
        run: &str,
        underline: bool,
    ) {
        if run.is_empty() {
            return;
        }
        let rect = canvas.text(x, y, style, run);
        if let Some(field) = self.field {
            canvas.field(field, rect);
            if underline {
                let low = y + style.size * 0.25;
                canvas.line(rect.left - 0.3, low, rect.right + 0.3, low, 0.15, "#666");
            }
        }
    }
}
