//! Takes one picture of one drawn document.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use resvg::tiny_skia::Pixmap;
use vouch::domain::{Homography, Point, Quad, Rect};

use super::{
    background,
    effect::Effect,
    encode,
    frame::Frame,
    light::{self, Glare},
    obstacles, pose, sensor,
    settings::Settings,
    warp,
};
use crate::{
    canvas::{Canvas, FieldBox},
    draw::stain,
    spec::{Level, Split, between, chance},
};

/// A picture with the truth of its geometry.
pub struct Shot {
    pub jpeg: Vec<u8>,
    /// The document's corners, px after EXIF orientation.
    pub quad: Quad,
    /// Fields that nobody can read any more.
    pub lost: Vec<String>,
}

/// What is to be photographed.
pub struct Take<'a> {
    pub level: Level,
    pub split: Split,
    pub effect: Option<Effect>,
    /// Em of the smallest field text, mm.
    pub text_mm: f32,
    /// Longest side that the frame may have, px.
    pub max_side: usize,
    /// Lies beside the document in the same picture.
    pub neighbour: Option<&'a Canvas>,
}

/// Photographs the page.
pub fn shoot(canvas: &mut Canvas, mut settings: Settings, take: &Take<'_>, rng: &mut ChaCha8Rng) -> Shot {
    let (w, h) = (canvas.width, canvas.height);
    let target = victim(canvas, take.effect, rng);
    if take.effect == Some(Effect::Stained)
        && let Some(field) = &target
    {
        stain::over(canvas, field.rect, rng);
    }
    if take.neighbour.is_some() {
        settings.pose.fill = settings.pose.fill.min(0.62);
    }
    let mut quad = settings.pose.quad(w, h, settings.frame);
    readable_size(&mut settings, &mut quad, take, (w, h));
    if take.neighbour.is_some() {
        quad = aside(&quad, settings.frame);
    }
    if matches!(take.effect, Some(Effect::CutOff | Effect::CornerCut)) {
        quad = cut(&quad, canvas, target.as_ref(), take.effect, settings.frame, rng);
    }

    let density = pose::density(&quad, w, h);
    let mut frame = match settings.bed {
        Some(grey) => Frame::new(settings.frame.0, settings.frame.1, [grey; 3]),
        None => background::draw(settings.frame.0, settings.frame.1, density, &quad, take.split, rng),
    };
    if let Some(neighbour) = take.neighbour {
        let other = beside(&quad, neighbour, (w, h), settings.frame);
        warp::place(&mut frame, &page(neighbour, density), &other, settings.surface);
    }
    warp::place(&mut frame, &page(canvas, density), &quad, settings.surface);

    let em = take.text_mm * density;
    let onto = |p: Point| onto(&quad, (w, h), p);
    match (take.effect, &target) {
        (Some(Effect::GlareOverField), Some(field)) => {
            let mut glare = glare_at(onto(field.rect.center()), field, density, rng);
            glare.strength = between(rng, 330.0, 520.0);
            settings.light.glares.push(glare);
        }
        (Some(Effect::Overexposed), _) => {
            // The lamp's bloom drowns the whole sheet; what lies far from it keeps some colour.
            settings.light.glares.push(Glare {
                centre: quad.center(),
                radius: (quad.bounds().width() * 1.1, quad.bounds().height() * 1.1),
                angle: 0.0,
                strength: between(rng, 275.0, 330.0),
                hardness: 1.6,
            });
        }
        (Some(Effect::GlareBeside), _) => {
            let place = free_place(canvas, rng);
            let radius = place.1.min(9.0) * density;
            settings.light.glares.push(Glare {
                centre: onto(place.0),
                radius: (radius * 0.55, radius * 0.5),
                angle: between(rng, 0.0, 3.0),
                strength: between(rng, 160.0, 380.0),
                hardness: 2.0,
            });
        }
        (None, _) if take.level == Level::Hard && chance(rng, 0.3) => {
            let place = free_place(canvas, rng);
            let radius = place.1.min(8.0) * density;
            settings.light.glares.push(Glare {
                centre: onto(place.0),
                radius: (radius * 0.5, radius * 0.5),
                angle: 0.0,
                strength: between(rng, 120.0, 300.0),
                hardness: 1.5,
            });
        }
        _ => {}
    }
    light::apply(&mut frame, &settings.light);
    obstruct(&mut frame, canvas, &quad, target.as_ref(), take.effect, density, rng);
    develop(&mut frame, &settings, em, rng);
    let mut lost = Vec::new();
    if let (Some(effect), Some(field)) = (take.effect, &target)
        && effect.loses_a_field()
    {
        lost.extend(overlapping(canvas, field, effect, &quad, settings.frame));
    }
    let image = frame.to_image();
    Shot { jpeg: encode::jpeg(&image, settings.quality, settings.exif.as_ref()), quad, lost }
}

