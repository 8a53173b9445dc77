//! The paper's own width ÷ height out of its perspective picture.

use crate::domain::Quad;

/// Focal lengths that a phone or a scanner can have, in units of the picture's diagonal. Outside of them the perspective is
/// too weak or too distorted to tell how far the paper is tilted.
const PLAUSIBLE_FOCAL: std::ops::Range<f64> = 0.35..8.0;
/// The same for the paper's sides, which an estimate off by a factor distorts: phones' main cameras have 0.6 (26 mm of full
/// frame), cropped to half 1.2. On 204 photos whose corners were off by 0.2 % of the diagonal, 98 in 100 came out within
/// 4.1 % so, 6.2 % with the estimate as it is and 7.8 % by the sides alone; the worst 7.5, 23 and 10 %.
const FOCAL: (f64, f64) = (0.6, 1.3);
/// Focal length where perspective says nothing of it.
const USUAL_FOCAL: f64 = 0.9;

/// Width ÷ height of the rectangle whose picture is `quad`, by Zhang & He, "Whiteboard scanning and
/// image enhancement" (Digital Signal Processing 17, 2007, §3): square pixels and the principal
/// point at the centre of the `width` × `height` picture are taken for granted.
pub fn metric_aspect(quad: &Quad, width: f32, height: f32) -> f32 {
    let plain = quad.width() / quad.height().max(1e-3);
    let sides = Sides::of(quad, f64::from(width), f64::from(height));
    let focal = sides.focal().map_or(USUAL_FOCAL, |focal| focal.clamp(FOCAL.0, FOCAL.1));
    let (across, down) = sides.seen_by(focal);
    let aspect = length(across) / length(down);
    if aspect.is_finite() && aspect > 0.0 { aspect as f32 } else { plain }
}

/// Angle in degrees between the paper and the picture's plane; `None` where perspective is too weak to tell.
pub(super) fn tilt(quad: &Quad, width: f32, height: f32) -> Option<f32> {
    let sides = Sides::of(quad, f64::from(width), f64::from(height));
    let focal = sides.focal().filter(|focal| PLAUSIBLE_FOCAL.contains(focal))?;
    let (across, down) = sides.seen_by(focal);
    let normal = cross(across, down);
    let cosine = (normal[2] / length(normal)).abs();
    cosine.is_finite().then(|| cosine.min(1.0).acos().to_degrees() as f32)
}

/// A rectangle's sides as long as they are for each other, in pixels of the picture and, in the third place, in focal lengths.
struct Sides {
    across: [f64; 3],
    down: [f64; 3],
    /// Of the picture, px.
    diagonal: f64,
}

impl Sides {
    fn of(quad: &Quad, width: f64, height: f64) -> Self {
        let centred =
            |i: usize| [f64::from(quad.0[i].x) - width / 2.0, f64::from(quad.0[i].y) - height / 2.0, 1.0];
        // The paper's naming: m1 top-left, m2 top-right, m3 bottom-left, m4 bottom-right.
        let (m1, m2, m4, m3) = (centred(0), centred(1), centred(2), centred(3));
        let k2 = dot(cross(m1, m4), m3) / dot(cross(m2, m4), m3);
        let k3 = dot(cross(m1, m4), m2) / dot(cross(m3, m4), m2);
        Self {
            across: [k2 * m2[0] - m1[0], k2 * m2[1] - m1[1], k2 - 1.0],
            down: [k3 * m3[0] - m1[0], k3 * m3[1] - m1[1], k3 - 1.0],
            diagonal: width.hypot(height),
        }
    }

    /// The focal length for which the sides stand at right angles, in diagonals; `None` where there is none.
    fn focal(&self) -> Option<f64> {
        let (n2, n3) = (self.across, self.down);
        let focal = (-(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])).sqrt() / self.diagonal;
        focal.is_finite().then_some(focal)
    }

    /// Their directions before a camera of that focal length, in diagonals.
    fn seen_by(&self, focal: f64) -> ([f64; 3], [f64; 3]) {
        let px = focal * self.diagonal;
        let seen = |n: [f64; 3]| [n[0] / px, n[1] / px, n[2]];
        (seen(self.across), seen(self.down))
    }
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
    fn weak_perspective_does_not_distort_the_sides() {
        // A diploma (1.41) on a board: opposite sides differ by a tenth at most, whose focal length came out as 7.6 diagonals.
        let quad = Quad([
            Point::new(29.5, 31.9),
            Point::new(1225.0, 87.9),
            Point::new(1184.4, 910.8),
            Point::new(83.1, 855.8),
        ]);
        let aspect = metric_aspect(&quad, 1280.0, 960.0);
        assert!((aspect - 1.4).abs() < 0.07, "{aspect}");
    }

    #[test]
    fn frontal_rectangle_falls_back_to_its_sides() {
        let quad = Quad::from_rect(crate::domain::Rect::new(100.0, 100.0, 400.0, 300.0));
        assert!((metric_aspect(&quad, 800.0, 600.0) - 1.5).abs() < 1e-3);
    }
}
