//! Faces of a picture with their landmarks, by CenterFace (arXiv 1911.03599).

use std::sync::Arc;

use fast_image_resize::{ResizeOptions, Resizer};
use image::{Rgb, RgbImage};
use imageproc::geometric_transformations::{Border, Interpolation, rotate_about_center};

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
    /// Degrees by which a picture without a face is turned, either way, to be looked at again: the network finds heads that
    /// lean by some 20 degrees and no more.
    pub turn_deg: f32,
}

impl Default for FaceParams {
    fn default() -> Self {
        Self { input_px: 448, min_score: 0.2, same_face_iou: 0.3, turn_deg: 30.0 }
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

impl Face {
    /// Where it is after the picture was turned clockwise about `centre`, by radians. Its height stays the head's own.
    fn turned(&self, angle: f32, centre: Point) -> Self {
        let (sin, cos) = angle.sin_cos();
        let to = |point: Point| {
            let (x, y) = (point.x - centre.x, point.y - centre.y);
            Point::new(centre.x + cos * x - sin * y, centre.y + sin * x + cos * y)
        };
        let (middle, half) = (to(self.place.center()), (self.place.width() / 2.0, self.place.height() / 2.0));
        let place = Rect::new(middle.x - half.0, middle.y - half.1, middle.x + half.0, middle.y + half.1);
        let Landmarks { left_eye, right_eye, nose, left_mouth, right_mouth } = self.landmarks;
        let landmarks = Landmarks {
            left_eye: to(left_eye),
            right_eye: to(right_eye),
            nose: to(nose),
            left_mouth: to(left_mouth),
            right_mouth: to(right_mouth),
        };
        Self { score: self.score, place, landmarks }
    }
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

    /// Faces, the surest first; where there is none, those of heads that lean.
    ///
    /// # Errors
    /// When the network fails or is another one.
    pub fn find(&self, picture: &RgbImage) -> Result<Vec<Face>, InferenceError> {
        let mut found = self.find_upright(picture)?;
        let centre = Point::new(picture.width() as f32 / 2.0, picture.height() as f32 / 2.0);
        for angle in [self.params.turn_deg, -self.params.turn_deg].map(f32::to_radians) {
            if found.is_empty() && !picture.is_empty() {
                // White beyond the rim, as portraits have it.
                let beyond = Border::Constant(Rgb([255; 3]));
                let turned = rotate_about_center(picture, angle, Interpolation::Bilinear, beyond);
                found = self.find_upright(&turned)?.iter().map(|face| face.turned(-angle, centre)).collect();
            }
        }
        Ok(found)
    }

    fn find_upright(&self, picture: &RgbImage) -> Result<Vec<Face>, InferenceError> {
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

    /// A network that sees a face between a red and a blue eye that are level, and no other.
    struct LevelEyes;

    impl Model for LevelEyes {
        fn run(&self, _: &Tensor) -> Result<Tensor, InferenceError> {
            unreachable!("the detector asks for all outputs")
        }

        fn run_all(&self, input: &Tensor) -> Result<Vec<Tensor>, InferenceError> {
            let (height, width) = (input.shape[2], input.shape[3]);
            let (rows, columns) = (height / 4, width / 4);
            let middle = |is_eye: &dyn Fn(usize) -> bool| {
                let eye: Vec<usize> = (0..height * width).filter(|&i| is_eye(i)).collect();
                let mean = |of: &dyn Fn(usize) -> usize| {
                    eye.iter().map(|&i| of(i) as f32).sum::<f32>() / eye.len() as f32
                };
                (mean(&|i| i % width), mean(&|i| i / width))
            };
            let value = |channel: usize, i: usize| input.values[channel * height * width + i];
            let red = middle(&|i| value(0, i) > 200.0 && value(2, i) < 60.0);
            let blue = middle(&|i| value(2, i) > 200.0 && value(0, i) < 60.0);
            let map = |planes: usize| {
                Tensor::new(vec![1, planes, rows, columns], vec![0.0; planes * rows * columns])
            };
            let (mut heat, mut size, offset, mut landmarks) = (map(1), map(2), map(2), map(10));
            if (red.1 - blue.1).abs() < 6.0 {
                let cell = |at: f32| (at / 4.0) as usize;
                let at = cell(red.1) * columns + cell(f32::midpoint(red.0, blue.0));
                heat.values[at] = 0.9;
                // Both sides of the face are twice as long as the eyes are apart.
                let side = 2.0 * (blue.0 - red.0);
                size.values.fill((side / 4.0).ln());
                let share = |from_middle: f32| 0.5 + from_middle / side;
                for (plane, value) in [(0, 0.5), (1, share(-side / 4.0)), (2, 0.5), (3, share(side / 4.0))] {
                    landmarks.values[plane * rows * columns..][..rows * columns].fill(value);
                }
            }
            Ok(vec![heat, size, offset, landmarks])
        }

        fn metadata(&self, _: &str) -> Option<String> {
            None
        }
    }

    #[test]
    fn a_head_that_leans_is_found_where_it_is() {
        for lean in [-28.0_f32, 0.0, 31.0] {
            let (sin, cos) = lean.to_radians().sin_cos();
            let eye = |side: f32| Point::new(220.0 + side * 60.0 * cos, 260.0 + side * 60.0 * sin);
            let near = |x: u32, y: u32, eye: Point| (x as f32 - eye.x).hypot(y as f32 - eye.y) < 12.0;
            let picture = RgbImage::from_fn(448, 448, |x, y| {
                let (red, blue) = (near(x, y, eye(-1.0)), near(x, y, eye(1.0)));
                Rgb(if red {
                    [255, 0, 0]
                } else if blue {
                    [0, 0, 255]
                } else {
                    [255; 3]
                })
            });
            let found = FaceDetector::new(Arc::new(LevelEyes)).find(&picture).unwrap();
            let [face] = found.as_slice() else { panic!("{lean}: {found:?}") };
            for (seen, eye) in [(face.landmarks.left_eye, eye(-1.0)), (face.landmarks.right_eye, eye(1.0))] {
                assert!((seen.x - eye.x).hypot(seen.y - eye.y) < 8.0, "{lean}: {seen:?}, not {eye:?}");
            }
        }
    }

    #[test]
    fn an_empty_picture_has_no_face() {
        assert!(FaceDetector::new(Arc::new(Fake)).find(&RgbImage::new(0, 0)).unwrap().is_empty());
    }
}
