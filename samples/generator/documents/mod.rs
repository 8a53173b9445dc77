//! One document kind, one file: what it prints, where, and the truth about it.

pub mod certificate;
pub mod chsi;
pub mod diploma;
pub mod enrollment;
pub mod flow;
pub mod form;
pub mod id_back;
pub mod id_front;
pub mod id_style;
pub mod other;
pub mod paper;
pub mod portrait;
pub mod portrait_flaw;

use jiff::civil::Date;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use crate::{
    canvas::Canvas,
    spec::{Level, Split},
    truth::Truth,
    words::{career::Career, education::Education, person::Person},
};

/// A drawn document with the truth about it.
pub struct Drawn {
    pub canvas: Canvas,
    pub kind: DocumentKind,
    pub truth: Truth,
    pub layout: String,
    pub font: String,
    /// Em of the smallest field text, mm.
    pub text_mm: f32,
}

/// What documents are drawn from.
pub struct Brief<'a> {
    pub person: &'a Person,
    /// Fixed when several papers must agree; otherwise each invents its own.
    pub education: Option<&'a Education>,
    /// Work and prior certificate, fixed in the same way.
    pub career: Option<&'a Career>,
    /// Entries of forms that are left blank.
    pub left_out: &'a [String],
    pub split: Split,
    /// The day that validity is judged by.
    pub today: Date,
    /// A deliberate contradiction in what is printed (altered numbers, wrong spans, …).
    pub tampered: bool,
    /// So many entries of a form may be altered, or it bears what looks like that.
    pub altered: usize,
    /// The person's face: the same on all papers.
    pub face_seed: u64,
}

/// How such a document usually arrives.
pub fn level(kind: DocumentKind, rng: &mut ChaCha8Rng) -> Level {
    let shares: [(Level, u32); 5] = match kind {
        DocumentKind::ChsiReport => [
            (Level::Scan, 10),
            (Level::Phone, 30),
            (Level::Hard, 10),
            (Level::Screenshot, 25),
            (Level::Pdf, 25),
        ],
        DocumentKind::PriorCertificate => [
            (Level::Scan, 20),
            (Level::Phone, 48),
            (Level::Hard, 18),
            (Level::Screenshot, 7),
            (Level::Pdf, 7),
        ],
        DocumentKind::PortraitPhoto => {
            [(Level::Scan, 100), (Level::Phone, 0), (Level::Hard, 0), (Level::Screenshot, 0), (Level::Pdf, 0)]
        }
        _ => [
            (Level::Scan, 20),
            (Level::Phone, 58),
            (Level::Hard, 20),
            (Level::Screenshot, 0),
            (Level::Pdf, 2),
        ],
    };
    let mut left = rng.random_range(0..100);
    for (level, share) in shares {
        if left < share {
            return level;
        }
        left -= share;
    }
    Level::Phone
}

/// Draws a document of that kind.
pub fn draw(kind: DocumentKind, brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    match kind {
        DocumentKind::IdCardFront => id_front::draw(brief, rng),
        DocumentKind::IdCardBack => id_back::draw(brief, rng),
        DocumentKind::PortraitPhoto => portrait::draw(brief, rng),
        DocumentKind::DeclarationForm | DocumentKind::WorkCommitment | DocumentKind::EducationCommitment => {
            form::draw(kind, brief, rng)
        }
        DocumentKind::PriorCertificate => certificate::draw(brief, rng),
        DocumentKind::Diploma => diploma::draw(brief, rng),
        DocumentKind::EnrollmentForm => enrollment::draw(brief, rng),
        DocumentKind::ChsiReport => chsi::draw(brief, rng),
        DocumentKind::Other => other::draw(brief, rng),
    }
}
