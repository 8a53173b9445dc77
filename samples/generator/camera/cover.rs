//! Things and stains that lie on the sheet, painted in its own millimetres.

use rand_chacha::ChaCha8Rng;
use vouch::domain::{Homography, Point, Quad, Rect};

use super::frame::Frame;
use crate::spec::{between, one_of};

/// What lies there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Matter {
    /// A card of another sort: rounded corners, a stripe, rows of small print.
    Card,
    /// A sticky note, with or without writing.
    Note,
    /// A corner of cloth with a weave.
    Cloth,
    /// A cup from above.
    Mug,
    /// A blot of ink or thick dirt.
    Blot,
    /// A dark spill that swallows the print.
    Spill,
    /// A pale spill, a coffee ring, grease or a tide line: print stays readable.
    Ring,
    Grease,
    Tide,
}

impl Matter {
    const fn is_a_thing(self) -> bool {
        matches!(self, Self::Card | Self::Note | Self::Cloth | Self::Mug)
    }
}

/// One thing on the sheet: an ellipse or a box of half axes `radius` mm, turned by `angle`.
#[derive(Debug, Clone, Copy)]
pub struct Cover {
    pub matter: Matter,
    pub centre: Point,
    pub radius: (f32, f32),
    pub angle: f32,
    colour: [f32; 3],
    accent: [f32; 3],
    phases: (f32, f32),
}

impl Cover {
    pub fn new(matter: Matter, centre: Point, radius: (f32, f32), angle: f32, rng: &mut ChaCha8Rng) -> Self {
        let colours: &[[f32; 3]] = match matter {
            Matter::Card => &[
                [40.0, 80.0, 160.0],
                [190.0, 30.0, 40.0],
                [232.0, 232.0, 228.0],
                [30.0, 30.0, 34.0],
                [200.0, 170.0, 90.0],
                [60.0, 140.0, 110.0],
            ],
            Matter::Note => {
                &[[250.0, 226.0, 96.0], [250.0, 160.0, 180.0], [160.0, 226.0, 150.0], [150.0, 205.0, 245.0]]
            }
            Matter::Cloth => {
                &[[50.0, 60.0, 90.0], [140.0, 40.0, 50.0], [190.0, 180.0, 165.0], [80.0, 95.0, 70.0]]
            }
            Matter::Mug => &[[235.0, 235.0, 232.0], [60.0, 110.0, 150.0], [180.0, 60.0, 50.0]],
            Matter::Blot => {
                &[[58.0, 36.0, 19.0], [27.0, 33.0, 64.0], [34.0, 32.0, 30.0], [120.0, 24.0, 30.0]]
            }
            Matter::Spill => &[[44.0, 26.0, 14.0], [28.0, 28.0, 30.0], [64.0, 20.0, 24.0]],
            Matter::Ring => &[[168.0, 122.0, 78.0], [186.0, 146.0, 100.0]],
            Matter::Grease => &[[226.0, 218.0, 190.0], [214.0, 208.0, 196.0]],
            Matter::Tide => &[[222.0, 210.0, 184.0], [226.0, 220.0, 206.0]],
        };
        Self {
            matter,
            centre,
            radius,
            angle,
            colour: one_of(colours, rng),
            accent: one_of(&[[40.0, 40.0, 44.0], [230.0, 220.0, 200.0], [120.0, 60.0, 30.0]], rng),
            phases: (between(rng, 0.0, 6.0), between(rng, 0.0, 6.0)),
        }
    }

