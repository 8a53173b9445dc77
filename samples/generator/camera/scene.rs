//! Takes one picture of one drawn document.

use image::RgbImage;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use resvg::tiny_skia::Pixmap;
use vouch::domain::{Point, Quad, Rect};

use super::{
    background, bayer,
    effect::Effect,
    encode::Exif,
    frame::Frame,
    light::{self, Glare},
    local::{self, Sheet, SoftSpot, onto},
    pose, sensor,
    settings::Settings,
    visibility::{self, Ink, Legibility},
    warp::{self, Surface},
};
use crate::{
    canvas::{Canvas, FieldBox, TextStyle},
    fonts::{self, Style},
    spec::{Level, Split, between, chance, one_of},
};

/// A picture with the truth of its geometry.
pub struct Shot {
    pub image: RgbImage,
    /// Its quality as a JPEG, and what the camera writes into it.
    pub quality: u8,
    pub exif: Option<Exif>,
    /// Em of the smallest field text, px.
    pub em: f32,
    /// The document's corners, px after EXIF orientation.
    pub quad: Quad,
    /// How the sheet departs from a plane between them.
    pub surface: Surface,
    /// What of each field a person can read; empty where nothing was done to hide any.
    pub legibility: Vec<(String, Legibility)>,
    /// Where what was printed can be read ([`visibility::map`]); `None` where nothing was done to hide any.
    pub map: Option<RgbImage>,
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
    /// Whether [`Shot::map`] is wanted.
    pub maps: bool,
}

/// Photographs the page.
pub fn shoot(canvas: &mut Canvas, mut settings: Settings, take: &Take<'_>, rng: &mut ChaCha8Rng) -> Shot {
    let (w, h) = (canvas.width, canvas.height);
    let target = local::victim(canvas, take.effect, rng);
    if take.effect == Some(Effect::Watermark) {
        watermark(canvas, rng);
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
    // The same picture without print tells later what can still be read of it.
    let mut bare = take.effect.map(|_| frame.clone());
    warp::place(&mut frame, &page(canvas, density), &quad, settings.surface);
    if let Some(bare) = &mut bare {
        warp::place(bare, &canvas.render_bare(page_scale(canvas, density)), &quad, settings.surface);
    }
    let clean = bare.as_ref().map(|bare| visibility::ink(bare, &frame));

    let em = take.text_mm * density;
    let sheet = Sheet { canvas, quad: &quad, density };
    let mut local_rng = rng.clone();
    let (mut covers, mut soft) = (Vec::new(), None);
    if let Some(effect) = take.effect {
        covers = local::covers(&sheet, effect, target.as_ref(), rng);
        settings.light.glares.extend(local::glares(&sheet, effect, target.as_ref(), rng));
        if let (Effect::LocalBlur, Some(field)) = (effect, &target) {
            soft = Some(SoftSpot::over(&sheet, field, em, rng));
        }
    } else if take.level == Level::Hard && chance(rng, 0.3) {
        let place = local::free_place(canvas, rng);
        let radius = place.1.min(8.0) * density;
        settings.light.glares.push(Glare {
            centre: sheet.onto(place.0),
            radius: (radius * 0.5, radius * 0.5),
            angle: 0.0,
            strength: between(rng, 120.0, 300.0),
            hardness: 1.5,
        });
    }
    let disturb = |frame: &mut Frame, rng: &mut ChaCha8Rng| {
        local::lay(frame, &sheet, &covers);
        light::apply(frame, &settings.light);
        if let Some(effect) = take.effect {
            local::obstruct(frame, &sheet, target.as_ref(), effect, rng);
        }
        if let Some(spot) = &soft {
            spot.apply(frame);
        }
        expose(frame, &settings, em);
    };
    if let Some(bare) = &mut bare {
        disturb(bare, &mut local_rng.clone());
    }
    disturb(&mut frame, &mut local_rng);
    let (legibility, map) = match (&bare, &clean) {
        (Some(bare), Some(clean)) => {
            let seen = visibility::ink(bare, &frame);
            let ink = Ink { size: settings.frame, clean, seen: &seen };
            let map = take.maps.then(|| visibility::map(canvas, &quad, take.text_mm, &ink)).flatten();
            (visibility::of_fields(canvas, &quad, take.text_mm, &ink), map)
        }
        _ => (Vec::new(), None),
    };
    develop(&mut frame, &settings, rng);
    Shot {
        image: frame.to_image(),
        quality: settings.quality,
        exif: settings.exif,
        em,
        quad,
        surface: settings.surface,
        legibility: judged(canvas, legibility, take.effect, em),
        map,
    }
}

/// Pictures whose print could not be measured, and those too small for it, are
/// judged by what was done to them.
fn judged(
    canvas: &Canvas,
    mut measured: Vec<(String, Legibility)>,
    effect: Option<Effect>,
    em: f32,
) -> Vec<(String, Legibility)> {
    let Some(effect) = effect.filter(|effect| effect.aims_at_a_field()) else { return measured };
    if measured.is_empty() || effect == Effect::LowResolution {
        let verdict = if effect == Effect::LowResolution && em > LOST_EM_PX {
            Legibility::Doubtful
        } else {
            Legibility::Lost
        };
        measured = canvas.fields.iter().map(|field| (field.name.clone(), verdict)).collect();
    }
    measured
}

/// Strokes of a character merge below this many pixels an em.
const LOST_EM_PX: f32 = 6.0;

/// 仅供…使用 across the sheet, as careful applicants write it; what is below stays readable.
pub fn watermark(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let font = fonts::pick(Style::Hei, Split::Dev, rng);
    let fill = one_of(&["#c03030", "#3050c0", "#666666"], rng);
    let style = TextStyle::new(&font, canvas.width * 0.045, fill).faded(between(rng, 0.12, 0.3));
    let text =
        one_of(&["仅供职业技能认定使用", "仅供报名审核使用 再次复印无效", "仅供北京市职业技能认定"], rng);
    let rows = rng.random_range(1..4);
    for i in 0..rows {
        let y = canvas.height * (i as f32 + 0.75) / rows as f32;
        canvas.text_turned(canvas.width * 0.1, y, -between(rng, 12.0, 30.0), &style, text);
    }
}

/// Lens blur and motion, and the sensor's clipping.
fn expose(frame: &mut Frame, settings: &Settings, em: f32) {
    sensor::motion(frame, settings.motion_em * em, settings.motion_angle);
    sensor::gaussian(frame, settings.blur_em * em);
    for pixel in &mut frame.pixels {
        *pixel = pixel.map(|v| v.clamp(0.0, 262.0));
    }
}

/// Noise, softness and sharpening, in the order of a camera.
fn develop(frame: &mut Frame, settings: &Settings, rng: &mut ChaCha8Rng) {
    sensor::noise(frame, settings.noise, settings.chroma, rng);
    if settings.bayer {
        bayer::resample(frame);
    }
    sensor::gaussian(frame, settings.softness);
    sensor::sharpen(frame, 1.0, settings.sharpen);
}

/// Renders a page a little finer than the picture needs it.
fn page(canvas: &Canvas, density: f32) -> Pixmap {
    canvas.render(page_scale(canvas, density))
}

fn page_scale(canvas: &Canvas, density: f32) -> f32 {
    let longest = canvas.width.max(canvas.height);
    (density * 1.15).min(5200.0 / longest)
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
    let wanted = match take.effect {
        Some(Effect::LowResolution) => Some(settings.lost_em_px),
        Some(Effect::SmallPicture) => Some(settings.min_em_px * 0.65),
        _ => None,
    };
    let factor = if let Some(wanted) = wanted {
        wanted / em
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
