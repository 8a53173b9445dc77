//! One whole application for condition 3: what was declared, and the papers that say so.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use jiff::ToSpan;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use vouch::domain::DocumentKind;

use crate::{
    Arguments,
    documents::{self, Brief},
    sample::Capture,
    spec::Level,
    words::{
        dates,
        education::{Education, Family},
        person::Person,
    },
};

/// The papers of condition 3, how each arrives, and its file's name.
const PAPERS: &[(DocumentKind, Level, &str)] = &[
    (DocumentKind::IdCardFront, Level::Phone, "id_front"),
    (DocumentKind::IdCardBack, Level::Phone, "id_back"),
    (DocumentKind::PortraitPhoto, Level::Scan, "photo"),
    (DocumentKind::DeclarationForm, Level::Phone, "declaration_form"),
    (DocumentKind::Diploma, Level::Phone, "diploma"),
    (DocumentKind::ChsiReport, Level::Pdf, "chsi_report"),
    (DocumentKind::EducationCommitment, Level::Phone, "education_commitment"),
];

/// Writes `application.json`, its files and `truth.jsonl` into `folder`.
pub fn write(folder: &Path, arguments: &Arguments) -> Result<()> {
    let (seed, split, today) = (arguments.seed, arguments.split, arguments.today);
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let rng = &mut rng;
    let birth = dates::day_between(dates::years_later(today, -28), dates::years_later(today, -24), rng);
    let person = Person::born(birth, split, rng);
    let education = loop {
        let education = Education::invent(Family::Regular, &person, split, today, rng);
        if education.level == "专科" {
            break Education { major: "电子商务".to_owned(), ..education };
        }
    };
    let face_seed = rng.random();
    let mut files = Vec::new();
    let mut truth = String::new();
    for (kind, level, name) in PAPERS {
        let brief = Brief {
            person: &person,
            education: Some(&education),
            split,
            today,
            tampered: false,
            altered: 0,
            face_seed,
        };
        let drawn = documents::draw(*kind, &brief, rng);
        let capture = Capture { level: *level, split, effect: None, today, limits: arguments.limits() };
        let (line, bytes) = capture.take(drawn, name, rng);
        let path = folder.join(&line.file);
        fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
        files.push(json!({"slot": kind.as_str(), "file": line.file}));
        truth += &serde_json::to_string(&line)?;
        truth.push('\n');
    }
    let application = json!({
        "schema": "vouch.application/1",
        "id": format!("sample-{seed:04}"),
        "plan": "ecommerce-operator-level-4",
        "submitted_on": dates::iso(today.saturating_sub(2.days())),
        "declared": {
            "name": person.name,
            "id_number": person.id_number,
            "sex": person.sex(),
            "birth_date": dates::iso(person.birth),
            "phone": person.phone,
            "condition": 3,
            "occupation": "电子商务师",
            "level": 4,
            "school": education.school,
            "major": education.major,
            "graduated_on": dates::iso_month(education.graduated),
            "chsi_code": education.code,
        },
        "files": files,
    });
    fs::write(folder.join("application.json"), serde_json::to_string_pretty(&application)? + "\n")?;
    fs::write(folder.join("truth.jsonl"), truth)?;
    Ok(())
}
