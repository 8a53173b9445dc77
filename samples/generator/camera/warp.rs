//! Lays a rendered page into the frame, averaging over each pixel's area.

use resvg::tiny_skia::Pixmap;
use vouch::domain::{Homography, Quad, Rect};

use super::frame::Frame;

/// How the sheet departs from a plane and how the picture of it is disturbed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surface {
    /// Bulge of the horizontal edges, share of the height; corners stay.
    pub curl_y: f32,
    /// Bulge of the vertical edges, share of the width.
    pub curl_x: f32,
    /// Dots along the page's width of a print in halftone; 0 = solid inks.
    pub dots: f32,
}

/// Sub-pixel sampling points: a rotated grid of four.
const TAPS: [(f32, f32); 4] = [(0.125, 0.375), (0.625, 0.125), (0.375, 0.875), (0.875, 0.625)];

/// Composites `page` so that its corners come to lie on `quad`.
pub fn place(frame: &mut Frame, page: &Pixmap, quad: &Quad, surface: Surface) {
    let (pw, ph) = (page.width() as f32, page.height() as f32);
    let source = Quad::from_rect(Rect::new(0.0, 0.0, 1.0, 1.0));
    let Some(back) = Homography::between(quad, &source) else { return };
    let margin = 2.0 + (surface.curl_x.abs() + surface.curl_y.abs()) * quad.height().max(quad.width()) * 1.2;
    let bounds = quad.bounds().inflate(margin, margin);
    let x0 = bounds.left.floor().max(0.0) as usize;
    let y0 = bounds.top.floor().max(0.0) as usize;
    let x1 = (bounds.right.ceil().max(0.0) as usize).min(frame.width);
    let y1 = (bounds.bottom.ceil().max(0.0) as usize).min(frame.height);
    let texels = page.data();
    // Single precision is exact to a hundredth of a pixel here and twice as fast.
    let m = back.0.map(|v| v as f32);
    let stride = page.width() as usize * 4;
    for y in y0..y1 {
        let row = &mut frame.pixels[y * frame.width..(y + 1) * frame.width];
        for (x, pixel) in row.iter_mut().enumerate().take(x1).skip(x0) {
            let mut sum = [0.0_f32; 4];
            for (dx, dy) in TAPS {
                let (px, py) = (x as f32 + dx, y as f32 + dy);
                let scale = 1.0 / (m[6] * px + m[7] * py + m[8]);
                let (u0, v0) =
                    ((m[0] * px + m[1] * py + m[2]) * scale, (m[3] * px + m[4] * py + m[5]) * scale);
                let u = u0 + surface.curl_x * bulge(v0);
                let v = v0 + surface.curl_y * bulge(u0);
                if !(0.0..1.0).contains(&u) || !(0.0..1.0).contains(&v) {
                    continue;
                }
                let mut texel = bilinear(texels, stride, page, u * pw - 0.5, v * ph - 0.5);
                if surface.dots > 0.0 {
                    halftone(&mut texel, u * surface.dots, v * surface.dots * ph / pw);
                }
                for (total, value) in sum.iter_mut().zip(texel) {
                    *total += value;
                }
            }
            let alpha = sum[3] / (4.0 * 255.0);
            if alpha > 0.0 {
                for c in 0..3 {
                    pixel[c] = pixel[c] * (1.0 - alpha) + sum[c] / 4.0;
                }
            }
        }
    }
}

/// Zero at both ends, one in the middle.
pub fn bulge(t: f32) -> f32 {
    4.0 * t * (1.0 - t)
}

/// Prints cyan, magenta and yellow as dots on lattices of the usual angles; `x` and `y` in dots.
fn halftone(texel: &mut [f32; 4], x: f32, y: f32) {
    const DEGREES: [f32; 3] = [15.0, 75.0, 0.0];
    for (value, angle) in texel.iter_mut().zip(DEGREES) {
        let (sin, cos) = angle.to_radians().sin_cos();
        let turn = std::f32::consts::TAU;
        let (a, b) = ((x * cos - y * sin) * turn, (x * sin + y * cos) * turn);
        let height = (a.cos() + b.cos()) / 4.0 + 0.5;
        let paper = *value / 255.0;
        // Dots spread a little, so that their edges are soft.
        *value = 255.0 * ((paper - height) * 6.0 + 0.5 + (paper - 0.5) * 6.0).clamp(0.0, 1.0);
    }
}

fn bilinear(texels: &[u8], stride: usize, page: &Pixmap, x: f32, y: f32) -> [f32; 4] {
    let (w, h) = (page.width() as usize, page.height() as usize);
    let (x, y) = (x.clamp(0.0, (w - 1) as f32), y.clamp(0.0, (h - 1) as f32));
    let (ix, iy) = (x as usize, y as usize);
    let (fx, fy) = (x - ix as f32, y - iy as f32);
    let (jx, jy) = ((ix + 1).min(w - 1), (iy + 1).min(h - 1));
    let at = |x: usize, y: usize| &texels[y * stride + x * 4..y * stride + x * 4 + 4];
    let (a, b, c, d) = (at(ix, iy), at(jx, iy), at(ix, jy), at(jx, jy));
    std::array::from_fn(|i| {
        let top = f32::from(a[i]) * (1.0 - fx) + f32::from(b[i]) * fx;
        let bottom = f32::from(c[i]) * (1.0 - fx) + f32::from(d[i]) * fx;
        top * (1.0 - fy) + bottom * fy
    })
}
