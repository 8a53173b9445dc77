//! Edits of a picture's pixels: what was pasted, typed, stamped or blurred in an editor after the camera wrote its file.
//!
//! Detectors look at windows along the fields' print, in the original picture's own pixels: a rectified document has been
//! resampled, and the traces are gone.

pub mod copy_move;
mod glyphs;
mod jpeg_history;
mod luma;
mod window;

use image::RgbImage;

use crate::domain::{Quad, Rect};

use self::{
    jpeg_history::{Coding, History},
    luma::Luma,
    window::Window,
};
use super::source::Verdict;

/// A line of a field's print.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Index of the field among those that are looked at; its other lines have the same.
    pub field: usize,
    /// Pixels of the picture after its EXIF orientation.
    pub quad: Quad,
}

/// A field whose print may have been edited.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    /// `None` for print that is no field's, or whose field was not read.
    pub field: Option<usize>,
    /// Pixels of the picture: around all that is doubtful of the field.
    pub place: Rect,
    /// That of its most doubtful part, in the detector's unit.
    pub measure: f32,
    /// How likely it is that the field was edited, 0 to 1.
    pub score: f32,
}

/// How doubtful each part of the picture is, for people to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Heat(Vec<(Rect, f32)>);

impl Heat {
    /// Places in pixels of the picture, with 0 for what is as the rest of it to 1.
    pub fn tiles(&self) -> &[(Rect, f32)] {
        &self.0
    }

    /// That of two detectors; where both have a tile, the later one is drawn over the other.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// What became of a search for edits.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// Its measure is that of the most doubtful window.
    pub verdict: Verdict,
    /// Those of the fields that were found, in the order of the fields.
    pub doubts: Vec<Doubt>,
    /// `None` where nothing could be judged.
    pub heat: Option<Heat>,
}

impl Examination {
    pub fn not_judged(reason: &'static str) -> Self {
        Self { verdict: Verdict::NotJudged(reason), doubts: Vec::new(), heat: None }
    }
}

/// How far around the fields' lines the picture is looked at, in heights of the highest line: enough paper and print to
/// know how the picture is where nothing was done to it.
const AROUND: f32 = 2.0;

/// Looks for edits of the print of fields. `pixels` is the whole picture after `orientation` (EXIF) was applied, `bytes`
/// its file.
pub fn examine(pixels: &RgbImage, bytes: &[u8], orientation: Option<u8>, lines: &[Line]) -> Examination {
    let Some(coding) = Coding::of(bytes, orientation, pixels.dimensions()) else {
        return Examination::not_judged("not_a_jpeg");
    };
    let windows = window::along(lines);
    let highest = lines.iter().map(|line| line.quad.height()).fold(0.0, f32::max);
    let bounds = lines.iter().map(|line| line.quad.bounds()).reduce(Rect::union);
    let (Some(bounds), false) = (bounds, windows.is_empty()) else {
        return Examination::not_judged("no_print");
    };
    let part = bounds.inflate(AROUND * highest, AROUND * highest);
    match Luma::of(pixels, part).and_then(|luma| History::of(&luma, &coding)) {
        Some(history) => judge(&history, &windows),
        None => Examination::not_judged("too_little_to_see"),
    }
}

