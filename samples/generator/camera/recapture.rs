//! A photo of a display that shows a picture.

use image::{RgbImage, imageops, imageops::FilterType};
use rand_chacha::ChaCha8Rng;
use vouch::domain::{Homography, Point, Quad, Rect};

use super::{bayer, frame::Frame, light, panel::Panel, pose, sensor, settings::Settings};
use crate::spec::{Split, between, chance, one_of};

/// What a display shows.
pub struct Shown {
    /// Screen pixels.
    pub image: RgbImage,
    /// The document in it.
    pub quad: Quad,
    /// Em of the document's smallest text, screen pixels.
    pub em: f32,
    /// The picture is the whole display, with no viewer around it.
    pub is_whole: bool,
}

/// Longer side of a phone's sensor, px.
const SENSOR_SIDE: f32 = 4032.0;
/// Exponent between light and the values of a picture.
const GAMMA: f32 = 2.2;

/// The display around the shown picture, all in screen pixels but for the colours (light, 0 to 1).
struct Display {
    bounds: Rect,
    bezel: f32,
    viewer: f32,
    /// What a dark pixel still emits or reflects.
    black: f32,
    room: [f32; 3],
}

impl Display {
    fn around(shown: &Shown, rng: &mut ChaCha8Rng) -> Self {
        let (w, h) = (shown.image.width() as f32, shown.image.height() as f32);
        let mut margin = |side: f32| if shown.is_whole { 0.0 } else { side * between(rng, 0.0, 0.35) };
        let (across, along) = (margin(w), margin(h));
        let room = between(rng, 0.02, 0.4);
        Self {
            bounds: Rect::new(-across, -along, w + across, h + along),
            bezel: w.max(h) * between(rng, 0.01, 0.06),
            viewer: one_of(&[0.0, 0.0, 0.02, 0.9, 1.0], rng),
            black: between(rng, 0.001, 0.02),
            room: [room, room * between(rng, 0.7, 1.0), room * between(rng, 0.45, 1.0)],
        }
    }
}

/// Takes the photo. `settings` are those of a camera in front of a sheet as large as the document on the display.
/// The quad is the document's.
pub fn take(shown: &Shown, settings: &mut Settings, split: Split, rng: &mut ChaCha8Rng) -> (RgbImage, Quad) {
    let document = shown.quad.bounds();
    let place = |settings: &Settings| {
        let onto = settings.pose.quad(document.width(), document.height(), settings.frame);
        (Homography::between(&Quad::from_rect(document), &onto), onto)
    };
    let density = pose::density(&place(settings).1, document.width(), document.height());
    let longest = settings.frame.0.max(settings.frame.1) as f32;
    // Text must stay readable even where that breaks the wanted size.
    let factor = (settings.min_em_px / (shown.em * density)).clamp(1.0, (SENSOR_SIDE / longest).max(1.0));
    settings.frame = (scaled(settings.frame.0, factor), scaled(settings.frame.1, factor));
    let (map, onto) = place(settings);
    let Some((map, back)) = map.and_then(|map| Some((map, map.inverse()?))) else {
        return (shown.image.clone(), onto);
    };
    let longest = settings.frame.0.max(settings.frame.1) as f32;
    // Sent as taken, or made smaller on the way.
    let finer =
        one_of(&[1.0, between(rng, 1.0, 2.0), between(rng, 1.5, 3.2)], rng).min(SENSOR_SIDE / longest);
    let mut frame = Frame::new(
        scaled(settings.frame.0, finer.max(1.0)),
        scaled(settings.frame.1, finer.max(1.0)),
        [0.0; 3],
    );
    let finer = frame.width as f32 / settings.frame.0 as f32;
    let display = Display::around(shown, rng);
    let panel = Panel::roll(split, rng);
    shine(&mut frame, shown, &display, panel, |p| back.apply(Point::new(p.x / finer, p.y / finer)));
    let focus = if chance(rng, 0.8) { between(rng, 0.45, 1.0) } else { between(rng, 1.0, 1.8) };
    sensor::gaussian(&mut frame, focus);
    for pixel in &mut frame.pixels {
        *pixel = pixel.map(|light| 255.0 * light.clamp(0.0, 1.05).powf(1.0 / GAMMA));
    }
    // Averaging makes the noise of a smaller picture less; the settings speak of the final one.
    sensor::noise(&mut frame, settings.noise * finer.sqrt(), settings.chroma, rng);
    bayer::resample(&mut frame);
    quiet_colours(&mut frame, between(rng, 0.0, 2.5));
    let (w, h) = (settings.frame.0 as u32, settings.frame.1 as u32);
    let image = frame.to_image();
    let filter = one_of(&[FilterType::Triangle, FilterType::CatmullRom, FilterType::Lanczos3], rng);
    let image = if image.dimensions() == (w, h) { image } else { imageops::resize(&image, w, h, filter) };
    let mut frame = Frame::from_image(&image);
    light::apply(&mut frame, &settings.light);
    sensor::sharpen(&mut frame, 1.0, settings.sharpen);
    (frame.to_image(), shown.quad.map(|p| map.apply(p)))
}

