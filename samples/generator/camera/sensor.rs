//! Lens blur, motion, sensor noise, demosaicing softness and sharpening.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::frame::Frame;

/// Gaussian blur with standard deviation `sigma` px.
pub fn gaussian(frame: &mut Frame, sigma: f32) {
    if sigma < 0.15 {
        return;
    }
    let radius = (sigma * 2.6).ceil() as isize;
    let mut kernel: Vec<f32> =
        (-radius..=radius).map(|i| (-(i * i) as f32 / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f32 = kernel.iter().sum();
    kernel.iter_mut().for_each(|k| *k /= sum);
    let (w, h) = (frame.width, frame.height);
    let mut rows = vec![[0.0_f32; 3]; w * h];
    for y in 0..h {
        let source = &frame.pixels[y * w..(y + 1) * w];
        let target = &mut rows[y * w..(y + 1) * w];
        for (x, out) in target.iter_mut().enumerate() {
            for (k, weight) in kernel.iter().enumerate() {
                let at = (x as isize + k as isize - radius).clamp(0, w as isize - 1) as usize;
                for c in 0..3 {
                    out[c] += source[at][c] * weight;
                }
            }
        }
    }
    for y in 0..h {
        let target = &mut frame.pixels[y * w..(y + 1) * w];
        target.fill([0.0; 3]);
        for (k, weight) in kernel.iter().enumerate() {
            let at = (y as isize + k as isize - radius).clamp(0, h as isize - 1) as usize;
            for (out, source) in target.iter_mut().zip(&rows[at * w..(at + 1) * w]) {
                for c in 0..3 {
                    out[c] += source[c] * weight;
                }
            }
        }
    }
}

/// Smear of `length` px in direction `angle` (radians), from a hand that moved.
pub fn motion(frame: &mut Frame, length: f32, angle: f32) {
    if length < 1.0 {
        return;
    }
    let taps = (length.ceil() as usize * 2).clamp(3, 41);
    let (sin, cos) = angle.sin_cos();
    let source = frame.pixels.clone();
    let (w, h) = (frame.width as isize, frame.height as isize);
    let offsets: Vec<(isize, isize)> = (0..taps)
        .map(|i| {
            let t = (i as f32 / (taps - 1) as f32 - 0.5) * length;
            ((t * cos).round() as isize, (t * sin).round() as isize)
        })
        .collect();
    for y in 0..h {
        for x in 0..w {
            let mut sum = [0.0_f32; 3];
            for (dx, dy) in &offsets {
                let at = (y + dy).clamp(0, h - 1) * w + (x + dx).clamp(0, w - 1);
                for (total, value) in sum.iter_mut().zip(source[at as usize]) {
                    *total += value;
                }
            }
            frame.pixels[(y * w + x) as usize] = sum.map(|v| v / taps as f32);
        }
    }
}

/// Shot and read noise: `sigma` is the deviation at mid-grey in 8-bit steps, `chroma` the share
/// that differs between channels.
pub fn noise(frame: &mut Frame, sigma: f32, chroma: f32, rng: &mut ChaCha8Rng) {
    if sigma <= 0.0 {
        return;
    }
    // Normal deviates out of a table: sums of uniforms (Irwin–Hall, n = 4), drawn once a picture.
    const TABLE: usize = 1 << 16;
    let table: Vec<f32> = (0..TABLE)
        .map(|_| ((0..4).map(|_| rng.random::<f32>()).sum::<f32>() - 2.0) * 1.732)
        .collect();
    let mut state: u64 = rng.random::<u64>() | 1;
    for pixel in &mut frame.pixels {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let deviate = |shift: u32| table[(state >> shift) as usize & (TABLE - 1)];
        let luma = deviate(0);
        let level = (pixel[1].clamp(0.0, 255.0) / 128.0).sqrt();
        let scale = sigma * (0.45 + 0.55 * level);
        for (c, value) in pixel.iter_mut().enumerate() {
            *value += scale * (luma * (1.0 - chroma) + deviate(16 + 12 * c as u32) * chroma);
        }
    }
}

/// Unsharp mask: adds `amount` of what a blur by `sigma` px takes away.
pub fn sharpen(frame: &mut Frame, sigma: f32, amount: f32) {
    if amount <= 0.0 {
        return;
    }
    let mut soft = frame.clone();
    gaussian(&mut soft, sigma);
    for (pixel, soft) in frame.pixels.iter_mut().zip(&soft.pixels) {
        for c in 0..3 {
            pixel[c] += amount * (pixel[c].clamp(0.0, 255.0) - soft[c].clamp(0.0, 255.0));
        }
    }
}
