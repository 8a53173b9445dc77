//! The plan's file as it is written, before it is checked. `docs/ADDING-A-PLAN.md` explains the keys.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::Message;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlan {
    pub schema: Spanned<String>,
    pub id: Spanned<String>,
    pub version: Spanned<String>,
    pub valid_from: Spanned<String>,
    #[serde(default)]
    pub valid_until: Option<Spanned<String>>,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub title: RawWords,
    pub occupation: Spanned<String>,
    pub applied: Spanned<String>,
    pub level: Spanned<u8>,
    #[serde(default)]
    pub unjudged: Vec<String>,
    pub thresholds: RawThresholds,
    #[serde(default)]
    pub list: BTreeMap<String, RawList>,
    #[serde(default)]
    pub slot: Vec<RawSlot>,
    #[serde(default)]
    pub condition: Vec<RawCondition>,
    #[serde(default)]
    pub message: BTreeMap<String, Spanned<BTreeMap<String, Spanned<RawWords>>>>,
    #[serde(default)]
    pub reason: Vec<RawReason>,
}

/// One sentence in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWords {
    pub zh: Spanned<String>,
    pub en: Spanned<String>,
}

impl RawWords {
    pub fn message(&self) -> Message {
        Message { zh: self.zh.get_ref().clone(), en: self.en.get_ref().clone() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawThresholds {
    pub minimum_working_age_years: Spanned<i16>,
    pub edge_months: Spanned<u32>,
    pub total_tolerance_months: Spanned<u32>,
    pub final_year_months: Spanned<u32>,
    pub photo: RawPhoto,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPhoto {
    pub minimum_bytes: Spanned<u64>,
    pub maximum_bytes: Spanned<u64>,
    pub aspect: Spanned<f64>,
    pub aspect_tolerance: Spanned<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawList {
    pub title: RawWords,
    #[serde(default)]
    pub open: bool,
    pub guide: Spanned<String>,
    pub items: Spanned<Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSlot {
    pub kind: Spanned<String>,
    pub label: RawWords,
    #[serde(default)]
    pub conditions: Vec<Spanned<u8>>,
    #[serde(default = "yes")]
    pub required: bool,
    #[serde(default)]
    pub accepts: Vec<Spanned<String>>,
    pub guide: Spanned<String>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCondition {
    pub number: Spanned<u8>,
    pub title: RawWords,
    pub guide: Spanned<String>,
    #[serde(default)]
    pub work: Option<RawWork>,
    #[serde(default)]
    pub certificate: Option<RawCertificate>,
    #[serde(default)]
    pub education: Option<RawEducation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWork {
    pub months: Spanned<u32>,
    #[serde(default)]
    pub after_certificate: Option<Spanned<bool>>,
    pub lists: Spanned<Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCertificate {
    pub level: Spanned<u8>,
    pub lists: Spanned<Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEducation {
    #[serde(default)]
    pub students: bool,
    #[serde(default)]
    pub school: Vec<RawSchool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSchool {
    pub title: RawWords,
    pub words: Spanned<Vec<String>>,
    pub majors: Spanned<String>,
    #[serde(default)]
    pub chsi: bool,
    #[serde(default)]
    pub student_papers: Vec<Spanned<String>>,
    pub guide: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReason {
    pub codes: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    pub kinds: Vec<Spanned<String>>,
    pub text: RawWords,
    pub action: RawWords,
    pub guide: Spanned<String>,
}
