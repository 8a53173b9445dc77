//! Bilinear samples of a picture in fixed point.

use image::RgbImage;

/// Steps between two pixels; more are lost in the rounding to 8 bits.
const STEPS: u32 = 256;
/// What one level of 8 bits is in a sample: the steps along both axes.
const LEVEL: u32 = STEPS * STEPS;

/// A picture to be sampled between its pixels.
#[derive(Clone, Copy)]
pub(crate) struct Bilinear<'a> {
    raw: &'a [u8],
    /// Bytes in a row.
    stride: usize,
    /// The last column and row, which have no neighbour beyond them.
    last: (usize, usize),
}

impl<'a> Bilinear<'a> {
    /// `None` of a picture of fewer than two rows or columns.
    pub fn of(picture: &'a RgbImage) -> Option<Self> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let last = (width.checked_sub(1)?, height.checked_sub(1)?);
        (last.0 > 0 && last.1 > 0).then_some(Self { raw: picture.as_raw(), stride: width * 3, last })
    }

    /// The colour at a place in continuous coordinates (pixel centres at .5), in [`LEVEL`]ths of a level; beyond the edge the
    /// edge's colour goes on.
    pub fn at(&self, x: f32, y: f32) -> [u32; 3] {
        let (column, across) = place(x, self.last.0);
        let (row, down) = place(y, self.last.1);
        let start = row * self.stride + column * 3;
        let pair = |start: usize| self.raw.get(start..).and_then(|rest| rest.first_chunk::<6>());
        // Both are within the picture by `last`.
        let (Some(top), Some(bottom)) = (pair(start), pair(start + self.stride)) else { return [0; 3] };
        std::array::from_fn(|c| {
            let between =
                |pair: &[u8; 6]| u32::from(pair[c]) * (STEPS - across) + u32::from(pair[c + 3]) * across;
            between(top) * (STEPS - down) + between(bottom) * down
        })
    }

    /// A sample as the nearest level of 8 bits.
    pub const fn to_level(sample: u32) -> u8 {
        ((sample + LEVEL / 2) / LEVEL) as u8
    }

    /// The mean of `count` samples, whose sum is `sum`, as the nearest level of 8 bits.
    pub const fn mean(sum: u32, count: u32) -> u8 {
        ((sum + count * LEVEL / 2) / (count * LEVEL)) as u8
    }
}

/// The pixel before a place along one axis, and how many steps beyond its centre the place is.
fn place(at: f32, last: usize) -> (usize, u32) {
    let at = (at - 0.5).clamp(0.0, last as f32);
    let before = (at as usize).min(last - 1);
    (before, ((at - before as f32) * STEPS as f32) as u32)
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn a_place_between_four_pixels_is_their_mean_and_the_edges_go_on() {
        let levels = [[0_u8, 40], [80, 200]];
        let picture = RgbImage::from_fn(2, 2, |x, y| Rgb([levels[y as usize][x as usize]; 3]));
        let sampler = Bilinear::of(&picture).unwrap();
        let at = |x, y| sampler.at(x, y).map(Bilinear::to_level)[0];
        assert_eq!((at(0.5, 0.5), at(1.5, 0.5), at(0.5, 1.5), at(1.5, 1.5)), (0, 40, 80, 200));
        assert_eq!(at(1.0, 1.0), 80);
        assert_eq!((at(-7.0, -7.0), at(9.0, 9.0), at(f32::NAN, 1.5)), (0, 200, 80));
        assert_eq!(Bilinear::mean(sampler.at(0.5, 0.5)[0] + sampler.at(1.5, 1.5)[0], 2), 100);
    }

    #[test]
    fn a_single_row_has_nothing_between() {
        assert!(Bilinear::of(&RgbImage::new(9, 1)).is_none());
        assert!(Bilinear::of(&RgbImage::new(0, 9)).is_none());
    }
}
