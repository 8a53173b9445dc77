//! A picture in the making: linear buffer of RGB floats, 0 to 255 but free to overshoot.

use image::RgbImage;

/// RGB floats in rows from the top-left corner.
#[derive(Clone)]
pub struct Frame {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[f32; 3]>,
}

impl Frame {
    pub fn new(width: usize, height: usize, colour: [f32; 3]) -> Self {
        Self { width, height, pixels: vec![colour; width * height] }
    }

    /// The picture's pixels as floats.
    pub fn from_image(image: &RgbImage) -> Self {
        let pixels = image.pixels().map(|p| p.0.map(f32::from)).collect();
        Self { width: image.width() as usize, height: image.height() as usize, pixels }
    }

    /// Clipped to 8 bits, as the sensor's converter does.
    pub fn to_image(&self) -> RgbImage {
        let mut bytes = Vec::with_capacity(self.pixels.len() * 3);
        for pixel in &self.pixels {
            bytes.extend(pixel.map(|v| (v + 0.5).clamp(0.0, 255.0) as u8));
        }
        RgbImage::from_raw(self.width as u32, self.height as u32, bytes).expect("buffer has the frame's size")
    }
}
