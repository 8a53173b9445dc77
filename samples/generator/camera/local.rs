//! Effects that strike one place of the sheet: where they strike, and what is put there.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::{Homography, Point, Quad, Rect};

use super::{
    cover::{self, Cover, Matter},
    effect::Effect,
    frame::Frame,
    light::Glare,
    obstacles, sensor,
};
use crate::{
    canvas::{Canvas, FieldBox},
    spec::{between, chance, one_of},
};

/// A sheet of `canvas` that lies on `quad`, `density` px a mm.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    pub canvas: &'a Canvas,
    pub quad: &'a Quad,
    pub density: f32,
}

impl Sheet<'_> {
    pub fn size(&self) -> (f32, f32) {
        (self.canvas.width, self.canvas.height)
    }

    /// Document mm to frame px.
    pub fn onto(&self, p: Point) -> Point {
        onto(self.quad, self.size(), p)
    }
}

/// Document mm to frame px.
pub fn onto(quad: &Quad, (w, h): (f32, f32), p: Point) -> Point {
    let source = Quad::from_rect(Rect::new(0.0, 0.0, w, h));
    Homography::between(&source, quad).map_or(quad.center(), |map| map.apply(p))
}

/// The field that a local defect hits.
pub fn victim(canvas: &Canvas, effect: Option<Effect>, rng: &mut ChaCha8Rng) -> Option<FieldBox> {
    effect?;
    (!canvas.fields.is_empty()).then(|| canvas.fields[rng.random_range(0..canvas.fields.len())].clone())
}

