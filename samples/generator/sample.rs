//! From an order to jobs, and from a job to a file with its truth.

use image::{RgbImage, imageops, imageops::FilterType};
use jiff::civil::Date;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vouch::domain::{DocumentKind, Homography, Point, Quad, Rect};

use crate::{
    camera::{
        effect::Effect,
        encode::{self, Exif},
        frame::Frame,
        pose,
        recapture::{self, Shown},
        scene::{self, Shot, Take},
        screenshot, sensor,
        settings::{Settings, Subject},
        visibility::Legibility,
        warp::Surface,
    },
    canvas::Canvas,
    documents::{self, Brief, Drawn, portrait, portrait_flaw::Flaw},
    edit, history, pdf,
    source::{self, Source},
    spec::{Level, Limits, Split, between, chance},
    truth::{AlteredLine, Line},
    words::person::Person,
};

/// What the command line asks for.
pub struct Order {
    pub count: usize,
    pub seed: u64,
    pub kinds: Vec<DocumentKind>,
    pub level: Level,
    pub split: Split,
    pub defects: f64,
    pub tampered: usize,
    /// Share of handwritten forms that bear an alteration or a control.
    pub alterations: f64,
    /// How many entries of such a form at most.
    pub alterations_a_page: usize,
    /// Share of files that are copies, pictures of screens or screenshots.
    pub sources: f64,
    /// Share of files that get a past: an edit's or a plain one.
    pub histories: f64,
    /// Share of photos and scans of printed papers that went through an editor or a messenger.
    pub edited: f64,
    pub today: Date,
    pub limits: Limits,
    /// Where print is lost is told beside each picture.
    pub maps: bool,
}

/// Makes the seed of a portrait's die another one than the sample's.
const PORTRAIT_DIE: u64 = 0x706f_7274;

/// Share of phone pictures that were taken of a screen.
const SCREEN_SHARE: f64 = 0.03;
/// Height of field text that a sent picture still has, px an em.
const SENT_EM_PX: f32 = 14.0;

/// One sample to be made; everything else follows from its seed.
pub struct Job {
    pub index: usize,
    pub seed: u64,
    pub kind: DocumentKind,
    pub level: Level,
    pub split: Split,
    pub effect: Option<Effect>,
    pub tampered: bool,
    /// Share of portraits with a flaw or a control.
    pub defects: f64,
    pub altered: usize,
    /// What stands between the paper and the picture.
    pub source: Option<Source>,
    /// The set is about sources: see [`Capture::resembling`].
    pub resembling: bool,
    /// The file gets a past of its own.
    pub history: bool,
    /// It goes through an editor or a messenger.
    pub edited: bool,
    pub today: Date,
    pub limits: Limits,
    /// Where print is lost is told beside each picture.
    pub maps: bool,
}

/// A file with its truth.
pub struct Made {
    pub line: Line,
    pub bytes: Vec<u8>,
    /// See [`scene::Shot::map`].
    pub map: Option<RgbImage>,
}