/// Blur, noise, softness and sharpening, in the order of a camera.
fn develop(frame: &mut Frame, settings: &Settings, em: f32, rng: &mut ChaCha8Rng) {
    sensor::motion(frame, settings.motion_em * em, settings.motion_angle);
    sensor::gaussian(frame, settings.blur_em * em);
    for pixel in &mut frame.pixels {
        *pixel = pixel.map(|v| v.clamp(0.0, 262.0));
    }
    sensor::noise(frame, settings.noise, settings.chroma, rng);
    sensor::gaussian(frame, settings.softness);
    sensor::sharpen(frame, 1.0, settings.sharpen);
}

/// Renders a page a little finer than the picture needs it.
fn page(canvas: &Canvas, density: f32) -> Pixmap {
    let longest = canvas.width.max(canvas.height);
    canvas.render((density * 1.15).min(5200.0 / longest))
}

/// Enlarges (or, for the defect, shrinks) frame and quad so that text has the wanted size.
fn readable_size(settings: &mut Settings, quad: &mut Quad, take: &Take<'_>, (w, h): (f32, f32)) {
    let largest = settings.frame.0.max(settings.frame.1);
    if largest > take.max_side {
        let shrink = take.max_side as f32 / largest as f32;
        settings.frame =
            ((settings.frame.0 as f32 * shrink) as usize, (settings.frame.1 as f32 * shrink) as usize);
        *quad = settings.pose.quad(w, h, settings.frame);
    }
    let em = take.text_mm * pose::density(quad, w, h);
    let longest = settings.frame.0.max(settings.frame.1) as f32;
    let factor = if take.effect == Some(Effect::LowResolution) {
        // Strokes of a character merge below six pixels an em.
        5.2 / em
    } else if em < settings.min_em_px {
        // Text must stay readable even where that breaks the wanted size.
        (settings.min_em_px / em).min(4032.0 / longest).max(1.0)
    } else {
        return;
    };
    settings.frame =
        ((settings.frame.0 as f32 * factor) as usize, (settings.frame.1 as f32 * factor) as usize);
    *quad = settings.pose.quad(w, h, settings.frame);
}

/// Document mm to frame px.
fn onto(quad: &Quad, (w, h): (f32, f32), p: Point) -> Point {
    let source = Quad::from_rect(Rect::new(0.0, 0.0, w, h));
    Homography::between(&source, quad).map_or(quad.center(), |map| map.apply(p))
}

/// The field that a local defect hits: for most the largest harm is on what matters most.
fn victim(canvas: &Canvas, effect: Option<Effect>, rng: &mut ChaCha8Rng) -> Option<FieldBox> {
    effect?;
    (!canvas.fields.is_empty()).then(|| canvas.fields[rng.random_range(0..canvas.fields.len())].clone())
}

fn glare_at(centre: Point, field: &FieldBox, density: f32, rng: &mut ChaCha8Rng) -> Glare {
    Glare {
        centre,
        radius: (
            (field.rect.width() * 0.5).clamp(4.0, 16.0) * density * between(rng, 0.8, 1.1),
            (field.rect.height() * 0.8).clamp(3.0, 8.0) * density * between(rng, 1.0, 1.5),
        ),
        angle: 0.0,
        strength: 0.0,
        hardness: between(rng, 1.2, 2.6),
    }
}

