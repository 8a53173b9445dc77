//! A form as data: the printed text of its blank, its fields with their boxes in mm, their types
//! and vocabularies (`models/forms/*.json`, schema `vouch.form/1`; docs/ADDING-A-FORM.md).

use serde::Deserialize;
use thiserror::Error;

use crate::domain::{DocumentKind, Rect};

use super::requirement::{BadRequirement, Requirement};

/// The schema that this program reads.
pub const SCHEMA: &str = "vouch.form/1";

/// What a field holds, and so how it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    Name,
    /// Free text, or one of a vocabulary.
    Text,
    IdNumber,
    Phone,
    Date,
    /// A year and a month.
    Month,
    /// Letters and digits: certificate numbers, verification codes.
    Code,
    Number,
    /// One of several boxes is marked.
    Choice,
    Signature,
}

/// How the place of a field looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A cell of a table.
    Cell,
    /// An underlined gap in running text.
    Line,
    /// Boxes to mark.
    Boxes,
}

/// Word lists that a field's entries come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vocabulary {
    EducationLevels,
    Levels,
    Majors,
    Nations,
    Occupations,
    Sex,
}

/// What a part of a date holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Year,
    Month,
    Day,
}

/// Printed text of the blank. Places are in mm from the page's top-left corner.
#[derive(Debug, Clone)]
pub struct PrintedText {
    pub text: String,
    pub place: Rect,
}

/// One field of a form.
#[derive(Debug, Clone)]
pub struct FieldDefinition {
    /// The contract's name.
    pub name: String,
    /// mm.
    pub place: Rect,
    pub field_type: FieldType,
    pub shape: Shape,
    /// How the form calls it.
    pub label: String,
    pub vocabulary: Option<Vocabulary>,
    pub required: Requirement,
    /// Whether an entry may take several lines.
    pub multiline: bool,
    /// Whether the contract names it; others are read for checks only.
    pub reported: bool,
    pub parts: Vec<(Part, Rect)>,
    /// Values of a choice with their boxes.
    pub options: Vec<(String, Rect)>,
}

/// A form.
#[derive(Debug, Clone)]
pub struct FormDefinition {
    pub kind: DocumentKind,
    /// The title and others that the same form bears.
    pub titles: Vec<String>,
    pub width_mm: f32,
    pub height_mm: f32,
    pub anchors: Vec<PrintedText>,
    pub fields: Vec<FieldDefinition>,
}

/// Why a definition cannot be used.
#[derive(Debug, Error)]
pub enum DefinitionError {
    #[error("not a form definition: {0}")]
    Json(#[from] serde_json::Error),
    #[error("schema {0:?}, wanted {SCHEMA:?}")]
    Schema(String),
    #[error("{0:?} is no handwritten form of the contract")]
    Kind(String),
    #[error("{what} lies outside of the page or has no area")]
    Place { what: String },
    #[error("field {0} is defined twice")]
    Twice(String),
    #[error("field {field}: {problem}")]
    Field { field: String, problem: &'static str },
    #[error("field {field}: {source}")]
    Requirement {
        field: String,
        #[source]
        source: BadRequirement,
    },
    #[error(
        "{0} printed texts of two or more characters; at least {MIN_ANCHORS} are needed to find the form"
    )]
    FewAnchors(usize),
}

/// Fewer texts than this leave a homography (8 unknowns) without a check.
const MIN_ANCHORS: usize = 8;

#[derive(Deserialize)]
struct RawForm {
    schema: String,
    form: String,
    title: String,
    #[serde(default)]
    title_alternatives: Vec<String>,
    page: RawPage,
    anchors: Vec<RawAnchor>,
    fields: Vec<RawField>,
}

#[derive(Deserialize)]
struct RawPage {
    width_mm: f32,
    height_mm: f32,
}

#[derive(Deserialize)]
struct RawAnchor {
    text: String,
    #[serde(rename = "box")]
    place: [f32; 4],
}

#[derive(Deserialize)]
struct RawField {
    field: String,
    #[serde(rename = "box")]
    place: [f32; 4],
    #[serde(rename = "type")]
    field_type: FieldType,
    shape: Shape,
    #[serde(default)]
    label: String,
    vocabulary: Option<Vocabulary>,
    required: Option<String>,
    #[serde(default)]
    multiline: bool,
    #[serde(default)]
    contract: bool,
    #[serde(default)]
    parts: Vec<RawPart>,
    #[serde(default)]
    options: Vec<RawOption>,
}

