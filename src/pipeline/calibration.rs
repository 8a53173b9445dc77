//! From the recogniser's certainty to a probability that holds.
//!
//! For each field (shrunk towards its group of fields that are read alike), each answer of the second reader, and with
//! or without corroboration, a monotone piecewise-linear curve, fitted by isotonic regression (pool adjacent
//! violators, Ayer et al. 1955) on documents set aside.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::{Field, Reader};

/// What the second reader said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    NotAsked,
    Agrees,
    Differs,
}

impl Agreement {
    /// What a finished field tells of it: a reader that agrees is listed among its
    /// readers, one that differs makes it disputed.
    pub fn of(field: &Field) -> Self {
        if field.readers.contains(&Reader::Tesseract) {
            Self::Agrees
        } else if field.disputed {
            Self::Differs
        } else {
            Self::NotAsked
        }
    }
}

/// What is known of a reading besides its value.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(from = "(f64, Agreement, bool)", into = "(f64, Agreement, bool)")]
pub struct Evidence {
    /// The recogniser's own probability that every symbol is right.
    pub certainty: f64,
    pub agreement: Agreement,
    /// Whether other print on the paper bears the value out.
    pub corroborated: bool,
}

impl From<(f64, Agreement, bool)> for Evidence {
    fn from((certainty, agreement, corroborated): (f64, Agreement, bool)) -> Self {
        Self { certainty, agreement, corroborated }
    }
}

impl From<Evidence> for (f64, Agreement, bool) {
    fn from(evidence: Evidence) -> Self {
        (evidence.certainty, evidence.agreement, evidence.corroborated)
    }
}

/// A field of a reviewed document: the name it is calibrated under, what was known of it, whether it was right.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Observation(pub String, pub Evidence, pub bool);

impl Evidence {
    /// The evidence of a field that was finished without calibration: its confidence is the certainty.
    pub fn of(field: &Field) -> Self {
        Self {
            certainty: field.confidence,
            agreement: Agreement::of(field),
            corroborated: field.corroborated,
        }
    }

    /// The evidence of a finished field, when its report kept it and no other paper had a part in its value.
    pub fn kept(field: &Field) -> Option<Self> {
        let certainty = field.certainty.filter(|_| field.compared.is_empty())?;
        Some(Self { certainty, ..Self::of(field) })
    }

    fn key(&self, group: &str) -> String {
        let answer = match self.agreement {
            Agreement::NotAsked => "alone",
            Agreement::Agrees => "agrees",
            Agreement::Differs => "differs",
        };
        let support = if self.corroborated { "/corroborated" } else { "" };
        format!("{group}/{answer}{support}")
    }
}

/// Curves by group of fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Calibration {
    curves: BTreeMap<String, Curve>,
}

/// Points (log-odds of certainty, probability of being right), both ascending.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Curve(Vec<(f64, f64)>);

/// Why curves cannot be used.
#[derive(Debug, Error)]
pub enum CalibrationError {
    #[error("{path} could not be read")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path} holds no confidence curves; write it again with `vouch calibrate`, or remove it")]
    Curves {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
}

const BUILT_IN: &str = include_str!("../../models/calibration.json");

impl Calibration {
    /// The curves in `file`, or those that the program ships with where there is no such file.
    ///
    /// # Errors
    /// When the file is there and cannot be read or holds no curves.
    pub fn load(file: &Path) -> Result<Self, CalibrationError> {
        let path = || file.to_owned();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BUILT_IN.to_owned(),
            Err(source) => return Err(CalibrationError::File { path: path(), source }),
        };
        serde_json::from_str(&text).map_err(|source| CalibrationError::Curves { path: path(), source })
    }

    /// The name under which a field of a handwritten form is calibrated: hands are harder than print.
    pub fn handwritten(field: &str) -> String {
        format!("{HANDWRITTEN}{field}")
    }

    /// Probability that a field's value is right. Without a curve the certainty itself stands.
    pub fn confidence(&self, field: &str, evidence: &Evidence) -> f64 {
        let at = log_odds(evidence.certainty);
        let curve = |of: &str| self.curves.get(&evidence.key(of));
        match curve(&own(field)).or_else(|| curve(group(field))).or_else(|| curve(every(field))) {
            Some(curve) => curve.at(at),
            None => evidence.certainty.clamp(0.0, 1.0),
        }
    }