/// A place on the page away from every field, and its distance to the nearest one (mm).
fn free_place(canvas: &Canvas, rng: &mut ChaCha8Rng) -> (Point, f32) {
    let distance = |p: Point| {
        canvas
            .fields
            .iter()
            .map(|f| {
                let dx = (f.rect.left - p.x).max(p.x - f.rect.right).max(0.0);
                let dy = (f.rect.top - p.y).max(p.y - f.rect.bottom).max(0.0);
                dx.hypot(dy)
            })
            .fold(f32::MAX, f32::min)
    };
    (0..60)
        .map(|_| Point::new(between(rng, 0.0, canvas.width), between(rng, 0.0, canvas.height)))
        .map(|p| (p, distance(p)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((Point::new(0.0, 0.0), 1.0))
}

/// Fingers and objects.
fn obstruct(
    frame: &mut Frame,
    canvas: &Canvas,
    quad: &Quad,
    target: Option<&FieldBox>,
    effect: Option<Effect>,
    density: f32,
    rng: &mut ChaCha8Rng,
) {
    let map = |p: Point| onto(quad, (canvas.width, canvas.height), p);
    match (effect, target) {
        (Some(Effect::FingerOverField), Some(field)) => {
            let tip = map(field.rect.center().lerp(Point::new(field.rect.left, field.rect.center().y), 0.3));
            let from = outside(tip, quad, frame);
            obstacles::finger(frame, from, tip, between(rng, 7.0, 9.0) * density, rng);
        }
        (Some(Effect::ObjectOverField), Some(field)) => {
            let middle = field.rect.center();
            let reach = between(rng, 30.0, 80.0);
            let slope = between(rng, -0.12, 0.12);
            let (a, b) = (
                map(Point::new(middle.x - reach, middle.y - reach * slope)),
                map(Point::new(middle.x + reach, middle.y + reach * slope)),
            );
            let radius = (field.rect.height() * 0.75).clamp(3.5, 7.0) * density;
            obstacles::object(frame, a, b, radius, rng);
        }
        (Some(Effect::FingerOnEdge), _) => {
            // Holds the bare right edge: the tip stays outside all fields.
            let limit = canvas.fields.iter().map(|f| f.rect.right).fold(0.0, f32::max);
            let radius = ((canvas.width - limit) * 0.4).clamp(2.0, 8.0);
            let y = canvas.height * between(rng, 0.3, 0.7);
            let tip = map(Point::new(canvas.width - radius * 0.1, y));
            let from = map(Point::new(canvas.width * 1.6, y + canvas.height * 0.3));
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

/// Moves the document towards the frame's edge: past half of the field, or for the control so that
/// only bare margin is lost.
fn cut(
    quad: &Quad,
    canvas: &Canvas,
    target: Option<&FieldBox>,
    effect: Option<Effect>,
    frame: (usize, usize),
    rng: &mut ChaCha8Rng,
) -> Quad {
    let map = |p: Point| onto(quad, (canvas.width, canvas.height), p);
    let moved = |dx: f32, dy: f32| quad.map(|p| Point::new(p.x + dx, p.y + dy));
    let (fw, fh) = (frame.0 as f32, frame.1 as f32);
    let bounds_of = |rect: Rect| Quad::from_rect(rect).map(map).bounds();
    let all = canvas.fields.iter().map(|f| bounds_of(f.rect)).reduce(Rect::union).unwrap_or(quad.bounds());
    if effect == Some(Effect::CornerCut) {
        // The widest bare margin goes, a strip of it.
        let outer = quad.bounds();
        let share = between(rng, 0.35, 0.6);
        let margins = [
            (all.left - outer.left, -outer.left, 0.0, -1.0, 0.0),
            (outer.right - all.right, fw - outer.right, 0.0, 1.0, 0.0),
            (all.top - outer.top, 0.0, -outer.top, 0.0, -1.0),
            (outer.bottom - all.bottom, 0.0, fh - outer.bottom, 0.0, 1.0),
        ];
        let widest = margins.iter().max_by(|a, b| a.0.total_cmp(&b.0)).copied().unwrap_or(margins[0]);
        // Never more than a strip: a card without its upper half is cut off, whatever it still says.
        let side = if widest.3 == 0.0 { outer.height() } else { outer.width() };
        let slack = (widest.0.max(0.0) * share).min(side * 0.05);
        return moved(widest.1 + widest.3 * slack, widest.2 + widest.4 * slack);
    }
    let field = target.map_or(all, |f| bounds_of(f.rect));
    let shifts = [
        (-(field.left + field.width() * 0.6), 0.0),
        (fw - field.right + field.width() * 0.6, 0.0),
        (0.0, -(field.top + field.height() * 0.9)),
        (0.0, fh - field.bottom + field.height() * 0.9),
    ];
    let least =
        shifts.iter().min_by(|a, b| (a.0.abs() + a.1.abs()).total_cmp(&(b.0.abs() + b.1.abs()))).copied();
    let (dx, dy) = least.unwrap_or(shifts[0]);
    moved(dx, dy)
}

/// Fields that are gone with the one that was hit.
fn overlapping(
    canvas: &Canvas,
    field: &FieldBox,
    effect: Effect,
    quad: &Quad,
    frame: (usize, usize),
) -> Vec<String> {
    let (fw, fh) = (frame.0 as f32, frame.1 as f32);
    canvas
        .fields
        .iter()
        .filter(|f| {
            if effect.loses_every_field() || f.name == field.name {
                return true;
            }
            let place =
                Quad::from_rect(f.rect).map(|p| onto(quad, (canvas.width, canvas.height), p)).bounds();
            match effect {
                Effect::CutOff => {
                    place.intersection(Rect::new(0.0, 0.0, fw, fh)).area() < 0.97 * place.area()
                }
                _ => {
                    // A finger or a lamp covers more than its field; what lies near may be touched.
                    let near = field.rect.inflate(10.0, 8.0).intersection(f.rect);
                    near.width() > 0.0 && near.height() > 0.0
                }
            }
        })
        .map(|f| f.name.clone())
        .collect()
}

/// Makes room for a second document: along the longer side of the frame.
fn aside(quad: &Quad, frame: (usize, usize)) -> Quad {
    let bounds = quad.bounds();
    let (fw, fh) = (frame.0 as f32, frame.1 as f32);
    let (free_x, free_y) = (fw - bounds.width(), fh - bounds.height());
    // Shrink until two fit with a gap.
    let along_x = side_by_side(quad, frame);
    let room = if along_x { fw * 0.46 / bounds.width() } else { fh * 0.46 / bounds.height() };
    let scale = room.min(0.94 * (fw / bounds.width()).min(fh / bounds.height())).min(1.0);
    let (x, y) = if along_x {
        (fw * 0.02, (fh - bounds.height() * scale).min(free_y.max(0.0)) / 2.0)
    } else {
        ((fw - bounds.width() * scale).min(free_x.max(0.0)) / 2.0, fh * 0.02)
    };
    quad.map(|p| Point::new((p.x - bounds.left) * scale + x, (p.y - bounds.top) * scale + y))
}

/// Is there more room beside the document than below it?
fn side_by_side(quad: &Quad, frame: (usize, usize)) -> bool {
    let bounds = quad.bounds();
    frame.0 as f32 / bounds.width() > frame.1 as f32 / bounds.height()
}

/// The neighbour's corners: the free half of the frame, same turn as the main document.
fn beside(quad: &Quad, neighbour: &Canvas, (w, h): (f32, f32), frame: (usize, usize)) -> Quad {
    let bounds = quad.bounds();
    let along_x = side_by_side(quad, frame);
    let (dx, dy) = if along_x { (bounds.width() * 1.06, 0.0) } else { (0.0, bounds.height() * 1.06) };
    let rect = Rect::new(0.0, 0.0, neighbour.width, neighbour.height);
    Quad::from_rect(rect).map(|p| {
        let q = onto(
            quad,
            (w, h),
            Point::new(p.x * w / neighbour.width.max(w), p.y * h / neighbour.height.max(h)),
        );
        Point::new(q.x + dx, q.y + dy)
    })
}
