//! Figures that stand in the picture twice: a digit that was copied and pasted is the same to the noise, while one that was
//! printed and photographed twice never is.
//!
//! How alike two figures of one font get by chance depends on the picture: on its noise, its size and how much print there
//! is. So the closest pair is held against the closest of the others.

use image::RgbImage;

use crate::domain::Quad;

use super::{
    Doubt, Examination, Heat, Line,
    glyphs::{self, Glyph, RIM},
};
use crate::forensics::source::Verdict;

/// How far a figure is moved to lie on another one, px: how much their boxes may be off.
const REACH: usize = 2;
/// Rim of paper that is compared, too, px.
const AROUND: usize = 1;
/// Sides of two figures that are compared differ at most by this, px.
const SIDES: usize = 1;
/// How much the ink of two figures that are compared may differ, share: copies have the same but for what coding did to
/// their rims, and others need not be looked at.
const INK: f32 = 0.15;
/// Distance up to which a pair may be a copy: of eight digits that were pasted in pictures saved once, seven were at 0.05 to
/// 0.10 of their source (JPEG quality 80 to 95), and of pairs that were sent none was below 0.2.
const FARTHEST: f32 = 0.11;
/// How many times closer than the next pair a copy is. Of 225 photos that were only handed on none with a pair within
/// [`FARTHEST`] was above 1.74 (generator, seeds 301, 302 and that of an earlier set); 13 files with a pasted digit that were
/// saved once were at 1.0 to 4.6, five of them above 1.9. Lower finds more, and names pairs that are alike by chance.
const THRESHOLD: f32 = 1.9;
/// Distance below which figures are the same because they were drawn so: a program's page has no noise, and all of its 8s are
/// one. The next pair of 84 photos that were not edited was never below 0.068.
const LEAST_NOISE: f32 = 0.04;
/// Pairs below which it is unknown how alike figures get by chance.
const FEWEST: usize = 20;
/// Pairs above which two are the same by chance: of ten clean scans of reports one had a pair 2.7 times closer than the next,
/// of 149 scans of cards none above 1.8. Between the 3,000 that a report has and the 700 of most other pages.
const MOST: usize = 2_000;
/// How sure a finding is, 0 to 1: that of a reviewer's question, not fitted, since too few were found.
const SCORE: f32 = 0.9;

/// Two figures, by index, and how far they are from the same: the share of their standard deviation that one leaves
/// unexplained of the other.
struct Pair {
    distance: f32,
    of: [usize; 2],
}

/// Looks for figures of fields' print that stand elsewhere in the picture, too. `print` is all print of the document, that of
/// the `lines` of fields among it.
pub fn examine(pixels: &RgbImage, lines: &[Line], print: &[Quad]) -> Examination {
    let of_fields = lines.iter().map(|line| (Some(line.field), line.quad));
    let all = of_fields.chain(print.iter().map(|quad| (None, *quad)));
    let glyphs = glyphs::of_lines(pixels, all);
    let comparable: Vec<[usize; 2]> = comparable(&glyphs).take(MOST + 1).collect();
    if comparable.len() > MOST {
        return Examination::not_judged("too_much_print");
    }
    let pair = |of: [usize; 2]| Pair { distance: distance(&glyphs[of[0]], &glyphs[of[1]]), of };
    let mut pairs: Vec<Pair> = comparable.into_iter().map(pair).collect();
    pairs.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    judge(&glyphs, &pairs)
}

/// Every two of the figures, by index, that may be copies by their size and ink.
fn comparable(glyphs: &[Glyph]) -> impl Iterator<Item = [usize; 2]> {
    let pairs = (0..glyphs.len()).flat_map(move |i| (i + 1..glyphs.len()).map(move |j| [i, j]));
    pairs.filter(|&[i, j]| is_comparable(&glyphs[i], &glyphs[j]))
}

