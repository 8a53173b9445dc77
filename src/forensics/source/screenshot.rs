//! Screenshots: pictures that no lens took. A screen's own picture has areas of exactly one tone, the size of a screen
//! and a bar with the time or an address along its upper edge; it has no exposure.

use std::collections::HashMap;

use image::RgbImage;

use super::Verdict;
use crate::imaging::Metadata;

/// Side of the blocks that are looked at, px: those of JPEG, which keeps a flat block flat.
const BLOCK: u32 = 8;
/// Steps of 8 bits by which pixels of a flat block may differ: what JPEG of quality 70 leaves beside an edge.
const FLAT_STEPS: u8 = 2;
/// How many of the commonest tones count: background, page and one bar.
const TONES: usize = 3;
/// Share of blocks in these tones that speaks for a screenshot where the picture has the size of a screen. Photos have
/// up to 0.59 where they are burnt out, but then not this size.
const TONES_WITH_SIZE: f32 = 0.35;
/// The same where only a bar along the upper edge speaks for it: burnt-out scans have up to 0.88, but no bar.
const TONES_WITH_BAR: f32 = 0.5;
/// The same where both speak for it: an ID card that fills the screen leaves 0.2 for the program around it.
const TONES_WITH_BOTH: f32 = 0.12;
/// Height of the strip along the upper edge that may be a bar, as a share of the screen's height: a phone's status bar
/// has 2.5 to 4.5 % of it, a browser's row of tabs 2.5 to 4 %.
const BAR: f32 = 0.022;
/// Height ÷ width of the longest screen; a longer picture is a long screenshot with a bar of the same height.
const LONGEST_SCREEN: f32 = 2.25;
/// A bar whose tone is darker than this (8-bit) in some channel is no burnt-out margin.
const BURNT_OUT: u8 = 250;
/// Share of the blocks along the frame that are flat on a screen whose commonest tone is white: its page goes on to the
/// frame, or has a margin of one tone. Burnt-out paper lies on something, which has grain.
const FLAT_RIM: f32 = 0.5;
/// Share of a bar's blocks that are in its own tone; the rest are a clock and symbols, or an address.
const BAR_TONE: f32 = 0.6;
/// Share of a bar's blocks that are not flat at least: an empty margin has none.
const BAR_INK: f32 = 0.01;

/// Widths of phones' screens in pixels, as their makers state them (2018 to 2026).
const PHONE_WIDTHS: [u32; 21] = [
    720, 750, 828, 1080, 1116, 1125, 1170, 1179, 1206, 1212, 1216, 1220, 1224, 1240, 1242, 1260, 1264, 1284,
    1290, 1320, 1440,
];
/// A phone's screen is at least so much longer than wide; a long screenshot is longer still.
const PHONE_ELONGATION: f32 = 1.7;
/// Screens of computers and tablets in pixels, the longer side first.
const SCREENS: [(u32, u32); 19] = [
    (1280, 720),
    (1280, 800),
    (1366, 768),
    (1440, 900),
    (1536, 864),
    (1600, 900),
    (1680, 1050),
    (1920, 1080),
    (1920, 1200),
    (2048, 1536),
    (2160, 1440),
    (2160, 1620),
    (2360, 1640),
    (2560, 1440),
    (2560, 1600),
    (2732, 2048),
    (2880, 1800),
    (3024, 1964),
    (3840, 2160),
];

/// Judges a picture as it was uploaded; `size` is the file's own in pixels, `pixels` may be a reduced copy.
pub fn judge(pixels: &RgbImage, size: (u32, u32), metadata: &Metadata) -> Verdict {
    let tones = Tones::of(pixels, (0, pixels.height()));
    let Some(share) = tones.share_of_commonest(TONES) else { return Verdict::NotJudged("too_small") };
    if metadata.has_exposure {
        return Verdict::Clear { measure: share, threshold: TONES_WITH_SIZE };
    }
    let threshold = match (is_screen(size), bar(pixels)) {
        (true, Some(tone)) if !is_burnt_out(Some(tone)) => TONES_WITH_BOTH,
        (true, _) if is_burnt_out(tones.commonest()) && flat_rim(pixels) < FLAT_RIM => {
            return Verdict::Clear { measure: share, threshold: 1.0 };
        }
        (true, _) => TONES_WITH_SIZE,
        (false, Some(_)) => TONES_WITH_BAR,
        (false, None) => return Verdict::Clear { measure: share, threshold: 1.0 },
    };
    Verdict::measured(share, share >= threshold, threshold)
}

