//! Tables, cloths, floors and clutter on which documents are photographed.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use resvg::tiny_skia::{Color, FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform};
use vouch::domain::Quad;

use super::frame::Frame;
use crate::spec::{Split, between, chance};

/// A surface's texture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texture {
    Plain,
    Wood,
    Cloth,
    Marble,
    Tile,
    Carpet,
    Leather,
}

/// Surfaces by texture and two colours.
const SURFACES: &[(Texture, [f32; 3], [f32; 3])] = &[
    (Texture::Wood, [176.0, 126.0, 82.0], [120.0, 78.0, 44.0]),
    (Texture::Plain, [58.0, 60.0, 64.0], [48.0, 50.0, 54.0]),
    (Texture::Wood, [96.0, 60.0, 40.0], [58.0, 34.0, 22.0]),
    (Texture::Cloth, [92.0, 104.0, 128.0], [70.0, 80.0, 104.0]),
    (Texture::Marble, [214.0, 212.0, 208.0], [150.0, 148.0, 146.0]),
    (Texture::Marble, [70.0, 72.0, 76.0], [180.0, 180.0, 178.0]),
    (Texture::Plain, [226.0, 226.0, 222.0], [216.0, 216.0, 212.0]),
    (Texture::Wood, [214.0, 188.0, 150.0], [180.0, 150.0, 110.0]),
    (Texture::Tile, [196.0, 190.0, 178.0], [140.0, 134.0, 124.0]),
    (Texture::Carpet, [110.0, 98.0, 90.0], [70.0, 62.0, 58.0]),
    (Texture::Leather, [44.0, 36.0, 34.0], [26.0, 20.0, 20.0]),
    (Texture::Cloth, [168.0, 60.0, 62.0], [140.0, 44.0, 48.0]),
    (Texture::Cloth, [206.0, 200.0, 190.0], [184.0, 178.0, 168.0]),
    (Texture::Tile, [230.0, 230.0, 228.0], [176.0, 176.0, 174.0]),
    (Texture::Plain, [150.0, 170.0, 160.0], [138.0, 158.0, 150.0]),
    (Texture::Plain, [186.0, 160.0, 124.0], [170.0, 146.0, 112.0]),
    (Texture::Leather, [120.0, 74.0, 48.0], [92.0, 54.0, 34.0]),
    (Texture::Wood, [150.0, 140.0, 128.0], [108.0, 98.0, 88.0]),
    (Texture::Carpet, [60.0, 74.0, 96.0], [36.0, 46.0, 62.0]),
    (Texture::Plain, [30.0, 32.0, 36.0], [24.0, 25.0, 28.0]),
    (Texture::Tile, [92.0, 88.0, 84.0], [56.0, 54.0, 52.0]),
];

/// Fills a frame of `width` × `height` px with a surface on which a document of density `px_per_mm`
/// is about to be laid at `quad`, and with what else lies about.
pub fn draw(width: usize, height: usize, px_per_mm: f32, quad: &Quad, split: Split, rng: &mut ChaCha8Rng) -> Frame {
    // Texture is soft, so it is made at a lower resolution and stretched.
    let shrink = (width.max(height) as f32 / 900.0).max(1.0);
    let (w, h) = ((width as f32 / shrink).ceil() as u32 + 1, (height as f32 / shrink).ceil() as u32 + 1);
    let mut map = Pixmap::new(w, h).expect("frame has an area");
    let (texture, a, b) = split.pick(SURFACES, rng);
    let seed = rng.random_range(0..1_000_000);
    let turn = between(rng, -0.5, 0.5) + if chance(rng, 0.5) { std::f32::consts::FRAC_PI_2 } else { 0.0 };
    let (sin, cos) = turn.sin_cos();
    let mm = shrink / px_per_mm;
    for (i, texel) in map.data_mut().chunks_exact_mut(4).enumerate() {
        let (x, y) = ((i as u32 % w) as f32 * mm, (i as u32 / w) as f32 * mm);
        let (x, y) = (x * cos - y * sin, x * sin + y * cos);
        let t = tone(texture, x, y, seed).clamp(0.0, 1.0);
        for c in 0..3 {
            texel[c] = (a[c] + (b[c] - a[c]) * t) as u8;
        }
        texel[3] = 255;
    }
    let mut table = Table { map, scale: px_per_mm / shrink };
    if chance(rng, 0.5) {
        table.clutter(rng);
    }
    table.shadow(&quad.map(|p| vouch::domain::Point::new(p.x / shrink, p.y / shrink)), rng);
    stretch(&table.map, width, height, shrink)
}

