//! Homographies from many uncertain correspondences: consensus (RANSAC, Fischler & Bolles 1981),
//! then weighted least squares.

use nalgebra::{SMatrix, SVector};

use crate::domain::{Homography, Point, Quad};

/// A place of the blank in mm and where it lies on the page in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub mm: Point,
    pub px: Point,
}

/// The consensus of correspondences.
#[derive(Debug, Clone)]
pub struct Consensus {
    /// mm of the blank → pixels of the page.
    pub map: Homography,
    pub inliers: Vec<Pair>,
}

/// Draws of four correspondences. With half of them wrong, one draw in sixteen is clean.
const DRAWS: usize = 1500;
/// Least sides of the quadrilateral of a draw in mm: four texts close together say nothing about
/// the page.
const MIN_SPREAD_MM2: f32 = 1500.0;

/// The map that most correspondences agree with to `tolerance_mm`; `None` when fewer than
/// `min_inliers` places agree.
pub fn consensus(pairs: &[Pair], tolerance_mm: f32, min_inliers: usize) -> Option<Consensus> {
    if pairs.len() < min_inliers.max(4) {
        return None;
    }
    let mut draw = Draw(0x2545_F491_4F6C_DD1D);
    let mut best: Option<(usize, Homography)> = None;
    for _ in 0..DRAWS {
        let chosen: [Pair; 4] = std::array::from_fn(|_| pairs[draw.below(pairs.len())]);
        let Some(map) = through(&chosen) else { continue };
        let count = pairs.iter().filter(|pair| error_mm(&map, pair) <= tolerance_mm).count();
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, map));
        }
    }
    let (_, mut map) = best?;
    let mut inliers = Vec::new();
    for _ in 0..3 {
        inliers = pairs.iter().filter(|pair| error_mm(&map, pair) <= tolerance_mm).copied().collect();
        if inliers.len() < min_inliers {
            return None;
        }
        let weighted: Vec<(Pair, f64)> = inliers.iter().map(|&pair| (pair, 1.0)).collect();
        map = least_squares(&weighted)?;
    }
    Some(Consensus { map, inliers })
}

/// A fixed sequence of draws (xorshift64): the same page always gives the same answer.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// The map through four correspondences, if they span an area and nothing is mirrored or folded.
fn through(pairs: &[Pair; 4]) -> Option<Homography> {
    // Sorted around their middle, so that the quad does not cross itself.
    let middle = Point::new(
        pairs.iter().map(|p| p.mm.x).sum::<f32>() / 4.0,
        pairs.iter().map(|p| p.mm.y).sum::<f32>() / 4.0,
    );
    let mut sorted = *pairs;
    let angle = |p: &Pair| (p.mm.y - middle.y).atan2(p.mm.x - middle.x);
    sorted.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
    let (from, to) = (Quad(sorted.map(|p| p.mm)), Quad(sorted.map(|p| p.px)));
    if from.area() < MIN_SPREAD_MM2 || !from.is_convex() || !to.is_convex() {
        return None;
    }
    if signed_area(&from) * signed_area(&to) <= 0.0 {
        return None;
    }
    Homography::between(&from, &to)
}

fn signed_area(quad: &Quad) -> f32 {
    (0..4)
        .map(|i| {
            let (a, b) = (quad.0[i], quad.0[(i + 1) % 4]);
            a.x * b.y - b.x * a.y
        })
        .sum::<f32>()
}

/// Pixels of the page that a millimetre of the blank takes at a place.
pub fn pixels_per_mm(map: &Homography, at: Point) -> f32 {
    let o = map.apply(at);
    let right = map.apply(Point::new(at.x + 1.0, at.y)).distance(o);
    let down = map.apply(Point::new(at.x, at.y + 1.0)).distance(o);
    f32::midpoint(right, down).max(1e-3)
}

/// How far a correspondence is from a map, in mm of the blank.
pub fn error_mm(map: &Homography, pair: &Pair) -> f32 {
    let error = map.apply(pair.mm).distance(pair.px) / pixels_per_mm(map, pair.mm);
    if error.is_finite() { error } else { f32::MAX }
}

