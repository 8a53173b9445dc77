//! From an order to jobs, and from a job to a file with its truth.

use jiff::civil::Date;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use crate::{
    camera::{
        effect::Effect,
        scene::{self, Take},
        settings::{Settings, Subject},
    },
    documents::{self, Brief},
    spec::{Level, Split, chance},
    truth::Line,
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
    pub today: Date,
}

/// One sample to be made; everything else follows from its seed.
pub struct Job {
    pub index: usize,
    pub seed: u64,
    pub kind: DocumentKind,
    pub level: Level,
    pub split: Split,
    pub effect: Option<Effect>,
    pub tampered: bool,
    pub today: Date,
}

/// Deals kinds in turn, levels and effects by dice.
pub fn plan(order: &Order) -> Vec<Job> {
    let mut rng = ChaCha8Rng::seed_from_u64(order.seed);
    let mut tampered = order.tampered;
    (0..order.count)
        .map(|index| {
            let kind = order.kinds[index % order.kinds.len()];
            let level = if order.level == Level::Mixed { documents::level(kind, &mut rng) } else { order.level };
            let tampers = tampered > 0 && kind.is_id_card();
            tampered -= usize::from(tampers);
            let camera = matches!(level, Level::Phone | Level::Hard | Level::Scan);
            let effect = (!tampers && camera && chance(&mut rng, order.defects)).then(|| Effect::roll(&mut rng));
            Job {
                index,
                seed: order.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (index as u64 + 1),
                kind,
                // Defects of the camera need a camera.
                level: if effect.is_some() { Level::Phone } else { level },
                split: order.split,
                effect,
                tampered: tampers,
                today: order.today,
            }
        })
        .collect()
}

/// Makes the sample: its line of truth and the file's bytes.
pub fn make(job: &Job) -> (Line, Vec<u8>) {
    let mut rng = ChaCha8Rng::seed_from_u64(job.seed);
    let rng = &mut rng;
    let person = Person::invent(job.split, job.today, rng);
    let brief = Brief { person: &person, split: job.split, today: job.today, tampered: job.tampered };
    let mut drawn = documents::draw(job.kind, &brief, rng);
    let neighbour = (job.effect == Some(Effect::SecondDocument)).then(|| neighbour(job, rng));
    let subject = Subject { width_mm: drawn.canvas.width, height_mm: drawn.canvas.height };
    let settings = Settings::roll(job.level, subject, job.effect, job.split, rng);
    let take = Take {
        level: job.level,
        split: job.split,
        effect: job.effect,
        text_mm: drawn.text_mm,
        neighbour: neighbour.as_ref(),
    };
    let shot = scene::shoot(&mut drawn.canvas, settings, &take, rng);
    let mut truth = drawn.truth;
    if let Some(code) = job.effect.and_then(Effect::code) {
        truth.finding(code);
    }
    for field in &shot.lost {
        truth.fields.remove(field);
    }
    let must_retake = job.effect.is_some_and(Effect::loses_a_field);
    let line = Line {
        file: format!("{:05}_{}_{}.jpg", job.index, drawn.kind, job.level.as_str()),
        slot: if drawn.kind == DocumentKind::Other { DocumentKind::Diploma } else { drawn.kind },
        kind: drawn.kind,
        fields: truth.fields,
        findings: truth.findings,
        quad: Some(shot.quad),
        level: job.level.as_str(),
        layout: drawn.layout,
        font: drawn.font,
        readable: !must_retake,
        must_retake,
        effect: job.effect.map(Effect::as_str),
    };
    (line, shot.jpeg)
}

/// The other card in the picture: the other side of an ID card, or somebody else's paper.
fn neighbour(job: &Job, rng: &mut ChaCha8Rng) -> crate::canvas::Canvas {
    let person = Person::invent(job.split, job.today, rng);
    let brief = Brief { person: &person, split: job.split, today: job.today, tampered: false };
    let kind = match job.kind {
        DocumentKind::IdCardFront if rng.random_bool(0.8) => DocumentKind::IdCardBack,
        DocumentKind::IdCardBack if rng.random_bool(0.8) => DocumentKind::IdCardFront,
        kind => kind,
    };
    documents::draw(kind, &brief, rng).canvas
}
