//! Photos of a display: its pixels, seen by those of a sensor, make a lattice or bands all over the picture.
//!
//! A lattice is a narrow peak of the spectrum. Woven cloth has one beside the document and guilloche one in parts of it,
//! so what counts is how much of the document itself has one, of nearly the same frequency from window to window
//! (perspective and curved glass let it drift). Two spectra are looked at: that of the luminance, and that of the colour
//! as one complex number, red, green and blue a third of a turn apart. A display whose red, green and blue lie beside
//! each other turns that number as it goes along, so that a frequency is in it and its negative is not; ink and light
//! of one colour have both.

use std::{
    f32::consts::TAU,
    sync::{Arc, LazyLock},
};

use image::RgbImage;
use rustfft::{Fft, FftPlanner, num_complex::Complex};

use super::Verdict;
use crate::domain::{Homography, Point, Quad, Rect};

/// Side of a window, px: long enough to tell the peak of a weak lattice from noise, short enough that perspective does
/// not smear it.
const WINDOW: usize = 128;
/// The same for frequencies, in cycles a window.
const CYCLES: i64 = WINDOW as i64;
/// Windows are looked at in squares of so many by so many, so that each has neighbours.
const SQUARE: u32 = 2;
/// Squares that are looked at, evenly spread over the document: more changes the measure by a hundredth and costs time.
const SQUARES: usize = 16;
/// Below so many squares side by side, squares that overlap by half are taken.
const FEW_SQUARES: usize = 8;
/// Windows below which a share says nothing.
const FEWEST_WINDOWS: usize = 8;
/// Longer side in pixels below which a lattice that is not seen says nothing: messengers make pictures so small, and
/// average it away.
const SMALLEST_SIDE: u32 = 1000;
/// Share of a window that may be white or black through and through: nothing of a lattice is left there.
const MAX_CLIPPED: f32 = 0.5;
/// Steps of 8 bits that count as white or black.
const CLIPPED: (u8, u8) = (3, 253);

/// Frequencies below this are shapes and lines of print, cycles a window.
const LOWEST: f32 = 5.0;
/// JPEG's blocks repeat with multiples of this, cycles a window; half of it are those of halved colours.
const BLOCKS: i64 = CYCLES / 8;
/// A peak's own width, and how far around it is looked, cycles a window.
const OWN: usize = 2;
const AROUND: usize = 5;
/// Power that every spectrum has at least: what rounding to 8 bits leaves.
const FLOOR: f32 = 0.01;
/// Peaks kept of a window: a lattice has two directions and their sum.
const PEAKS: usize = 3;
/// How far the frequency may drift from one window to the next, cycles a window.
const DRIFT: i64 = 4;
/// Share of a colour's power that must turn one way: less is chance.
const ONE_SIDED: f32 = 0.3;

/// What makes a lattice of one spectrum.
struct Criterion {
    /// Height of a peak over its surroundings.
    height: f32,
    /// Height of the same peak in another window of the square: a stroke of print weakens it.
    elsewhere: f32,
    /// Windows of the square that must have it, too.
    others: usize,
    /// Share of the document's windows with a lattice from which it is on a display.
    threshold: f32,
}

/// Of 102 generated papers none has more than 0.44; most have less than 0.2.
const LUMINANCE: Criterion = Criterion { height: 30.0, elsewhere: 15.0, others: 1, threshold: 0.58 };
/// The same where guilloche fills the document, as it does the backs of ID cards: five of some 95 that were photographed had 0.58
/// to 0.75, those on displays 0.75 to 1.
const OVER_GUILLOCHE: Criterion = Criterion { threshold: 0.76, ..LUMINANCE };
/// The same papers have at most 0.22.
const COLOUR: Criterion = Criterion { height: 10.0, elsewhere: 6.0, others: 2, threshold: 0.4 };

