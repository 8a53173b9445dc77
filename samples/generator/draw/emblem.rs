//! A red-and-gold round emblem in the manner of the card's, simplified.

use std::fmt::Write as _;

use crate::canvas::Canvas;

/// Path of a five-pointed star about (`cx`, `cy`), first point at `angle` (radians, 0 = up).
pub fn star(cx: f32, cy: f32, r: f32, angle: f32) -> String {
    let mut path = String::new();
    for i in 0..10 {
        let a = angle + i as f32 * std::f32::consts::PI / 5.0;
        let radius = if i % 2 == 0 { r } else { r * 0.382 };
        let _ = write!(
            path,
            "{}{:.3} {:.3}",
            if i == 0 { 'M' } else { 'L' },
            cx + radius * a.sin(),
            cy - radius * a.cos()
        );
    }
    path + "Z"
}

/// Draws the emblem about (`cx`, `cy`) with radius `r`, mm.
pub fn emblem(canvas: &mut Canvas, cx: f32, cy: f32, r: f32) {
    let (red, gold) = ("#c2272d", "#d8a13b");
    let mut s = format!(r#"<circle cx="{cx}" cy="{cy}" r="{r}" fill="{gold}"/><circle cx="{cx}" cy="{cy}" r="{:.2}" fill="{red}"/>"#, r * 0.82);
    let _ = write!(s, r#"<path d="{}" fill="{gold}"/>"#, star(cx, cy - r * 0.42, r * 0.24, 0.0));
    for (dx, dy) in [(-0.38, -0.22), (-0.17, -0.08), (0.17, -0.08), (0.38, -0.22)] {
        let _ = write!(s, r#"<path d="{}" fill="{gold}"/>"#, star(cx + dx * r, cy + dy * r, r * 0.095, 0.0));
    }
    // The gate.
    let g = |x: f32, y: f32, w: f32, h: f32| format!(r#"<rect x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}" fill="{gold}"/>"#, cx + x * r, cy + y * r, w * r, h * r);
    s += &g(-0.5, 0.34, 1.0, 0.16);
    s += &g(-0.42, 0.2, 0.84, 0.1);
    s += &g(-0.3, 0.1, 0.6, 0.08);
    for i in 0..5 {
        let _ = write!(s, r#"<rect x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}" fill="{red}"/>"#, cx + (-0.36 + 0.16 * i as f32) * r, cy + 0.38 * r, 0.08 * r, 0.12 * r);
    }
    // The wreath.
    for i in 0..22 {
        let a = 0.25 + i as f32 / 21.0 * 5.78;
        let (x, y) = (cx - r * 0.91 * a.sin(), cy - r * 0.91 * a.cos());
        let _ = write!(s, r##"<ellipse cx="{x:.2}" cy="{y:.2}" rx="{:.2}" ry="{:.2}" transform="rotate({:.0} {x:.2} {y:.2})" fill="#b9802a"/>"##, r * 0.045, r * 0.1, -a.to_degrees() + 35.0);
    }
    let _ = write!(s, r#"<path d="M{:.2} {:.2}Q{cx:.2} {:.2} {:.2} {:.2}L{cx:.2} {:.2}Z" fill="{red}"/>"#, cx - r * 0.55, cy + r * 0.72, cy + r * 1.12, cx + r * 0.55, cy + r * 0.72, cy + r * 0.86);
    canvas.svg(&s);
}
