//! What printed papers have in common: rows of label and value, stock, photos.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::Brief;
use crate::{
    canvas::{Canvas, TextStyle},
    draw::{
        face::{self, Look},
        guilloche,
    },
    spec::{between, chance, one_of},
    truth::Truth,
};

/// A4, mm.
pub const A4: (f32, f32) = (210.0, 297.0);

/// Room at a certificate's edges that its border may take, mm: print stays clear of it.
pub const CLEAR: f32 = 17.0;

/// One label with its value; `field` names it in the truth, with its normal form.
pub struct Row {
    pub label: String,
    pub value: String,
    pub field: Option<(&'static str, String)>,
}

impl Row {
    pub fn new(
        label: &str,
        value: impl Into<String>,
        field: &'static str,
        normal: impl Into<String>,
    ) -> Self {
        Self { label: label.to_owned(), value: value.into(), field: Some((field, normal.into())) }
    }

    pub fn plain(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into(), field: None }
    }
}

/// Where rows go and how they look.
pub struct Rows {
    pub label_x: f32,
    pub value_x: f32,
    pub y: f32,
    pub pitch: f32,
    pub value_width: f32,
    pub label: TextStyle,
    pub value: TextStyle,
    /// Width over which labels are spread; 0 = natural.
    pub justify: f32,
    pub colon: &'static str,
    pub underline: bool,
}

impl Rows {
    /// Sets the rows; values that are too wide go on in the next line. Returns the y below them.
    pub fn set(&self, canvas: &mut Canvas, truth: &mut Truth, rows: &[Row]) -> f32 {
        let mut y = self.y;
        for row in rows {
            let end = if self.justify > 0.0 {
                canvas.text_justified(self.label_x, y, self.justify, &self.label, &row.label).right
            } else {
                canvas.text(self.label_x, y, &self.label, &row.label).right
            };
            if !self.colon.is_empty() {
                canvas.text(end, y, &self.label, self.colon);
            }
            let lines = wrap(&self.value, &row.value, self.value_width);
            for (i, line) in lines.iter().enumerate() {
                let at = y + i as f32 * self.value.size * 1.35;
                let rect = canvas.text(self.value_x, at, &self.value, line);
                if let Some((name, _)) = &row.field {
                    canvas.field(name, rect);
                }
                if self.underline {
                    let low = at + self.value.size * 0.28;
                    canvas.line(self.value_x - 1.0, low, self.value_x + self.value_width, low, 0.2, "#555");
                }
            }
            if let Some((name, normal)) = &row.field {
                truth.field(name, normal);
            }
            y += self.pitch + lines.len().saturating_sub(1) as f32 * self.value.size * 1.35;
        }
        y
    }
}

/// Breaks text where the line is full.
pub fn wrap(style: &TextStyle, text: &str, width: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for c in text.chars() {
        let mut longer = lines.last().cloned().unwrap_or_default();
        longer.push(c);
        if style.width(&longer) > width && lines.last().is_some_and(|l| !l.is_empty()) {
            lines.push(c.to_string());
        } else if let Some(last) = lines.last_mut() {
            *last = longer;
        }
    }
    lines
}

/// A sheet of certificate stock with a tint, a pattern and perhaps a border.
pub fn certificate_stock(width: f32, height: f32, brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Canvas {
    const TINTS: &[(&str, &str, &str)] = &[
        ("#fdf8ec", "#d9c79a", "#a8802c"),
        ("#f4f8fc", "#b9cfe4", "#3d6a9c"),
        ("#fbf4f2", "#e2c0b8", "#a8403c"),
        ("#f6fbf5", "#bcd8bc", "#3f7a4c"),
        ("#fefefc", "#dcdcd4", "#8a7a50"),
        ("#fffdf4", "#e6dab0", "#b08a3a"),
    ];
    let (tint, line, border) = brief.split.pick(TINTS, rng);
    let mut canvas = Canvas::new(width, height);
    canvas.rect(0.0, 0.0, width, height, tint);
    if chance(rng, 0.7) {
        let spacing = between(rng, 2.2, 4.5);
        let opacity = between(rng, 0.25, 0.6);
        guilloche::waves(&mut canvas, &[line, line], spacing, opacity, rng);
    }
    if chance(rng, 0.6) {
        guilloche::rosette(&mut canvas, width / 2.0, height / 2.0, height.min(width) * 0.3, 8, line, 0.5);
    }
    if chance(rng, 0.75) {
        guilloche::border(&mut canvas, between(rng, 5.0, 9.0), between(rng, 3.0, 6.0), border);
    }
    canvas
}

/// A portrait photo of the person with a hairline round it.
pub fn photo(canvas: &mut Canvas, x: f32, y: f32, w: f32, h: f32, brief: &Brief<'_>, rng: &mut ChaCha8Rng) {
    let look = Look {
        background: one_of(&["#ffffff", "#f6f6f6", "#4a8fd6", "#c8342e", "#e9eef2"], rng),
        monochrome: chance(rng, 0.08),
        male: brief.person.male,
        tilt: 0.0,
        turn: 0.0,
        seed: brief.face_seed,
    };
    face::portrait(canvas, x, y, w, h, &look);
    canvas.frame(x, y, w, h, 0.15, "#999");
}

/// A dark ink.
pub fn ink(rng: &mut ChaCha8Rng) -> &'static str {
    one_of(&["#111", "#1a1a1c", "#222226", "#2b2b2f"], rng)
}

/// 样张 into a place that holds no field.
pub fn specimen(canvas: &mut Canvas, style: &TextStyle, rng: &mut ChaCha8Rng) {
    if !rng.random_bool(0.5) {
        return;
    }
    for _ in 0..80 {
        let (x, y) = (between(rng, 10.0, canvas.width - 25.0), between(rng, 15.0, canvas.height - 10.0));
        let free = canvas.fields.iter().all(|f| {
            x > f.rect.right + 3.0
                || x + 16.0 < f.rect.left - 3.0
                || y - 9.0 > f.rect.bottom + 2.0
                || y + 3.0 < f.rect.top - 2.0
        });
        let clear_of_text = canvas.runs.iter().all(|r| {
            x > r.x + r.style.width(&r.text)
                || x + 16.0 < r.x
                || y - 8.0 > r.y
                || y + 2.0 < r.y - r.style.size
        });
        if free && clear_of_text {
            canvas.text_turned(x, y, -10.0, &style.clone().sized(6.0).filled("#c0392b").faded(0.5), "样张");
            return;
        }
    }
}