/// Judges a picture at its full size; `document` is in its pixels. `is_patterned`: guilloche fills it.
pub fn judge(pixels: &RgbImage, document: &Quad, is_patterned: bool) -> Verdict {
    let of_luminance = if is_patterned { &OVER_GUILLOCHE } else { &LUMINANCE };
    let squares = squares_in(document, pixels.dimensions());
    let fft = FftPlanner::new().plan_fft_forward(WINDOW);
    let (mut windows, mut luminance, mut colour) = (0, 0, 0);
    for (left, top) in squares {
        let square: Vec<Peaks> = (0..SQUARE * SQUARE)
            .map(|i| (left + i % SQUARE * WINDOW as u32, top + i / SQUARE * WINDOW as u32))
            .filter_map(|(x, y)| Peaks::of(pixels, (x, y), &fft))
            .collect();
        windows += square.len();
        luminance += of_luminance.count(&square, |peaks| &peaks.luminance, Peak::is_near_or_opposite);
        colour += COLOUR.count(&square, |peaks| &peaks.colour, Peak::is_near);
    }
    if windows < FEWEST_WINDOWS {
        return Verdict::NotJudged("too_little_to_see");
    }
    let share = |count: usize| count as f32 / windows as f32;
    let (luminance, colour) = (share(luminance), share(colour));
    // The one that is nearer to its threshold, or farther above it, speaks.
    let (measure, threshold) = if luminance / of_luminance.threshold >= colour / COLOUR.threshold {
        (luminance, of_luminance.threshold)
    } else {
        (colour, COLOUR.threshold)
    };
    let is_found = measure >= threshold;
    if !is_found && pixels.width().max(pixels.height()) < SMALLEST_SIDE {
        return Verdict::NotJudged("too_small");
    }
    Verdict::measured(measure, is_found, threshold)
}

/// Upper left corners of the squares to look at.
fn squares_in(document: &Quad, (width, height): (u32, u32)) -> Vec<(u32, u32)> {
    let side = SQUARE * WINDOW as u32;
    let unit = Quad::from_rect(Rect::new(0.0, 0.0, 1.0, 1.0));
    let Some(onto_document) = Homography::between(document, &unit) else { return Vec::new() };
    let is_inside = |p: Point| {
        let on = onto_document.apply(p);
        (0.0..=1.0).contains(&on.x) && (0.0..=1.0).contains(&on.y)
    };
    let with_stride = |stride: u32| -> Vec<(u32, u32)> {
        let along = |length: u32| (0..(length + 1).saturating_sub(side)).step_by(stride as usize);
        along(height)
            .flat_map(|top| along(width).map(move |left| (left, top)))
            .filter(|&(left, top)| {
                let at = |share: f32| side as f32 * share;
                [(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)]
                    .iter()
                    .all(|&(dx, dy)| is_inside(Point::new(left as f32 + at(dx), top as f32 + at(dy))))
            })
            .collect()
    };
    let mut all = with_stride(side);
    if all.len() < FEW_SQUARES {
        all = with_stride(side / 2);
    }
    let count = all.len().min(SQUARES);
    (0..count).map(|i| all[i * all.len() / count]).collect()
}

impl Criterion {
    /// How many windows of a square have a lattice.
    fn count(
        &self,
        square: &[Peaks],
        spectrum: impl Fn(&Peaks) -> &Vec<Peak>,
        is_same: impl Fn(&Peak, &Peak) -> bool,
    ) -> usize {
        let needed = self.others.min(square.len().saturating_sub(1)).max(1);
        let has = |window: &Peaks, wanted: &Peak| {
            spectrum(window).iter().any(|peak| peak.height >= self.elsewhere && is_same(peak, wanted))
        };
        (0..square.len())
            .filter(|&own| {
                spectrum(&square[own]).iter().filter(|peak| peak.height >= self.height).any(|peak| {
                    let others = square.iter().enumerate().filter(|(other, _)| *other != own);
                    others.filter(|(_, window)| has(window, peak)).count() >= needed
                })
            })
            .count()
    }
}

/// A narrow peak of a spectrum, in cycles a window.
#[derive(Debug, Clone, Copy)]
struct Peak {
    x: i64,
    y: i64,
    /// Power over that of the surroundings.
    height: f32,
}

impl Peak {
    fn is_near(&self, other: &Self) -> bool {
        // Beyond half a cycle a pixel a frequency comes back from the other side.
        let apart = |a: i64, b: i64| ((a - b + CYCLES / 2).rem_euclid(CYCLES) - CYCLES / 2).abs();
        apart(self.x, other.x).max(apart(self.y, other.y)) <= DRIFT
    }

    fn is_near_or_opposite(&self, other: &Self) -> bool {
        self.is_near(other) || self.is_near(&Self { x: -other.x, y: -other.y, ..*other })
    }
}

