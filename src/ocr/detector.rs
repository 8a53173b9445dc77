//! Text detection: differentiable binarisation (Liao et al. 2020) as PP-OCR ships it.

use std::sync::Arc;

use image::{GrayImage, Luma, RgbImage};
use imageproc::{
    contours::{BorderType, find_contours},
    geometry::min_area_rect,
};

use crate::{
    domain::{Point, Quad},
    imaging::shrink,
    inference::{InferenceError, Model, Tensor},
};

use super::{bridge, levels, seal::remove_rings};

/// How the detector's probability map becomes boxes. The first three are PP-OCR's own defaults.
#[derive(Debug, Clone, Copy)]
pub struct DetectorParams {
    /// A pixel belongs to text from this probability on. Higher splits lines at wide gaps.
    pub pixel_probability: f32,
    /// A box is kept from this mean probability on. Higher loses faint print, lower finds texture.
    pub box_probability: f32,
    /// How far a box grows, as a multiple of area / perimeter: the network marks shrunken cores.
    pub unclip_ratio: f32,
    /// Boxes thinner than this many map pixels are noise.
    pub min_thickness_px: f32,
}

impl Default for DetectorParams {
    fn default() -> Self {
        Self { pixel_probability: 0.3, box_probability: 0.5, unclip_ratio: 1.6, min_thickness_px: 3.0 }
    }
}

/// A place that holds a line of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectedLine {
    /// In pixels of the picture that was given; horizontal lines start at their left end.
    pub quad: Quad,
    /// Mean probability inside the box, 0 to 1.
    pub score: f32,
}

pub struct TextDetector {
    model: Arc<dyn Model>,
    params: DetectorParams,
}

/// Side lengths must be multiples of this.
const STRIDE: u32 = 32;
/// ImageNet statistics, applied to BGR planes as PP-OCR does.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const STD: [f32; 3] = [0.229, 0.224, 0.225];

impl TextDetector {
    pub fn new(model: Arc<dyn Model>, params: DetectorParams) -> Self {
        Self { model, params }
    }

    /// Finds the lines of text of an upright picture, in reading order; round seals are looked through.
    ///
    /// `long_side_px` is the longer side of the network's input; smaller pictures are not enlarged.
    /// Time grows with its square; below about 700 the small print of an A4 page is lost.
    ///
    /// # Errors
    /// When the network fails.
    pub fn detect(&self, picture: &RgbImage, long_side_px: u32) -> Result<Vec<DetectedLine>, InferenceError> {
        let (width, height) = picture.dimensions();
        if width < 8 || height < 8 {
            return Ok(Vec::new());
        }
        let scale = (long_side_px as f32 / width.max(height) as f32).min(1.0);
        let fit = |side: u32| ((side as f32 * scale / STRIDE as f32).round() as u32).max(1) * STRIDE;
        let (map_width, map_height) = (fit(width), fit(height));
        let mut shrunk = shrink(picture, map_width, map_height);
        levels::lift_page(&mut shrunk);
        let seals = remove_rings(&mut shrunk);
        let output = self.model.run(&input(&shrunk))?;
        let (w, h) = (map_width as usize, map_height as usize);
        if output.values.len() != w * h {
            return Err(InferenceError::Shape {
                name: "detector".to_owned(),
                shape: output.shape,
                expected: "one probability a pixel",
            });
        }
        let to_picture = |p: Point| {
            Point::new(p.x * width as f32 / map_width as f32, p.y * height as f32 / map_height as f32)
        };
        let found = boxes(&output.values, w, h, &self.params);
        let mut lines = bridge::over_seals(found, &seals, map_width as f32);
        for line in &mut lines {
            line.quad = line.quad.map(to_picture);
        }
        sort_in_reading_order(&mut lines);
        Ok(lines)
    }
}

fn input(picture: &RgbImage) -> Tensor {
    let (width, height) = picture.dimensions();
    let plane = (width * height) as usize;
    let mut values = vec![0.0; 3 * plane];
    for (at, pixel) in picture.pixels().enumerate() {
        for (channel, &value) in pixel.0.iter().rev().enumerate() {
            values[channel * plane + at] = (f32::from(value) / 255.0 - MEAN[channel]) / STD[channel];
        }
    }
    Tensor::new(vec![1, 3, height as usize, width as usize], values)
}

fn boxes(map: &[f32], width: usize, height: usize, params: &DetectorParams) -> Vec<DetectedLine> {
    let mut mask = GrayImage::new(width as u32, height as u32);
    for (at, pixel) in mask.pixels_mut().enumerate() {
        *pixel = Luma([if map[at] > params.pixel_probability { 255 } else { 0 }]);
    }
    find_contours::<i32>(&mask)
        .into_iter()
        .filter(|contour| contour.border_type == BorderType::Outer && contour.points.len() >= 4)
        .filter_map(|contour| {
            let corners = min_area_rect(&contour.points).map(|p| Point::new(p.x as f32, p.y as f32));
            let core = left_to_right(corners);
            if core.width().min(core.height()) < params.min_thickness_px {
                return None;
            }
            let score = mean_inside(map, width, height, &core);
            (score >= params.box_probability)
                .then(|| DetectedLine { quad: unclip(&core, params.unclip_ratio), score })
        })
        .collect()
}

