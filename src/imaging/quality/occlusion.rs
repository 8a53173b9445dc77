//! Something lying on the document: skin-coloured spots that come in over its edge.

use image::RgbImage;

use super::{
    glare::share_in,
    spots::{Spot, spots},
};

/// Smallest spot, as a share of the document: a tenth of a fingertip on a card.
const LEAST_SHARE: f32 = 0.003;
/// A spot larger than this is the paper's own colour.
const MOST_SHARE: f32 = 0.35;

/// Skin-coloured spots that reach the document's edge. A portrait's face does not, so it is no
/// occlusion.
pub(super) fn find(pixels: &RgbImage) -> Vec<Spot> {
    let skin = |x: u32, y: u32| is_skin(pixels.get_pixel(x, y).0);
    let mut found = spots(pixels.width(), pixels.height(), |cell| share_in(pixels, cell, skin) > 0.6);
    found.retain(|spot| spot.at_edge && (LEAST_SHARE..MOST_SHARE).contains(&spot.share));
    found
}

/// Skin under indoor and daylight: the YCbCr box of Chai & Ngan ("Face segmentation using skin-color
/// map in videophone applications", IEEE TCSVT 9, 1999), with more chroma asked for than theirs so
/// that cream paper and wood-free beige stay out.
fn is_skin([r, g, b]: [u8; 3]) -> bool {
    let (r, g, b) = (f32::from(r), f32::from(g), f32::from(b));
    let luma = 0.299 * r + 0.587 * g + 0.114 * b;
    let cb = 128.0 + 0.564 * (b - luma);
    let cr = 128.0 + 0.713 * (r - luma);
    luma > 50.0 && (85.0..122.0).contains(&cb) && (140.0..173.0).contains(&cr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn with_patch(x0: u32, y0: u32, x1: u32, y1: u32) -> RgbImage {
        RgbImage::from_fn(960, 600, |x, y| {
            let inside = (x0..x1).contains(&x) && (y0..y1).contains(&y);
            Rgb(if inside { [214, 160, 130] } else { [235, 235, 225] })
        })
    }

    #[test]
    fn a_finger_over_the_edge_is_found_and_a_face_is_not() {
        assert_eq!(find(&with_patch(0, 200, 90, 280)).len(), 1);
        assert!(find(&with_patch(600, 200, 700, 320)).is_empty());
    }
}
