//! The brightness of a part of a picture, with what edits are measured on.

use image::RgbImage;

use crate::domain::Rect;

/// Weights of red, green and blue (JFIF), as JPEG's first component has them.
const LUMINANCE: [f32; 3] = [0.299, 0.587, 0.114];
/// Values up to this and from this on may have been clipped; coding moves them by a few steps.
const CLIPPED: (u8, u8) = (1, 254);

/// Luminance (0 to 255) of a rectangle of a picture.
pub(super) struct Luma {
    /// Where the rectangle begins in the picture.
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
    values: Vec<f32>,
    /// Where a channel is black or white, or was before it was coded: what it would have been is lost.
    clipped: Vec<bool>,
}

impl Luma {
    /// That of `part`, as far as it is in the picture; `None` where they do not meet.
    pub fn of(pixels: &RgbImage, part: Rect) -> Option<Self> {
        let side = |v: f32, most: u32| (v.max(0.0) as usize).min(most as usize);
        let (left, top) = (side(part.left, pixels.width()), side(part.top, pixels.height()));
        let right = side(part.right.ceil(), pixels.width());
        let bottom = side(part.bottom.ceil(), pixels.height());
        let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
        if width == 0 || height == 0 {
            return None;
        }
        let raw = pixels.as_raw();
        let stride = pixels.width() as usize * 3;
        let mut values = Vec::with_capacity(width * height);
        let mut clipped = Vec::with_capacity(width * height);
        for y in top..bottom {
            let row = raw[y * stride + left * 3..y * stride + right * 3].as_chunks::<3>().0;
            values.extend(row.iter().map(luma));
            clipped.extend(row.iter().map(|pixel| pixel.iter().any(|&v| v <= CLIPPED.0 || v >= CLIPPED.1)));
        }
        Some(Self { left, top, width, height, values, clipped })
    }

    /// At a place counted from the rectangle's corner.
    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.width + x]
    }

    /// Whether any of the pixels from `x` on in row `y`, `length` of them, is clipped.
    pub fn is_clipped(&self, x: usize, y: usize, length: usize) -> bool {
        let start = y * self.width + x;
        self.clipped[start..start + length].contains(&true)
    }
}

/// Luminance of a pixel, 0 to 255.
pub(super) fn luma(pixel: &[u8; 3]) -> f32 {
    pixel.iter().zip(LUMINANCE).map(|(&value, weight)| f32::from(value) * weight).sum()
}

/// The value at `share` of the way up; `None` of nothing.
pub(super) fn quantile(values: &mut [f32], share: f32) -> Option<f32> {
    let last = values.len().checked_sub(1)?;
    let at = (share * last as f32).round() as usize;
    Some(*values.select_nth_unstable_by(at.min(last), f32::total_cmp).1)
}