/// `pairs`: closest first.
fn judge(glyphs: &[Glyph], pairs: &[Pair]) -> Examination {
    let Some(closest) = pairs.first().filter(|_| pairs.len() >= FEWEST) else {
        return Examination::not_judged("too_little_to_compare");
    };
    let is_apart = |pair: &&Pair| pair.of.iter().all(|glyph| !closest.of.contains(glyph));
    let Some(next) = pairs.iter().find(is_apart) else {
        return Examination::not_judged("too_little_to_compare");
    };
    if next.distance < LEAST_NOISE {
        return Examination::not_judged("no_noise");
    }
    // A pair beyond `FARTHEST` does not reach the threshold, however far the next one is.
    let measure = next.distance.min(THRESHOLD * FARTHEST) / closest.distance.max(LEAST_NOISE / THRESHOLD);
    let twins = closest.of.map(|glyph| &glyphs[glyph]);
    let is_copy = measure >= THRESHOLD;
    let mut doubts: Vec<Doubt> = Vec::new();
    // Which of the two is the copy cannot be seen, so both are named: a field that could not be read by its place alone.
    for glyph in twins.iter().filter(|_| is_copy) {
        let own = Doubt { field: glyph.field, place: glyph.place(), measure, score: SCORE };
        match doubts.iter_mut().find(|doubt| own.field.is_some() && doubt.field == own.field) {
            Some(doubt) => doubt.place = doubt.place.union(own.place),
            None => doubts.push(own),
        }
    }
    doubts.sort_by_key(|doubt| doubt.field);
    let heat = (!doubts.is_empty()).then(|| Heat(twins.map(|glyph| (glyph.place(), 1.0)).into()));
    Examination { verdict: Verdict::measured(measure, !doubts.is_empty(), THRESHOLD), doubts, heat }
}

fn is_comparable(one: &Glyph, other: &Glyph) -> bool {
    one.width.abs_diff(other.width) <= SIDES
        && one.height.abs_diff(other.height) <= SIDES
        && one.ink.abs_diff(other.ink) as f32 <= INK * one.ink.min(other.ink) as f32
}

/// The least over all places of `one` on `other`: the root of what their correlation does not explain.
fn distance(one: &Glyph, other: &Glyph) -> f32 {
    let (width, height) = (one.width + 2 * AROUND, one.height + 2 * AROUND);
    let inset = RIM - AROUND;
    let moves = (0..=2 * REACH).flat_map(|down| (0..=2 * REACH).map(move |right| (down, right)));
    let most = moves
        .map(|(down, right)| {
            let rows = (0..height).map(|y| {
                let own = (inset + y) * one.stride() + inset;
                let its = (inset - REACH + down + y) * other.stride() + inset - REACH + right;
                (&one.luma[own..own + width], &other.luma[its..its + width])
            });
            correlation(rows, (width * height) as f32)
        })
        .fold(0.0, f32::max);
    (1.0 - most * most).max(0.0).sqrt()
}

