//! Running text with values set into it, wrapped to a column.

use vouch::domain::Rect;

use crate::canvas::{Canvas, TextStyle};

/// A piece of running text; a value carries its field's name.
pub struct Piece {
    pub text: String,
    pub field: Option<&'static str>,
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

    /// Sets the text from (`x`, `y`) in lines of `width` and `pitch` mm, the first one indented by
    /// two characters; punctuation never begins a line. Returns the last baseline.
    pub fn set(&self, canvas: &mut Canvas, x: f32, y: f32, width: f32, pitch: f32, print: &TextStyle, value: &TextStyle, underline: bool) -> f32 {
        let (mut pen, mut line) = (x + print.size * 2.0, y);
        for piece in &self.0 {
            let style = if piece.field.is_some() { value } else { print };
            let mut start = pen;
            let mut run = String::new();
            for c in piece.text.chars() {
                let advance = style.width(&format!("{c}")) + style.spacing * style.size;
                let hangs = matches!(c, '，' | '。' | '、' | '；' | '）');
                if pen + advance > x + width && !hangs {
                    self.flush(canvas, start, line, style, &run, piece.field, underline);
                    run.clear();
                    line += pitch;
                    pen = x;
                    start = x;
                }
                run.push(c);
                pen += advance;
            }
            self.flush(canvas, start, line, style, &run, piece.field, underline);
        }
        line
    }

    #[allow(clippy::too_many_arguments, reason = "a private step of `set` that takes its cursor")]
    fn flush(&self, canvas: &mut Canvas, x: f32, y: f32, style: &TextStyle, run: &str, field: Option<&'static str>, underline: bool) {
        if run.is_empty() {
            return;
        }
        let rect: Rect = canvas.text(x, y, style, run);
        if let Some(field) = field {
            canvas.field(field, rect);
            if underline {
                canvas.line(rect.left - 0.3, y + style.size * 0.25, rect.right + 0.3, y + style.size * 0.25, 0.15, "#666");
            }
        }
    }
}
