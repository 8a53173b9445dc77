//! What of each field's ink a person can still see: the picture is developed a second time without the
//! print, and the difference of both is the ink.

use image::{Rgb, RgbImage};
use vouch::domain::{Homography, Point, Quad, Rect};

use super::frame::Frame;
use crate::canvas::Canvas;

/// Sampling points along a cell's side.
const TAPS: usize = 10;
/// Standard deviation of the clean ink (8-bit steps) under which a cell is blank.
const BLANK: f32 = 14.0;
/// Contrast (standard deviation) under which ink is gone, or doubtful: 5 are 12 steps from paper to stroke.
const GONE: f32 = 4.5;
const FAINT: f32 = 6.0;
/// Correlation of what is seen with the clean ink under which a character's shape is lost, or doubtful.
const SHAPELESS: f32 = 0.5;
const VAGUE: f32 = 0.6;
/// Share of a cell's ink covered from which its character is lost, or doubtful.
const COVERED: f32 = 0.6;
const TOUCHED: f32 = 0.2;
/// Half characters that must be lost in a field before it is: one stroke less does not hide a character.
const LOST_CELLS: usize = 2;

/// What a person can still read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legibility {
    Clear,
    Doubtful,
    Lost,
}

/// Brightness of the ink: paper less print, at each pixel.
pub fn ink(bare: &Frame, printed: &Frame) -> Vec<f32> {
    let grey = |p: &[f32; 3]| {
        let c = p.map(|v| v.clamp(0.0, 255.0));
        0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]
    };
    bare.pixels.iter().zip(&printed.pixels).map(|(b, p)| grey(b) - grey(p)).collect()
}

/// The frame with its ink before and after everything that was done to the picture.
pub struct Ink<'a> {
    pub size: (usize, usize),
    pub clean: &'a [f32],
    pub seen: &'a [f32],
}

/// Cells along each side of a [`map`].
pub const MAP_SIDE: u32 = 96;
/// How far around its box a field's print may stand, in heights of a character.
const FIELD_RIM: f32 = 0.25;

/// What is printed where, over the sheet squeezed into a square: red, whether there is print; green, whether it is
/// lost (255) or doubtful (128); blue, whether it belongs to a field. A cell is looked at over half a character around
/// its centre, as the fields are. `em` is the height of the characters in mm.
pub fn map(canvas: &Canvas, quad: &Quad, em: f32, ink: &Ink<'_>) -> Option<RgbImage> {
    let sheet = Quad::from_rect(Rect::new(0.0, 0.0, canvas.width, canvas.height));
    let onto = Homography::between(&sheet, quad)?;
    let rim = FIELD_RIM * em;
    let fields: Vec<Rect> = canvas.fields.iter().map(|field| field.rect.inflate(rim, rim)).collect();
    let side = MAP_SIDE as f32;
    Some(RgbImage::from_fn(MAP_SIDE, MAP_SIDE, |x, y| {
        let middle =
            Point::new((x as f32 + 0.5) / side * canvas.width, (y as f32 + 0.5) / side * canvas.height);
        let (w, h) = (em * 0.5, em);
        let place = Rect::new(middle.x - w / 2.0, middle.y - h / 2.0, middle.x + w / 2.0, middle.y + h / 2.0);
        let Some(found) = cell(&onto, place, ink) else { return Rgb([0; 3]) };
        let lost = match found {
            Legibility::Clear => 0,
            Legibility::Doubtful => 128,
            Legibility::Lost => 255,
        };
        let of_field = fields.iter().any(|field| field.intersection(place).area() > 0.5 * place.area());
        Rgb([255, lost, if of_field { 255 } else { 0 }])
    }))
}

/// Legibility of every field whose print is known. `em` is the height of its characters in mm.
pub fn of_fields(canvas: &Canvas, quad: &Quad, em: f32, ink: &Ink<'_>) -> Vec<(String, Legibility)> {
    let sheet = Quad::from_rect(Rect::new(0.0, 0.0, canvas.width, canvas.height));
    let Some(map) = Homography::between(&sheet, quad) else { return Vec::new() };
    canvas
        .fields
        .iter()
        .filter_map(|field| {
            let mut found = Vec::new();
            let rows = (field.rect.height() / em).round().max(1.0) as usize;
            let columns = (field.rect.width() / (em * 0.5)).round().max(1.0) as usize;
            for i in 0..rows * columns {
                let (w, h) = (field.rect.width() / columns as f32, field.rect.height() / rows as f32);
                let (x, y) =
                    (field.rect.left + (i % columns) as f32 * w, field.rect.top + (i / columns) as f32 * h);
                found.extend(cell(&map, Rect::new(x, y, x + w, y + h), ink));
            }
            let count = |is: Legibility| found.iter().filter(|&&l| l == is).count();
            let enough = LOST_CELLS.min(found.len().max(1));
            let verdict = if count(Legibility::Lost) >= enough {
                Legibility::Lost
            } else if count(Legibility::Lost) + count(Legibility::Doubtful) >= enough {
                Legibility::Doubtful
            } else {
                Legibility::Clear
            };
            (!found.is_empty()).then(|| (field.name.clone(), verdict))
        })
        .collect()
}

/// `None` for a blank cell.
fn cell(map: &Homography, place: Rect, ink: &Ink<'_>) -> Option<Legibility> {
    let (w, h) = ink.size;
    let mut pairs = Vec::with_capacity(TAPS * TAPS);
    let mut outside = 0;
    for i in 0..TAPS * TAPS {
        let (u, v) = (((i % TAPS) as f32 + 0.5) / TAPS as f32, ((i / TAPS) as f32 + 0.5) / TAPS as f32);
        let p = map.apply(Point::new(place.left + u * place.width(), place.top + v * place.height()));
        if p.x < 0.0 || p.y < 0.0 || p.x >= w as f32 || p.y >= h as f32 {
            outside += 1;
            continue;
        }
        let at = p.y as usize * w + p.x as usize;
        pairs.push((ink.clean[at], ink.seen[at]));
    }
    let share_outside = outside as f32 / (TAPS * TAPS) as f32;
    if share_outside > COVERED {
        return Some(Legibility::Lost);
    }
    let n = pairs.len() as f32;
    let (mean_c, mean_s) =
        (pairs.iter().map(|p| p.0).sum::<f32>() / n, pairs.iter().map(|p| p.1).sum::<f32>() / n);
    let (mut cc, mut ss, mut cs) = (0.0, 0.0, 0.0);
    for (c, s) in &pairs {
        cc += (c - mean_c).powi(2);
        ss += (s - mean_s).powi(2);
        cs += (c - mean_c) * (s - mean_s);
    }
    let (deviation_c, deviation_s) = ((cc / n).sqrt(), (ss / n).sqrt());
    if deviation_c < BLANK {
        return None;
    }
    let darkest = pairs.iter().map(|p| p.0).fold(0.0, f32::max);
    let strokes: Vec<&(f32, f32)> = pairs.iter().filter(|p| p.0 > 0.5 * darkest).collect();
    let covered = strokes.iter().filter(|p| p.1 < GONE).count() as f32 / strokes.len().max(1) as f32;
    let alike = cs / (cc * ss).sqrt().max(1e-3);
    Some(if deviation_s < GONE || alike < SHAPELESS || covered > COVERED {
        Legibility::Lost
    } else if deviation_s < FAINT || alike < VAGUE || covered > TOUCHED || share_outside > TOUCHED {
        Legibility::Doubtful
    } else {
        Legibility::Clear
    })
}