/// 0 = first colour, 1 = second; `x`, `y` in mm.
fn tone(texture: Texture, x: f32, y: f32, seed: u32) -> f32 {
    match texture {
        Texture::Plain => fractal(x / 30.0, y / 30.0, seed),
        Texture::Wood => {
            let bend = fractal(x / 90.0, y / 14.0, seed) * 5.0;
            let ring = ((y / 7.0 + bend) * 2.2).sin() * 0.5 + 0.5;
            0.55 * ring + 0.45 * fractal(x / 24.0, y / 1.2, seed + 7)
        }
        Texture::Cloth => {
            let weave = ((x * 2.4).sin() * (y * 2.4).sin()) * 0.5 + 0.5;
            0.6 * weave + 0.4 * fractal(x / 18.0, y / 18.0, seed)
        }
        Texture::Marble => {
            let vein = (x / 40.0 + y / 60.0 + 3.0 * fractal(x / 50.0, y / 50.0, seed)) * std::f32::consts::PI;
            (1.0 - vein.sin().abs()).powi(4) * 0.9 + 0.1 * fractal(x / 8.0, y / 8.0, seed + 3)
        }
        Texture::Tile => {
            let side = 150.0;
            let near = |v: f32| (v.rem_euclid(side) - side / 2.0).abs() > side / 2.0 - 1.2;
            if near(x) || near(y) { 1.0 } else { 0.25 * fractal(x / 20.0, y / 20.0, seed) }
        }
        Texture::Carpet => 0.3 * fractal(x / 25.0, y / 25.0, seed) + 0.7 * value(x * 1.6, y * 1.6, seed + 5),
        Texture::Leather => {
            let cell = (fractal(x / 2.5, y / 2.5, seed) - 0.5).abs() * 2.0;
            0.7 * cell + 0.3 * fractal(x / 40.0, y / 40.0, seed)
        }
    }
}

/// Value noise in three octaves, 0 to 1.
fn fractal(x: f32, y: f32, seed: u32) -> f32 {
    0.55 * value(x, y, seed) + 0.3 * value(x * 2.1, y * 2.1, seed + 1) + 0.15 * value(x * 4.3, y * 4.3, seed + 2)
}

fn value(x: f32, y: f32, seed: u32) -> f32 {
    let (ix, iy) = (x.floor() as i32, y.floor() as i32);
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (fx, fy) = (smooth(x - x.floor()), smooth(y - y.floor()));
    let at = |x: i32, y: i32| {
        let mut h = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77) ^ seed.wrapping_mul(0xC2B2_AE3D);
        h ^= h >> 15;
        h = h.wrapping_mul(0x2C1B_3C6D);
        h ^= h >> 12;
        (h & 0xFFFF) as f32 / 65535.0
    };
    let top = at(ix, iy) * (1.0 - fx) + at(ix + 1, iy) * fx;
    let bottom = at(ix, iy + 1) * (1.0 - fx) + at(ix + 1, iy + 1) * fx;
    top * (1.0 - fy) + bottom * fy
}

fn stretch(map: &Pixmap, width: usize, height: usize, shrink: f32) -> Frame {
    let mut frame = Frame::new(width, height, [0.0; 3]);
    let (w, h) = (map.width() as usize, map.height() as usize);
    let data = map.data();
    for y in 0..height {
        let sy = (y as f32 / shrink).min((h - 2) as f32);
        let (iy, fy) = (sy as usize, sy.fract());
        for x in 0..width {
            let sx = (x as f32 / shrink).min((w - 2) as f32);
            let (ix, fx) = (sx as usize, sx.fract());
            let at = (iy * w + ix) * 4;
            frame.pixels[y * width + x] = std::array::from_fn(|c| {
                let top = f32::from(data[at + c]) * (1.0 - fx) + f32::from(data[at + 4 + c]) * fx;
                let below = at + w * 4;
                let bottom = f32::from(data[below + c]) * (1.0 - fx) + f32::from(data[below + 4 + c]) * fx;
                top * (1.0 - fy) + bottom * fy
            });
        }
    }
    frame
}

struct Table {
    map: Pixmap,
    /// Px a mm.
    scale: f32,
}

fn paint(r: u8, g: u8, b: u8, a: u8) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(r, g, b, a));
    paint.anti_alias = true;
    paint
}

impl Table {
    fn fill(&mut self, path: &Path, paint: &Paint<'_>, transform: Transform) {
        self.map.fill_path(path, paint, FillRule::Winding, transform, None);
    }