    /// Fits the curves to observations: field, what was known of it, was it right.
    pub fn fit<'a>(observations: impl IntoIterator<Item = (&'a str, Evidence, bool)>) -> Self {
        let mut by_key: BTreeMap<String, Vec<(f64, bool)>> = BTreeMap::new();
        for (field, evidence, right) in observations {
            let at = log_odds(evidence.certainty);
            for of in [own(field).as_str(), group(field), every(field)] {
                by_key.entry(evidence.key(of)).or_default().push((at, right));
            }
        }
        let of_groups: BTreeMap<String, Curve> = by_key
            .iter()
            .filter(|(key, points)| !key.starts_with(OWN) && points.len() >= MIN_OBSERVATIONS)
            .map(|(key, points)| (key.clone(), Curve::isotonic(points.clone(), |_| None)))
            .collect();
        let of_fields = by_key.iter().filter_map(|(key, points)| {
            let (field, evidence) = key.strip_prefix(OWN)?.split_once('/')?;
            let group = of_groups.get(&format!("{}/{evidence}", group(field)));
            let enough = if group.is_some() { MIN_OWN_OBSERVATIONS } else { MIN_OBSERVATIONS };
            let prior = |x: f64| group.map(|curve| curve.at(x));
            (points.len() >= enough).then(|| (key.clone(), Curve::isotonic(points.clone(), prior)))
        });
        let curves = of_fields.chain(of_groups.clone()).collect();
        Self { curves }
    }
}

/// Fewer observations than this say less than the curve of the field's group, or of all fields together.
const MIN_OBSERVATIONS: usize = 100;

/// The same for a field whose group has a curve to begin with.
const MIN_OWN_OBSERVATIONS: usize = 30;

/// Observations that the curve of a field's group stands for beside the field's own. 100 took every level and every
/// nation, of some hundreds without a fault, below 0.99 for the sake of other choices; without any, a field that was
/// seen forty times without one never reaches it.
const GROUP_WEIGHT: f64 = 20.0;

/// One in so many members of a block lies below where its rate begins to hold: pooling ends a block at its luckiest
/// low member. Means of blocks took the lower half of every faultless block down towards the block below.
const LOW_SHARE: usize = 4;

/// Marks the curves of single fields.
const OWN: &str = "field ";

/// The name of a field's own curves, for those that occur often enough; the rows of a table share theirs.
fn own(field: &str) -> String {
    let mut in_index = false;
    let column = field.chars().filter(|&ch| {
        in_index |= ch == '[';
        let is_kept = !in_index;
        in_index &= ch != ']';
        is_kept
    });
    OWN.chars().chain(column).collect()
}

/// Marks fields of handwritten forms.
const HANDWRITTEN: &str = "hand:";

/// Fields that are read alike are calibrated together.
fn group(field: &str) -> &'static str {
    if let Some(field) = field.strip_prefix(HANDWRITTEN) {
        return hand_group(field);
    }
    match field {
        "id_number" | "certificate_number" | "verification_code" => "code",
        "name" | "principal" => "name",
        "sex" | "nation" | "level" | "education_level" | "study_form" | "study_years" | "report_type"
        | "student_status" => "choice",
        "address" | "school" | "major" | "issuer" | "issuing_authority" | "occupation" | "specialty" => {
            "text"
        }
        "qr_url" => "barcode",
        _ => "date",
    }
}

/// The name of the curves of everything that is written like `field`.
fn every(field: &str) -> &'static str {
    if field.starts_with(HANDWRITTEN) { "hand_any" } else { "any" }
}

/// The same for handwriting; rows of a work history by their last part.
fn hand_group(field: &str) -> &'static str {
    match field.rsplit('.').next().unwrap_or(field) {
        "id_number" | "phone" => "hand_number",
        "chsi_code" | "prior_certificate_number" | "certificate_number" | "diploma_number" => "hand_code",
        "name" => "hand_name",
        "condition" | "graduation_status" | "signature" => "hand_mark",
        "sex"
        | "nation"
        | "level"
        | "education_level"
        | "prior_certificate_level"
        | "occupation"
        | "prior_certificate_occupation"
        | "major" => "hand_word",
        "address" | "employer" | "school" | "witness" => "hand_text",
        _ => "hand_date",
    }
}

/// Log-odds of a certainty, cut at ±12: beyond, single-precision probabilities say no more.
fn log_odds(certainty: f64) -> f64 {
    const LIMIT: f64 = 12.0;
    let p = certainty.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln().clamp(-LIMIT, LIMIT)
}

