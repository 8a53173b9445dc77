//! Exposure: whether paper is bright and ink is dark.

use image::GrayImage;

use super::sharpness::percentile;

/// Levels of the document as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exposure {
    /// The 90th percentile of brightness, 0 to 255: paper.
    pub paper: f32,
    /// Difference between paper and the 2nd percentile: the ink's contrast.
    pub contrast: f32,
    /// Share of pixels at the upper limit.
    pub burnt: f32,
}

/// Brightness from which a pixel holds no more detail.
const CLIPPED: usize = 252;

pub(super) fn of(grey: &GrayImage) -> Exposure {
    let mut levels = [0_u32; 256];
    for &v in grey.as_raw() {
        levels[usize::from(v)] += 1;
    }
    let total = levels.iter().sum::<u32>().max(1) as f32;
    let paper = percentile(&levels, 0.9);
    let burnt = levels[CLIPPED..].iter().sum::<u32>() as f32 / total;
    Exposure { paper, contrast: paper - percentile(&levels, 0.02), burnt }
}

impl Exposure {
    /// 1: ink and paper are well apart; 0: nothing to be told apart.
    pub fn measure(&self) -> f32 {
        (self.contrast / 90.0).clamp(0.0, 1.0) * (self.paper / 110.0).clamp(0.0, 1.0)
    }
}