/// Deals kinds in turn, levels and effects by dice.
pub fn plan(order: &Order) -> Vec<Job> {
    let mut rng = ChaCha8Rng::seed_from_u64(order.seed);
    let mut tampered = order.tampered;
    (0..order.count)
        .map(|index| {
            let kind = order.kinds[index % order.kinds.len()];
            let level =
                if order.level == Level::Mixed { documents::level(kind, &mut rng) } else { order.level };
            let tampers = if kind == DocumentKind::ChsiReport || kind.is_handwritten_form() {
                chance(&mut rng, order.defects * 0.7)
            } else {
                tampered > 0 && kind.is_id_card()
            };
            tampered -= usize::from(tampers && kind.is_id_card());
            let altered =
                order.alterations > 0.0 && kind.is_handwritten_form() && chance(&mut rng, order.alterations);
            let tampers = tampers && !altered;
            let altered = if altered { order.alterations_a_page } else { 0 };
            let camera = matches!(level, Level::Phone | Level::Hard | Level::Scan);
            let effect = (!tampers
                && altered == 0
                && camera
                && kind != DocumentKind::PortraitPhoto
                && kind != DocumentKind::Other
                && chance(&mut rng, order.defects))
            .then(|| Effect::roll(&mut rng));
            let source = (order.sources > 0.0
                && effect.is_none()
                && kind != DocumentKind::PortraitPhoto
                && chance(&mut rng, order.sources))
            .then(|| Source::roll(&mut rng));
            let level = source.map_or(level, |source| source.level(level));
            let is_printed = !kind.is_handwritten_form()
                && !matches!(kind, DocumentKind::PortraitPhoto | DocumentKind::Other);
            let edited = order.edited > 0.0
                && is_printed
                && camera
                && effect.is_none()
                && source.is_none()
                && chance(&mut rng, order.edited);
            Job {
                index,
                seed: order.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (index as u64 + 1),
                kind,
                // Defects of the camera need a camera.
                level: if effect.is_some() { Level::Phone } else { level },
                split: order.split,
                effect,
                tampered: tampers,
                defects: order.defects,
                altered,
                source,
                resembling: order.sources > 0.0,
                history: order.histories > 0.0 && chance(&mut rng, order.histories),
                edited,
                today: order.today,
                limits: order.limits,
                maps: order.maps,
            }
        })
        .collect()
}

/// Makes the sample: its line of truth and the file's bytes.
pub fn make(job: &Job) -> Made {
    let mut rng = ChaCha8Rng::seed_from_u64(job.seed);
    let rng = &mut rng;
    let person = Person::invent(job.split, job.today, rng);
    // A die of its own: those of the order stay what they were before portraits had flaws.
    let flawed = job.kind == DocumentKind::PortraitPhoto
        && chance(&mut ChaCha8Rng::seed_from_u64(job.seed ^ PORTRAIT_DIE), job.defects);
    let brief = Brief {
        person: &person,
        education: None,
        career: None,
        left_out: &[],
        split: job.split,
        today: job.today,
        tampered: job.tampered || flawed,
        altered: job.altered,
        face_seed: rng.random(),
    };
    let drawn = documents::draw(job.kind, &brief, rng);
    let capture = Capture {
        level: job.level,
        split: job.split,
        effect: job.effect,
        source: job.source,
        resembling: job.resembling,
        edited: job.edited,
        screens: true,
        today: job.today,
        limits: job.limits,
        maps: job.maps,
    };
    let name = format!("{:05}_{}_{}", job.index, drawn.kind, job.level.as_str());
    let Made { mut line, bytes, map } = capture.take(drawn, &name, rng);
    if !job.history {
        return Made { line, bytes, map };
    }
    let extension = match line.file.rsplit('.').next() {
        Some("pdf") => "pdf",
        Some("png") => "png",
        _ => "jpg",
    };
    let aged = history::apply(bytes, extension, rng);
    if aged.is_forged() {
        line.findings.insert("alteration.editor_metadata".to_owned());
    }
    line.effect = Some(aged.name);
    line.file = format!("{name}.{}", aged.extension);
    Made { line, bytes: aged.bytes, map }
}

/// How a drawn document becomes a file.
pub struct Capture {
    pub level: Level,
    pub split: Split,
    pub effect: Option<Effect>,
    pub source: Option<Source>,
    /// Honest pictures have what resembles a screen or a copy, and go the ways that pictures go.
    pub resembling: bool,
    /// The picture goes through an editor or a messenger.
    pub edited: bool,
    /// Now and then what is photographed is a screen that shows the paper.
    pub screens: bool,
    pub today: Date,
    pub limits: Limits,
    pub maps: bool,
}

struct Taken {
    bytes: Vec<u8>,
    extension: &'static str,
    quad: Option<Quad>,
    legibility: Vec<(String, Legibility)>,
    map: Option<RgbImage>,
    /// What an editor needs to know of a photo or scan.
    photo: Option<Photo>,
}

/// How a photo shows its sheet.
struct Photo {
    exif: Option<Exif>,
    surface: Surface,
    /// Em of the smallest field text, px.
    em: f32,
}