fn judge(history: &History, windows: &[Window]) -> Examination {
    if history.clarity < jpeg_history::LEAST_CLARITY {
        return Examination::not_judged("no_earlier_coding");
    }
    let measured: Vec<(&Window, f32)> =
        windows.iter().filter_map(|window| Some((window, history.measure(window.place)?))).collect();
    let Some(highest) = measured.iter().map(|(_, measure)| *measure).reduce(f32::max) else {
        return Examination::not_judged("too_little_to_see");
    };
    let mut doubts: Vec<Doubt> = Vec::new();
    for (window, measure) in measured.iter().filter(|(_, measure)| *measure >= jpeg_history::THRESHOLD) {
        let own = Doubt {
            field: Some(window.field),
            place: window.place,
            measure: *measure,
            score: jpeg_history::likelihood(*measure),
        };
        match doubts.iter_mut().find(|doubt| doubt.field == own.field) {
            Some(doubt) => {
                doubt.place = doubt.place.union(own.place);
                doubt.measure = doubt.measure.max(own.measure);
                doubt.score = doubt.score.max(own.score);
            }
            None => doubts.push(own),
        }
    }
    let elsewhere: Vec<f32> = history
        .tiles()
        .filter(|(place, _)| doubts.iter().all(|doubt| place.intersection(doubt.place).area() == 0.0))
        .map(|(_, measure)| measure)
        .collect();
    let uneven = elsewhere.iter().filter(|&&measure| measure >= jpeg_history::UNEVEN).count();
    if uneven as f32 > jpeg_history::MOST_UNEVEN * elsewhere.len() as f32
        || doubts.len() > jpeg_history::MOST_FIELDS
    {
        return Examination::not_judged("uneven");
    }
    // A field of which most is burnt out was not looked at, and must not pass for clear beside others that were.
    let is_seen = |field: usize| {
        let all = windows.iter().filter(|window| window.field == field).count();
        2 * measured.iter().filter(|(window, _)| window.field == field).count() >= all
    };
    if doubts.is_empty() && !windows.iter().all(|window| is_seen(window.field)) {
        return Examination::not_judged("partly_clipped");
    }
    doubts.sort_by_key(|doubt| doubt.field);
    let heat = history.tiles().map(|(place, measure)| (place, (measure / 2.0).clamp(0.0, 1.0)));
    Examination {
        verdict: Verdict::measured(highest, !doubts.is_empty(), jpeg_history::THRESHOLD),
        doubts,
        heat: Some(Heat(heat.collect())),
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, imageops};
    use turbojpeg::{Image, PixelFormat, Subsamp};

    use super::*;

    /// Paper with noise and strokes of print, another one for each `seed`.
    fn print(width: u32, height: u32, seed: u32) -> RgbImage {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        RgbImage::from_fn(width, height, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 24) % 15;
            let is_ink = (x / 3 + seed).is_multiple_of(4) && y % 32 < 20;
            Rgb([if is_ink { 60 } else { 190 } + noise as u8; 3])
        })
    }

    fn coded(picture: &RgbImage, quality: i32) -> Vec<u8> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let pixels = picture.as_raw().as_slice();
        let image = Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB };
        turbojpeg::compress(image, quality, Subsamp::Sub2x2).unwrap().to_vec()
    }

    fn decoded(bytes: &[u8]) -> RgbImage {
        image::load_from_memory(bytes).unwrap().into_rgb8()
    }

    fn lines() -> Vec<Line> {
        let row = |field: usize| {
            let top = 32.0 * (1 + 2 * field) as f32;
            Line { field, quad: Quad::from_rect(Rect::new(40.0, top, 440.0, top + 24.0)) }
        };
        (0..4).map(row).collect()
    }

    /// The camera's file at `first`, a patch of field 2 that is new, saved at `second`; turned by `turn` each time that it
    /// is coded.
    fn edited(
        first: i32,
        second: i32,
        turn: impl Fn(&RgbImage) -> RgbImage,
        back: impl Fn(&RgbImage) -> RgbImage,
    ) -> (Vec<u8>, RgbImage) {
        let mut picture = back(&decoded(&coded(&turn(&print(480, 320, 1)), first)));
        imageops::replace(&mut picture, &print(30, 26, 7), 203, 159);
        let bytes = coded(&turn(&picture), second);
        let seen = back(&decoded(&bytes));
        (bytes, seen)
    }

    #[test]
    fn a_patch_in_a_picture_that_was_saved_twice_is_found_in_its_field() {
        let (bytes, seen) = edited(60, 92, Clone::clone, Clone::clone);
        let found = examine(&seen, &bytes, None, &lines());
        assert!(matches!(found.verdict, Verdict::Found { .. }), "{:?}", found.verdict);
        assert_eq!(found.doubts.iter().map(|doubt| doubt.field).collect::<Vec<_>>(), [Some(2)]);
        let place = found.doubts[0].place;
        assert!(place.intersection(Rect::new(203.0, 159.0, 233.0, 185.0)).area() > 0.3 * place.area());
        assert!(found.heat.is_some());
    }

    #[test]
    fn blocks_are_found_in_a_picture_that_is_stored_turned() {
        // Neither side is whole blocks, and orientation 6 is undone by a quarter turn clockwise.
        let crop = |picture: &RgbImage| imageops::crop_imm(picture, 0, 0, 477, 317).to_image();
        let turn = |picture: &RgbImage| imageops::rotate270(&crop(picture));
        let (bytes, seen) = edited(60, 92, turn, imageops::rotate90);
        let found = examine(&seen, &bytes, Some(6), &lines());
        assert_eq!(found.doubts.iter().map(|doubt| doubt.field).collect::<Vec<_>>(), [Some(2)]);
    }

    #[test]
    fn a_picture_that_was_only_saved_again_is_clear() {
        let picture = decoded(&coded(&print(480, 320, 1), 60));
        let bytes = coded(&picture, 92);
        let found = examine(&decoded(&bytes), &bytes, None, &lines());
        assert!(matches!(found.verdict, Verdict::Clear { .. }), "{:?}", found.verdict);
    }

    #[test]
    fn what_cannot_be_judged_says_why() {
        let reason = |found: Examination| match found.verdict {
            Verdict::NotJudged(reason) => reason,
            verdict => panic!("{verdict:?}"),
        };
        let picture = print(480, 320, 1);
        let once = coded(&picture, 92);
        assert_eq!(reason(examine(&decoded(&once), &once, None, &lines())), "no_earlier_coding");
        assert_eq!(reason(examine(&picture, b"\x89PNG", None, &lines())), "not_a_jpeg");
        assert_eq!(reason(examine(&picture, &once, None, &[])), "no_print");
        let mut burnt = print(480, 320, 1);
        imageops::replace(&mut burnt, &RgbImage::from_pixel(440, 40, Rgb([255; 3])), 30, 152);
        let twice = coded(&decoded(&coded(&burnt, 60)), 92);
        assert_eq!(reason(examine(&decoded(&twice), &twice, None, &lines())), "partly_clipped");
        let black = RgbImage::new(480, 320);
        assert_eq!(reason(examine(&black, &coded(&black, 80), None, &lines())), "too_little_to_see");
    }
}