/// Names the corners so that the text runs from the first to the second: rightwards for boxes
/// wider than high, and for tall ones (vertical text or a single narrow glyph) upright as well.
fn left_to_right(corners: [Point; 4]) -> Quad {
    let mut by_x = corners;
    by_x.sort_by(|a, b| a.x.total_cmp(&b.x));
    let [a, b, c, d] = by_x;
    let (tl, bl) = if a.y < b.y { (a, b) } else { (b, a) };
    let (tr, br) = if c.y < d.y { (c, d) } else { (d, c) };
    Quad([tl, tr, br, bl])
}

/// Grows a box on all sides by ratio × area / perimeter.
fn unclip(core: &Quad, ratio: f32) -> Quad {
    let (w, h) = (core.width().max(1.0), core.height().max(1.0));
    let distance = w * h * ratio / (2.0 * (w + h));
    let [tl, tr, br, bl] = core.0;
    let along = Point::new((tr.x - tl.x) / w, (tr.y - tl.y) / w);
    let down = Point::new((bl.x - tl.x) / h, (bl.y - tl.y) / h);
    let shift = |p: Point, a: f32, d: f32| {
        Point::new(p.x + (along.x * a + down.x * d) * distance, p.y + (along.y * a + down.y * d) * distance)
    };
    Quad([shift(tl, -1.0, -1.0), shift(tr, 1.0, -1.0), shift(br, 1.0, 1.0), shift(bl, -1.0, 1.0)])
}

/// Mean of the map over a box, sampled on a grid of its own axes.
fn mean_inside(map: &[f32], width: usize, height: usize, quad: &Quad) -> f32 {
    let [tl, tr, br, bl] = quad.0;
    let (columns, rows) =
        (quad.width().ceil().clamp(2.0, 64.0) as usize, quad.height().ceil().clamp(2.0, 16.0) as usize);
    let mut sum = 0.0;
    for row in 0..rows {
        let v = (row as f32 + 0.5) / rows as f32;
        let (left, right) = (tl.lerp(bl, v), tr.lerp(br, v));
        for column in 0..columns {
            let p = left.lerp(right, (column as f32 + 0.5) / columns as f32);
            let x = (p.x.round().max(0.0) as usize).min(width - 1);
            let y = (p.y.round().max(0.0) as usize).min(height - 1);
            sum += map[y * width + x];
        }
    }
    sum / (rows * columns) as f32
}

/// Top to bottom; lines whose centres differ by less than half their height stand in one row and
/// go from left to right.
fn sort_in_reading_order(lines: &mut Vec<DetectedLine>) {
    lines.sort_by(|a, b| a.quad.center().y.total_cmp(&b.quad.center().y));
    let mut ordered: Vec<DetectedLine> = Vec::with_capacity(lines.len());
    let mut row_start = 0;
    for line in lines.drain(..) {
        let same_row = ordered.get(row_start).is_some_and(|first| {
            let limit = first.quad.height().min(line.quad.height()) * 0.5;
            (line.quad.center().y - first.quad.center().y).abs() < limit
        });
        if !same_row {
            row_start = ordered.len();
        }
        let at = row_start
            + ordered[row_start..].partition_point(|other| other.quad.center().x < line.quad.center().x);
        ordered.insert(at, line);
    }
    *lines = ordered;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rect;

    fn line(left: f32, top: f32, right: f32, bottom: f32) -> DetectedLine {
        DetectedLine { quad: Quad::from_rect(Rect::new(left, top, right, bottom)), score: 1.0 }
    }

    #[test]
    fn one_row_is_read_from_left_to_right() {
        let mut lines =
            vec![line(200.0, 11.0, 300.0, 31.0), line(0.0, 40.0, 90.0, 60.0), line(0.0, 13.0, 90.0, 33.0)];
        sort_in_reading_order(&mut lines);
        let lefts: Vec<f32> = lines.iter().map(|l| l.quad.0[0].x).collect();
        assert_eq!(lefts, [0.0, 200.0, 0.0]);
        assert_eq!(lines[2].quad.0[0].y, 40.0);
    }

    #[test]
    fn a_blob_of_the_map_becomes_one_grown_box() {
        let (w, h) = (64, 32);
        let mut map = vec![0.0; w * h];
        for y in 10..18 {
            for x in 10..50 {
                map[y * w + x] = 0.9;
            }
        }
        let found = boxes(&map, w, h, &DetectorParams::default());
        assert_eq!(found.len(), 1);
        let bounds = found[0].quad.bounds();
        assert!(bounds.left < 10.0 && bounds.right > 50.0 && bounds.top < 10.0 && bounds.bottom > 18.0);
        assert!(found[0].score > 0.8);
    }

    #[test]
    fn faint_blobs_are_dropped() {
        let (w, h) = (64, 32);
        let mut map = vec![0.0; w * h];
        for y in 10..18 {
            for x in 10..50 {
                map[y * w + x] = 0.4;
            }
        }
        assert!(boxes(&map, w, h, &DetectorParams::default()).is_empty());
    }
}