impl Capture {
    /// Takes the document; the file is called `name` with its extension.
    pub fn take(&self, mut drawn: Drawn, name: &str, rng: &mut ChaCha8Rng) -> Made {
        if self.source == Some(Source::Photocopy) {
            drawn.canvas.copied = true;
            drawn.truth.finding(Source::Photocopy.code());
        }
        let mut taken = match self.level {
            _ if drawn.kind == DocumentKind::PortraitPhoto => {
                let (bytes, extension) = portrait_file(&drawn, rng);
                Taken { bytes, extension, quad: None, legibility: Vec::new(), map: None, photo: None }
            }
            Level::Screenshot => {
                // Reports are looked at on screens; every other paper is wanted itself.
                if drawn.kind != DocumentKind::ChsiReport {
                    drawn.truth.finding("source.screenshot");
                }
                let (image, quad) = screenshot::take(&drawn.canvas, self.split, rng);
                let png = chance(rng, 0.55);
                let bytes = if png {
                    encode::png(&image)
                } else {
                    encode::jpeg(&image, rng.random_range(70..95), None)
                };
                Taken {
                    bytes,
                    extension: if png { "png" } else { "jpg" },
                    quad: Some(quad),
                    legibility: Vec::new(),
                    map: None,
                    photo: None,
                }
            }
            Level::Pdf => {
                let layered = drawn.kind == DocumentKind::ChsiReport && chance(rng, 0.7) || chance(rng, 0.3);
                let bytes = if layered {
                    pdf::with_text(&drawn.canvas, self.split)
                } else {
                    let (quality, dpi) = (rng.random_range(60..90), rng.random_range(150..260));
                    pdf::of_picture(&drawn.canvas, quality, dpi as f32)
                };
                Taken { bytes, extension: "pdf", quad: None, legibility: Vec::new(), map: None, photo: None }
            }
            _ => self.photograph(&mut drawn, rng),
        };
        let mut truth = drawn.truth;
        let mut edited = self.edited.then(|| self.edit(&mut taken, &drawn.canvas, rng)).flatten();
        let is = |wanted: Legibility| taken.legibility.iter().any(|(_, found)| *found == wanted);
        let must_retake = is(Legibility::Lost) && self.effect.is_some_and(Effect::aims_at_a_field);
        let readable = !is(Legibility::Lost) && !is(Legibility::Doubtful);
        // A field that no one can read has no value, and one that some can demands none.
        for (field, _) in taken.legibility.iter().filter(|(_, found)| *found != Legibility::Clear) {
            truth.fields.remove(field);
        }
        let is_shown = |effect: &Effect| must_retake || !effect.aims_at_a_field();
        if let Some(code) = self.effect.filter(is_shown).and_then(Effect::code) {
            truth.finding(code);
        }
        let lost = taken.legibility.into_iter().filter(|(_, found)| *found == Legibility::Lost);
        let size = Quad::from_rect(Rect::new(0.0, 0.0, drawn.canvas.width, drawn.canvas.height));
        let to_picture = taken.quad.and_then(|quad| Homography::between(&size, &quad));
        let mut alterations: Vec<AlteredLine> = truth
            .alterations
            .into_iter()
            .map(|altered| AlteredLine {
                code: altered.code,
                field: altered.field,
                variant: altered.variant,
                place: [altered.place.left, altered.place.top, altered.place.width(), altered.place.height()],
                quad: to_picture.map(|map| Quad::from_rect(altered.place).map(|p| map.apply(p))),
            })
            .collect();
        let control = edited.as_ref().map(|edited| edited.name);
        let places = edited.as_mut().map(|edited| std::mem::take(&mut edited.places)).unwrap_or_default();
        if let Some(altered) = edited.and_then(|edited| edited.altered) {
            truth.findings.insert(altered.code.to_owned());
            // What it says now was never printed.
            truth.fields.remove(&altered.field);
            alterations.push(altered);
        }
        let line = Line {
            file: format!("{name}.{}", taken.extension),
            slot: if drawn.kind == DocumentKind::Other { DocumentKind::Diploma } else { drawn.kind },
            kind: drawn.kind,
            fields: truth.fields,
            findings: truth.findings,
            quad: taken.quad,
            level: self.level.as_str(),
            layout: drawn.layout,
            font: drawn.font,
            readable,
            must_retake,
            lost: lost.map(|(field, _)| field).collect(),
            alterations,
            places,
            effect: self.effect.map(Effect::as_str).or(control).or(truth.control),
        };
        Made { line, bytes: taken.bytes, map: taken.map }
    }