/// The highest peaks of a window that neither shapes nor JPEG's blocks explain.
struct Peaks {
    luminance: Vec<Peak>,
    colour: Vec<Peak>,
}

impl Peaks {
    /// `None` where the window is white or black, or reaches out of the picture.
    fn of(pixels: &RgbImage, (left, top): (u32, u32), fft: &Arc<dyn Fft<f32>>) -> Option<Self> {
        let mut values: Vec<[f32; 3]> = Vec::with_capacity(WINDOW * WINDOW);
        let mut clipped = 0_usize;
        let columns = left as usize * 3..(left as usize + WINDOW) * 3;
        let rows = pixels.as_raw().chunks_exact(pixels.width() as usize * 3);
        for row in rows.skip(top as usize).take(WINDOW) {
            let row = row.get(columns.clone())?.as_chunks::<3>().0;
            let is_clipped = |pixel: &&[u8; 3]| {
                pixel.iter().all(|&v| v <= CLIPPED.0) || pixel.iter().all(|&v| v >= CLIPPED.1)
            };
            clipped += row.iter().filter(is_clipped).count();
            values.extend(row.iter().map(|pixel| pixel.map(f32::from)));
        }
        if values.len() < WINDOW * WINDOW || clipped as f32 > MAX_CLIPPED * values.len() as f32 {
            return None;
        }
        let luminance = Spectrum::of(&values, fft, |[r, g, b]| Complex::from((r + 2.0 * g + b) / 4.0));
        let third = Complex::from_polar(1.0, TAU / 3.0);
        let colour = Spectrum::of(&values, fft, |[r, g, b]| third * g + third.conj() * b + r);
        Some(Self { luminance: luminance.peaks(), colour: colour.one_sided_peaks() })
    }
}

/// Power by frequency, rows and columns from zero up, with [`WRAP`] more at either end: frequencies come back from the other
/// side.
struct Spectrum(Vec<f32>);

/// How far beyond its ends a spectrum is carried on.
const WRAP: usize = AROUND;
/// Length of a row with what it is carried on by.
const WRAPPED: usize = WINDOW + 2 * WRAP;

/// What a window's edges are faded out by (Hann's window).
static FADE: LazyLock<[f32; WINDOW]> =
    LazyLock::new(|| std::array::from_fn(|i| 0.5 - 0.5 * (TAU * (i as f32 + 0.5) / WINDOW as f32).cos()));

/// Frequencies that are looked at.
static LOOKED_AT: LazyLock<Vec<(i64, i64)>> = LazyLock::new(|| {
    let half = CYCLES / 2;
    let all = (-half..half).flat_map(|y| (-half..half).map(move |x| (x, y)));
    all.filter(|&(x, y)| is_looked_at(x, y)).collect()
});

impl Spectrum {
    /// That of a window with its mean taken off and its edges faded out.
    fn of(values: &[[f32; 3]], fft: &Arc<dyn Fft<f32>>, signal: impl Fn([f32; 3]) -> Complex<f32>) -> Self {
        let mut rows: Vec<Complex<f32>> = values.iter().map(|&value| signal(value)).collect();
        let mean = rows.iter().sum::<Complex<f32>>() / rows.len() as f32;
        let fade = &*FADE;
        for (row, down) in rows.chunks_exact_mut(WINDOW).zip(fade) {
            for (value, along) in row.iter_mut().zip(fade) {
                *value = (*value - mean) * (*down * *along);
            }
        }
        fft.process(&mut rows);
        let mut columns: Vec<Complex<f32>> =
            (0..WINDOW * WINDOW).map(|i| rows[i % WINDOW * WINDOW + i / WINDOW]).collect();
        fft.process(&mut columns);
        let scale = 1.0 / (WINDOW * WINDOW) as f32;
        let power: Vec<f32> = columns.iter().map(|value| value.norm_sqr() * scale).collect();
        let wrapped = |at: usize| (at + WINDOW - WRAP) % WINDOW;
        let mut all = Vec::with_capacity(WRAPPED * WRAPPED);
        for y in 0..WRAPPED {
            all.extend((0..WRAPPED).map(|x| power[wrapped(x) * WINDOW + wrapped(y)]));
        }
        Self(all)
    }

    /// Where the power of a frequency is.
    const fn index(x: i64, y: i64) -> usize {
        (y.rem_euclid(CYCLES) as usize + WRAP) * WRAPPED + x.rem_euclid(CYCLES) as usize + WRAP
    }

