//! Moves each coarse side on to the straight step in brightness or colour close by.

use image::RgbImage;

use crate::domain::{Point, Quad};

use super::{
    EdgeState, PageFinderParams,
    outline::{Outline, intersection, robust_line},
};

/// The fitted quad with the state of its sides (top, right, bottom, left).
#[derive(Debug, Clone, Copy)]
pub(super) struct FittedEdges {
    pub quad: Quad,
    pub states: [EdgeState; 4],
}

/// Profiles taken across a side. More than 64 change no offset by a tenth of a pixel.
const PROFILES: usize = 64;
/// The ends of a side that are left out: rounded corners of a card take 4 % of its long side, 6 % of its short one.
const MARGIN: f32 = 0.07;
/// A step of this many levels (of 255, summed over the channels' differences) counts in full; a
/// stronger one counts no more, so that a dark pen cannot outweigh a long faint edge.
const FULL_STEP: f32 = 30.0;
/// Steps under this are noise.
const LEAST_STEP: f32 = 5.0;
/// Half the distance in pixels over which a step is measured.
const STEP_REACH: i32 = 2;

pub(super) fn fit(work: &RgbImage, outline: &Outline, params: &PageFinderParams) -> FittedEdges {
    let reach = (params.search * work.width().max(work.height()) as f32).round().max(3.0) as i32;
    let corners = outline.quad.0;
    let mut states = [EdgeState::Hidden; 4];
    let mut sides = [0, 1, 2, 3].map(|i| (corners[i], corners[(i + 1) % 4]));
    for i in 0..4 {
        if outline.on_frame[i] {
            states[i] = EdgeState::OutsideFrame;
        } else if let Some((line, support)) = fit_side(work, sides[i].0, sides[i].1, reach)
            && support >= params.min_support
        {
            states[i] = EdgeState::Seen;
            sides[i] = line;
        }
    }
    let mut quad = outline.quad;
    for i in 0..4 {
        if let Some(p) = intersection(sides[(i + 3) % 4], sides[i]) {
            quad.0[i] = p;
        }
    }
    FittedEdges { quad, states }
}

/// The best straight step within ±`reach` pixels of a–b, and the share of profiles that support it.
fn fit_side(work: &RgbImage, a: Point, b: Point, reach: i32) -> Option<((Point, Point), f32)> {
    let length = a.distance(b);
    if length < 12.0 {
        return None;
    }
    let (nx, ny) = ((b.y - a.y) / length, -(b.x - a.x) / length);
    let width = (2 * reach + 1) as usize;
    let mut steps = vec![0.0_f32; PROFILES * width];
    let mut used = [false; PROFILES];
    for (k, used) in used.iter_mut().enumerate() {
        let base = a.lerp(b, place(k));
        let lo = -reach - STEP_REACH;
        let colours: Vec<Option<[f32; 3]>> =
            (lo..=-lo).map(|d| sample(work, base.x + nx * d as f32, base.y + ny * d as f32)).collect();
        for j in 0..width {
            let from = colours.get(j).copied().flatten();
            let to = colours.get(j + 2 * STEP_REACH as usize).copied().flatten();
            if let (Some(p), Some(q)) = (from, to) {
                *used = true;
                let step: f32 = p.iter().zip(&q).map(|(x, y)| (x - y).abs()).sum();
                if let Some(slot) = steps.get_mut(k * width + j) {
                    *slot = step;
                }
            }
        }
    }
    let usable = used.iter().filter(|&&u| u).count();
    if usable < PROFILES / 4 {
        return None;
    }
    let step = |k: usize, j: i32| {
        let inside = j >= 0 && (j as usize) < width;
        if inside { steps.get(k * width + j as usize).copied().unwrap_or(0.0) } else { 0.0 }
    };
    let line = best_line(&step, reach)?;
    // Sub-pixel: the parabola's top at each profile's maximum beside the line.
    let mut samples = Vec::with_capacity(PROFILES);
    let mut support = 0.0;
    for k in 0..PROFILES {
        let t = place(k);
        let j = (line.0 + (line.1 - line.0) * t).round() as i32 + reach;
        let top = (j - 1..=j + 1).max_by(|&x, &y| step(k, x).total_cmp(&step(k, y))).unwrap_or(j);
        let (l, m, r) = (step(k, top - 1), step(k, top), step(k, top + 1));
        if m < LEAST_STEP {
            continue;
        }
        support += 1.0;
        let bend = l - 2.0 * m + r;
        let shift = if bend < -1e-3 { (0.5 * (l - r) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        samples.push((t, (top - reach) as f32 + shift));
    }
    if samples.len() < 8 {
        return None;
    }
    let (offset, slope) = robust_line(&samples);
    let moved = |p: Point, d: f32| Point::new(p.x + nx * d, p.y + ny * d);
    Some(((moved(a, offset), moved(b, offset + slope)), support / usable as f32))
}

/// Offsets at both ends of the side (pixels) of the straight line with the strongest step along it,
/// by trying every pair; a mild preference for the coarse place breaks ties.
fn best_line(step: &impl Fn(usize, i32) -> f32, reach: i32) -> Option<(f32, f32)> {
    let mut best: Option<(f32, (f32, f32))> = None;
    let spread = 0.8 * reach as f32;
    for d0 in -reach..=reach {
        for d1 in -reach..=reach {
            let mut sum = 0.0;
            for k in (0..PROFILES).step_by(2) {
                let j = (d0 as f32 + (d1 - d0) as f32 * place(k)).round() as i32 + reach;
                sum += (step(k, j) - LEAST_STEP).clamp(0.0, FULL_STEP);
            }
            let off = (d0 * d0 + d1 * d1) as f32 / (2.0 * spread * spread);
            let score = sum * (-0.5 * off).exp();
            if score > 0.0 && best.is_none_or(|(s, _)| score > s) {
                best = Some((score, (d0 as f32, d1 as f32)));
            }
        }
    }
    best.map(|(_, line)| line)
}

/// Where along the side profile `k` is taken, 0 to 1.
fn place(k: usize) -> f32 {
    MARGIN + (1.0 - 2.0 * MARGIN) * k as f32 / (PROFILES - 1) as f32
}

/// The colour at `x`, `y` (pixel edges count from 0), bilinear; `None` outside the picture.
fn sample(work: &RgbImage, x: f32, y: f32) -> Option<[f32; 3]> {
    let (x, y) = (x - 0.5, y - 0.5);
    let (w, h) = (work.width() as f32, work.height() as f32);
    if !(x >= 0.0 && y >= 0.0 && x < w - 1.0 && y < h - 1.0) {
        return None;
    }
    let (x0, y0) = (x as u32, y as u32);
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let px = |dx: u32, dy: u32| work.get_pixel(x0 + dx, y0 + dy).0;
    let (a, b, c, d) = (px(0, 0), px(1, 0), px(0, 1), px(1, 1));
    let mut out = [0.0; 3];
    for (i, value) in out.iter_mut().enumerate() {
        let top = f32::from(a[i]) * (1.0 - fx) + f32::from(b[i]) * fx;
        let bottom = f32::from(c[i]) * (1.0 - fx) + f32::from(d[i]) * fx;
        *value = top * (1.0 - fy) + bottom * fy;
    }
    Some(out)
}