/// The homography that fits weighted correspondences best (algebraic error in normalised
/// coordinates, Hartley 1997; h33 = 1, which holds whenever the page's origin is in the picture's
/// plane at a finite place).
pub fn least_squares(pairs: &[(Pair, f64)]) -> Option<Homography> {
    if pairs.len() < 4 {
        return None;
    }
    let from = Normaliser::of(pairs.iter().map(|(p, _)| p.mm));
    let to = Normaliser::of(pairs.iter().map(|(p, _)| p.px));
    let mut normal = SMatrix::<f64, 8, 8>::zeros();
    let mut right = SVector::<f64, 8>::zeros();
    for (pair, weight) in pairs {
        let ((x, y), (u, v)) = (from.apply(pair.mm), to.apply(pair.px));
        let rows = [
            ([x, y, 1.0, 0.0, 0.0, 0.0, -x * u, -y * u], u),
            ([0.0, 0.0, 0.0, x, y, 1.0, -x * v, -y * v], v),
        ];
        for (row, value) in rows {
            let row = SVector::<f64, 8>::from(row);
            normal += row * row.transpose() * *weight;
            right += row * (value * weight);
        }
    }
    let h = normal.full_piv_lu().solve(&right)?;
    let inner = SMatrix::<f64, 3, 3>::new(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0);
    let whole = to.matrix().try_inverse()? * inner * from.matrix();
    let scale = whole[(2, 2)];
    let values: Vec<f64> = whole.transpose().iter().map(|v| v / scale).collect();
    let values: [f64; 9] = values.try_into().ok()?;
    values.iter().all(|v| v.is_finite()).then_some(Homography(values))
}

/// Moves points about their middle and scales them to unit size.
struct Normaliser {
    x: f64,
    y: f64,
    scale: f64,
}

impl Normaliser {
    fn of(points: impl Iterator<Item = Point> + Clone) -> Self {
        let n = points.clone().count().max(1) as f64;
        let x = points.clone().map(|p| f64::from(p.x)).sum::<f64>() / n;
        let y = points.clone().map(|p| f64::from(p.y)).sum::<f64>() / n;
        let spread = points.map(|p| (f64::from(p.x) - x).hypot(f64::from(p.y) - y)).sum::<f64>() / n;
        Self { x, y, scale: 1.0 / spread.max(1e-6) }
    }

    fn apply(&self, p: Point) -> (f64, f64) {
        ((f64::from(p.x) - self.x) * self.scale, (f64::from(p.y) - self.y) * self.scale)
    }

    fn matrix(&self) -> SMatrix<f64, 3, 3> {
        let s = self.scale;
        SMatrix::<f64, 3, 3>::new(s, 0.0, -s * self.x, 0.0, s, -s * self.y, 0.0, 0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rect;

    fn truth() -> Homography {
        let page = Quad::from_rect(Rect::new(0.0, 0.0, 210.0, 297.0));
        let seen = Quad([
            Point::new(120.0, 80.0),
            Point::new(1300.0, 140.0),
            Point::new(1400.0, 1900.0),
            Point::new(60.0, 1820.0),
        ]);
        Homography::between(&page, &seen).unwrap()
    }

    fn pairs() -> Vec<Pair> {
        let map = truth();
        (0..40)
            .map(|i| {
                let mm = Point::new((i * 37 % 200) as f32, (i * 53 % 290) as f32);
                Pair { mm, px: map.apply(mm) }
            })
            .collect()
    }

    #[test]
    fn wrong_correspondences_are_outvoted() {
        let mut pairs = pairs();
        for (i, pair) in pairs.iter_mut().enumerate().filter(|(i, _)| i % 5 < 2) {
            pair.px = Point::new((i * 97 % 1300) as f32, (i * 71 % 1800) as f32);
        }
        let found = consensus(&pairs, 2.0, 8).unwrap();
        for (x, y) in [(5.0, 5.0), (200.0, 290.0), (100.0, 150.0)] {
            let at = Point::new(x, y);
            assert!(found.map.apply(at).distance(truth().apply(at)) < 1.0);
        }
    }

    #[test]
    fn noise_alone_has_no_consensus() {
        let pairs: Vec<Pair> = (0..30)
            .map(|i| Pair {
                mm: Point::new((i * 37 % 200) as f32, (i * 53 % 290) as f32),
                px: Point::new((i * 977 % 1300) as f32, (i * 313 % 1800) as f32),
            })
            .collect();
        assert!(consensus(&pairs, 1.0, 12).is_none());
    }

    #[test]
    fn few_points_fit_nothing() {
        assert!(least_squares(&[]).is_none());
    }
}