/// A place on the page away from all print, and its distance to the nearest (mm).
pub fn free_place(canvas: &Canvas, rng: &mut ChaCha8Rng) -> (Point, f32) {
    let runs = canvas.runs.iter().map(|run| {
        let size = run.style.size;
        Rect::new(run.x, run.y - size * 0.88, run.x + run.style.width(&run.text), run.y + size * 0.14)
    });
    let print: Vec<Rect> = canvas.fields.iter().map(|f| f.rect).chain(runs).collect();
    let distance = |p: Point| {
        print
            .iter()
            .map(|r| {
                let dx = (r.left - p.x).max(p.x - r.right).max(0.0);
                let dy = (r.top - p.y).max(p.y - r.bottom).max(0.0);
                dx.hypot(dy)
            })
            .fold(f32::MAX, f32::min)
    };
    (0..80)
        .map(|_| Point::new(between(rng, 0.0, canvas.width), between(rng, 0.0, canvas.height)))
        .map(|p| (p, distance(p)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((Point::new(0.0, 0.0), 1.0))
}

/// The reflections of `effect`; `target` is the field that it aims at.
pub fn glares(
    sheet: &Sheet<'_>,
    effect: Effect,
    target: Option<&FieldBox>,
    rng: &mut ChaCha8Rng,
) -> Vec<Glare> {
    let density = sheet.density;
    match (effect, target) {
        (Effect::GlareOverField, Some(field)) => vec![Glare {
            centre: sheet.onto(field.rect.center()),
            radius: (
                (field.rect.width() * 0.5).clamp(4.0, 16.0) * density * between(rng, 0.8, 1.1),
                (field.rect.height() * 0.8).clamp(3.0, 8.0) * density * between(rng, 1.0, 1.5),
            ),
            angle: between(rng, -0.4, 0.4),
            strength: between(rng, 330.0, 520.0),
            hardness: between(rng, 1.0, 2.6),
        }],
        (Effect::GlareStreak, Some(field)) => {
            // A tube lamp in a plastic cover: long and narrow, sometimes doubled.
            let angle = between(rng, -1.6, 1.6);
            let size = sheet.size();
            let streak = |offset: f32, rng: &mut ChaCha8Rng| Glare {
                centre: sheet.onto(Point::new(field.rect.center().x, field.rect.center().y + offset)),
                radius: (
                    between(rng, 0.25, 0.5) * size.0.min(size.1) * density,
                    (field.rect.height() * 0.6).clamp(2.5, 6.0) * density,
                ),
                angle,
                strength: between(rng, 280.0, 420.0),
                hardness: between(rng, 1.2, 2.2),
            };
            let doubled = chance(rng, 0.3);
            let first = streak(0.0, rng);
            let second = doubled.then(|| streak(between(rng, 8.0, 16.0), rng));
            std::iter::once(first).chain(second).collect()
        }
        (Effect::SoftGlare, Some(field)) => vec![Glare {
            centre: sheet.onto(field.rect.center()),
            radius: (between(rng, 8.0, 25.0) * density, between(rng, 6.0, 14.0) * density),
            angle: between(rng, 0.0, 3.0),
            strength: between(rng, 40.0, 90.0),
            hardness: between(rng, 0.8, 1.4),
        }],
        (Effect::Overexposed, _) => {
            // The lamp's bloom drowns the whole sheet; what lies far from it keeps some colour.
            let bounds = sheet.quad.bounds();
            vec![Glare {
                centre: sheet.quad.center(),
                radius: (bounds.width() * 1.1, bounds.height() * 1.1),
                angle: 0.0,
                strength: between(rng, 275.0, 330.0),
                hardness: 1.6,
            }]
        }
        (Effect::GlareBeside, _) => {
            let place = free_place(sheet.canvas, rng);
            let radius = place.1.min(9.0) * density;
            vec![Glare {
                centre: sheet.onto(place.0),
                radius: (radius * 0.55, radius * 0.5),
                angle: between(rng, 0.0, 3.0),
                strength: between(rng, 160.0, 380.0),
                hardness: 2.0,
            }]
        }
        _ => Vec::new(),
    }
}

/// What `effect` lays on the sheet.
pub fn covers(
    sheet: &Sheet<'_>,
    effect: Effect,
    target: Option<&FieldBox>,
    rng: &mut ChaCha8Rng,
) -> Vec<Cover> {
    let Some(field) = target else { return Vec::new() };
    let rect = field.rect;
    let centre = rect.center();
    let angle = between(rng, -0.5, 0.5);
    let blot = ((rect.width() * 0.45).clamp(4.0, 16.0), (rect.height() * 0.75).clamp(2.5, 9.0));
    // A thing reaches over the field from one side.
    let over = |rx: f32, ry: f32, rng: &mut ChaCha8Rng| {
        let (dx, dy) =
            one_of(&[(-0.6, -0.5), (0.6, 0.5), (0.5, -0.6), (-0.5, 0.6), (0.0, 0.7), (0.7, 0.0)], rng);
        Point::new(centre.x + dx * (rx - 4.0), centre.y + dy * (ry - 3.0))
    };
    let free = |rng: &mut ChaCha8Rng| {
        let (place, room) = free_place(sheet.canvas, rng);
        (place, (room * 0.8).clamp(1.5, 14.0))
    };
    let cover = match effect {
        Effect::Stained => Cover::new(Matter::Blot, centre, blot, 0.0, rng),
        Effect::SpilledOver => {
            let k = between(rng, 1.0, 1.8);
            Cover::new(Matter::Spill, centre, (blot.0 * k, blot.1 * k), angle, rng)
        }
        Effect::CardOverField => {
            let at = over(42.8, 27.0, rng);
            Cover::new(Matter::Card, at, (42.8, 27.0), angle, rng)
        }
        Effect::NoteOverField => {
            let side = between(rng, 12.0, 38.0);
            let at = over(side, side, rng);
            Cover::new(Matter::Note, at, (side, side), angle, rng)
        }
        Effect::ClothOverField => {
            let side = between(rng, 20.0, 60.0);
            let at = over(side, side, rng);
            Cover::new(Matter::Cloth, at, (side, side), angle, rng)
        }
        Effect::MugOverField => {
            let side = between(rng, 30.0, 42.0);
            let at = over(side, side, rng);
            Cover::new(Matter::Mug, at, (side, side), 0.0, rng)
        }
        Effect::StainBeside => {
            let (place, room) = free(rng);
            let matter = one_of(&[Matter::Blot, Matter::Spill], rng);
            Cover::new(matter, place, (room * 0.75, room * 0.6), angle, rng)
        }
        Effect::ObjectBeside => {
            let (place, room) = free(rng);
            Cover::new(Matter::Note, place, (room * 0.65, room * 0.65), angle, rng)
        }
        Effect::PaleStain => {
            let matter = one_of(&[Matter::Ring, Matter::Grease, Matter::Tide], rng);
            let size = between(rng, 10.0, 38.0);
            Cover::new(matter, centre, (size, size), angle, rng)
        }
        _ => return Vec::new(),
    };
    vec![cover]
}

/// Paints the covers of [`covers`].
pub fn lay(frame: &mut Frame, sheet: &Sheet<'_>, covers: &[Cover]) {
    for cover in covers {
        cover::paint(frame, sheet.quad, sheet.size(), cover);
    }
}

/// Fingers, pens and what else comes between sheet and lens.
pub fn obstruct(
    frame: &mut Frame,
    sheet: &Sheet<'_>,
    target: Option<&FieldBox>,
    effect: Effect,
    rng: &mut ChaCha8Rng,
) {
    let (canvas, density) = (sheet.canvas, sheet.density);
    match (effect, target) {
        (Effect::FingerOverField, Some(field)) => {
            let centre = field.rect.center();
            let tip = sheet.onto(centre.lerp(Point::new(field.rect.left, centre.y), 0.3));
            let from = outside(tip, sheet.quad, frame);
            obstacles::finger(frame, from, tip, between(rng, 6.0, 9.0) * density, rng);
        }
        (Effect::HandOverField, Some(field)) => {
            let tip = sheet.onto(field.rect.center());
            let from = outside(tip, sheet.quad, frame);
            let fingers = rng.random_range(2..5);
            obstacles::hand(frame, from, tip, between(rng, 7.0, 9.0) * density, fingers, rng);
        }
        (Effect::ObjectOverField, Some(field)) => {
            let middle = field.rect.center();
            let reach = between(rng, 30.0, 80.0);
            let slope = between(rng, -0.3, 0.3);
            let (a, b) = (
                sheet.onto(Point::new(middle.x - reach, middle.y - reach * slope)),
                sheet.onto(Point::new(middle.x + reach, middle.y + reach * slope)),
            );
            let radius = (field.rect.height() * 0.75).clamp(3.5, 7.0) * density;
            obstacles::object(frame, a, b, radius, rng);
        }
        (Effect::FingerOnEdge, _) => {
            // Holds the bare right edge: the tip stays outside all fields.
            let limit = canvas.fields.iter().map(|f| f.rect.right).fold(0.0, f32::max);
            let radius = ((canvas.width - limit) * 0.4).clamp(2.0, 8.0);
            let y = canvas.height * between(rng, 0.3, 0.7);
            let tip = sheet.onto(Point::new(canvas.width - radius * 0.1, y));
            let from = sheet.onto(Point::new(canvas.width * 1.6, y + canvas.height * 0.3));
            obstacles::finger(frame, from, tip, radius * density, rng);
        }
        _ => {}
    }
}

/// A point beyond the nearest frame edge, from which a finger reaches `tip`.
fn outside(tip: Point, quad: &Quad, frame: &Frame) -> Point {
    let centre = quad.center();
    let (dx, dy) = (tip.x - centre.x, tip.y - centre.y + 1.0);
    let length = dx.hypot(dy).max(1.0);
    let far = (frame.width + frame.height) as f32;
    Point::new(tip.x + dx / length * far, tip.y + dy / length * far)
}

/// A place that is out of focus, in px.
#[derive(Clone, Copy)]
pub struct SoftSpot {
    centre: Point,
    radius: f32,
    sigma: f32,
}

impl SoftSpot {
    /// Over `field`: a drop on the lens, a sheet that bulges towards it.
    pub fn over(sheet: &Sheet<'_>, field: &FieldBox, em_px: f32, rng: &mut ChaCha8Rng) -> Self {
        Self {
            centre: sheet.onto(field.rect.center()),
            radius: (field.rect.width() * 0.6).clamp(12.0, 45.0) * sheet.density,
            sigma: between(rng, 0.24, 0.4) * em_px,
        }
    }

    pub fn apply(&self, frame: &mut Frame) {
        let mut soft = frame.clone();
        sensor::gaussian(&mut soft, self.sigma);
        for (i, (pixel, soft)) in frame.pixels.iter_mut().zip(&soft.pixels).enumerate() {
            let p = Point::new((i % frame.width) as f32, (i / frame.width) as f32);
            let t = ((1.35 - p.distance(self.centre) / self.radius) / 0.35).clamp(0.0, 1.0);
            for (value, soft) in pixel.iter_mut().zip(soft) {
                *value = *value * (1.0 - t) + soft * t;
            }
        }
    }
}
