//! What people do to a picture in an editor: paste, type, clone, blur.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::{Point, Rect};

use super::{Change, Sheet, Way, sheet::Glyph};
use crate::{
    camera::{
        frame::Frame,
        sensor,
        warp::{self, Surface},
    },
    canvas::{Canvas, TextStyle},
    fonts,
    spec::{Split, between, chance, one_of},
};

/// One way to change what a picture says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// A digit copied from elsewhere on the page.
    Paste,
    /// Other text over a filled background.
    Retype,
    /// Strokes taken away or added by the clone stamp.
    Clone,
    /// Other text over the old one, which was blurred away.
    Blur,
}

pub const ALL: [Tool; 4] = [Tool::Paste, Tool::Retype, Tool::Clone, Tool::Blur];

impl Tool {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paste => "paste",
            Self::Retype => "retype",
            Self::Clone => "clone",
            Self::Blur => "blur",
        }
    }

    pub const fn name(self, way: Way) -> &'static str {
        match (self, way) {
            (Self::Paste, Way::Saved) => "altered:paste",
            (Self::Retype, Way::Saved) => "altered:retype",
            (Self::Clone, Way::Saved) => "altered:clone",
            (Self::Blur, Way::Saved) => "altered:blur",
            (Self::Paste, Way::Sent) => "altered:paste:sent",
            (Self::Retype, Way::Sent) => "altered:retype:sent",
            (Self::Clone, Way::Sent) => "altered:clone:sent",
            (Self::Blur, Way::Sent) => "altered:blur:sent",
        }
    }

    pub const fn code(self) -> &'static str {
        "alteration.digital_edit"
    }

    /// Changes one field; `None` where the page offers nothing to this tool.
    pub fn apply(
        self,
        frame: &mut Frame,
        sheet: &Sheet,
        split: Split,
        rng: &mut ChaCha8Rng,
    ) -> Option<Change> {
        let all = sheet.glyphs();
        let own = self.targets(&all, rng)?;
        let hand = Hand { sheet, split };
        match self {
            Self::Paste => paste(frame, &hand, &all, &own, rng)?,
            Self::Retype => retype(frame, &hand, &all, &own, rng)?,
            Self::Clone => clone(frame, &hand, &own, rng)?,
            Self::Blur => blur(frame, &hand, &all, &own, rng)?,
        }
        let place = own.iter().map(|glyph| glyph.place).reduce(Rect::union)?;
        Some(Change {
            field: own[0].field?.to_owned(),
            place: [place.left, place.top, place.width(), place.height()],
            quad: sheet.onto(place),
        })
    }

    /// The characters that are changed: one or two digits, or a part of a value in one row.
    fn targets<'a>(self, all: &[Glyph<'a>], rng: &mut ChaCha8Rng) -> Option<Vec<Glyph<'a>>> {
        let mut names: Vec<&str> = all.iter().filter_map(|glyph| glyph.field).collect();
        names.dedup();
        if names.is_empty() {
            return None;
        }
        let name = one_of(&names, rng);
        let of_field: Vec<&Glyph> = all.iter().filter(|glyph| glyph.field == Some(name)).collect();
        let of_tool: Vec<&Glyph> = match self {
            Self::Paste => of_field.into_iter().filter(|glyph| glyph.ch.is_ascii_digit()).collect(),
            _ => of_field,
        };
        let row: Vec<&Glyph> = {
            let first = *of_tool.get(rng.random_range(0..of_tool.len().max(1)))?;
            of_tool.into_iter().filter(|glyph| std::ptr::eq(glyph.run, first.run)).collect()
        };
        let length = match self {
            Self::Paste => rng.random_range(1..=2),
            Self::Clone => 1,
            _ if chance(rng, 0.3) => row.len(),
            _ => rng.random_range(1..=4),
        }
        .min(row.len());
        let first = rng.random_range(0..=row.len() - length);
        Some(row[first..first + length].iter().map(|&glyph| glyph.clone()).collect())
    }
}

struct Hand<'a> {
    sheet: &'a Sheet<'a>,
    split: Split,
}

impl Hand<'_> {
    /// A selection around `place`, `rim` ems larger: whole pixels within the frame.
    fn selection(&self, frame: &Frame, place: Rect, rim: f32, em: f32) -> Option<Area> {
        let bounds = self.sheet.onto(place.inflate(rim * em, rim * em)).bounds();
        Area::within(frame, bounds)
    }
}

