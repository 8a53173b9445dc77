//! What is wrong with a one-inch photo on purpose, and near misses that are not wrong.

use image::{RgbImage, imageops};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::{
    camera::{encode, frame::Frame, sensor},
    spec::{between, chance, one_of},
};

/// A flaw (has a code) or a control (has none).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    BlueGround,
    RedGround,
    GreyGround,
    ShadedGround,
    Halo,
    NoFace,
    TwoFaces,
    Tilted,
    Turned,
    SmallHead,
    LargeHead,
    OffCentre,
    Square,
    TooFewBytes,
    TooManyBytes,
    Png,
    OffCard,
    Halftone,
    Retouched,
    // Controls.
    SlightTilt,
    SlightTurn,
    SlightShade,
    OffWhite,
    SmallPicture,
    Sharpened,
    Softened,
}

const FLAWS: [Flaw; 19] = [
    Flaw::BlueGround,
    Flaw::RedGround,
    Flaw::GreyGround,
    Flaw::ShadedGround,
    Flaw::Halo,
    Flaw::NoFace,
    Flaw::TwoFaces,
    Flaw::Tilted,
    Flaw::Turned,
    Flaw::SmallHead,
    Flaw::LargeHead,
    Flaw::OffCentre,
    Flaw::Square,
    Flaw::TooFewBytes,
    Flaw::TooManyBytes,
    Flaw::Png,
    Flaw::OffCard,
    Flaw::Halftone,
    Flaw::Retouched,
];
const CONTROLS: [Flaw; 7] = [
    Flaw::SlightTilt,
    Flaw::SlightTurn,
    Flaw::SlightShade,
    Flaw::OffWhite,
    Flaw::SmallPicture,
    Flaw::Sharpened,
    Flaw::Softened,
];

impl Flaw {
    /// Two thirds flaws, one third controls.
    pub fn roll(rng: &mut ChaCha8Rng) -> Self {
        if chance(rng, 0.65) { one_of(&FLAWS, rng) } else { one_of(&CONTROLS, rng) }
    }

