//! Pictures of pages for people: bounded in size, encoded by us, in the page's own coordinates.

use image::RgbImage;
use turbojpeg::{Image, PixelFormat, Subsamp};

use super::{Fingerprint, PageLayer, shrink};

/// Longest side of a page's picture, pixels. An A4 page has 170 dpi then, at which handwriting of 2 mm is 13 pixels
/// high; more costs disk (about 0.4 MB a page) and shows a reviewer nothing new.
pub const PICTURE_SIDE: u32 = 2000;
/// JPEG quality. Below 80 the edges of strokes begin to ring, which looks like correction fluid.
const PICTURE_QUALITY: i32 = 85;

/// A page's picture: a JPEG of the whole page, not turned and not cut, so that a place on the page is a place on it by
/// one factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePicture {
    /// The page, from 0.
    pub page: usize,
    /// Pixels.
    pub width: u32,
    pub height: u32,
    pub jpeg: Vec<u8>,
    /// What it is found again by; `None`: it was not taken.
    pub print: Option<Fingerprint>,
}

/// What a document is shown by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pictures {
    pub pages: Vec<PagePicture>,
    /// What can be laid over them.
    pub layers: Vec<PageLayer>,
}

/// The size of the picture of a page of so many pixels.
pub(super) fn picture_size((width, height): (u32, u32)) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= PICTURE_SIDE {
        return (width, height);
    }
    let factor = f64::from(PICTURE_SIDE) / f64::from(longest);
    let side = |length: u32| ((f64::from(length) * factor).round() as u32).max(1);
    (side(width), side(height))
}

/// The picture of a page; `None` for a page without pixels.
pub fn picture_of(page: usize, pixels: &RgbImage) -> Option<PagePicture> {
    let (width, height) = picture_size(pixels.dimensions());
    let jpeg = if (width, height) == pixels.dimensions() {
        jpeg_of(pixels)?
    } else {
        jpeg_of(&shrink(pixels, width, height))?
    };
    Some(PagePicture { page, width, height, jpeg, print: None })
}

/// A picture as JPEG; `None` when it has no pixels.
pub fn jpeg_of(pixels: &RgbImage) -> Option<Vec<u8>> {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let image = Image {
        pixels: pixels.as_raw().as_slice(),
        width,
        pitch: width * 3,
        height,
        format: PixelFormat::RGB,
    };
    turbojpeg::compress(image, PICTURE_QUALITY, Subsamp::Sub2x2).ok().map(|jpeg| jpeg.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_bounded_and_keeps_its_proportions() {
        for ((width, height), (w, h)) in
            [((4000, 3000), (2000, 1500)), ((300, 500), (300, 500)), ((1, 9000), (1, 2000))]
        {
            let picture = picture_of(3, &RgbImage::new(width, height)).unwrap();
            assert_eq!((picture.page, picture.width, picture.height), (3, w, h));
            let read = image::load_from_memory_with_format(&picture.jpeg, image::ImageFormat::Jpeg).unwrap();
            assert_eq!((read.width(), read.height()), (w, h));
        }
        assert_eq!(picture_of(0, &RgbImage::new(0, 0)), None);
    }
}