/// Whole pixels, right and bottom exclusive.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Area {
    /// `None` unless all of it is in the frame with a rim to spare, and it is worth a selection.
    fn within(frame: &Frame, bounds: Rect) -> Option<Self> {
        let fits = bounds.left >= 4.0
            && bounds.top >= 4.0
            && bounds.right + 5.0 < frame.width as f32
            && bounds.bottom + 5.0 < frame.height as f32
            && bounds.width() >= 4.0
            && bounds.height() >= 4.0;
        fits.then(|| Self {
            left: bounds.left.floor() as usize,
            top: bounds.top.floor() as usize,
            right: bounds.right.ceil() as usize,
            bottom: bounds.bottom.ceil() as usize,
        })
    }

    fn moved(self, frame: &Frame, (dx, dy): (isize, isize)) -> Option<Self> {
        let rect = Rect::new(
            (self.left as isize + dx) as f32,
            (self.top as isize + dy) as f32,
            (self.right as isize + dx) as f32,
            (self.bottom as isize + dy) as f32,
        );
        Self::within(frame, rect)
    }

    fn width(self) -> usize {
        self.right - self.left
    }

    fn height(self) -> usize {
        self.bottom - self.top
    }

    fn pixels(self) -> impl Iterator<Item = (usize, usize)> {
        (self.top..self.bottom).flat_map(move |y| (self.left..self.right).map(move |x| (x, y)))
    }
}

fn grey(pixel: [f32; 3]) -> f32 {
    0.3 * pixel[0] + 0.59 * pixel[1] + 0.11 * pixel[2]
}

/// Each channel's value at `share` of the way from dark to light.
fn tone(mut pixels: Vec<[f32; 3]>, share: f32) -> [f32; 3] {
    pixels.sort_by(|a, b| grey(*a).total_cmp(&grey(*b)));
    pixels.get((share * (pixels.len().max(1) - 1) as f32) as usize).copied().unwrap_or([0.0; 3])
}

fn cut(frame: &Frame, area: Area) -> Vec<[f32; 3]> {
    area.pixels().map(|(x, y)| frame.pixels[y * frame.width + x]).collect()
}

/// How busy an area is: standard deviation of its grey.
fn busyness(frame: &Frame, area: Area) -> f32 {
    let greys: Vec<f32> = cut(frame, area).into_iter().map(grey).collect();
    let mean = greys.iter().sum::<f32>() / greys.len() as f32;
    (greys.iter().map(|g| (g - mean).powi(2)).sum::<f32>() / greys.len() as f32).sqrt()
}

/// Copies `pixels` of the area's size onto it; `feather` pixels of its rim blend in.
fn lay(frame: &mut Frame, area: Area, pixels: &[[f32; 3]], feather: usize) {
    for ((x, y), value) in area.pixels().zip(pixels) {
        let inside = (x - area.left).min(area.right - 1 - x).min(y - area.top).min(area.bottom - 1 - y);
        let alpha = ((inside + 1) as f32 / (feather + 1) as f32).min(1.0);
        let pixel = &mut frame.pixels[y * frame.width + x];
        for (channel, new) in pixel.iter_mut().zip(value) {
            *channel += (new - *channel) * alpha;
        }
    }
}

fn paste(frame: &mut Frame, hand: &Hand, all: &[Glyph], own: &[Glyph], rng: &mut ChaCha8Rng) -> Option<()> {
    let before = frame.clone();
    for target in own {
        let size = target.run.style.size;
        let sources: Vec<&Glyph> = all
            .iter()
            .filter(|glyph| {
                let style = &glyph.run.style;
                glyph.ch.is_ascii_digit()
                    && glyph.ch != target.ch
                    && style.font.name == target.run.style.font.name
                    && (style.size / size - 1.0).abs() < 0.06
            })
            .collect();
        if sources.is_empty() {
            return None;
        }
        let source = one_of(&sources, rng);
        let from = hand.selection(&before, source.place, between(rng, 0.02, 0.08), size)?;
        let centre = |glyph: &Glyph| hand.sheet.onto(glyph.place).center();
        let (a, b) = (centre(source), centre(target));
        let wobble = |rng: &mut ChaCha8Rng| rng.random_range(-1..=1_i32) as isize;
        let by = ((b.x - a.x).round() as isize + wobble(rng), (b.y - a.y).round() as isize + wobble(rng));
        let onto = from.moved(&before, by)?;
        let feather = if chance(rng, 0.5) { rng.random_range(1..=2) } else { 0 };
        lay(frame, onto, &cut(&before, from), feather);
    }
    Some(())
}