fn scaled(side: usize, factor: f32) -> usize {
    (side as f32 * factor) as usize
}

/// Light of the display on each pixel of the sensor, 1 = white.
fn shine(frame: &mut Frame, shown: &Shown, display: &Display, panel: Panel, back: impl Fn(Point) -> Point) {
    let to_light: Vec<f32> = (0..256).map(|value| (value as f32 / 255.0).powf(GAMMA)).collect();
    let (w, h) = (shown.image.width() as f32, shown.image.height() as f32);
    let outer = display.bounds.inflate(display.bezel, display.bezel);
    let at_pixel = |u: f32, v: f32| {
        let (x, y) = (u.clamp(0.0, w - 1.0) as u32, v.clamp(0.0, h - 1.0) as u32);
        shown.image.get_pixel(x, y).0.map(|value| to_light[usize::from(value)])
    };
    for y in 0..frame.height {
        for x in 0..frame.width {
            let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
            let p = back(Point::new(px, py));
            let value = if display.bounds.contains(p) {
                let (right, below) = (back(Point::new(px + 1.0, py)), back(Point::new(px, py + 1.0)));
                let size = ((right.x - p.x).hypot(below.x - p.x), (right.y - p.y).hypot(below.y - p.y));
                let inside = (0.0..w).contains(&p.x) && (0.0..h).contains(&p.y);
                let shows = if inside {
                    // Four taps: a sensor's pixel may see several of the screen's.
                    let taps = [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)]
                        .map(|(dx, dy)| at_pixel(p.x + dx * size.0, p.y + dy * size.1));
                    std::array::from_fn(|c| taps.iter().map(|tap| tap[c]).sum::<f32>() / 4.0)
                } else {
                    [display.viewer; 3]
                };
                let lit = panel.light((p.x, p.y), size);
                std::array::from_fn(|c| shows[c] * lit[c] * (1.0 - display.black) + display.black)
            } else if outer.contains(p) {
                [display.black; 3]
            } else {
                display.room
            };
            frame.pixels[y * frame.width + x] = value;
        }
    }
}

/// What a camera does against colour noise: smooths the differences between colours by `sigma` px.
fn quiet_colours(frame: &mut Frame, sigma: f32) {
    if sigma < 0.3 {
        return;
    }
    let mut soft = frame.clone();
    sensor::gaussian(&mut soft, sigma);
    for (pixel, soft) in frame.pixels.iter_mut().zip(&soft.pixels) {
        let luma = |p: &[f32; 3]| 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
        let (own, smooth) = (luma(pixel), luma(soft));
        *pixel = std::array::from_fn(|c| soft[c] - smooth + own);
    }
}