    /// The flaw with that name.
    pub fn named(name: &str) -> Option<Self> {
        FLAWS.into_iter().chain(CONTROLS).find(|flaw| flaw.as_str() == name)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BlueGround => "blue_ground",
            Self::RedGround => "red_ground",
            Self::GreyGround => "grey_ground",
            Self::ShadedGround => "shaded_ground",
            Self::Halo => "halo",
            Self::NoFace => "no_face",
            Self::TwoFaces => "two_faces",
            Self::Tilted => "tilted",
            Self::Turned => "turned",
            Self::SmallHead => "small_head",
            Self::LargeHead => "large_head",
            Self::OffCentre => "off_centre",
            Self::Square => "square",
            Self::TooFewBytes => "too_few_bytes",
            Self::TooManyBytes => "too_many_bytes",
            Self::Png => "png",
            Self::OffCard => "off_card",
            Self::Halftone => "halftone",
            Self::Retouched => "retouched",
            Self::SlightTilt => "control:slight_tilt",
            Self::SlightTurn => "control:slight_turn",
            Self::SlightShade => "control:slight_shade",
            Self::OffWhite => "control:off_white",
            Self::SmallPicture => "control:small_picture",
            Self::Sharpened => "control:sharpened",
            Self::Softened => "control:softened",
        }
    }

    /// The findings that must be raised.
    pub const fn codes(self) -> &'static [&'static str] {
        match self {
            Self::BlueGround | Self::RedGround | Self::GreyGround | Self::ShadedGround | Self::Halo => {
                &["photo.background"]
            }
            Self::NoFace => &["photo.no_face"],
            Self::TwoFaces => &["photo.several_faces"],
            Self::Tilted | Self::Turned | Self::SmallHead | Self::LargeHead | Self::OffCentre => {
                &["photo.face_pose"]
            }
            Self::Square => &["photo.proportions"],
            Self::TooFewBytes | Self::TooManyBytes => &["photo.file_size"],
            Self::Png => &["photo.not_jpeg"],
            Self::OffCard | Self::Halftone => &["photo.rephotographed"],
            Self::Retouched => &["photo.retouched"],
            _ => &[],
        }
    }

    /// Pixels per mm of the picture.
    pub fn density(flaw: Option<Self>, rng: &mut ChaCha8Rng) -> f32 {
        match flaw {
            None => 24.0,
            Some(Self::SmallPicture) => 11.8,
            Some(_) => one_of(&[14.0, 18.0, 24.0], rng),
        }
    }

    /// What the camera or somebody's program did to the picture.
    pub fn disturb(self, mut image: RgbImage, rng: &mut ChaCha8Rng) -> RgbImage {
        match self {
            Self::ShadedGround => shade(&mut image, between(rng, 45.0, 80.0)),
            Self::SlightShade => shade(&mut image, between(rng, 2.0, 8.0)),
            Self::Halo => halo(&mut image, rng),
            Self::OffCard => image = off_card(&image, rng),
            Self::Halftone => halftone(&mut image, rng),
            Self::Retouched => smooth_skin(&mut image, between(rng, 2.0, 3.5)),
            Self::Sharpened => {
                let mut frame = Frame::from_image(&image);
                let sharp = imageops::unsharpen(&image, 1.2, 2);
                frame.pixels = Frame::from_image(&sharp).pixels;
                image = frame.to_image();
            }
            Self::Softened => {
                let mut frame = Frame::from_image(&image);
                sensor::gaussian(&mut frame, 0.7);
                image = frame.to_image();
            }
            Self::Square => {
                let side = image.width();
                image = imageops::crop_imm(&image, 0, image.height() / 12, side, side).to_image();
            }
            _ => {}
        }
        image
    }

    /// The file; sound ones have 40,000 to 81,920 bytes where the picture allows it.
    pub fn file(self, image: &RgbImage, rng: &mut ChaCha8Rng) -> (Vec<u8>, &'static str) {
        match self {
            Self::Png => (encode::png(image), "png"),
            Self::TooFewBytes => (encode::jpeg(image, rng.random_range(20..40), None), "jpg"),
            Self::TooManyBytes => {
                let large = imageops::resize(image, 1000, 1400, imageops::FilterType::CatmullRom);
                (encode::jpeg(&large, 97, None), "jpg")
            }
            _ => (super::portrait::sized(image), "jpg"),
        }
    }
}

/// Darkens towards one lower side.
fn shade(image: &mut RgbImage, depth: f32) {
    let (w, h) = (image.width() as f32, image.height() as f32);
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let k = depth * (0.6 * x as f32 / w + 0.4 * y as f32 / h);
        pixel.0 = pixel.0.map(|v| (f32::from(v) - k).clamp(0.0, 255.0) as u8);
    }
}

fn is_ground(pixel: [u8; 3]) -> bool {
    pixel.iter().all(|&v| v > 236)
}

