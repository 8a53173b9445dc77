//! Faces of a picture with their landmarks, by CenterFace (arXiv 1911.03599).

use std::sync::Arc;

use fast_image_resize::{ResizeOptions, Resizer};
use image::RgbImage;

use crate::{
    domain::{Point, Rect},
    inference::{InferenceError, Model, Tensor},
};

/// What the detector is run with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceParams {
    /// Longer side of the network's input in pixels. A portrait's face is then 200 pixels high; faces down to a
    /// twentieth of the picture are found. More costs time in proportion to its square.
    pub input_px: u32,
    /// Score from which there is a face. Real faces score above 0.7 (scikit-image's astronaut 0.93), drawn ones of our
    /// samples 0.23 to 0.87, the back of a head 0.02; higher misses faces, lower finds them in hair and cloth.
    pub min_score: f32,
    /// Overlap (intersection over union) from which two boxes are one face.
    pub same_face_iou: f32,
}

impl Default for FaceParams {
    fn default() -> Self {
        Self { input_px: 448, min_score: 0.2, same_face_iou: 0.3 }
    }
}

/// One face, in pixels of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// 0 to 1.
    pub score: f32,
    /// From the forehead to the chin.
    pub place: Rect,
    /// Eyes, nose tip and corners of the mouth; left as seen in the picture first.
    pub landmarks: Landmarks,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Landmarks {
    pub left_eye: Point,
    pub right_eye: Point,
    pub nose: Point,
    pub left_mouth: Point,
    pub right_mouth: Point,
}

/// Pixels of the input for one cell of the network's maps.
const STRIDE: u32 = 4;

/// Sides of the input are multiples of this.
const GRID: u32 = 32;

/// The network.
pub struct FaceDetector {
    model: Arc<dyn Model>,
    params: FaceParams,
}

impl FaceDetector {
    pub fn new(model: Arc<dyn Model>) -> Self {
        Self { model, params: FaceParams::default() }
    }

    /// Faces, the surest first.
    ///
    /// # Errors
    /// When the network fails or is another one.
    pub fn find(&self, picture: &RgbImage) -> Result<Vec<Face>, InferenceError> {
        let (width, height) = picture.dimensions();
        if width == 0 || height == 0 {
            return Ok(Vec::new());
        }
        let scale = self.params.input_px as f32 / width.max(height) as f32;
        let side = |side: u32| ((side as f32 * scale).ceil() as u32).next_multiple_of(GRID);
        let (input_width, input_height) = (side(width), side(height));
        let outputs = self.model.run_all(&tensor(picture, input_width, input_height))?;
        let (columns, rows) = ((input_width / STRIDE) as usize, (input_height / STRIDE) as usize);
        let maps = Maps::of(&outputs, columns, rows).ok_or_else(|| InferenceError::Shape {
            name: "face".to_owned(),
            shape: outputs.first().map(|output| output.shape.clone()).unwrap_or_default(),
            expected: "four maps of 1, 2, 2 and 10 planes",
        })?;
        let to_picture = (width as f32 / input_width as f32, height as f32 / input_height as f32);
        Ok(maps.faces(&self.params, to_picture))
    }
}

/// RGB planes, 0 to 255.
fn tensor(picture: &RgbImage, width: u32, height: u32) -> Tensor {
    let mut small = RgbImage::new(width, height);
    // Both are RGB8 and the sizes are positive, so this cannot fail.
    let _ = Resizer::new().resize(picture, &mut small, &ResizeOptions::new());
    let plane = |channel: usize| small.pixels().map(move |pixel| f32::from(pixel.0[channel]));
    let values = (0..3).flat_map(plane).collect();
    Tensor::new(vec![1, 3, height as usize, width as usize], values)
}

/// The network's four outputs: heat, log size, offset of the centre, landmarks; vertical before horizontal.
struct Maps<'a> {
    columns: usize,
    rows: usize,
    heat: &'a [f32],
    size: &'a [f32],
    offset: &'a [f32],
    landmarks: &'a [f32],
}

impl<'a> Maps<'a> {
    fn of(outputs: &'a [Tensor], columns: usize, rows: usize) -> Option<Self> {
        let [heat, size, offset, landmarks] = outputs else { return None };
        let fits = |tensor: &Tensor, planes| tensor.shape == [1, planes, rows, columns];
        (fits(heat, 1) && fits(size, 2) && fits(offset, 2) && fits(landmarks, 10)).then_some(Self {
            columns,
            rows,
            heat: &heat.values,
            size: &size.values,
            offset: &offset.values,
            landmarks: &landmarks.values,
        })
    }

