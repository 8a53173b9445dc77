//! Taking the colour of red seals out of a line before it is read.
//!
//! A stamp's red ink is bright in the red channel and dark in the others, black print is dark in
//! all three: where a seal crosses black text, the red channel alone shows the text on clean paper.

use image::RgbImage;

/// A pixel is seal ink when its red exceeds its green and blue by this much (of 255). Camera white
/// balance shifts neutral pixels by up to 25; seal ink over print keeps 40 and more.
const REDNESS: i16 = 36;
/// Share of seal pixels from which a line is worth treating.
const MIN_SEAL_SHARE: f32 = 0.02;
/// Share of dark neutral pixels that shows black print besides the seal: without it the red *is*
/// the text (a red title), and must stay. Thin strokes of a single character in a long line make 1 %.
const MIN_PRINT_SHARE: f32 = 0.01;
/// Share of seal pixels from which a page is cleaned for the detector: a seal of 40 mm has some
/// 400 mm² of ink, 0.6 % of an A4 page.
const MIN_PAGE_SEAL_SHARE: f32 = 0.003;
/// Print is darker than this in every channel, relative to the line's bright level.
const PRINT_DARKNESS: f32 = 0.55;

/// Removes seal ink from a line that also has black print; leaves every other line untouched.
pub fn remove_seal(line: &mut RgbImage) {
    let (mut seal, mut print) = (0_u32, 0_u32);
    let bright = bright_level(line);
    for pixel in line.pixels() {
        let [r, g, b] = pixel.0.map(i16::from);
        if r - g.max(b) > REDNESS {
            seal += 1;
        } else if f32::from(r.max(g).max(b)) < bright * PRINT_DARKNESS {
            print += 1;
        }
    }
    let total = (line.width() * line.height()).max(1) as f32;
    if (seal as f32) < total * MIN_SEAL_SHARE || (print as f32) < total * MIN_PRINT_SHARE {
        return;
    }
    for pixel in line.pixels_mut() {
        let red = pixel.0[0];
        pixel.0 = [red; 3];
    }
}

/// A copy of a page without its seals, for the text detector: it takes a ring of characters over
/// print for clutter and finds neither. `None` when the page has no red on it to speak of.
pub fn page_without_seals(page: &RgbImage) -> Option<RgbImage> {
    let is_seal = |[r, g, b]: [u8; 3]| i16::from(r) - i16::from(g.max(b)) > REDNESS;
    let seal = page.pixels().filter(|pixel| is_seal(pixel.0)).count();
    if (seal as f32) < (page.width() * page.height()) as f32 * MIN_PAGE_SEAL_SHARE {
        return None;
    }
    let mut clean = page.clone();
    for pixel in clean.pixels_mut().filter(|pixel| is_seal(pixel.0)) {
        pixel.0 = [pixel.0[0]; 3];
    }
    Some(clean)
}

/// The 90th percentile of the pixels' brightest channel: the paper.
fn bright_level(line: &RgbImage) -> f32 {
    let mut histogram = [0_u32; 256];
    for pixel in line.pixels() {
        let [r, g, b] = pixel.0;
        histogram[usize::from(r.max(g).max(b))] += 1;
    }
    let mut left = (line.width() * line.height()) / 10;
    for (level, &count) in histogram.iter().enumerate().rev() {
        if count >= left {
            return level as f32;
        }
        left -= count;
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    const PAPER: Rgb<u8> = Rgb([240, 238, 235]);
    const SEAL: Rgb<u8> = Rgb([215, 60, 70]);
    const PRINT: Rgb<u8> = Rgb([30, 30, 32]);

    #[test]
    fn a_seal_over_print_vanishes_and_the_print_stays() {
        let mut line = RgbImage::from_fn(100, 40, |x, y| match (x % 10, y % 8) {
            (0, _) => PRINT,
            (_, 0) => SEAL,
            _ => PAPER,
        });
        remove_seal(&mut line);
        assert!(line.get_pixel(10, 5).0[1] < 60);
        assert!(line.get_pixel(5, 8).0.iter().all(|&v| v > 200), "{:?}", line.get_pixel(5, 8));
    }

    #[test]
    fn a_red_title_stays() {
        let mut line = RgbImage::from_fn(100, 40, |x, _| if x % 5 == 0 { SEAL } else { PAPER });
        let before = line.clone();
        remove_seal(&mut line);
        assert_eq!(line, before);
    }
}