fn is_screen((width, height): (u32, u32)) -> bool {
    let (short, long) = (width.min(height), width.max(height));
    let is_phone = PHONE_WIDTHS.contains(&short) && long as f32 >= PHONE_ELONGATION * short as f32;
    is_phone || SCREENS.contains(&(long, short))
}

fn is_burnt_out(tone: Option<[u8; 3]>) -> bool {
    tone.is_some_and(|tone| tone.iter().all(|&value| value >= BURNT_OUT))
}

/// Share of the blocks along the picture's frame that are flat.
fn flat_rim(pixels: &RgbImage) -> f32 {
    let (width, height) = pixels.dimensions();
    if width < BLOCK || height < BLOCK {
        return 0.0;
    }
    let (right, bottom) = (width - BLOCK, height - BLOCK);
    let rows = (0..=right).step_by(BLOCK as usize).flat_map(|x| [(x, 0), (x, bottom)]);
    let columns = (0..=bottom).step_by(BLOCK as usize).flat_map(|y| [(0, y), (right, y)]);
    let (mut all, mut flat) = (0_u32, 0_u32);
    for (x, y) in rows.chain(columns) {
        all += 1;
        flat += u32::from(flat_tone(pixels, x, y).is_some());
    }
    flat as f32 / all.max(1) as f32
}

/// The tone of a bar along the upper edge with something small in it.
fn bar(pixels: &RgbImage) -> Option<[u8; 3]> {
    let screen = (pixels.height() as f32).min(LONGEST_SCREEN * pixels.width() as f32);
    let height = ((screen * BAR) as u32).max(2 * BLOCK);
    let tones = Tones::of(pixels, (0, height.min(pixels.height())));
    let ink = 1.0 - tones.flat as f32 / tones.blocks.max(1) as f32;
    let is_bar = tones.share_of_commonest(1).is_some_and(|share| share >= BAR_TONE) && ink >= BAR_INK;
    is_bar.then(|| tones.commonest()).flatten()
}

/// How often each exact tone fills a block.
struct Tones {
    blocks: usize,
    flat: usize,
    counts: HashMap<[u8; 3], usize>,
}

impl Tones {
    fn of(pixels: &RgbImage, (top, bottom): (u32, u32)) -> Self {
        let mut tones = Self { blocks: 0, flat: 0, counts: HashMap::new() };
        for y in (top..bottom.saturating_sub(BLOCK - 1)).step_by(BLOCK as usize) {
            for x in (0..pixels.width().saturating_sub(BLOCK - 1)).step_by(BLOCK as usize) {
                tones.blocks += 1;
                if let Some(tone) = flat_tone(pixels, x, y) {
                    tones.flat += 1;
                    *tones.counts.entry(tone).or_default() += 1;
                }
            }
        }
        tones
    }

    fn commonest(&self) -> Option<[u8; 3]> {
        self.counts.iter().max_by_key(|(tone, count)| (**count, **tone)).map(|(tone, _)| *tone)
    }

    /// `None` for a picture without blocks.
    fn share_of_commonest(&self, count: usize) -> Option<f32> {
        let mut counts: Vec<usize> = self.counts.values().copied().collect();
        counts.sort_unstable_by_key(|&count| std::cmp::Reverse(count));
        (self.blocks > 0).then(|| counts.iter().take(count).sum::<usize>() as f32 / self.blocks as f32)
    }
}

