//! Points, rectangles, quads and homographies. Coordinates are pixels with the origin at the
//! top-left corner of a page after its EXIF orientation was applied, x to the right, y down.

use nalgebra::{SMatrix, SVector};
use serde::{Deserialize, Serialize};

/// A place on a page, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

impl Point {
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Euclidean distance in pixels.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point `t` of the way to `other` (0 = here, 1 = there).
    pub fn lerp(self, other: Self, t: f32) -> Self {
        Self::new(self.x + (other.x - self.x) * t, self.y + (other.y - self.y) * t)
    }
}

impl Serialize for Point {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A tenth of a pixel is finer than any measurement here; more digits are noise in reports.
        let tenth = |v: f32| (f64::from(v) * 10.0).round() / 10.0;
        [tenth(self.x), tenth(self.y)].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [x, y] = <[f32; 2]>::deserialize(deserializer)?;
        Ok(Self { x, y })
    }
}

/// An axis-aligned rectangle, in pixels; `right` and `bottom` are exclusive edges.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Rect {
    pub const fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, right, bottom }
    }

    pub fn width(self) -> f32 {
        self.right - self.left
    }

    pub fn height(self) -> f32 {
        self.bottom - self.top
    }

    pub fn center(self) -> Point {
        Point::new((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// The smallest rectangle that holds both.
    pub fn union(self, other: Self) -> Self {
        Self::new(
            self.left.min(other.left),
            self.top.min(other.top),
            self.right.max(other.right),
            self.bottom.max(other.bottom),
        )
    }

    /// Whether `point` lies within, its left and top edges included.
    pub fn contains(self, point: Point) -> bool {
        (self.left..self.right).contains(&point.x) && (self.top..self.bottom).contains(&point.y)
    }

    /// Grown by `dx` on the left and right and `dy` on the top and bottom.
    pub fn inflate(self, dx: f32, dy: f32) -> Self {
        Self::new(self.left - dx, self.top - dy, self.right + dx, self.bottom + dy)
    }

    /// Area in square pixels; zero for an empty or inverted rectangle.
    pub fn area(self) -> f32 {
        self.width().max(0.0) * self.height().max(0.0)
    }

    /// The part that lies in both; its area is zero when they do not meet.
    pub fn intersection(self, other: Self) -> Self {
        Self::new(
            self.left.max(other.left),
            self.top.max(other.top),
            self.right.min(other.right),
            self.bottom.min(other.bottom),
        )
    }
}

/// Four corners of something upright: top-left, top-right, bottom-right, bottom-left **of the
/// upright document** (so on a page turned by 180° the first corner is at the bottom right).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quad(pub [Point; 4]);

impl Quad {
    /// The quad of an axis-aligned rectangle.
    pub fn from_rect(rect: Rect) -> Self {
        Self([
            Point::new(rect.left, rect.top),
            Point::new(rect.right, rect.top),
            Point::new(rect.right, rect.bottom),
            Point::new(rect.left, rect.bottom),
        ])
    }

    /// The smallest axis-aligned rectangle around it.
    pub fn bounds(&self) -> Rect {
        let mut rect = Rect::new(f32::MAX, f32::MAX, f32::MIN, f32::MIN);
        for p in self.0 {
            rect = rect.union(Rect::new(p.x, p.y, p.x, p.y));
        }
        rect
    }

    pub fn center(&self) -> Point {
        let [a, b, c, d] = self.0;
        Point::new((a.x + b.x + c.x + d.x) / 4.0, (a.y + b.y + c.y + d.y) / 4.0)
    }

    /// The quad of a line carried on at both ends by `heights` of its own heights.
    #[must_use]
    pub fn lengthened(&self, heights: f32) -> Self {
        let share = heights * self.height() / self.width().max(1.0);
        self.between(-share, 1.0 + share)
    }

    /// The part of a line from `start` to `end`, shares of its width.
    #[must_use]
    pub fn between(&self, start: f32, end: f32) -> Self {
        let [tl, tr, br, bl] = self.0;
        Self([tl.lerp(tr, start), tl.lerp(tr, end), bl.lerp(br, end), bl.lerp(br, start)])
    }

    /// Mean length of the top and bottom edges, in pixels.
    pub fn width(&self) -> f32 {
        f32::midpoint(self.0[0].distance(self.0[1]), self.0[3].distance(self.0[2]))
    }

    /// Mean length of the left and right edges, in pixels.
    pub fn height(&self) -> f32 {
        f32::midpoint(self.0[0].distance(self.0[3]), self.0[1].distance(self.0[2]))
    }

    /// Area in square pixels by the shoelace formula, whatever the winding.
    pub fn area(&self) -> f32 {
        polygon_area(&self.0)
    }

    /// The same shape with its corners renamed after turning the document by `quarter_turns` × 90°
    /// clockwise: what was the top-left corner becomes the top-right one.
    pub fn rotated_clockwise(&self, quarter_turns: usize) -> Self {
        let mut corners = self.0;
        corners.rotate_right(quarter_turns % 4);
        Self(corners)
    }

    /// True when the corners turn one way all round (no crossing, no dent).
    pub fn is_convex(&self) -> bool {
        let crosses = (0..4).map(|i| {
            let (a, b, c) = (self.0[i], self.0[(i + 1) % 4], self.0[(i + 2) % 4]);
            (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
        });
        let (mut positive, mut negative) = (0, 0);
        for cross in crosses {
            if cross > 0.0 {
                positive += 1;
            } else if cross < 0.0 {
                negative += 1;
            }
        }
        positive == 4 || negative == 4
    }

    /// Every corner passed through `map`.
    pub fn map(&self, map: impl Fn(Point) -> Point) -> Self {
        Self(self.0.map(map))
    }

    /// Intersection over union with another convex quad, 0 to 1.
    pub fn iou(&self, other: &Self) -> f32 {
        let intersection = polygon_area(&clip_convex(&self.clockwise(), &other.clockwise()));
        let union = self.area() + other.area() - intersection;
        if union <= 0.0 { 0.0 } else { intersection / union }
    }

    /// Same corners, wound clockwise on the screen.
    fn clockwise(&self) -> [Point; 4] {
        let mut corners = self.0;
        if signed_area(&corners) < 0.0 {
            corners.reverse();
        }
        corners
    }
}

fn signed_area(polygon: &[Point]) -> f32 {
    let n = polygon.len();
    (0..n)
        .map(|i| {
            let (a, b) = (polygon[i], polygon[(i + 1) % n]);
            a.x * b.y - b.x * a.y
        })
        .sum::<f32>()
        / 2.0
}

fn polygon_area(polygon: &[Point]) -> f32 {
    if polygon.len() < 3 { 0.0 } else { signed_area(polygon).abs() }
}

/// Sutherland–Hodgman: `subject` clipped to the clockwise convex polygon `clip`.
fn clip_convex(subject: &[Point], clip: &[Point]) -> Vec<Point> {
    let mut output = subject.to_vec();
    for i in 0..clip.len() {
        let (a, b) = (clip[i], clip[(i + 1) % clip.len()]);
        let side = |p: Point| (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
        let input = std::mem::take(&mut output);
        for j in 0..input.len() {
            let (p, q) = (input[j], input[(j + 1) % input.len()]);
            let (sp, sq) = (side(p), side(q));
            if sp >= 0.0 {
                output.push(p);
            }
            if (sp >= 0.0) != (sq >= 0.0) {
                output.push(p.lerp(q, sp / (sp - sq)));
            }
        }
    }
    output
}

/// A plane projective map, row-major 3×3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography(pub [f64; 9]);

impl Homography {
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);

    /// The map that sends each corner of `from` to the same corner of `to`; `None` when three
    /// corners are collinear.
    pub fn between(from: &Quad, to: &Quad) -> Option<Self> {
        let mut a = SMatrix::<f64, 8, 8>::zeros();
        let mut b = SVector::<f64, 8>::zeros();
        for i in 0..4 {
            let (x, y) = (f64::from(from.0[i].x), f64::from(from.0[i].y));
            let (u, v) = (f64::from(to.0[i].x), f64::from(to.0[i].y));
            for (k, value) in [x, y, 1.0, 0.0, 0.0, 0.0, -x * u, -y * u].into_iter().enumerate() {
                a[(2 * i, k)] = value;
            }
            for (k, value) in [0.0, 0.0, 0.0, x, y, 1.0, -x * v, -y * v].into_iter().enumerate() {
                a[(2 * i + 1, k)] = value;
            }
            b[2 * i] = u;
            b[2 * i + 1] = v;
        }
        let h = a.full_piv_lu().solve(&b)?;
        h.iter().all(|v| v.is_finite()).then(|| Self([h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0]))
    }

    /// Where `p` goes.
    pub fn apply(&self, p: Point) -> Point {
        let h = &self.0;
        let (x, y) = (f64::from(p.x), f64::from(p.y));
        let w = h[6] * x + h[7] * y + h[8];
        Point::new(((h[0] * x + h[1] * y + h[2]) / w) as f32, ((h[3] * x + h[4] * y + h[5]) / w) as f32)
    }

    /// The way back; `None` for a singular map.
    pub fn inverse(&self) -> Option<Self> {
        let m = SMatrix::<f64, 3, 3>::from_row_slice(&self.0).try_inverse()?;
        let t = m.transpose();
        let mut out = [0.0; 9];
        out.copy_from_slice(t.as_slice());
        Some(Self(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f32, y: f32, side: f32) -> Quad {
        Quad::from_rect(Rect::new(x, y, x + side, y + side))
    }

    #[test]
    fn iou_of_half_overlapping_squares_is_a_third() {
        let iou = square(0.0, 0.0, 10.0).iou(&square(5.0, 0.0, 10.0));
        assert!((iou - 1.0 / 3.0).abs() < 1e-5);
    }

    #[test]
    fn iou_ignores_winding_and_first_corner() {
        let a = square(0.0, 0.0, 10.0);
        let mut reversed = a;
        reversed.0.reverse();
        assert!((a.iou(&reversed) - 1.0).abs() < 1e-6);
        assert!((a.iou(&a.rotated_clockwise(3)) - 1.0).abs() < 1e-6);
        assert_eq!(a.iou(&square(20.0, 0.0, 10.0)), 0.0);
    }

    #[test]
    fn homography_sends_corners_to_corners_and_back() {
        let from = square(0.0, 0.0, 100.0);
        let to = Quad([
            Point::new(12.0, 7.0),
            Point::new(90.0, 15.0),
            Point::new(99.0, 80.0),
            Point::new(3.0, 95.0),
        ]);
        let h = Homography::between(&from, &to).unwrap();
        let back = h.inverse().unwrap();
        for i in 0..4 {
            assert!(h.apply(from.0[i]).distance(to.0[i]) < 1e-3);
            assert!(back.apply(to.0[i]).distance(from.0[i]) < 1e-3);
        }
    }

    #[test]
    fn collinear_corners_have_no_homography() {
        let flat = Quad([0.0, 1.0, 2.0, 3.0].map(|x| Point::new(x, x)));
        assert!(Homography::between(&flat, &square(0.0, 0.0, 1.0)).is_none());
    }

    #[test]
    fn turning_clockwise_moves_top_left_to_top_right() {
        let q = square(0.0, 0.0, 10.0);
        let turned = q.rotated_clockwise(1);
        assert_eq!(turned.0[1], q.0[0]);
    }
}
