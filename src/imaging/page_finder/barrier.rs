//! Regions without a network: what differs from everything that the frame's rim is connected to.
//!
//! Minimum barrier distance from the rim (Zhang et al., "Minimum Barrier Salient Object Detection
//! at 80 FPS", ICCV 2015): a path that stays within a narrow range of brightness is cheap, so wood
//! grain and folds stay ground while a sheet of paper stands out.

use image::RgbImage;

use super::{MAP_SIDE, PageMaps};

/// Raster passes; the fourth changes next to nothing.
const PASSES: usize = 3;

/// Maps with the mask scaled so that Otsu's threshold is at one half; the edge map is empty.
pub(super) fn maps(small: &RgbImage) -> PageMaps {
    let n = MAP_SIDE * MAP_SIDE;
    let mut total = vec![0.0_f32; n];
    for channel in 0..3 {
        let plane = plane(small, channel);
        for (sum, d) in total.iter_mut().zip(barrier_distance(&plane)) {
            *sum += d;
        }
    }
    let threshold = otsu(&total).max(1.0);
    let mask = total.iter().map(|&d| (d / (2.0 * threshold)).min(1.0)).collect();
    PageMaps { mask, edge: vec![0.0; n] }
}

/// One opponent colour channel, averaged into the map's cells.
fn plane(small: &RgbImage, channel: usize) -> Vec<f32> {
    let (w, h) = (small.width() as usize, small.height() as usize);
    let mut out = vec![0.0; MAP_SIDE * MAP_SIDE];
    let (sx, sy) = ((w / MAP_SIDE).max(1), (h / MAP_SIDE).max(1));
    for (i, value) in out.iter_mut().enumerate() {
        let (x0, y0) = (i % MAP_SIDE * sx, i / MAP_SIDE * sy);
        let mut sum = 0.0;
        for y in y0..(y0 + sy).min(h) {
            for x in x0..(x0 + sx).min(w) {
                let [r, g, b] = small.get_pixel(x as u32, y as u32).0.map(f32::from);
                sum += match channel {
                    0 => (r + g + b) / 3.0,
                    1 => r - g,
                    _ => (r + g) / 2.0 - b,
                };
            }
        }
        *value = sum / (sx * sy) as f32;
    }
    out
}

fn barrier_distance(plane: &[f32]) -> Vec<f32> {
    let side = MAP_SIDE;
    let on_rim =
        |i: usize| i.is_multiple_of(side) || i % side == side - 1 || i < side || i >= side * (side - 1);
    let mut distance: Vec<f32> = (0..plane.len()).map(|i| if on_rim(i) { 0.0 } else { f32::MAX }).collect();
    let (mut high, mut low) = (plane.to_vec(), plane.to_vec());
    for pass in 0..PASSES {
        let forward = pass % 2 == 0;
        for k in 0..plane.len() {
            let i = if forward { k } else { plane.len() - 1 - k };
            if on_rim(i) {
                continue;
            }
            let from = if forward { [i - 1, i - side] } else { [i + 1, i + side] };
            for j in from {
                let (up, down) = (high[j].max(plane[i]), low[j].min(plane[i]));
                if up - down < distance[i] {
                    distance[i] = up - down;
                    high[i] = up;
                    low[i] = down;
                }
            }
        }
    }
    distance
}

/// Otsu's threshold over 64 bins.
fn otsu(values: &[f32]) -> f32 {
    const BINS: usize = 64;
    let top = values.iter().copied().fold(0.0_f32, f32::max).max(1e-3);
    let mut bins = [0.0_f32; BINS];
    for &v in values {
        bins[((v / top * (BINS - 1) as f32) as usize).min(BINS - 1)] += 1.0;
    }
    let total: f32 = bins.iter().sum();
    let sum: f32 = bins.iter().enumerate().map(|(i, n)| i as f32 * n).sum();
    let (mut below, mut sum_below, mut best, mut at) = (0.0, 0.0, -1.0, 0);
    for (i, n) in bins.iter().enumerate() {
        below += n;
        sum_below += i as f32 * n;
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let between = below * above * (sum_below / below - (sum - sum_below) / above).powi(2);
        if between > best {
            best = between;
            at = i;
        }
    }
    (at as f32 + 0.5) / (BINS - 1) as f32 * top
}