#[derive(Deserialize)]
struct RawPart {
    part: Part,
    #[serde(rename = "box")]
    place: [f32; 4],
}

#[derive(Deserialize)]
struct RawOption {
    value: serde_json::Value,
    #[serde(rename = "box")]
    place: [f32; 4],
}

fn rect([x, y, w, h]: [f32; 4]) -> Rect {
    Rect::new(x, y, x + w, y + h)
}

impl FormDefinition {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn from_json(json: &str) -> Result<Self, DefinitionError> {
        let raw: RawForm = serde_json::from_str(json)?;
        if raw.schema != SCHEMA {
            return Err(DefinitionError::Schema(raw.schema));
        }
        let kind = raw
            .form
            .parse::<DocumentKind>()
            .ok()
            .filter(|kind| kind.is_handwritten_form())
            .ok_or(DefinitionError::Kind(raw.form))?;
        let page = Rect::new(0.0, 0.0, raw.page.width_mm, raw.page.height_mm);
        let place = |place: [f32; 4], what: &str| {
            let place = rect(place);
            let inside = place.area() > 0.0 && (place.intersection(page).area() - place.area()).abs() < 0.5;
            if inside { Ok(place) } else { Err(DefinitionError::Place { what: what.to_owned() }) }
        };
        let anchors = raw
            .anchors
            .into_iter()
            .map(|anchor| Ok(PrintedText { place: place(anchor.place, &anchor.text)?, text: anchor.text }))
            .collect::<Result<Vec<_>, DefinitionError>>()?;
        let useful = anchors.iter().filter(|anchor| anchor.text.chars().count() >= 2).count();
        if useful < MIN_ANCHORS {
            return Err(DefinitionError::FewAnchors(useful));
        }
        let mut fields: Vec<FieldDefinition> = Vec::with_capacity(raw.fields.len());
        for field in raw.fields {
            if fields.iter().any(|known| known.name == field.field) {
                return Err(DefinitionError::Twice(field.field));
            }
            fields.push(field.checked(&place)?);
        }
        Ok(Self {
            kind,
            titles: std::iter::once(raw.title).chain(raw.title_alternatives).collect(),
            width_mm: raw.page.width_mm,
            height_mm: raw.page.height_mm,
            anchors,
            fields,
        })
    }

    pub fn field(&self, name: &str) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl RawField {
    fn checked(
        self,
        place: &impl Fn([f32; 4], &str) -> Result<Rect, DefinitionError>,
    ) -> Result<FieldDefinition, DefinitionError> {
        let problem = |problem| DefinitionError::Field { field: self.field.clone(), problem };
        if (self.field_type == FieldType::Choice) == self.options.is_empty() {
            return Err(problem("a choice has options, and only a choice"));
        }
        let kinds: Vec<Part> = self.parts.iter().map(|part| part.part).collect();
        let parts_fit = match self.field_type {
            FieldType::Date => kinds.is_empty() || kinds == [Part::Year, Part::Month, Part::Day],
            FieldType::Month => kinds.is_empty() || kinds == [Part::Year, Part::Month],
            _ => kinds.is_empty(),
        };
        if !parts_fit {
            return Err(problem("the parts are year, month (and day for a date), in this order"));
        }
        let required = match &self.required {
            None => Requirement::default(),
            Some(text) => Requirement::parse(text)
                .map_err(|source| DefinitionError::Requirement { field: self.field.clone(), source })?,
        };
        let name = self.field.as_str();
        Ok(FieldDefinition {
            place: place(self.place, name)?,
            field_type: self.field_type,
            shape: self.shape,
            label: self.label,
            vocabulary: self.vocabulary,
            required,
            multiline: self.multiline,
            reported: self.contract,
            parts: self
                .parts
                .iter()
                .map(|part| Ok((part.part, place(part.place, name)?)))
                .collect::<Result<_, DefinitionError>>()?,
            options: self
                .options
                .iter()
                .map(|option| {
                    let value = match &option.value {
                        serde_json::Value::String(text) => text.clone(),
                        other => other.to_string(),
                    };
                    Ok((value, place(option.place, name)?))
                })
                .collect::<Result<_, DefinitionError>>()?,
            name: self.field,
        })
    }
}