/// Pearson's, of the values of two pictures row by row; 0 where one of them is even.
fn correlation<'a>(rows: impl Iterator<Item = (&'a [f32], &'a [f32])>, count: f32) -> f32 {
    let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for (x, y) in rows {
        let (mut row_a, mut row_b, mut row_aa, mut row_bb, mut row_ab) = (0.0_f32, 0.0, 0.0, 0.0, 0.0);
        for (&x, &y) in x.iter().zip(y) {
            row_a += x;
            row_b += y;
            row_aa += x * x;
            row_bb += y * y;
            row_ab += x * y;
        }
        a += f64::from(row_a);
        b += f64::from(row_b);
        aa += f64::from(row_aa);
        bb += f64::from(row_bb);
        ab += f64::from(row_ab);
    }
    let count = f64::from(count);
    let spread = (aa - a * a / count) * (bb - b * b / count);
    if spread > 0.0 { ((ab - a * b / count) / spread.sqrt()) as f32 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, imageops};

    use super::*;
    use crate::{
        domain::{Point, Rect},
        imaging::jpeg_of,
    };

    /// Figures in a line, and how far they are apart, px.
    const COUNT: usize = 14;
    const APART: f32 = 26.0;
    /// The first line's edges, px.
    const LEFT: f32 = 30.0;
    const TOP: f32 = 40.0;
    const HEIGHT: f32 = 28.0;

    fn middle(line: usize, at: usize) -> (f32, f32) {
        (LEFT + APART * (at as f32 + 0.5), TOP + 2.0 * HEIGHT * line as f32 + HEIGHT / 2.0)
    }

    /// Two lines of rings on paper, each a fraction of a pixel aside as print in a photo is. `noise` is the most of it,
    /// steps.
    fn print(noise: u32) -> RgbImage {
        let mut state = 1_u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let aside = |random: u32| if noise == 0 { 0.0 } else { (random % 100) as f32 / 100.0 };
        let rings: Vec<(f32, f32)> = (0..2 * COUNT)
            .map(|i| {
                let (x, y) = middle(i / COUNT, i % COUNT);
                (x + aside(random()), y + aside(random()))
            })
            .collect();
        RgbImage::from_fn(440, 180, |x, y| {
            let depth = rings.iter().map(|ring| {
                let away = ((x as f32 - ring.0) / 0.7).hypot(y as f32 - ring.1);
                (2.5 - (away - 9.0).abs()).clamp(0.0, 1.0)
            });
            let ink = depth.fold(0.0, f32::max);
            let grain = if noise == 0 { 0.0 } else { (random() % noise) as f32 };
            Rgb([(200.0 - 140.0 * ink + grain) as u8; 3])
        })
    }

    fn photo(picture: &RgbImage) -> RgbImage {
        image::load_from_memory(&jpeg_of(picture).unwrap()).unwrap().into_rgb8()
    }

    fn line(line: usize) -> Quad {
        let top = TOP + 2.0 * HEIGHT * line as f32;
        Quad::from_rect(Rect::new(LEFT, top, LEFT + APART * COUNT as f32, top + HEIGHT))
    }

    /// Copies a ring onto another one in whole pixels, as an editor does.
    fn paste(picture: &mut RgbImage, from: (usize, usize), onto: (usize, usize)) {
        let corner = |(x, y): (f32, f32)| (x as u32 - 10, y as u32 - 13);
        let (left, top) = corner(middle(from.0, from.1));
        let piece = imageops::crop_imm(picture, left, top, 22, 27).to_image();
        let (left, top) = corner(middle(onto.0, onto.1));
        imageops::replace(picture, &piece, i64::from(left), i64::from(top));
    }

    #[test]
    fn a_figure_that_was_pasted_is_found_in_the_field_and_at_its_source() {
        let mut picture = photo(&print(24));
        paste(&mut picture, (0, 3), (1, 8));
        let lines = [Line { field: 4, quad: line(0) }, Line { field: 5, quad: line(1) }];
        let found = examine(&photo(&picture), &lines, &[line(0), line(1)]);
        assert!(matches!(found.verdict, Verdict::Found { .. }), "{:?}", found.verdict);
        assert_eq!(found.doubts.iter().map(|doubt| doubt.field).collect::<Vec<_>>(), [Some(4), Some(5)]);
        let (x, y) = middle(1, 8);
        assert!(found.doubts[1].place.contains(Point::new(x, y)));
        assert_eq!(found.heat.unwrap().tiles().len(), 2);
    }

    #[test]
    fn a_twin_outside_of_the_fields_is_known_by_its_place() {
        let mut picture = photo(&print(24));
        paste(&mut picture, (0, 3), (1, 8));
        let found = examine(&photo(&picture), &[Line { field: 5, quad: line(1) }], &[line(0)]);
        assert_eq!(found.doubts.iter().map(|doubt| doubt.field).collect::<Vec<_>>(), [None, Some(5)]);
        let (x, y) = middle(0, 3);
        assert!(found.doubts[0].place.contains(Point::new(x, y)));
    }

    #[test]
    fn print_that_only_looks_the_same_is_clear() {
        let lines = [Line { field: 4, quad: line(0) }, Line { field: 5, quad: line(1) }];
        let found = examine(&photo(&photo(&print(24))), &lines, &[]);
        assert!(matches!(found.verdict, Verdict::Clear { .. }), "{:?}", found.verdict);
        assert_eq!((found.doubts, found.heat), (Vec::new(), None));
    }

    #[test]
    fn what_cannot_be_judged_says_why() {
        let reason = |found: Examination| match found.verdict {
            Verdict::NotJudged(reason) => reason,
            verdict => panic!("{verdict:?}"),
        };
        let one = [Line { field: 4, quad: line(0) }];
        assert_eq!(reason(examine(&print(0), &one, &[])), "no_noise");
        assert_eq!(reason(examine(&print(24), &[], &[])), "too_little_to_compare");
        assert_eq!(reason(examine(&RgbImage::new(440, 180), &one, &[])), "too_little_to_compare");
        // Six sheets beside and below each other: as many rings as a page of print has figures.
        let sheet = photo(&print(24));
        let mut page = RgbImage::new(880, 540);
        let corners = || (0..3).flat_map(|down| (0..2).map(move |right| (440 * right, 180 * down)));
        corners().for_each(|(left, top)| imageops::replace(&mut page, &sheet, left, top));
        let rows: Vec<Quad> = corners()
            .flat_map(|(left, top)| {
                [0, 1].map(|row| line(row).map(|p| Point::new(p.x + left as f32, p.y + top as f32)))
            })
            .collect();
        assert_eq!(reason(examine(&page, &one, &rows)), "too_much_print");
    }
}