    fn at(&self, x: i64, y: i64) -> f32 {
        self.0[Self::index(x, y)]
    }

    /// Mean power around a frequency.
    fn around(&self, x: i64, y: i64) -> f32 {
        let at = Self::index(x, y);
        let sum = |from: usize, to: usize| self.0[from..=to].iter().sum::<f32>();
        let rows = (0..=2 * AROUND).map(|row| {
            let start = at + row * WRAPPED - AROUND * (WRAPPED + 1);
            let end = start + 2 * AROUND;
            if row.abs_diff(AROUND) > OWN {
                sum(start, end)
            } else {
                sum(start, start + AROUND - OWN - 1) + sum(end + OWN + 1 - AROUND, end)
            }
        });
        let cells = |reach: usize| ((2 * reach + 1) * (2 * reach + 1)) as f32;
        rows.sum::<f32>() / (cells(AROUND) - cells(OWN)) + FLOOR
    }

    /// Frequencies that are looked at and higher than all beside them, with their power.
    fn tops(&self) -> impl Iterator<Item = (i64, i64, f32)> {
        LOOKED_AT.iter().filter_map(|&(x, y)| {
            let at = Self::index(x, y);
            let own = self.0[at];
            let mut rows = [at - WRAPPED, at, at + WRAPPED].into_iter();
            rows.all(|row| self.0[row - 1..=row + 1].iter().all(|&beside| beside <= own))
                .then_some((x, y, own))
        })
    }

    fn peaks(&self) -> Vec<Peak> {
        let one_half = |&(x, y, _): &(i64, i64, f32)| y > 0 || (y == 0 && x > 0);
        let peaks = self.tops().filter(one_half);
        highest(peaks.map(|(x, y, own)| Peak { x, y, height: own / self.around(x, y) }))
    }

    /// Peaks over their own negatives.
    fn one_sided_peaks(&self) -> Vec<Peak> {
        highest(self.tops().filter_map(|(x, y, own)| {
            let negative = self.at(-x, -y);
            let level = (self.around(x, y) + self.around(-x, -y)) / 2.0;
            (own - negative >= ONE_SIDED * (own + negative)).then(|| Peak {
                x,
                y,
                height: (own - negative) / level,
            })
        }))
    }
}

fn highest(peaks: impl Iterator<Item = Peak>) -> Vec<Peak> {
    let mut peaks: Vec<Peak> = peaks.collect();
    peaks.sort_by(|a, b| b.height.total_cmp(&a.height));
    peaks.truncate(PEAKS);
    peaks
}

