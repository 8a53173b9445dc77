//! A portrait of nobody: head, hair, face and shoulders from soft shapes.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::{
    canvas::Canvas,
    spec::{between, chance, one_of},
};

/// How a portrait is framed and coloured.
#[derive(Debug, Clone)]
pub struct Look {
    pub background: &'static str,
    pub monochrome: bool,
    pub male: bool,
    /// The head leans to a side, degrees clockwise.
    pub tilt: f32,
    /// The head is turned aside: how far the face's middle moves, in half widths of the head.
    pub turn: f32,
    /// Draws the same person again on another paper.
    pub seed: u64,
}

/// Draws the portrait into the box `x`, `y`, `w`, `h` (mm).
pub fn portrait(canvas: &mut Canvas, x: f32, y: f32, w: f32, h: f32, look: &Look) {
    use rand::SeedableRng;
    let mut rng = ChaCha8Rng::seed_from_u64(look.seed);
    let rng = &mut rng;
    let (skin, shade, lip) = one_of(
        &[
            ("#f0cfb4", "#d3a283", "#b8655c"),
            ("#e6bd9c", "#c08e6a", "#a85a50"),
            ("#d8aa84", "#ac7a54", "#96504a"),
            ("#f5dac6", "#dcb095", "#c4716a"),
        ],
        rng,
    );
    let hair = one_of(&["#17130f", "#241c17", "#0f0f12", "#33261d"], rng);
    let cloth = one_of(&["#26303f", "#3a3a3e", "#51637a", "#6d2f36", "#e8e8ea", "#2d4a3d", "#1c1c20"], rng);
    let (id, clip, blur) = (canvas.fresh_id(), canvas.fresh_id(), canvas.fresh_id());
    canvas.define(&format!(
        r#"<radialGradient id="{id}" cx="0.46" cy="0.42" r="0.62"><stop offset="0" stop-color="{skin}"/><stop offset="0.7" stop-color="{skin}"/><stop offset="1" stop-color="{shade}"/></radialGradient><clipPath id="{clip}"><rect width="100" height="130"/></clipPath><filter id="{blur}" x="-0.3" y="-0.3" width="1.6" height="1.6"><feGaussianBlur stdDeviation="1.1"/></filter>"#
    ));
    let gray = if look.monochrome {
        let f = canvas.fresh_id();
        canvas.define(&format!(r#"<filter id="{f}" x="0" y="0" width="1" height="1"><feColorMatrix type="saturate" values="0"/></filter>"#));
        format!(r#" filter="url(#{f})""#)
    } else {
        String::new()
    };
    let (fw, fh) = (between(rng, 20.5, 24.5), between(rng, 28.0, 32.5)); // half axes of the head
    let (cx, cy) = (50.0 + between(rng, -1.2, 1.2), 58.0 + between(rng, -2.0, 2.0));
    let eye_y = cy - fh * 0.08;
    let eye_dx = fw * between(rng, 0.42, 0.48);
    let eye_w = between(rng, 4.2, 5.4);
    let eye_h = between(rng, 1.5, 2.3);
    let brow_y = eye_y - between(rng, 5.0, 6.5);
    let nose_y = cy + fh * 0.28;
    let mouth_y = cy + fh * 0.53;
    let mouth_w = between(rng, 7.0, 9.5);
    // Middle of the face: off the head's middle when the head is turned.
    let mid = cx + look.turn * fw;
    // The nose stands out of the face and moves farther.
    let nose_x = mid + look.turn * fw * 0.5;
    let mut s = format!(
        r#"<g{gray}><g transform="translate({x} {y}) scale({:.5} {:.5})"><g clip-path="url(#{clip})"><rect width="100" height="130" fill="{}"/><g transform="rotate({} 50 100)">"#,
        w / 100.0,
        h / 130.0,
        look.background,
        look.tilt
    );
    if !look.male {
        // Hair behind the shoulders.
        s += &format!(
            r#"<path d="M{:.1} {cy:.1}C{:.1} {:.1} {:.1} {:.1} {cx:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {cy:.1}L{:.1} 122L{:.1} 122Z" fill="{hair}"/>"#,
            cx - fw - 4.0,
            cx - fw - 4.0,
            cy - fh,
            cx - fw * 0.6,
            cy - fh - 9.0,
            cy - fh - 8.0,
            cx + fw * 0.6,
            cy - fh - 9.0,
            cx + fw + 4.0,
            cy - fh,
            cx + fw + 4.0,
            cx + fw + 3.0,
            cx - fw - 3.0
        );
    }
    // Neck, shoulders, collar.
    s += &format!(
        r#"<path d="M{:.1} {:.1}L{:.1} 112L{:.1} 112L{:.1} {:.1}Z" fill="{shade}"/>"#,
        cx - 9.5,
        cy + fh * 0.6,
        cx - 12.0,
        cx + 12.0,
        cx + 9.5,
        cy + fh * 0.6
    );
    s += &format!(
        r##"<path d="M2 130C6 108 22 104 {:.1} 99L50 114L{:.1} 99C78 104 94 108 98 130Z" fill="{cloth}"/><path d="M{:.1} 99L50 114L{:.1} 99L60 118L50 124L40 118Z" fill="#f4f4f2" opacity="{}"/>"##,
        cx - 12.0,
        cx + 12.0,
        cx - 12.0,
        cx + 12.0,
        if chance(rng, 0.5) { 1.0 } else { 0.0 }
    );
    // Ears and head.
    s += &format!(
        r#"<ellipse cx="{:.1}" cy="{:.1}" rx="3.4" ry="6" fill="{shade}"/><ellipse cx="{:.1}" cy="{:.1}" rx="3.4" ry="6" fill="{shade}"/>"#,
        cx - fw,
        cy + 1.0,
        cx + fw,
        cy + 1.0
    );
    s += &format!(
        r#"<path d="M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {cx:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {cx:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}Z" fill="url(#{id})"/>"#,
        cx - fw,
        cy - 4.0,
        cx - fw,
        cy - fh * 0.8,
        cx - fw * 0.6,
        cy - fh,
        cy - fh,
        cx + fw * 0.6,
        cy - fh,
        cx + fw,
        cy - fh * 0.8,
        cx + fw,
        cy - 4.0,
        cx + fw,
        cy + fh * 0.55,
        cx + fw * 0.5,
        cy + fh,
        cy + fh,
        cx - fw * 0.5,
        cy + fh,
        cx - fw,
        cy + fh * 0.55,
        cx - fw,
        cy - 4.0
    );
    // Soft modelling: cheeks, eye sockets, side of the nose, chin.
    s += &format!(
        r#"<g filter="url(#{blur})" fill="{shade}"><ellipse cx="{:.1}" cy="{eye_y:.1}" rx="7" ry="3.6" opacity="0.5"/><ellipse cx="{:.1}" cy="{eye_y:.1}" rx="7" ry="3.6" opacity="0.5"/><path d="M{:.1} {eye_y:.1}L{:.1} {nose_y:.1}L{mid:.1} {nose_y:.1}Z" opacity="0.45"/><ellipse cx="{mid:.1}" cy="{:.1}" rx="7" ry="1.8" opacity="0.55"/><ellipse cx="{mid:.1}" cy="{:.1}" rx="8" ry="2" opacity="0.45"/></g>"#,
        mid - eye_dx,
        mid + eye_dx,
        mid + 1.5,
        mid + 4.5,
        nose_y + 1.5,
        mouth_y + 5.0
    );
    for side in [-1.0, 1.0] {
        let ex = mid + side * eye_dx;
        s += &format!(
            r##"<path d="M{:.1} {eye_y:.1}Q{ex:.1} {:.1} {:.1} {eye_y:.1}Q{ex:.1} {:.1} {:.1} {eye_y:.1}Z" fill="#f6f1ec"/><circle cx="{ex:.1}" cy="{eye_y:.1}" r="{:.1}" fill="#2a1a12"/><circle cx="{:.1}" cy="{:.1}" r="0.5" fill="#fff"/><path d="M{:.1} {eye_y:.1}Q{ex:.1} {:.1} {:.1} {eye_y:.1}" fill="none" stroke="#241812" stroke-width="0.9"/>"##,
            ex - eye_w,
            eye_y - eye_h * 1.6,
            ex + eye_w,
            eye_y + eye_h * 1.3,
            ex - eye_w,
            eye_h.min(2.0),
            ex + 0.6,
            eye_y - 0.6,
            ex - eye_w,
            eye_y - eye_h * 1.7,
            ex + eye_w
        );
        s += &format!(
            r#"<path d="M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}" fill="none" stroke="{hair}" stroke-width="{:.1}" opacity="0.85"/>"#,
            ex - side * (eye_w + 0.5),
            brow_y + 0.6,
            ex,
            brow_y - 1.6,
            ex + side * (eye_w + 2.0),
            brow_y + 1.2,
            if look.male { 2.0 } else { 1.2 }
        );
    }
    s += &format!(
        r#"<path d="M{:.1} {nose_y:.1}Q{nose_x:.1} {:.1} {:.1} {nose_y:.1}" fill="none" stroke="{shade}" stroke-width="1.3"/><circle cx="{:.1}" cy="{nose_y:.1}" r="0.9" fill="{lip}" opacity="0.6"/><circle cx="{:.1}" cy="{nose_y:.1}" r="0.9" fill="{lip}" opacity="0.6"/>"#,
        nose_x - 4.2,
        nose_y + 2.4,
        nose_x + 4.2,
        nose_x - 2.2,
        nose_x + 2.2
    );
    s += &format!(
        r##"<path d="M{:.1} {mouth_y:.1}Q{mid:.1} {:.1} {:.1} {mouth_y:.1}Q{mid:.1} {:.1} {:.1} {mouth_y:.1}Z" fill="{lip}"/><path d="M{:.1} {mouth_y:.1}Q{mid:.1} {:.1} {:.1} {mouth_y:.1}" fill="none" stroke="#6d352f" stroke-width="0.7"/>"##,
        mid - mouth_w,
        mouth_y - 2.8,
        mid + mouth_w,
        mouth_y + 3.6,
        mid - mouth_w,
        mid - mouth_w,
        mouth_y + 0.9,
        mid + mouth_w
    );
    // Hair on top.
    let fringe = between(rng, 0.55, 0.8) * fh;
    let part = between(rng, -8.0, 8.0);
    s += &format!(
        r#"<path d="M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {cx:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}L{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}Z" fill="{hair}"/>"#,
        cx - fw - 1.5,
        cy - 3.0,
        cx - fw - 3.5,
        cy - fh * 0.9,
        cx - fw * 0.7,
        cy - fh - 6.0,
        cy - fh - 6.5,
        cx + fw * 0.7,
        cy - fh - 6.0,
        cx + fw + 3.5,
        cy - fh * 0.9,
        cx + fw + 1.5,
        cy - 3.0,
        cx + fw - 1.5,
        cy - fh * 0.25,
        cx + fw * 0.7,
        cy - fringe,
        cx + part,
        cy - fringe - 2.0,
        cx - fw * 0.8,
        cy - fringe,
        cx - fw + 1.5,
        cy - fh * 0.25
    );
    if rng.random_bool(0.22) {
        s += &format!(
            r##"<g fill="none" stroke="#2b2b30" stroke-width="0.9"><rect x="{:.1}" y="{:.1}" width="13" height="8.6" rx="3"/><rect x="{:.1}" y="{:.1}" width="13" height="8.6" rx="3"/><path d="M{:.1} {eye_y:.1}h{:.1}"/></g>"##,
            mid - eye_dx - 6.5,
            eye_y - 4.3,
            mid + eye_dx - 6.5,
            eye_y - 4.3,
            mid - eye_dx + 6.5,
            (2.0 * eye_dx - 13.0).max(0.1)
        );
    }
    s += "</g></g></g></g>";
    canvas.svg(&s);
}
