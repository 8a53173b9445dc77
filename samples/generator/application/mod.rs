//! Whole applications: what was declared, the papers that say so, and, if wanted, one planted fault.

mod fault;

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use jiff::{ToSpan, civil::Date};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};
use vouch::domain::DocumentKind;

pub use fault::FAULTS;

use crate::{
    Arguments,
    documents::{self, Brief},
    sample::{Capture, Made},
    spec::{Level, Split, one_of},
    words::{
        career::Career,
        dates,
        education::{Education, Family},
        person::Person,
    },
};

use DocumentKind::{
    ChsiReport, DeclarationForm, Diploma, EducationCommitment, IdCardBack, IdCardFront, PortraitPhoto,
    PriorCertificate, WorkCommitment,
};

/// The plan that applications are filed under.
const PLAN: &str = "dianzishangwushi-4";

/// What one paper is drawn from.
struct Sheet {
    slot: DocumentKind,
    /// What is drawn; another kind than the slot's is a planted fault.
    kind: DocumentKind,
    level: Level,
    name: &'static str,
    person: Person,
    education: Education,
    career: Career,
    /// Entries of a form that are left blank.
    left_out: Vec<String>,
    /// The day on which the document was issued at the latest.
    today: Date,
    /// The photo's file as a PNG.
    png: bool,
}

/// An application before it is drawn.
struct Draft {
    condition: u8,
    declared: Map<String, Value>,
    sheets: Vec<Sheet>,
    split: Split,
    today: Date,
}

/// Papers of a condition, how each arrives, and its file's name.
fn papers(condition: u8, family: Family) -> Vec<(DocumentKind, Level, &'static str)> {
    let mut papers = vec![
        (IdCardFront, Level::Phone, "id_front"),
        (IdCardBack, Level::Phone, "id_back"),
        (PortraitPhoto, Level::Scan, "photo"),
        (DeclarationForm, Level::Phone, "declaration_form"),
    ];
    if condition == 1 {
        papers.push((PriorCertificate, Level::Phone, "prior_certificate"));
    }
    if condition == 3 {
        papers.push((Diploma, Level::Phone, "diploma"));
        if family.is_higher() {
            papers.push((ChsiReport, Level::Pdf, "chsi_report"));
        }
        papers.push((EducationCommitment, Level::Phone, "education_commitment"));
    } else {
        papers.push((WorkCommitment, Level::Phone, "work_commitment"));
    }
    papers
}

impl Draft {
    /// One invented person's application without a fault.
    fn invent(condition: u8, family: Family, split: Split, today: Date, rng: &mut ChaCha8Rng) -> Self {
        // Graduates are young; who has worked for years is not, and holds a card of adults.
        let ages = if condition == 3 { (24, 28) } else { (28, 34) };
        let birth =
            dates::day_between(dates::years_later(today, -ages.1), dates::years_later(today, -ages.0), rng);
        let person = Person::born(birth, split, rng);
        let education = loop {
            let education = Education::invent(family, &person, split, today, rng);
            if (education.level == "专科" || !family.is_higher()) && education.graduated < today {
                break Education { major: "电子商务".to_owned(), ..education };
            }
        };
        let career = Career::invent(condition, &person, split, today, rng);
        let mut declared = json!({
            "name": person.name,
            "id_number": person.id_number,
            "sex": person.sex(),
            "birth_date": dates::iso(person.birth),
            "phone": person.phone,
            "condition": condition,
            "occupation": "电子商务师",
            "level": 4,
        });
        if condition == 3 {
            declared["school"] = education.school.clone().into();
            declared["major"] = education.major.clone().into();
            declared["graduated_on"] = dates::iso_month(education.graduated).into();
            if family.is_higher() {
                declared["chsi_code"] = education.code.clone().into();
            }
        }
        // Nothing is dated after the submission.
        let submitted = submission(today);
        let sheet = |(slot, level, name): (DocumentKind, Level, &'static str)| Sheet {
            slot,
            kind: slot,
            level,
            name,
            person: person.clone(),
            education: education.clone(),
            career: career.clone(),
            left_out: Vec::new(),
            today: submitted,
            png: false,
        };
        let sheets = papers(condition, family).into_iter().map(sheet).collect();
        let declared = declared.as_object().cloned().unwrap_or_default();
        Self { condition, declared, sheets, split, today }
    }

