//! Making a picture smaller.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// The picture in `width` × `height` px, each the average of what it covers.
pub fn shrink(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    let mut target = RgbImage::new(width, height);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    // Both are RGB8 buffers of their stated sizes, the only things that can make this fail.
    if Resizer::new().resize(picture, &mut target, &options).is_err() {
        return image::imageops::resize(picture, width, height, image::imageops::FilterType::Triangle);
    }
    target
}