impl Curve {
    /// Rates of blocks of `points`, each together with what `prior` expects there. A block's rate holds from its lower
    /// quartile to its end; between blocks the curve is straight.
    fn isotonic(mut points: Vec<(f64, bool)>, prior: impl Fn(f64) -> Option<f64>) -> Self {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Blocks of (members, rights): equal certainties are one block from the start, since their order says
        // nothing; then blocks are pooled while their rates fall.
        let mut blocks: Vec<(usize, usize)> = Vec::new();
        for equal in points.chunk_by(|a, b| a.0 == b.0) {
            blocks.push((equal.len(), equal.iter().filter(|(_, right)| *right).count()));
            while let [.., a, b] = blocks.as_slice() {
                if (a.1 * b.0) < (b.1 * a.0) {
                    break;
                }
                let merged = (a.0 + b.0, a.1 + b.1);
                blocks.truncate(blocks.len() - 2);
                blocks.push(merged);
            }
        }
        let mut rest = points.as_slice();
        let mut curve = Vec::with_capacity(2 * blocks.len());
        for (count, rights) in blocks {
            let (members, after) = rest.split_at(count);
            rest = after;
            let at = |i: usize| members.get(i).map_or(0.0, |member| member.0);
            let (n, rights) = (count as f64, rights as f64);
            let rate = match prior(at(count / 2)) {
                Some(p) => (rights + GROUP_WEIGHT * p) / (n + GROUP_WEIGHT),
                // Jeffreys' prior, half a right and half a wrong one, keeps a few documents from claiming certainty.
                None => (rights + 0.5) / (n + 1.0),
            };
            let (low, high) = (at(count / LOW_SHARE), at(count - 1));
            curve.push((low, rate));
            if high > low {
                curve.push((high, rate));
            }
        }
        Self(curve).made_monotone()
    }

    /// Smoothing small blocks may have put a lower value after a higher one.
    fn made_monotone(mut self) -> Self {
        let mut least = 0.0_f64;
        for point in &mut self.0 {
            least = least.max(point.1);
            point.1 = least;
        }
        self
    }

    fn at(&self, x: f64) -> f64 {
        let after = self.0.partition_point(|point| point.0 < x);
        match (after.checked_sub(1).and_then(|i| self.0.get(i)), self.0.get(after)) {
            (Some(a), Some(b)) if b.0 > a.0 => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0),
            (Some(end), _) | (None, Some(end)) => end.1,
            (None, None) => 0.5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(certainty: f64, corroborated: bool) -> Evidence {
        Evidence { certainty, agreement: Agreement::NotAsked, corroborated }
    }

    #[test]
    fn an_overconfident_reader_is_brought_down_unless_borne_out() {
        let observations: Vec<_> = (0..400)
            .map(|i| ("name", seen(0.95, false), i % 4 != 0))
            .chain((0..400).map(|_| ("name", seen(0.95, true), true)))
            .collect();
        let calibration = Calibration::fit(observations);
        assert!((calibration.confidence("name", &seen(0.95, false)) - 0.75).abs() < 0.02);
        assert!(calibration.confidence("name", &seen(0.95, true)) > 0.99);
    }

    #[test]
    fn a_seldom_field_leans_on_its_group_and_a_bad_one_does_not() {
        let many = (0..2000).map(|_| ("birth_date", seen(0.99, false), true));
        let few = (0..40).map(|_| ("issued_on", seen(0.99, false), true));
        let bad = (0..300).map(|i| ("enrolled_on", seen(0.99, false), i % 5 != 0));
        let calibration = Calibration::fit(many.chain(few).chain(bad).collect::<Vec<_>>());
        let of = |field| calibration.confidence(field, &seen(0.99, false));
        assert!(of("birth_date") > of("issued_on") && of("issued_on") > of("enrolled_on"));
        assert!(of("enrolled_on") < 0.87, "{}", of("enrolled_on"));
    }

    #[test]
    fn the_rows_of_a_table_share_their_curves() {
        let field =
            |row: usize, column: &str| Calibration::handwritten(&format!("work_history[{row}].{column}"));
        let fields: Vec<String> = (0..400).map(|i| field(i % 4, "employer")).collect();
        let observed =
            fields.iter().enumerate().map(|(i, field)| (field.as_str(), seen(0.9, false), i % 2 == 0));
        let calibration = Calibration::fit(observed.collect::<Vec<_>>());
        assert_eq!(own(&field(0, "employer")), own(&field(3, "employer")));
        let confidence = calibration.confidence(&field(7, "employer"), &seen(0.9, false));
        assert!((confidence - 0.5).abs() < 0.02, "{confidence}");
    }

    #[test]
    fn curves_come_from_the_file_or_are_those_that_the_program_ships_with() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("calibration.json");
        assert!(!Calibration::load(&file).unwrap().curves.is_empty());
        std::fs::write(&file, "{\"curves\":{}}").unwrap();
        assert!(Calibration::load(&file).unwrap().curves.is_empty());
        std::fs::write(&file, "[]").unwrap();
        assert!(matches!(Calibration::load(&file), Err(CalibrationError::Curves { .. })));
    }

    proptest! {
        #[test]
        fn confidence_never_falls_as_certainty_rises(
            points in prop::collection::vec((0.01..0.999_f64, any::<bool>()), 100..200),
            a in 0.0..1.0_f64,
            b in 0.0..1.0_f64,
        ) {
            let calibration =
                Calibration::fit(points.iter().map(|&(c, right)| ("name", seen(c, false), right)));
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            let of = |c| calibration.confidence("name", &seen(c, false));
            prop_assert!(of(low) <= of(high) + 1e-9);
        }
    }
}