    /// Edits a photo or scan, or hands it on.
    fn edit(&self, taken: &mut Taken, canvas: &Canvas, rng: &mut ChaCha8Rng) -> Option<edit::Edited> {
        let (photo, quad) = (taken.photo.as_ref()?, taken.quad?);
        let sheet = edit::Sheet { canvas, quad, surface: photo.surface, em: photo.em };
        let mut edited = edit::apply(&taken.bytes, photo.exif.as_ref(), &sheet, self.split, rng);
        taken.bytes = std::mem::take(&mut edited.bytes);
        let factor = edited.factor;
        taken.quad = Some(edit::scaled(quad, factor));
        Some(edited)
    }

    fn photograph(&self, drawn: &mut Drawn, rng: &mut ChaCha8Rng) -> Taken {
        let neighbour =
            (self.effect == Some(Effect::SecondDocument)).then(|| self.neighbour(drawn.kind, rng));
        let subject = Subject { width_mm: drawn.canvas.width, height_mm: drawn.canvas.height };
        let mut settings = Settings::roll(self.level, subject, self.effect, self.split, rng);
        let by_chance = self.screens
            && self.source.is_none()
            && self.effect.is_none()
            && self.level == Level::Phone
            && chance(rng, SCREEN_SHARE);
        if by_chance || self.source == Some(Source::ScreenRecapture) {
            drawn.truth.finding(Source::ScreenRecapture.code());
            return self.recapture(drawn, rng);
        }
        if self.resembling {
            source::resemble(&mut settings, drawn.canvas.width, rng);
            if settings.surface.dots > 0.0 {
                drawn.truth.control = drawn.truth.control.or(Some("control:halftone"));
            }
        }
        settings.quality = settings.quality.min(self.limits.max_quality);
        let take = Take {
            level: self.level,
            split: self.split,
            effect: self.effect,
            text_mm: drawn.text_mm,
            max_side: self.limits.max_side,
            neighbour: neighbour.as_ref(),
            maps: self.maps,
        };
        let mut shot = scene::shoot(&mut drawn.canvas, settings, &take, rng);
        if !self.edited {
            return self.developed(shot, rng);
        }
        shot.image = edit::whole_blocks(&shot.image);
        let photo = Photo { exif: shot.exif.clone(), surface: shot.surface, em: shot.em };
        Taken { photo: Some(photo), ..self.developed(shot, rng) }
    }

    /// A picture of the document on a display is taken.
    fn recapture(&self, drawn: &mut Drawn, rng: &mut ChaCha8Rng) -> Taken {
        let shown = self.shown(drawn, rng);
        let document = shown.quad.bounds();
        let subject = Subject { width_mm: document.width(), height_mm: document.height() };
        let mut settings = Settings::roll(Level::Phone, subject, None, self.split, rng);
        settings.quality = settings.quality.min(self.limits.max_quality);
        let (image, quad) = recapture::take(&shown, &mut settings, self.split, rng);
        let em = drawn.text_mm * pose::density(&quad, drawn.canvas.width, drawn.canvas.height);
        let shot = Shot {
            image,
            quality: settings.quality,
            exif: settings.exif,
            em,
            quad,
            surface: Surface::default(),
            legibility: Vec::new(),
            map: None,
        };
        self.developed(shot, rng)
    }