/// A coloured seam left by cutting the person out of another background.
fn halo(image: &mut RgbImage, rng: &mut ChaCha8Rng) {
    let seam: [f32; 3] = one_of(&[[90.0, 150.0, 225.0], [205.0, 70.0, 60.0], [120.0, 190.0, 120.0]], rng);
    let reach = (image.width() as f32 / 140.0).round().max(2.0) as i64;
    let original = image.clone();
    let ground = |x: i64, y: i64| {
        let inside = x >= 0 && y >= 0 && x < i64::from(original.width()) && y < i64::from(original.height());
        inside && is_ground(original.get_pixel(x as u32, y as u32).0)
    };
    // Only the outline against the ground, not white spots within the person.
    let (w, h) = (i64::from(image.width()), i64::from(image.height()));
    let mut outside = vec![false; (w * h) as usize];
    let mut stack: Vec<(i64, i64)> = (0..w).map(|x| (x, 0)).collect();
    while let Some((x, y)) = stack.pop() {
        if ground(x, y) && !outside[(y * w + x) as usize] {
            outside[(y * w + x) as usize] = true;
            stack.extend([(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]);
        }
    }
    for y in 0..h {
        for x in 0..w {
            if !outside[(y * w + x) as usize] {
                continue;
            }
            let near = (-reach..=reach).any(|dy| {
                (-reach..=reach).any(|dx| {
                    let (nx, ny) = (x + dx, y + dy);
                    nx >= 0 && ny >= 0 && nx < w && ny < h && !outside[(ny * w + nx) as usize]
                })
            });
            if near {
                let pixel = image.get_pixel_mut(x as u32, y as u32);
                for (value, tint) in pixel.0.iter_mut().zip(seam) {
                    *value = (f32::from(*value) * 0.45 + tint * 0.55) as u8;
                }
            }
        }
    }
}

/// The card's small print of the photo, taken with a phone and cut out: waves of the card's ground over it, soft.
fn off_card(image: &RgbImage, rng: &mut ChaCha8Rng) -> RgbImage {
    let (w, h) = image.dimensions();
    let printed = between(rng, 110.0, 170.0);
    let small =
        imageops::resize(image, printed as u32, (printed * 1.4) as u32, imageops::FilterType::Triangle);
    let mut large = Frame::from_image(&imageops::resize(&small, w, h, imageops::FilterType::CatmullRom));
    let (pitch, wave, depth) =
        (w as f32 / between(rng, 45.0, 70.0), w as f32 / between(rng, 2.0, 4.0), between(rng, 6.0, 14.0));
    let tilt = between(rng, -0.3, 0.3);
    for y in 0..large.height {
        for x in 0..large.width {
            let (fx, fy) = (x as f32, y as f32);
            let line = fy + tilt * fx + (fx / wave * std::f32::consts::TAU).sin() * pitch * 1.6;
            let dark = ((line / pitch).fract() < 0.35) as u8 as f32 * depth;
            let pixel = &mut large.pixels[y * w as usize + x];
            *pixel = [pixel[0] - dark * 1.2 - 8.0, pixel[1] - dark - 4.0, pixel[2] - dark * 0.5 - 2.0];
        }
    }
    sensor::noise(&mut large, 2.0, 0.4, rng);
    large.to_image()
}

/// Printed as dots and scanned.
fn halftone(image: &mut RgbImage, rng: &mut ChaCha8Rng) {
    let pitch = between(rng, 3.2, 6.0);
    let angle = one_of(&[0.26_f32, 0.5, 0.78, 1.1], rng);
    let (sin, cos) = angle.sin_cos();
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let (u, v) = (x as f32 * cos + y as f32 * sin, y as f32 * cos - x as f32 * sin);
        let dot = (u / pitch * std::f32::consts::TAU).cos() * (v / pitch * std::f32::consts::TAU).cos();
        for value in &mut pixel.0 {
            let tone = f32::from(*value);
            // Dots show most in the middle tones and not on blank paper.
            let strength = 60.0 * (1.0 - (tone / 127.5 - 1.0).abs()).max(0.0);
            *value = (tone + dot * strength).clamp(0.0, 255.0) as u8;
        }
    }
}

/// A beauty filter: skin without its grain, the rest as it was.
fn smooth_skin(image: &mut RgbImage, sigma: f32) {
    let mut frame = Frame::from_image(image);
    sensor::gaussian(&mut frame, sigma);
    let smooth = frame.to_image();
    for (pixel, soft) in image.pixels_mut().zip(smooth.pixels()) {
        let [r, g, b] = pixel.0.map(i32::from);
        if r > 110 && r - b > 18 && r >= g && g >= b - 4 {
            *pixel = *soft;
        }
    }
}