/// Neither a shape nor a frequency of JPEG's blocks.
fn is_looked_at(x: i64, y: i64) -> bool {
    let is_multiple = |v: i64, of: i64| (v + 1).rem_euclid(of) <= 2;
    let on_axis = y.abs() <= 1 && is_multiple(x, BLOCKS / 2) || x.abs() <= 1 && is_multiple(y, BLOCKS / 2);
    let is_block = on_axis || is_multiple(x, BLOCKS) && is_multiple(y, BLOCKS);
    (x as f32).hypot(y as f32) >= LOWEST && !is_block
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// Paper with grain; `pattern` is added to it, in steps of 8 bits.
    fn paper(pattern: impl Fn(f32, f32) -> f32) -> RgbImage {
        let mut state = 1_u32;
        RgbImage::from_fn(1000, 700, |x, y| {
            let pattern = pattern(x as f32, y as f32);
            Rgb(std::array::from_fn(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let grain = (state >> 24) as f32 / 32.0 - 4.0;
                (210.0 + grain + pattern) as u8
            }))
        })
    }

    fn whole(picture: &RgbImage) -> Quad {
        Quad::from_rect(Rect::new(0.0, 0.0, picture.width() as f32, picture.height() as f32))
    }

    /// A lattice of `strength` whose frequency drifts from left to right.
    fn lattice(x: f32, y: f32, strength: f32) -> f32 {
        let turns = x * (0.21 + x * 1e-5) + y * 0.03;
        strength * (turns * TAU).sin()
    }

    #[test]
    fn a_faint_lattice_is_a_display() {
        let picture = paper(|x, y| lattice(x, y, 2.0));
        assert!(matches!(judge(&picture, &whole(&picture), false), Verdict::Found { .. }));
    }

    /// Stripes of red, green and blue that are too faint for the luminance, each `shift` of a period beside the last.
    fn stripes(shift: f32) -> RgbImage {
        let mut picture = paper(|_, _| 0.0);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            for (c, value) in pixel.0.iter_mut().enumerate() {
                let turns = x as f32 * 0.13 + y as f32 * 0.02 + shift * c as f32;
                *value = (f32::from(*value) + 2.0 * (turns * TAU).sin()).round() as u8;
            }
        }
        picture
    }

    #[test]
    fn colours_beside_each_other_are_a_display() {
        let picture = stripes(1.0 / 3.0);
        let Verdict::Found { threshold, .. } = judge(&picture, &whole(&picture), false) else {
            panic!("the colours turn all over the picture")
        };
        assert_eq!(threshold, COLOUR.threshold);
    }

    #[test]
    fn ink_of_one_colour_is_no_display() {
        // Lines that take much of the red light and less of the green.
        let mut picture = paper(|_, _| 0.0);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            let turns = x as f32 * 0.13 + y as f32 * 0.03;
            let wave = (turns * TAU).sin();
            pixel.0[0] = (f32::from(pixel.0[0]) + 20.0 * wave) as u8;
            pixel.0[1] = (f32::from(pixel.0[1]) + 8.0 * wave) as u8;
        }
        let fft = FftPlanner::new().plan_fft_forward(WINDOW);
        let corners = [(0, 0), (128, 0), (0, 128), (128, 128)];
        let square: Vec<Peaks> =
            corners.iter().filter_map(|&corner| Peaks::of(&picture, corner, &fft)).collect();
        assert_eq!(COLOUR.count(&square, |peaks| &peaks.colour, Peak::is_near), 0);
        assert_eq!(LUMINANCE.count(&square, |peaks| &peaks.luminance, Peak::is_near_or_opposite), 4);
    }

    #[test]
    fn a_document_that_guilloche_fills_has_a_bar_of_its_own() {
        let display = paper(|x, y| lattice(x, y, 2.0));
        for (is_patterned, criterion) in [(false, LUMINANCE), (true, OVER_GUILLOCHE)] {
            let Verdict::Found { threshold, .. } = judge(&display, &whole(&display), is_patterned) else {
                panic!("a lattice all over is a display, whatever the paper bears")
            };
            assert_eq!(threshold, criterion.threshold);
        }
    }

    #[test]
    fn grain_is_none() {
        let picture = paper(|_, _| 0.0);
        assert!(matches!(judge(&picture, &whole(&picture), false), Verdict::Clear { .. }));
    }

    #[test]
    fn the_blocks_of_a_jpeg_are_none() {
        let picture = paper(|x, y| f32::from(u8::from(x % 8.0 == 0.0 || y % 8.0 == 0.0)) * 9.0);
        assert!(matches!(judge(&picture, &whole(&picture), false), Verdict::Clear { .. }));
    }

    #[test]
    fn a_woven_cloth_beside_the_document_is_none() {
        let picture = paper(|x, y| if x > 560.0 { lattice(x, y, 20.0) } else { 0.0 });
        let document = Quad::from_rect(Rect::new(10.0, 10.0, 560.0, 690.0));
        assert!(matches!(judge(&picture, &document, false), Verdict::Clear { .. }));
    }

    #[test]
    fn what_is_not_seen_in_a_small_picture_is_not_cleared() {
        let small = |picture: RgbImage| image::imageops::crop_imm(&picture, 0, 0, 800, 700).to_image();
        let plain = small(paper(|_, _| 0.0));
        assert_eq!(judge(&plain, &whole(&plain), false), Verdict::NotJudged("too_small"));
        let display = small(paper(|x, y| lattice(x, y, 2.0)));
        assert!(matches!(judge(&display, &whole(&display), false), Verdict::Found { .. }));
    }

    #[test]
    fn a_tiny_or_burnt_out_document_is_not_judged() {
        let tiny = Quad::from_rect(Rect::new(10.0, 10.0, 200.0, 200.0));
        assert_eq!(judge(&paper(|_, _| 0.0), &tiny, false), Verdict::NotJudged("too_little_to_see"));
        let white = RgbImage::from_pixel(900, 700, Rgb([255; 3]));
        assert_eq!(judge(&white, &whole(&white), false), Verdict::NotJudged("too_little_to_see"));
    }
}
