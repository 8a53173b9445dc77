//! A plan (认定计划) as data: conditions, slots, lists, thresholds and words, versioned.
//!
//! Nothing about a plan is written in code. A file is read by [`Plan::parse`], which says every fault of
//! it with its line; `docs/ADDING-A-PLAN.md` is the manual.

mod fault;
mod library;
mod raw;
#[cfg(test)]
mod tests;
mod validate;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::{DocumentKind, FindingCode, Message};

pub use fault::{PlanFault, PlanFaults};
pub use library::{PlanError, PlanLibrary};

/// Version of the format of plan files.
pub const PLAN_SCHEMA: &str = "vouch.plan/1";

/// One version of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Its name, also that of its file: `dianzishangwushi-4`.
    pub id: String,
    /// Applications are bound to the version that they were filed under.
    pub version: String,
    /// First day of filing under this version.
    pub valid_from: Date,
    /// Last day of filing under it; `None`: open.
    pub valid_until: Option<Date>,
    /// Other names that applications may call it by.
    pub aliases: Vec<String>,
    /// Lower-case hex of the file's text.
    pub sha256: String,
    pub title: Message,
    /// Occupation that certificates of this plan name.
    pub occupation: String,
    /// List of what may stand in the form's 申报职业（工种）.
    pub applied: String,
    /// Skill level that is applied for, 5 (lowest) to 1.
    pub level: u8,
    /// Fields that no rule looks at: a doubtful reading of one is no matter for a person. `[]` stands for
    /// any row: `work_history[].witness`.
    pub unjudged: Vec<String>,
    pub thresholds: Thresholds,
    /// Lists of occupations and majors by name.
    pub lists: BTreeMap<String, List>,
    pub slots: Vec<Slot>,
    pub conditions: Vec<Condition>,
    /// Texts of findings by rule and word: `work-months` → `short`.
    pub messages: BTreeMap<String, BTreeMap<String, Message>>,
    pub reasons: Vec<Reason>,
}

/// Numbers that a plan sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Completed years of age before which no work counts. Lower accepts child labour, higher loses
    /// lawful work.
    pub minimum_working_age_years: i16,
    /// How many months a total may lie below the requirement and still go to a person rather than be
    /// rejected: counting months is a convention.
    pub edge_months: u32,
    /// How many months the stated total may differ from the sum of the rows, beside rounding.
    pub total_tolerance_months: u32,
    /// How many months before graduation a student may apply (应届).
    pub final_year_months: u32,
    pub photo: PhotoThresholds,
}

/// What the one-inch photo's file must be like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhotoThresholds {
    pub minimum_bytes: u64,
    pub maximum_bytes: u64,
    /// Width over height.
    pub aspect: f64,
    /// Relative deviation of `aspect` that is still accepted, 0 to 1.
    pub aspect_tolerance: f64,
}

/// A list of occupations or majors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub name: String,
    pub title: Message,
    /// Whole names.
    pub items: Vec<String>,
    /// The guide's list ends in 等: what is not on it goes to a person instead of being rejected.
    pub open: bool,
    /// The guide's sentence.
    pub guide: String,
}

/// A document that the plan asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub kind: DocumentKind,
    pub label: Message,
    /// Conditions that need it; empty: all of them.
    pub conditions: Vec<u8>,
    /// Required, or welcome.
    pub required: bool,
    /// Kinds that satisfy it; the first is `kind`.
    pub accepts: Vec<DocumentKind>,
    pub guide: String,
}

impl Slot {
    /// Whether an application under that condition is asked for it. Without a condition only what all
    /// conditions need is.
    pub fn is_of(&self, condition: Option<u8>) -> bool {
        self.conditions.is_empty() || condition.is_some_and(|number| self.conditions.contains(&number))
    }
}

/// One of the conditions under which one may apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub number: u8,
    pub title: Message,
    pub guide: String,
    pub work: Option<WorkRequirement>,
    pub certificate: Option<CertificateRequirement>,
    pub education: Option<EducationRequirement>,
}

/// Work that a condition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRequirement {
    pub months: u32,
    /// Only work after the prior certificate's date of issue counts.
    pub after_certificate: bool,
    /// Names of the lists whose occupations count.
    pub lists: Vec<String>,
}

/// A certificate that a condition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRequirement {
    pub level: u8,
    pub lists: Vec<String>,
}

/// Schooling that a condition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EducationRequirement {
    /// Students in their final year may apply, too.
    pub students: bool,
    /// The first whose words the school's name bears; one without words is for all others.
    pub schools: Vec<SchoolKind>,
}

/// A sort of school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolKind {
    pub title: Message,
    /// Parts of names that tell it.
    pub words: Vec<String>,
    /// Name of the list of majors.
    pub majors: String,
    /// CHSI knows its students and graduates, so a code is asked for.
    pub chsi: bool,
    /// What a student brings instead of a diploma.
    pub student_papers: Vec<DocumentKind>,
    pub guide: String,
}

/// A draft of what the applicant is told about findings (驳回原因).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub codes: Vec<FindingCode>,
    /// Kinds of documents that it is about; empty: any.
    pub kinds: Vec<DocumentKind>,
    /// What is wrong, with `{document}`, `{field}` and `{message}`.
    pub text: Message,
    /// What to do about it.
    pub action: Message,
    pub guide: String,
}

impl Plan {
    /// The condition of that number.
    pub fn condition(&self, number: u8) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.number == number)
    }

    /// Whether `text` is exactly on one of `lists`.
    pub fn lists_name(&self, lists: &[String], text: &str) -> bool {
        self.items(lists).any(|item| item == text)
    }

    /// Everything on `lists`.
    pub fn items<'a>(&'a self, lists: &'a [String]) -> impl Iterator<Item = &'a str> + 'a {
        let listed = lists.iter().filter_map(|name| self.lists.get(name));
        listed.flat_map(|list| list.items.iter().map(String::as_str))
    }

    /// Whether one of `lists` is open (等).
    pub fn any_open(&self, lists: &[String]) -> bool {
        lists.iter().filter_map(|name| self.lists.get(name)).any(|list| list.open)
    }

    /// Whether no rule of the plan looks at that field.
    pub fn is_unjudged(&self, name: &str) -> bool {
        let any_row = match (name.find('['), name.find(']')) {
            (Some(open), Some(close)) if open < close => format!("{}[]{}", &name[..open], &name[close + 1..]),
            _ => name.to_owned(),
        };
        self.unjudged.contains(&any_row)
    }

    /// What a slot of that kind is called in this plan.
    pub fn label(&self, kind: DocumentKind) -> Message {
        let own = self.slots.iter().find(|slot| slot.kind == kind).map(|slot| slot.label.clone());
        own.unwrap_or_else(|| Message { zh: kind.label_zh().to_owned(), en: kind.label_en().to_owned() })
    }

    /// The draft reason for a finding about a document of that kind: one for this very kind before one
    /// for any.
    pub fn reason(&self, code: FindingCode, kind: Option<DocumentKind>) -> Option<&Reason> {
        let of_code = || self.reasons.iter().filter(|reason| reason.codes.contains(&code));
        let own = kind.and_then(|kind| of_code().find(|reason| reason.kinds.contains(&kind)));
        own.or_else(|| of_code().find(|reason| reason.kinds.is_empty()))
    }
}