    /// Papers with lines of print, pens, keys, a cup: what lies on real tables.
    fn clutter(&mut self, rng: &mut ChaCha8Rng) {
        for _ in 0..rng.random_range(1..4) {
            let (w, h) = (self.map.width() as f32, self.map.height() as f32);
            let transform = Transform::from_rotate(between(rng, 0.0, 360.0))
                .post_concat(Transform::from_scale(self.scale, self.scale))
                .post_concat(Transform::from_translate(between(rng, 0.0, w), between(rng, 0.0, h)));
            match rng.random_range(0..5) {
                0 | 1 => self.sheet(transform, rng),
                2 => self.pen(transform, rng),
                3 => self.keyboard(transform),
                _ => self.cup(transform, rng),
            }
        }
    }

    fn sheet(&mut self, transform: Transform, rng: &mut ChaCha8Rng) {
        let (w, h) = (between(rng, 60.0, 210.0), between(rng, 50.0, 297.0));
        let Some(rect) = Rect::from_xywh(0.0, 0.0, w, h) else { return };
        let shade = rng.random_range(206..250);
        self.fill(&PathBuilder::from_rect(rect), &paint(shade, shade, shade.saturating_sub(rng.random_range(0..14)), 255), transform);
        let ink = paint(70, 70, 76, 190);
        let mut y = 10.0;
        while y < h - 8.0 {
            let length = w * between(rng, 0.3, 0.85);
            let mut x = 8.0;
            while x < length {
                let glyph = between(rng, 1.6, 2.6);
                if let Some(rect) = Rect::from_xywh(x, y, glyph, between(rng, 1.8, 2.4)) {
                    self.fill(&PathBuilder::from_rect(rect), &ink, transform);
                }
                x += 3.4;
            }
            y += 6.0;
        }
    }

    fn pen(&mut self, transform: Transform, rng: &mut ChaCha8Rng) {
        let mut builder = PathBuilder::new();
        builder.move_to(0.0, 0.0);
        builder.line_to(140.0, 0.0);
        let Some(path) = builder.finish() else { return };
        let colour = [(30, 30, 34), (24, 60, 140), (170, 30, 36), (210, 210, 214)][rng.random_range(0..4)];
        let stroke = Stroke { width: 9.0, line_cap: LineCap::Round, ..Stroke::default() };
        self.map.stroke_path(&path, &paint(colour.0, colour.1, colour.2, 255), &stroke, transform, None);
        let light = Stroke { width: 1.6, line_cap: LineCap::Round, ..Stroke::default() };
        self.map.stroke_path(&path, &paint(255, 255, 255, 90), &light, transform, None);
    }

    fn keyboard(&mut self, transform: Transform) {
        if let Some(body) = Rect::from_xywh(0.0, 0.0, 300.0, 110.0) {
            self.fill(&PathBuilder::from_rect(body), &paint(36, 37, 40, 255), transform);
        }
        for row in 0..5 {
            for column in 0..15 {
                if let Some(key) = Rect::from_xywh(4.0 + column as f32 * 19.5, 5.0 + row as f32 * 20.5, 16.5, 16.5) {
                    self.fill(&PathBuilder::from_rect(key), &paint(58, 60, 64, 255), transform);
                }
            }
        }
    }

    fn cup(&mut self, transform: Transform, rng: &mut ChaCha8Rng) {
        let shade = rng.random_range(120..245);
        for (radius, grey) in [(42.0, shade), (37.0, shade - 40), (34.0, 60)] {
            if let Some(circle) = PathBuilder::from_circle(0.0, 0.0, radius) {
                self.fill(&circle, &paint(grey, grey, grey.saturating_sub(10), 255), transform);
            }
        }
    }

    /// The document's own soft shadow, cast to one side.
    fn shadow(&mut self, quad: &Quad, rng: &mut ChaCha8Rng) {
        let depth = between(rng, 0.3, 2.2) * self.scale;
        let angle = between(rng, 0.0, std::f32::consts::TAU);
        let mut builder = PathBuilder::new();
        for (i, p) in quad.0.iter().enumerate() {
            let (x, y) = (p.x + angle.cos() * depth, p.y + angle.sin() * depth);
            if i == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
        }
        builder.close();
        let Some(path) = builder.finish() else { return };
        self.fill(&path, &paint(0, 0, 0, 46), Transform::identity());
        for i in 1..9 {
            let stroke = Stroke { width: i as f32 * depth * 0.6, ..Stroke::default() };
            self.map.stroke_path(&path, &paint(0, 0, 0, 11), &stroke, Transform::identity(), None);
        }
    }
}
