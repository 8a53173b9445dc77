//! The paper's own width ÷ height out of its perspective picture.

use crate::domain::Quad;

/// Focal lengths that a phone or a scanner can have, in units of the picture's diagonal. Outside
/// of them the perspective is too weak or too distorted to tell, and the side ratio is used.
const PLAUSIBLE_FOCAL: std::ops::Range<f64> = 0.35..8.0;

/// Width ÷ height of the rectangle whose picture is `quad`, by Zhang & He, "Whiteboard scanning and
/// image enhancement" (Digital Signal Processing 17, 2007, §3): square pixels and the principal
/// point at the centre of the `width` × `height` picture are taken for granted.
pub fn metric_aspect(quad: &Quad, width: f32, height: f32) -> f32 {
    let plain = quad.width() / quad.height().max(1e-3);
    perspective_aspect(quad, f64::from(width), f64::from(height)).unwrap_or(plain)
}

/// A rectangle's sides as the camera saw them: directions in camera coordinates, as long as the sides are for each
/// other.
struct Sides {
    across: [f64; 3],
    down: [f64; 3],
}

fn perspective_aspect(quad: &Quad, width: f64, height: f64) -> Option<f32> {
    let sides = sides(quad, width, height)?;
    let aspect = length(sides.across) / length(sides.down);
    (aspect.is_finite() && aspect > 0.0).then_some(aspect as f32)
}

/// Angle in degrees between the paper and the picture's plane; `None` where perspective is too weak to tell.
pub(super) fn tilt(quad: &Quad, width: f32, height: f32) -> Option<f32> {
    let sides = sides(quad, f64::from(width), f64::from(height))?;
    let normal = cross(sides.across, sides.down);
    let cosine = (normal[2] / length(normal)).abs();
    cosine.is_finite().then(|| cosine.min(1.0).acos().to_degrees() as f32)
}

fn sides(quad: &Quad, width: f64, height: f64) -> Option<Sides> {
    let centred =
        |i: usize| [f64::from(quad.0[i].x) - width / 2.0, f64::from(quad.0[i].y) - height / 2.0, 1.0];
    // The paper's naming: m1 top-left, m2 top-right, m3 bottom-left, m4 bottom-right.
    let (m1, m2, m4, m3) = (centred(0), centred(1), centred(2), centred(3));
    let k2 = dot(cross(m1, m4), m3) / dot(cross(m2, m4), m3);
    let k3 = dot(cross(m1, m4), m2) / dot(cross(m3, m4), m2);
    let n2 = [k2 * m2[0] - m1[0], k2 * m2[1] - m1[1], k2 - 1.0];
    let n3 = [k3 * m3[0] - m1[0], k3 * m3[1] - m1[1], k3 - 1.0];
    let focal_squared = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2]);
    let focal = focal_squared.sqrt();
    let is_plausible = focal.is_finite() && PLAUSIBLE_FOCAL.contains(&(focal / width.hypot(height)));
    let seen = |n: [f64; 3]| [n[0] / focal, n[1] / focal, n[2]];
    is_plausible.then(|| Sides { across: seen(n2), down: seen(n3) })
}

fn length(v: [f64; 3]) -> f64 {
    dot(v, v).sqrt()
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Point;

    /// A card of 85.6 × 54 seen by a pinhole camera that is tilted by `pitch` and `roll`.
    fn seen(pitch: f32, roll: f32) -> Quad {
        let (focal, distance) = (1400.0, 220.0);
        let corners = [(-42.8, -27.0), (42.8, -27.0), (42.8, 27.0), (-42.8, 27.0)];
        Quad(corners.map(|(x, y): (f32, f32)| {
            let (x1, y1) = (x * roll.cos() - y * roll.sin(), x * roll.sin() + y * roll.cos());
            let (y2, z) = (y1 * pitch.cos(), distance + y1 * pitch.sin());
            // A turn about the vertical as well, so that both vanishing points are finite.
            let (x2, z) = (x1 * 0.94 + (z - distance) * 0.34, z + x1 * -0.34);
            Point::new(800.0 + focal * x2 / z, 600.0 + focal * y2 / z)
        }))
    }

    #[test]
    fn tilted_card_keeps_its_aspect() {
        for (pitch, roll) in [(0.5, 0.1), (0.35, 0.3), (-0.4, 0.05)] {
            let aspect = metric_aspect(&seen(pitch, roll), 1600.0, 1200.0);
            assert!((aspect - 1.585).abs() < 0.05, "{pitch} {roll}: {aspect}");
        }
    }

    #[test]
    fn the_tilt_is_told_and_a_cut_corner_has_none_that_people_take() {
        let tilt_of = |quad: &Quad| tilt(quad, 1600.0, 1200.0);
        // A turn of 20° about the vertical comes on top of the pitch.
        assert!(tilt_of(&seen(0.35, 0.3)).is_some_and(|degrees| (20.0..40.0).contains(&degrees)));
        // A page seen from above whose fourth corner a shadow took.
        let cut = Quad([
            Point::new(136.0, 39.0),
            Point::new(1393.0, 68.0),
            Point::new(1368.0, 1264.0),
            Point::new(146.0, 1881.0),
        ]);
        assert!(tilt(&cut, 1427.0, 1902.0).is_some_and(|degrees| degrees > 60.0));
    }

    #[test]
    fn frontal_rectangle_falls_back_to_its_sides() {
        let quad = Quad::from_rect(crate::domain::Rect::new(100.0, 100.0, 400.0, 300.0));
        assert!((metric_aspect(&quad, 800.0, 600.0) - 1.5).abs() < 1e-3);
    }
}
