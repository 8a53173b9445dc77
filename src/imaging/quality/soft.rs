//! Places that are out of focus on a document that is sharp elsewhere.

use image::GrayImage;

use crate::domain::Rect;

use super::{
    ground::Ground,
    regions::{Regions, grown},
    sharpness,
};

/// How much darker (of 255) than the paper of the cells around a cell's darkest pixels are where it holds
/// ink. The border of a shadow or of a thing is not darker than what lies on its dark side.
const INK: f32 = 22.0;
/// Sharpness under which a cell's ink has no strokes left: a blur of a fifth of an em leaves 0.15.
const SOFT: f32 = 0.22;
/// Cells around a cell of which the paper is taken: a stroke's own cell has less of it.
const AROUND: usize = 2;

/// Regions of soft ink.
pub(super) fn find(grey: &GrayImage, ground: &Ground) -> Regions {
    let grid = ground.grid;
    let soft: Vec<bool> = (0..grid.len())
        .map(|i| {
            let (x, y) = (i % grid.columns, i / grid.columns);
            let at = |x: usize, y: usize| ground.cell(y * grid.columns + x).luma;
            let around = [
                at(x.saturating_sub(AROUND), y),
                at((x + AROUND).min(grid.columns - 1), y),
                at(x, y.saturating_sub(AROUND)),
                at(x, (y + AROUND).min(grid.rows - 1)),
            ];
            let paper = around.into_iter().fold(f32::MAX, f32::min);
            if ground.cell(i).ink >= paper - INK {
                return false;
            }
            let c = grid.place(i);
            let window =
                Rect::new(c.left, c.top, c.right, c.bottom).inflate(grid.cell * 0.5, grid.cell * 0.5);
            sharpness::of(grey, &window).is_some_and(|value| value < SOFT)
        })
        .collect();
    Regions::of(grid, &grown(&grid, &soft))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, RgbImage, imageops};

    #[test]
    fn blurred_print_is_soft_and_crisp_print_and_a_shadows_border_are_not() {
        let print = GrayImage::from_fn(1280, 640, |x, y| {
            let text = (y / 20) % 2 == 0 && (x % 12 < 4 || y % 8 < 2) && x < 600;
            let paper = (230.0 - ((x as f32 - 900.0) / 40.0).clamp(0.0, 1.0) * 120.0) as u8;
            Luma([if text { 40 } else { paper }])
        });
        let mut picture = print.clone();
        let soft = imageops::blur(&print, 6.0);
        imageops::replace(&mut picture, &imageops::crop_imm(&soft, 0, 200, 300, 200).to_image(), 0, 200);
        let rgb = RgbImage::from_fn(1280, 640, |x, y| image::Rgb([picture.get_pixel(x, y).0[0]; 3]));
        let found = find(&picture, &Ground::of(&rgb));
        let place = Rect::new(0.0, 200.0, 300.0, 400.0);
        assert!(!found.list.is_empty());
        for region in found.list.iter().filter(|region| region.cells > 30) {
            let inside = region.bounds.intersection(place.inflate(30.0, 30.0)).area();
            assert!(inside > 0.9 * region.bounds.area(), "{region:?}");
        }
    }
}
