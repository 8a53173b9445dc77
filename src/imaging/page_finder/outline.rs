//! From a region of the map to its four coarse sides.

use crate::domain::{Point, Quad};

use super::{MAP_SIDE, PageMaps, regions::Region};

/// The four coarse sides of a region, in pixels of the working copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    /// Top-left, top-right, bottom-right, bottom-left as seen.
    pub quad: Quad,
    /// True for each side (top, right, bottom, left) that runs along the picture's frame.
    pub on_frame: [bool; 4],
}

/// A side whose points are all within this many cells of the frame ends there only because the
/// picture does.
const FRAME_CELLS: f32 = 1.6;

/// Rounds of fitting a side to the mask's half-way crossing.
const FIT_ROUNDS: usize = 2;

/// Fits the outline of `region`; `None` for a degenerate region.
pub(super) fn fit(maps: &PageMaps, region: &Region, width: f32, height: f32) -> Option<Outline> {
    let hull = convex_hull(corner_points(region));
    let mut corners = collapse_to_four(hull)?;
    for _ in 0..FIT_ROUNDS {
        let lines = [0, 1, 2, 3].map(|i| {
            let (a, b) = (corners[i], corners[(i + 1) % 4]);
            if along_frame(a, b) { Some((a, b)) } else { fit_side(maps, region, a, b) }
        });
        let sides = [0, 1, 2, 3].map(|i| lines[i].unwrap_or((corners[i], corners[(i + 1) % 4])));
        let mut next = corners;
        for i in 0..4 {
            if let Some(p) = intersection(sides[(i + 3) % 4], sides[i]) {
                next[i] = p;
            }
        }
        if !Quad(next).is_convex() {
            break;
        }
        corners = next;
    }
    let corners = from_top_left(corners);
    let on_frame = [0, 1, 2, 3].map(|i| along_frame(corners[i], corners[(i + 1) % 4]));
    let (sx, sy) = (width / MAP_SIDE as f32, height / MAP_SIDE as f32);
    Some(Outline { quad: Quad(corners.map(|p| Point::new(p.x * sx, p.y * sy))), on_frame })
}

/// Intersection over union of the region's cells with `quad` (pixels of the working copy), weighed by
/// the mean probability inside: how far one rectangle explains what was segmented.
pub(super) fn agreement(maps: &PageMaps, region: &Region, quad: &Quad, width: f32, height: f32) -> f32 {
    let (sx, sy) = (width / MAP_SIDE as f32, height / MAP_SIDE as f32);
    let (mut both, mut either, mut sum, mut inside_count) = (0_u32, 0_u32, 0.0, 0_u32);
    for y in 0..MAP_SIDE {
        for x in 0..MAP_SIDE {
            let p = Point::new((x as f32 + 0.5) * sx, (y as f32 + 0.5) * sy);
            let (inside, cell) = (contains(quad, p), region.has(x, y));
            both += u32::from(inside && cell);
            either += u32::from(inside || cell);
            if inside {
                inside_count += 1;
                sum += maps.mask.get(y * MAP_SIDE + x).copied().unwrap_or(0.0);
            }
        }
    }
    if either == 0 || inside_count == 0 {
        0.0
    } else {
        both as f32 / either as f32 * sum / inside_count as f32
    }
}

pub(super) fn contains(quad: &Quad, p: Point) -> bool {
    (0..4).all(|i| cross(quad.0[i], quad.0[(i + 1) % 4], p) >= 0.0)
}