    /// What the display shows: a page in a browser, or a photo of the paper.
    fn shown(&self, drawn: &mut Drawn, rng: &mut ChaCha8Rng) -> Shown {
        let (width, height) = (drawn.canvas.width, drawn.canvas.height);
        let (image, quad, is_whole) = if chance(rng, 0.3) {
            let (image, quad) = screenshot::take(&drawn.canvas, self.split, rng);
            (image, quad, true)
        } else {
            let subject = Subject { width_mm: width, height_mm: height };
            let mut settings = Settings::roll(Level::Phone, subject, None, self.split, rng);
            // Print of this height in screen pixels is just readable.
            settings.min_em_px = 12.0;
            let take = Take {
                level: Level::Phone,
                split: self.split,
                effect: None,
                text_mm: drawn.text_mm,
                // The height of a window to the width of a sharp monitor.
                max_side: rng.random_range(900..2100),
                neighbour: None,
                maps: false,
            };
            let shot = scene::shoot(&mut drawn.canvas, settings, &take, rng);
            (shot.image, shot.quad, false)
        };
        let em = drawn.text_mm * pose::density(&quad, width, height);
        Shown { image, quad, em, is_whole }
    }

    /// The file of a picture, as the camera wrote it or as it was sent.
    fn developed(&self, shot: Shot, rng: &mut ChaCha8Rng) -> Taken {
        let taken = |bytes, quad| Taken {
            bytes,
            extension: "jpg",
            quad: Some(quad),
            legibility: shot.legibility,
            map: shot.map,
            photo: None,
        };
        if !self.resembling || chance(rng, 0.25) {
            return taken(encode::jpeg(&shot.image, shot.quality, shot.exif.as_ref()), shot.quad);
        }
        let bytes = encode::phone_jpeg(&shot.image, shot.quality, shot.exif.as_ref());
        if chance(rng, 0.65) {
            return taken(bytes, shot.quad);
        }
        // A messenger makes it smaller and leaves no metadata; what it sends is still readable.
        let factor = between(rng, 0.6, 1.0).max((SENT_EM_PX / shot.em).min(1.0));
        let plain = encode::phone_jpeg(&shot.image, shot.quality, None);
        let received = image::load_from_memory(&plain).expect("what was encoded can be decoded").to_rgb8();
        let side = |length: u32| ((length as f32 * factor) as u32).max(1);
        let (width, height) = (side(received.width()), side(received.height()));
        let sent = imageops::resize(&received, width, height, FilterType::Triangle);
        let bytes = encode::phone_jpeg(&sent, rng.random_range(65..=82), None);
        taken(bytes, shot.quad.map(|p| Point::new(p.x * factor, p.y * factor)))
    }

    /// The other card in the picture: the other side of an ID card, or somebody else's paper.
    fn neighbour(&self, kind: DocumentKind, rng: &mut ChaCha8Rng) -> Canvas {
        let person = Person::invent(self.split, self.today, rng);
        let brief = Brief {
            person: &person,
            education: None,
            career: None,
            left_out: &[],
            split: self.split,
            today: self.today,
            tampered: false,
            altered: 0,
            face_seed: rng.random(),
        };
        let kind = match kind {
            DocumentKind::IdCardFront if rng.random_bool(0.8) => DocumentKind::IdCardBack,
            DocumentKind::IdCardBack if rng.random_bool(0.8) => DocumentKind::IdCardFront,
            kind => kind,
        };
        documents::draw(kind, &brief, rng).canvas
    }
}

/// The photo's file and its extension.
fn portrait_file(drawn: &Drawn, rng: &mut ChaCha8Rng) -> (Vec<u8>, &'static str) {
    let flaw = drawn.truth.control.and_then(Flaw::named);
    let image = pdf::flatten(&drawn.canvas.render(Flaw::density(flaw, rng)));
    let mut frame = Frame::from_image(&image);
    sensor::noise(&mut frame, 2.5, 0.4, rng);
    let Some(flaw) = flaw else { return (portrait::sized(&frame.to_image()), "jpg") };
    let image = flaw.disturb(frame.to_image(), rng);
    flaw.file(&image, rng)
}