    /// Draws it into `folder`: `application.json`, the files and `truth.jsonl`.
    fn write(&self, folder: &Path, id: &str, arguments: &Arguments, rng: &mut ChaCha8Rng) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let face_seed = rng.random();
        let (mut files, mut truth) = (Vec::new(), String::new());
        for sheet in &self.sheets {
            let fixed = sheet.slot == sheet.kind;
            let brief = Brief {
                person: &sheet.person,
                education: fixed.then_some(&sheet.education).filter(|_| self.condition == 3),
                career: fixed.then_some(&sheet.career),
                left_out: &sheet.left_out,
                split: self.split,
                today: sheet.today,
                tampered: false,
                altered: 0,
                face_seed,
            };
            let drawn = documents::draw(sheet.kind, &brief, rng);
            let capture = Capture {
                level: sheet.level,
                split: self.split,
                effect: None,
                source: None,
                resembling: false,
                edited: false,
                // A clean application has nothing that a person must look at.
                screens: false,
                today: self.today,
                limits: arguments.limits(),
                maps: false,
            };
            let Made { mut line, mut bytes, .. } = capture.take(drawn, sheet.name, rng);
            line.slot = sheet.slot;
            if sheet.png {
                line.file = format!("{}.png", sheet.name);
                bytes = png(&bytes)?;
            }
            let path = folder.join(&line.file);
            fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
            files.push(json!({"slot": sheet.slot.as_str(), "file": line.file}));
            truth += &serde_json::to_string(&line)?;
            truth.push('\n');
        }
        let application = json!({
            "schema": "vouch.application_input/1",
            "id": id,
            "plan": PLAN,
            "submitted_on": dates::iso(submission(self.today)),
            "declared": self.declared,
            "files": files,
        });
        fs::write(folder.join("application.json"), serde_json::to_string_pretty(&application)? + "\n")?;
        fs::write(folder.join("truth.jsonl"), truth)?;
        Ok(())
    }
}

/// Applications are judged two days after they were submitted.
fn submission(today: Date) -> Date {
    today.saturating_sub(2.days())
}

/// The same picture as a PNG.
fn png(jpeg: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::load_from_memory(jpeg)?.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// Writes one application into `folder`; with `--fault` one that has it.
pub fn write(folder: &Path, arguments: &Arguments) -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(arguments.seed);
    let family = if arguments.condition == 3 { Family::Regular } else { Family::Secondary };
    let mut draft = Draft::invent(arguments.condition, family, arguments.split, arguments.today, &mut rng);
    if let Some(name) = &arguments.fault {
        let fault = FAULTS.iter().find(|fault| fault.name == name);
        fault.with_context(|| format!("no fault is called {name}"))?.plant(&mut draft, &mut rng);
    }
    draft.write(folder, &format!("sample-{:04}", arguments.seed), arguments, &mut rng)
}

/// Writes a set into folders below `out`: `clean` applications without a fault, then one of each fault in
/// turn until there are `count`. `expected.json` in each says which code must be found; none: clean.
pub fn write_set(out: &Path, count: usize, clean: usize, arguments: &Arguments) -> Result<()> {
    for index in 0..count {
        let seed = arguments.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (index as u64 + 1);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let fault = index.checked_sub(clean).map(|planted| &FAULTS[planted % FAULTS.len()]);
        let condition = match fault {
            Some(fault) => one_of(fault.conditions, &mut rng),
            None => (index % 3) as u8 + 1,
        };
        let families: &[Family] = match fault {
            Some(_) => &[Family::Regular],
            None => &[Family::Regular, Family::Secondary, Family::Technical],
        };
        let family = one_of(families, &mut rng);
        let mut draft = Draft::invent(condition, family, arguments.split, arguments.today, &mut rng);
        if let Some(fault) = fault {
            fault.plant(&mut draft, &mut rng);
        }
        let folder = out.join(format!("{index:03}_{}", fault.map_or("clean", |fault| fault.name)));
        draft.write(&folder, &format!("set-{index:03}"), arguments, &mut rng)?;
        let expected = json!({
            "fault": fault.map(|fault| fault.name),
            "code": fault.map(|fault| fault.code),
            "condition": condition,
        });
        fs::write(folder.join("expected.json"), expected.to_string() + "\n")?;
        eprintln!("{}", folder.display());
    }
    Ok(())
}
