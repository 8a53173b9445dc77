//! The coarse maps that regions are taken from, and the network that makes them.

use image::RgbImage;

/// Cells along each side of a map, whatever the picture's shape.
pub const MAP_SIDE: usize = 128;

/// Side of the network's square input in pixels; the picture is squeezed into it.
pub(super) const INPUT_SIDE: u32 = 256;

/// Probabilities for each cell of a [`MAP_SIDE`]² grid laid over the whole picture, row by row.
#[derive(Debug, Clone)]
pub struct PageMaps {
    /// That the cell is covered by a document.
    pub mask: Vec<f32>,
    /// That a document's edge runs through the cell.
    pub edge: Vec<f32>,
}

impl PageMaps {
    /// The mask between cell centres, at `u`, `v` in cells (0 = the picture's left or top edge).
    pub(super) fn mask_at(&self, u: f32, v: f32) -> f32 {
        let limit = (MAP_SIDE - 1) as f32;
        let (x, y) = ((u - 0.5).clamp(0.0, limit), (v - 0.5).clamp(0.0, limit));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(MAP_SIDE - 1), (y0 + 1).min(MAP_SIDE - 1));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let cell = |x: usize, y: usize| self.mask.get(y * MAP_SIDE + x).copied().unwrap_or(0.0);
        let top = cell(x0, y0) + (cell(x1, y0) - cell(x0, y0)) * fx;
        let bottom = cell(x0, y1) + (cell(x1, y1) - cell(x0, y1)) * fx;
        top + (bottom - top) * fy
    }
}

/// The page finder's network behind whatever runs it.
///
/// Input `[1, 3, 256, 256]`: RGB planes, 0 to 1. Output `[1, 2, 128, 128]` flattened: the mask
/// plane, then the edge plane. `None` when it could not be run.
pub trait PageNet {
    fn run(&self, input: &[f32], shape: [usize; 4]) -> Option<Vec<f32>>;
}

impl<F: Fn(&[f32], [usize; 4]) -> Option<Vec<f32>>> PageNet for F {
    fn run(&self, input: &[f32], shape: [usize; 4]) -> Option<Vec<f32>> {
        self(input, shape)
    }
}

pub(super) fn shrink_to_input(work: &RgbImage) -> Option<RgbImage> {
    super::resize(work, INPUT_SIDE, INPUT_SIDE)
}

pub(super) fn from_net(work: &RgbImage, net: &dyn PageNet) -> Option<PageMaps> {
    let small = shrink_to_input(work)?;
    let plane = (INPUT_SIDE * INPUT_SIDE) as usize;
    let mut input = vec![0.0; 3 * plane];
    for (i, pixel) in small.pixels().enumerate() {
        for (channel, &value) in pixel.0.iter().enumerate() {
            input[channel * plane + i] = f32::from(value) / 255.0;
        }
    }
    let side = INPUT_SIDE as usize;
    let mut mask = net.run(&input, [1, 3, side, side])?;
    if mask.len() != 2 * MAP_SIDE * MAP_SIDE || mask.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let edge = mask.split_off(MAP_SIDE * MAP_SIDE);
    Some(PageMaps { mask, edge })
}
