//! QR codes.

use std::fmt::Write as _;

use qrcode::{EcLevel, QrCode, types::Color};

use crate::canvas::Canvas;

/// Draws the code for `payload` with its quiet zone into a square of `side` mm at (`x`, `y`).
pub fn draw(canvas: &mut Canvas, x: f32, y: f32, side: f32, payload: &str) {
    let Ok(code) = QrCode::with_error_correction_level(payload, EcLevel::M) else {
        return;
    };
    let modules = code.width();
    let unit = side / (modules + 4) as f32;
    let mut path = String::new();
    for (i, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (cx, cy) = ((i % modules + 2) as f32 * unit, (i / modules + 2) as f32 * unit);
            let _ = write!(path, "M{:.3} {:.3}h{unit:.4}v{unit:.4}h-{unit:.4}z", x + cx, y + cy);
        }
    }
    canvas.rect(x, y, side, side, "#fff");
    canvas.svg(&format!(r##"<path d="{path}" fill="#111" shape-rendering="crispEdges"/>"##));
}