/// The tone of a block's first pixel if all others are that tone.
fn flat_tone(pixels: &RgbImage, left: u32, top: u32) -> Option<[u8; 3]> {
    let first = pixels.get_pixel(left, top).0;
    let is_flat = (top..top + BLOCK).all(|y| {
        (left..left + BLOCK).all(|x| {
            pixels
                .get_pixel(x, y)
                .0
                .iter()
                .zip(first)
                .all(|(value, first)| value.abs_diff(first) <= FLAT_STEPS)
        })
    });
    is_flat.then_some(first)
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// A white page on grey, with a bar that has a clock.
    fn screen(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let clock = y > 10 && y < 30 && x > 40 && x < 110 && (x / 3) % 2 == 0;
            if clock {
                Rgb([20; 3])
            } else if y < 150 || x < 30 || x > width - 30 {
                Rgb([240, 240, 242])
            } else {
                Rgb([255; 3])
            }
        })
    }

    /// A card with a pattern all over, as large as fits below a browser's bar.
    fn filled(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let is_card = y > 100 && x > width / 20 && x < width - width / 20;
            let is_name = y > 10 && y < 36 && x > 30 && x < 130 && (x / 3) % 2 == 0;
            let pattern = 180 + ((x * 3 + y * 5) % 40) as u8;
            Rgb([if is_card {
                pattern
            } else if is_name {
                30
            } else {
                222
            }; 3])
        })
    }

    fn grain(picture: &mut RgbImage) {
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            let step = ((x * 7919 + y * 104_729) % 17) as u8;
            pixel.0 = pixel.0.map(|value| value.saturating_sub(step));
        }
    }

    #[test]
    fn a_screen_of_a_phone_is_one() {
        let verdict = judge(&screen(1080, 2340), (1080, 2340), &Metadata::default());
        assert!(matches!(verdict, Verdict::Found { .. }));
    }

    #[test]
    fn a_cropped_screen_is_told_by_its_bar() {
        let verdict = judge(&screen(1003, 1777), (1003, 1777), &Metadata::default());
        assert!(matches!(verdict, Verdict::Found { .. }));
    }

    #[test]
    fn a_card_that_fills_the_screen_is_told_by_size_and_bar() {
        let picture = filled(1920, 1200);
        assert!(matches!(judge(&picture, (1920, 1200), &Metadata::default()), Verdict::Found { .. }));
        assert!(matches!(judge(&picture, (1920, 1203), &Metadata::default()), Verdict::Clear { .. }));
    }

    #[test]
    fn a_burnt_out_margin_is_no_bar() {
        let mut picture = filled(1920, 1080);
        for pixel in picture.pixels_mut().filter(|pixel| pixel.0[0] == 222) {
            pixel.0 = [255; 3];
        }
        assert!(matches!(judge(&picture, (1920, 1080), &Metadata::default()), Verdict::Clear { .. }));
    }

    #[test]
    fn the_grain_of_a_sensor_is_no_screen() {
        let mut photo = screen(1080, 2340);
        grain(&mut photo);
        assert!(matches!(judge(&photo, (1080, 2340), &Metadata::default()), Verdict::Clear { .. }));
    }

    #[test]
    fn a_burnt_out_scan_is_no_screen() {
        let scan =
            RgbImage::from_fn(1240, 1754, |x, y| Rgb([if x % 97 < 3 && y > 200 { 30 } else { 255 }; 3]));
        assert!(matches!(judge(&scan, (1240, 1754), &Metadata::default()), Verdict::Clear { .. }));
    }

    #[test]
    fn burnt_out_paper_on_a_table_is_no_screen_and_a_white_page_is() {
        let on = |table: fn(u32, u32) -> u8| {
            RgbImage::from_fn(1536, 2048, |x, y| {
                let is_paper = (100..1400).contains(&x) && (60..1850).contains(&y);
                let is_print = is_paper && x % 97 < 3 && (300..900).contains(&y);
                Rgb([if is_print {
                    30
                } else if is_paper {
                    255
                } else {
                    table(x, y)
                }; 3])
            })
        };
        let verdict = |picture: &RgbImage| judge(picture, (1536, 2048), &Metadata::default());
        let grained = on(|x, y| 110 + ((x * 7919 + y * 104_729) % 17) as u8);
        assert!(matches!(verdict(&grained), Verdict::Clear { .. }));
        assert!(matches!(verdict(&on(|_, _| 40)), Verdict::Found { .. }));
    }

    #[test]
    fn an_exposure_time_is_a_cameras() {
        let camera = Metadata { has_exposure: true, ..Metadata::default() };
        assert!(matches!(judge(&screen(1080, 2340), (1080, 2340), &camera), Verdict::Clear { .. }));
    }
}