fn cross(a: Point, b: Point, p: Point) -> f32 {
    (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
}

/// Corners of the region's first and last cell in every row, in cells.
fn corner_points(region: &Region) -> Vec<Point> {
    let mut points = Vec::new();
    for y in 0..MAP_SIDE {
        let first = (0..MAP_SIDE).find(|&x| region.has(x, y));
        let last = (0..MAP_SIDE).rev().find(|&x| region.has(x, y));
        if let (Some(first), Some(last)) = (first, last) {
            for edge in [y as f32, (y + 1) as f32] {
                points.push(Point::new(first as f32, edge));
                points.push(Point::new((last + 1) as f32, edge));
            }
        }
    }
    points
}

/// Andrew's monotone chain; clockwise on the screen, without collinear points.
fn convex_hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for p in points {
            while let [.., a, b] = chain.as_slice() {
                if cross(*a, *b, p) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut points.iter().copied());
    hull.extend(half(&mut points.iter().rev().copied()));
    hull
}

/// Takes away, one at a time, the side whose neighbours can be lengthened to meet at the least extra
/// area, until four are left. Rounded corners and corners cut by the frame come back this way.
fn collapse_to_four(mut hull: Vec<Point>) -> Option<[Point; 4]> {
    while hull.len() > 4 {
        let n = hull.len();
        let best = (0..n)
            .filter_map(|i| {
                let (a, b) = (hull[i], hull[(i + 1) % n]);
                let before = hull[(i + n - 1) % n];
                let after = hull[(i + 2) % n];
                let meet = intersection((before, a), (b, after))?;
                // Lengthening forward only: the meeting point must lie outside the side a–b.
                let extra = -cross(a, b, meet);
                (extra >= 0.0).then_some((i, meet, extra))
            })
            .min_by(|x, y| x.2.total_cmp(&y.2))?;
        let (i, meet, _) = best;
        let n = hull.len();
        hull[i] = meet;
        hull.remove((i + 1) % n);
    }
    <[Point; 4]>::try_from(hull).ok().filter(|corners| Quad(*corners).is_convex())
}

/// Where the lines through both pairs of points meet.
pub(super) fn intersection(a: (Point, Point), b: (Point, Point)) -> Option<Point> {
    let (da, db) = ((a.1.x - a.0.x, a.1.y - a.0.y), (b.1.x - b.0.x, b.1.y - b.0.y));
    let det = da.0 * db.1 - da.1 * db.0;
    let size = da.0.hypot(da.1) * db.0.hypot(db.1);
    // Sides within about 3° of parallel meet too far away to mean anything.
    if det.abs() < 0.05 * size {
        return None;
    }
    let t = ((b.0.x - a.0.x) * db.1 - (b.0.y - a.0.y) * db.0) / det;
    Some(Point::new(a.0.x + da.0 * t, a.0.y + da.1 * t))
}

fn along_frame(a: Point, b: Point) -> bool {
    let side = MAP_SIDE as f32;
    let both = |near: fn(Point, f32) -> bool| near(a, side) && near(b, side);
    both(|p, _| p.x < FRAME_CELLS)
        || both(|p, _| p.y < FRAME_CELLS)
        || both(|p, side| p.x > side - FRAME_CELLS)
        || both(|p, side| p.y > side - FRAME_CELLS)
}

/// A line through the places where the mask falls through one half across the side a–b, robustly.
fn fit_side(maps: &PageMaps, region: &Region, a: Point, b: Point) -> Option<(Point, Point)> {
    const SAMPLES: usize = 40;
    const REACH_CELLS: f32 = 3.0;
    const STEP_CELLS: f32 = 0.25;
    let length = a.distance(b);
    if length < 3.0 {
        return None;
    }
    // Clockwise winding: outward is to the left of a→b on the screen.
    let (nx, ny) = ((b.y - a.y) / length, -(b.x - a.x) / length);
    let mut samples = Vec::with_capacity(SAMPLES);
    for k in 0..SAMPLES {
        let t = 0.08 + 0.84 * k as f32 / (SAMPLES - 1) as f32;
        let p = a.lerp(b, t);
        let steps = (2.0 * REACH_CELLS / STEP_CELLS) as i32;
        let at = |i: i32| REACH_CELLS - i as f32 * STEP_CELLS;
        let value = |d: f32| {
            let (x, y) = (p.x + nx * d, p.y + ny * d);
            let own = x >= 0.0 && y >= 0.0 && region_near(region, x, y);
            if own { maps.mask_at(x, y) } else { 0.0 }
        };
        // From outside inwards: the first crossing is the paper's edge.
        let crossing = (1..=steps).find(|&i| value(at(i)) >= 0.5 && value(at(i - 1)) < 0.5);
        if let Some(i) = crossing {
            let (inner, outer) = (value(at(i)), value(at(i - 1)));
            let share = ((0.5 - outer) / (inner - outer).max(1e-3)).clamp(0.0, 1.0);
            samples.push((t, at(i - 1) - share * STEP_CELLS));
        }
    }
    if samples.len() < SAMPLES / 3 {
        return None;
    }
    let (d0, slope) = robust_line(&samples);
    let moved = |p: Point, d: f32| Point::new(p.x + nx * d, p.y + ny * d);
    Some((moved(a, d0), moved(b, d0 + slope)))
}

/// True when the cell at `x`, `y` or one beside it belongs to the region: another document close by
/// must not pull the side.
fn region_near(region: &Region, x: f32, y: f32) -> bool {
    let (cx, cy) = (x as usize, y as usize);
    (cy.saturating_sub(1)..=cy + 1)
        .any(|y| (cx.saturating_sub(1)..=cx + 1).any(|x| x < MAP_SIDE && region.has(x, y)))
}

/// Offset and slope of d over t (samples in order of t): medians over pairs half the samples apart
/// (Theil and Sen), then iteratively reweighted least squares with Cauchy weights.
pub(super) fn robust_line(samples: &[(f32, f32)]) -> (f32, f32) {
    let half = samples.len() / 2;
    let mut slope = median(
        samples.iter().zip(samples.iter().skip(half)).map(|(a, b)| (b.1 - a.1) / (b.0 - a.0).max(1e-3)),
    );
    let mut offset = median(samples.iter().map(|&(t, d)| d - slope * t));
    let mut weights = vec![1.0_f32; samples.len()];
    for _ in 0..6 {
        let residual = |&(t, d): &(f32, f32)| (d - offset - slope * t).abs();
        let scale = median(samples.iter().map(residual)).max(LEAST_SCALE);
        for (w, sample) in weights.iter_mut().zip(samples) {
            *w = 1.0 / (1.0 + (residual(sample) / (2.0 * scale)).powi(2));
        }
        let (mut s, mut st, mut sd, mut stt, mut std) = (1e-6, 0.0, 0.0, 0.0, 0.0);
        for (&(t, d), &w) in samples.iter().zip(&weights) {
            s += w;
            st += w * t;
            sd += w * d;
            stt += w * t * t;
            std += w * t * d;
        }
        slope = (s * std - st * sd) / (s * stt - st * st).max(1e-9);
        offset = (sd - slope * st) / s;
    }
    (offset, slope)
}

/// Residuals this small (cells or pixels) are as good as none.
const LEAST_SCALE: f32 = 0.05;

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The same corners beginning with the one that looks like top-left: the start of the side that runs
/// most nearly left to right along the top.
fn from_top_left(corners: [Point; 4]) -> [Point; 4] {
    let first = (0..4)
        .max_by(|&i, &j| {
            let heading = |i: usize| {
                let (a, b) = (corners[i], corners[(i + 1) % 4]);
                (b.x - a.x) / a.distance(b).max(1e-3)
            };
            heading(i).total_cmp(&heading(j))
        })
        .unwrap_or(0);
    let mut turned = corners;
    turned.rotate_left(first);
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_corners_are_extrapolated() {
        let n = MAP_SIDE * MAP_SIDE;
        let mut maps = PageMaps { mask: vec![0.0; n], edge: vec![0.0; n] };
        let mut cells = vec![false; n];
        for y in 30..90_usize {
            for x in 20..110_usize {
                // Corners cut off by a radius of eight cells.
                let dx = (28 - x as i32).max(x as i32 - 101).max(0);
                let dy = (38 - y as i32).max(y as i32 - 81).max(0);
                if dx * dx + dy * dy <= 64 {
                    maps.mask[y * MAP_SIDE + x] = 1.0;
                    cells[y * MAP_SIDE + x] = true;
                }
            }
        }
        let count = cells.iter().filter(|&&c| c).count();
        let outline = fit(&maps, &Region { cells, count }, 128.0, 128.0).unwrap();
        let truth = Quad::from_rect(crate::domain::Rect::new(20.0, 30.0, 110.0, 90.0));
        assert!(outline.quad.iou(&truth) > 0.97, "{:?}", outline.quad);
        assert!(outline.quad.0[0].distance(truth.0[0]) < 2.0);
    }

    #[test]
    fn outliers_do_not_turn_the_line() {
        let mut samples: Vec<(f32, f32)> = (0..40).map(|k| (k as f32 / 39.0, 1.0)).collect();
        for sample in &mut samples[..8] {
            sample.1 = -3.0;
        }
        let (offset, slope) = robust_line(&samples);
        assert!((offset - 1.0).abs() < 0.1 && slope.abs() < 0.1, "{offset} {slope}");
    }
}
