//! An application under its plan, as rules look at it.

use jiff::civil::Date;

use crate::{
    documents::values::id_number::{self, IdNumber},
    domain::{Application, DocumentKind, DocumentReport, Field},
};

use super::{
    condition_stated::{self, Stated},
    month::Month,
    plan::{Condition, Plan},
    register::EmployerRegister,
};

/// Confidence from which a reading decides by itself. Higher sends more to a person, lower lets misread
/// entries reject an applicant; it is where `cross.*` draws its line, too.
pub const SURE: f64 = 0.9;

/// Confidence below which a reading gives rise to no finding of a rule: the document's own
/// `field.low_confidence` shows it to a person anyway, and what it breaks is most likely the reading.
pub const LIKELY: f64 = 0.6;

/// Confidence from which the date beside a signature bounds the periods above it. It is where a reading comes
/// before a person by itself (`field.low_confidence`).
const SIGNED: f64 = 0.8;

/// Everything that a rule may look at.
pub struct Case<'a> {
    pub application: &'a Application,
    pub documents: &'a [DocumentReport],
    pub plan: &'a Plan,
    /// The day that validity and periods are judged by: that of submission.
    pub today: Date,
    pub register: Option<&'a dyn EmployerRegister>,
    /// What the application and its form say about the condition.
    pub stated: Stated,
    /// The condition that it is judged by; `None` when none is stated or the plan has no such.
    pub condition: Option<&'a Condition>,
}

/// A field and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    pub document: usize,
    pub name: &'static str,
    pub field: &'a Field,
}

impl<'a> Case<'a> {
    pub fn new(
        application: &'a Application,
        documents: &'a [DocumentReport],
        plan: &'a Plan,
        today: Date,
        register: Option<&'a dyn EmployerRegister>,
    ) -> Self {
        let stated = condition_stated::stated(application, documents);
        let condition = stated.effective().and_then(|number| plan.condition(number));
        Self { application, documents, plan, today, register, stated, condition }
    }

    /// Documents recognised as of that kind, those in its own slot first.
    pub fn all(&self, kind: DocumentKind) -> impl Iterator<Item = usize> + '_ {
        let of_kind = move |own: bool| {
            let is = move |report: &DocumentReport| report.kind == kind && (report.slot == Some(kind)) == own;
            self.documents.iter().enumerate().filter(move |(_, report)| is(report)).map(|(index, _)| index)
        };
        of_kind(true).chain(of_kind(false))
    }

    pub fn first(&self, kind: DocumentKind) -> Option<usize> {
        self.all(kind).next()
    }

    pub fn kind(&self, document: usize) -> Option<DocumentKind> {
        self.documents.get(document).map(|report| report.kind)
    }

    pub fn field(&self, document: usize, name: &str) -> Option<&'a Field> {
        field_of(self.documents.get(document)?, name)
    }

    /// Every reading of the given fields of the given kinds.
    pub fn readings(&self, places: &[(DocumentKind, &'static str)]) -> Vec<Placed<'a>> {
        let mut found = Vec::new();
        for &(kind, name) in places {
            for document in self.all(kind) {
                if let Some(field) = self.field(document, name) {
                    found.push(Placed { document, name, field });
                }
            }
        }
        found
    }

    /// The surest of them; the earlier of two that are as sure.
    pub fn surest(&self, places: &[(DocumentKind, &'static str)]) -> Option<Placed<'a>> {
        let readings = self.readings(places);
        readings.into_iter().reduce(
            |best, next| {
                if next.field.confidence > best.field.confidence { next } else { best }
            },
        )
    }

    /// Whether a document carries a finding of its own with that code and, where given, field.
    pub fn has_own(&self, document: usize, code: crate::domain::FindingCode, field: Option<&str>) -> bool {
        self.documents.get(document).is_some_and(|report| {
            report.findings.iter().any(|finding| {
                finding.code == code
                    && field.is_none_or(|name| finding.field.as_ref().is_some_and(|f| f.as_str() == name))
            })
        })
    }

    /// The holder's birth: by the ID number on the card, else as papers and the portal say.
    pub fn birth(&self) -> Option<Date> {
        use DocumentKind::{DeclarationForm, IdCardFront, PriorCertificate};
        let numbers =
            [(IdCardFront, "id_number"), (PriorCertificate, "id_number"), (DeclarationForm, "id_number")];
        let number = self.surest(&numbers).filter(|placed| placed.field.confidence >= SURE);
        let number = number
            .map(|placed| placed.field.value.clone())
            .or_else(|| self.application.declared("id_number"));
        let of_number = number
            .and_then(|text| IdNumber::parse(&text).ok())
            .and_then(|number| id_number::birth_date(number.as_str()));
        of_number.or_else(|| {
            let dates = [(IdCardFront, "birth_date"), (DeclarationForm, "birth_date")];
            let read = self.surest(&dates).filter(|placed| placed.field.confidence >= SURE);
            let date = read.map(|placed| placed.field.value.clone());
            date.or_else(|| self.application.declared("birth_date"))?.parse().ok()
        })
    }

    /// The month of a paper's signature: as it was read, else as the other forms have it, which are signed
    /// together. The day of submission's where none was read well or it lies ahead.
    pub fn signed(&self, document: usize) -> Month {
        let today = Month::from(self.today);
        let read = |document: usize| {
            let field = self.field(document, "signed_on").filter(|field| field.confidence >= SIGNED)?;
            Month::parse(&field.value).filter(|&month| month <= today)
        };
        let others = || (0..self.documents.len()).filter_map(read).max();
        read(document).or_else(others).unwrap_or(today)
    }
}

/// A field of a report.
pub fn field_of<'a>(report: &'a DocumentReport, name: &str) -> Option<&'a Field> {
    report.fields.iter().find(|(known, _)| known.as_str() == name).map(|(_, field)| field)
}