/// Covers an area with what its surroundings show: one tone, or a piece from above or below.
fn fill(frame: &mut Frame, area: Area, rng: &mut ChaCha8Rng) {
    let height = area.height() as isize;
    let pieces = [-13, -11, 11, 13]
        .iter()
        .filter_map(|tenths| area.moved(frame, (0, height * tenths / 10)))
        .min_by(|a, b| busyness(frame, *a).total_cmp(&busyness(frame, *b)));
    match pieces {
        Some(piece) if chance(rng, 0.4) => {
            let pixels = cut(frame, piece);
            lay(frame, area, &pixels, 2);
        }
        _ => {
            let rim = Area {
                left: area.left - 3,
                top: area.top - 3,
                right: area.right + 3,
                bottom: area.bottom + 3,
            };
            let paper = tone(cut(frame, rim), 0.7);
            let feather = if chance(rng, 0.5) { 2 } else { 0 };
            lay(frame, area, &vec![paper; area.width() * area.height()], feather);
        }
    }
}

/// Characters of the same sort as `of`, each another one.
fn others(of: &[Glyph], all: &[Glyph], rng: &mut ChaCha8Rng) -> Vec<char> {
    let known: Vec<char> = all.iter().map(|glyph| glyph.ch).filter(|c| !c.is_ascii()).collect();
    of.iter()
        .map(|glyph| {
            if glyph.ch.is_ascii_digit() {
                let digit = glyph.ch.to_digit(10).unwrap_or(0);
                char::from_digit((digit + rng.random_range(1..10)) % 10, 10).unwrap_or('0')
            } else if glyph.ch.is_ascii() || known.is_empty() {
                glyph.ch
            } else {
                one_of(&known, rng)
            }
        })
        .collect()
}

/// Types other characters where `own` stood, in a font that is near and with the ink that is there.
fn write(
    frame: &mut Frame,
    hand: &Hand,
    all: &[Glyph],
    own: &[Glyph],
    ink: [f32; 3],
    rng: &mut ChaCha8Rng,
) -> Option<()> {
    let style = &own[0].run.style;
    let place = own.iter().map(|glyph| glyph.place).reduce(Rect::union)?;
    let em = style.size;
    let room = place.inflate(em * 0.3, em * 0.3);
    let font = fonts::pick(style.font.style, hand.split, rng);
    let fill = format!("rgb({:.0},{:.0},{:.0})", ink[0], ink[1], ink[2]);
    let near = TextStyle { font, fill, ..style.clone() }.sized(em * between(rng, 0.96, 1.04)).faded(1.0);
    let mut canvas = Canvas::new(room.width(), room.height());
    let shift = between(rng, -0.03, 0.03) * em;
    for (glyph, ch) in own.iter().zip(others(own, all, rng)) {
        canvas.text(glyph.pen - room.left, glyph.run.y - room.top + shift, &near, &ch.to_string());
    }
    let quad = hand.sheet.onto(room);
    let area = Area::within(frame, quad.bounds())?;
    let density = quad.width() / room.width();
    warp::place(frame, &canvas.render(density * 1.15), &quad, Surface::default());
    // Careful people soften what they typed until it looks like its neighbours.
    if chance(rng, 0.5) {
        soften(frame, area, between(rng, 0.4, 0.8), 1);
    }
    Some(())
}

/// Blurs an area by `sigma` px; its rim blends in.
fn soften(frame: &mut Frame, area: Area, sigma: f32, feather: usize) {
    let mut piece = Frame { width: area.width(), height: area.height(), pixels: cut(frame, area) };
    sensor::gaussian(&mut piece, sigma);
    lay(frame, area, &piece.pixels, feather);
}