    /// Colour and opacity at a place of the sheet.
    fn at(&self, p: Point) -> Option<([f32; 3], f32)> {
        let (dx, dy) = (p.x - self.centre.x, p.y - self.centre.y);
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = (dx * cos + dy * sin, dy * cos - dx * sin);
        let (rx, ry) = self.radius;
        let (u, v) = (x / rx, y / ry);
        let turn = v.atan2(u);
        let wavy =
            1.0 + 0.13 * (3.0 * turn + self.phases.0).sin() + 0.07 * (7.0 * turn + self.phases.1).sin();
        let round = u.hypot(v) / wavy;
        // Distance into the box, mm, with corners of 3 mm.
        let corner = if self.matter == Matter::Card { 3.0_f32.min(rx.min(ry)) } else { 0.2 };
        let (qx, qy) = (x.abs() - rx + corner, y.abs() - ry + corner);
        let boxed = corner - (qx.max(0.0).hypot(qy.max(0.0)) + qx.max(qy).min(0.0));
        let soft = |inside_mm: f32| (inside_mm / 0.25).clamp(0.0, 1.0);
        let mean = (rx + ry) / 2.0;
        match self.matter {
            Matter::Card => (boxed > 0.0).then(|| {
                let stripe = y > -0.6 * ry && y < -0.25 * ry;
                let row =
                    y > 0.1 * ry && (y * 1.4).sin() > 0.75 && ((x * 2.3).sin() + (x * 5.1).sin()) > -0.4;
                (if stripe || row { self.accent } else { self.colour }, soft(boxed))
            }),
            Matter::Note => (boxed > 0.0).then(|| {
                let writes = self.phases.0 > 3.0;
                let stroke = writes
                    && (y - 0.6 * (x * 1.7).sin() * (x * 0.9).cos()).rem_euclid(7.0) < 0.5
                    && x.abs() < 0.8 * rx;
                let shade = 1.0 - 0.1 * (v + 1.0) / 2.0;
                (if stroke { [40.0, 40.0, 90.0] } else { self.colour.map(|c| c * shade) }, soft(boxed))
            }),
            Matter::Cloth => (round < 1.0).then(|| {
                let weave = 1.0 + 0.12 * (x * 5.0).sin() * (y * 5.0).sin() + 0.1 * (x * 0.25 + y * 0.4).sin();
                (self.colour.map(|c| c * weave), soft((1.0 - round) * mean))
            }),
            Matter::Mug => (u.hypot(v) < 1.0).then(|| {
                let d = u.hypot(v);
                let colour = if d > 0.86 { self.colour } else { [52.0, 32.0, 20.0] };
                (colour, soft((1.0 - d) * mean))
            }),
            Matter::Blot => (round < 1.0).then(|| (self.colour, 0.97 * soft((1.0 - round) * mean))),
            Matter::Spill => (round < 1.0).then(|| {
                let rim = if round > 0.9 { 0.8 } else { 1.0 };
                (self.colour.map(|c| c * rim), 0.93 * soft((1.0 - round) * mean))
            }),
            Matter::Ring => {
                let d = (u.hypot(v) - 0.85).abs();
                (d < 0.12).then(|| (self.colour, 0.75 * (1.0 - d / 0.12)))
            }
            Matter::Grease => (round < 1.0).then(|| (self.colour, 0.9 * soft((1.0 - round) * mean * 0.2))),
            Matter::Tide => (round < 1.0).then_some((self.colour, if round > 0.95 { 1.0 } else { 0.35 })),
        }
    }
}

/// Paints `cover` onto the sheet of `size` mm that lies on `quad`.
pub fn paint(frame: &mut Frame, quad: &Quad, size: (f32, f32), cover: &Cover) {
    let sheet = Quad::from_rect(Rect::new(0.0, 0.0, size.0, size.1));
    let (Some(onto), Some(back)) = (Homography::between(&sheet, quad), Homography::between(quad, &sheet))
    else {
        return;
    };
    let reach = cover.radius.0.hypot(cover.radius.1) * 1.25 + 3.0;
    let c = cover.centre;
    let bounds = Quad::from_rect(Rect::new(c.x - reach, c.y - reach, c.x + reach, c.y + reach))
        .map(|p| onto.apply(p))
        .bounds();
    let clip = |v: f32, limit: usize| (v.max(0.0) as usize).min(limit);
    for y in clip(bounds.top, frame.height)..clip(bounds.bottom, frame.height) {
        for x in clip(bounds.left, frame.width)..clip(bounds.right, frame.width) {
            let p = back.apply(Point::new(x as f32 + 0.5, y as f32 + 0.5));
            let on_sheet = p.x >= 0.0 && p.y >= 0.0 && p.x <= size.0 && p.y <= size.1;
            if !cover.matter.is_a_thing() && !on_sheet {
                continue;
            }
            let pixel = &mut frame.pixels[y * frame.width + x];
            match cover.at(p) {
                Some((colour, alpha)) if cover.matter.is_a_thing() => {
                    for (value, colour) in pixel.iter_mut().zip(colour) {
                        *value = *value * (1.0 - alpha) + colour * alpha;
                    }
                }
                // A stain filters the light of what is below it; ink and dirt also hide it.
                Some((colour, alpha)) => {
                    let opaque = matches!(cover.matter, Matter::Blot | Matter::Spill);
                    for (value, colour) in pixel.iter_mut().zip(colour) {
                        let stained = if opaque { colour } else { *value * colour / 255.0 };
                        *value = *value * (1.0 - alpha) + stained * alpha;
                    }
                }
                // Contact shadow, below and to the right.
                None if cover.matter.is_a_thing() && cover.at(Point::new(p.x - 1.2, p.y - 1.2)).is_some() => {
                    *pixel = pixel.map(|v| v * 0.78);
                }
                None => {}
            }
        }
    }
}