    fn faces(&self, params: &FaceParams, to_picture: (f32, f32)) -> Vec<Face> {
        let mut cells: Vec<usize> =
            (0..self.columns * self.rows).filter(|&cell| self.heat[cell] >= params.min_score).collect();
        cells.sort_by(|&a, &b| self.heat[b].total_cmp(&self.heat[a]));
        let mut faces: Vec<Face> = Vec::new();
        for cell in cells {
            let face = self.face(cell, to_picture);
            if faces.iter().all(|other| iou(other.place, face.place) < params.same_face_iou) {
                faces.push(face);
            }
        }
        faces
    }

    fn face(&self, cell: usize, (kx, ky): (f32, f32)) -> Face {
        let stride = STRIDE as f32;
        let plane = |values: &[f32], plane: usize| values[plane * self.columns * self.rows + cell];
        let (column, row) = ((cell % self.columns) as f32, (cell / self.columns) as f32);
        // The exponent is held to sizes that fit any picture, whatever the network says.
        let size = |axis| plane(self.size, axis).clamp(-4.0, 8.0).exp() * stride;
        let (height, width) = (size(0), size(1));
        let top = (row + plane(self.offset, 0) + 0.5) * stride - height / 2.0;
        let left = (column + plane(self.offset, 1) + 0.5) * stride - width / 2.0;
        let mark = |index: usize| {
            let (y, x) = (plane(self.landmarks, 2 * index), plane(self.landmarks, 2 * index + 1));
            Point::new((left + x * width) * kx, (top + y * height) * ky)
        };
        Face {
            score: self.heat[cell],
            place: Rect::new(left * kx, top * ky, (left + width) * kx, (top + height) * ky),
            landmarks: Landmarks {
                left_eye: mark(0),
                right_eye: mark(1),
                nose: mark(2),
                left_mouth: mark(3),
                right_mouth: mark(4),
            },
        }
    }
}

fn iou(a: Rect, b: Rect) -> f32 {
    let meet = a.intersection(b);
    let shared = meet.width().max(0.0) * meet.height().max(0.0);
    shared / (a.width() * a.height() + b.width() * b.height() - shared).max(f32::EPSILON)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network that sees one face at the cell (10, 20) of any picture, twice.
    struct Fake;

    impl Model for Fake {
        fn run(&self, _: &Tensor) -> Result<Tensor, InferenceError> {
            unreachable!("the detector asks for all outputs")
        }

        fn run_all(&self, input: &Tensor) -> Result<Vec<Tensor>, InferenceError> {
            let (rows, columns) = (input.shape[2] / 4, input.shape[3] / 4);
            let map = |planes: usize, value: f32| {
                Tensor::new(vec![1, planes, rows, columns], vec![value; planes * rows * columns])
            };
            let mut heat = map(1, 0.0);
            heat.values[20 * columns + 10] = 0.9;
            heat.values[20 * columns + 11] = 0.5;
            let mut landmarks = map(10, 0.5);
            landmarks.values[rows * columns..2 * rows * columns].fill(0.25);
            Ok(vec![heat, map(2, 2.5), map(2, 0.0), landmarks])
        }

        fn metadata(&self, _: &str) -> Option<String> {
            None
        }
    }

    #[test]
    fn cells_become_faces_in_the_picture_and_neighbours_are_one() {
        let found = FaceDetector::new(Arc::new(Fake)).find(&RgbImage::new(640, 896)).unwrap();
        assert_eq!(found.len(), 1);
        // The input is 320×448: half of the picture.
        let centre = found[0].place.center();
        assert!((centre.x - 84.0).abs() < 0.01 && (centre.y - 164.0).abs() < 0.01, "{centre:?}");
        let eye = found[0].landmarks.left_eye;
        assert!((eye.x - (centre.x - found[0].place.width() / 4.0)).abs() < 0.01);
        assert!((eye.y - centre.y).abs() < 0.01);
    }

    #[test]
    fn an_empty_picture_has_no_face() {
        assert!(FaceDetector::new(Arc::new(Fake)).find(&RgbImage::new(0, 0)).unwrap().is_empty());
    }
}