fn retype(frame: &mut Frame, hand: &Hand, all: &[Glyph], own: &[Glyph], rng: &mut ChaCha8Rng) -> Option<()> {
    let place = own.iter().map(|glyph| glyph.place).reduce(Rect::union)?;
    let area = hand.selection(frame, place, 0.06, own[0].run.style.size)?;
    let ink = tone(cut(frame, area), 0.06);
    fill(frame, area, rng);
    write(frame, hand, all, own, ink, rng)
}

fn blur(frame: &mut Frame, hand: &Hand, all: &[Glyph], own: &[Glyph], rng: &mut ChaCha8Rng) -> Option<()> {
    let place = own.iter().map(|glyph| glyph.place).reduce(Rect::union)?;
    let area = hand.selection(frame, place, 0.1, own[0].run.style.size)?;
    let ink = tone(cut(frame, area), 0.06);
    let em = hand.sheet.em;
    soften(frame, area, between(rng, 0.25, 0.5) * em, 2);
    write(frame, hand, all, own, ink, rng)
}

/// Dabs of the clone stamp over the ink of one character: away with a stroke, or on with one of a neighbour's.
fn clone(frame: &mut Frame, hand: &Hand, own: &[Glyph], rng: &mut ChaCha8Rng) -> Option<()> {
    let glyph = &own[0];
    let area = hand.selection(frame, glyph.place, 0.0, glyph.run.style.size)?;
    let em = area.height() as f32;
    let before = frame.clone();
    let add = chance(rng, 0.3);
    let reach = if add { area.width() as f32 * 1.05 } else { em * between(rng, 1.0, 1.4) };
    // From where there is least, or for a stroke that is added most.
    let directions: Vec<(isize, isize)> = (0..8)
        .map(|i| std::f32::consts::FRAC_PI_4 * i as f32)
        .map(|angle| ((angle.cos() * reach) as isize, (angle.sin() * reach) as isize))
        .filter(|&by| area.moved(frame, by).is_some())
        .collect();
    let busy = |by: &(isize, isize)| area.moved(frame, *by).map_or(0.0, |piece| busyness(frame, piece));
    let order = |a: &(isize, isize), b: &(isize, isize)| busy(a).total_cmp(&busy(b));
    let by =
        if add { directions.into_iter().max_by(order)? } else { directions.into_iter().min_by(order)? };
    let mut spots: Vec<(usize, usize)> = area.pixels().collect();
    let wanted = |&(x, y): &(usize, usize)| {
        let at = |x: usize, y: usize| grey(before.pixels[y * before.width + x]);
        let from = at((x as isize + by.0) as usize, (y as isize + by.1) as usize);
        if add { at(x, y) - from } else { from - at(x, y) }
    };
    spots.sort_by(|a, b| wanted(b).total_cmp(&wanted(a)));
    spots.truncate((spots.len() / 8).max(1));
    // Nothing is changed where ink and paper hardly differ.
    if wanted(spots.first()?) < 25.0 {
        return None;
    }
    let first = one_of(&spots, rng);
    let radius = em * between(rng, 0.14, 0.22);
    let near: Vec<(usize, usize)> = spots
        .into_iter()
        .filter(|s| {
            Point::new(s.0 as f32, s.1 as f32).distance(Point::new(first.0 as f32, first.1 as f32)) < em * 0.4
        })
        .collect();
    for _ in 0..rng.random_range(3..=6) {
        let (cx, cy) = one_of(&near, rng);
        let reach = radius.ceil() as isize;
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let (x, y) = (cx as isize + dx, cy as isize + dy);
                let (sx, sy) = (x + by.0, y + by.1);
                let inside = |x: isize, y: isize| {
                    (0..frame.width as isize).contains(&x) && (0..frame.height as isize).contains(&y)
                };
                let alpha = ((radius - (dx as f32).hypot(dy as f32)) / (0.3 * radius)).clamp(0.0, 1.0);
                if alpha == 0.0 || !inside(x, y) || !inside(sx, sy) {
                    continue;
                }
                let source = before.pixels[sy as usize * before.width + sx as usize];
                let pixel = &mut frame.pixels[y as usize * before.width + x as usize];
                for (channel, new) in pixel.iter_mut().zip(source) {
                    *channel += (new - *channel) * alpha;
                }
            }
        }
    }
    Some(())
}
