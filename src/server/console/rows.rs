//! What the application page shows of a case, row by row.

use crate::{
    domain::{DocumentReport, Finding, PageReport, Quad, Severity},
    rules::{field_of, label},
    server::{app::App, problem::Problem},
    store::DocumentRow,
};

use super::{
    case::Case,
    mask,
    queue::outcome_text,
    report::{self, PaperValue},
    texts::Language,
};

/// A place that the viewer can show.
pub(super) struct Place {
    /// Which of the pictures.
    pub picture: usize,
    /// Corners for an SVG.
    pub points: String,
    /// The magnified cut.
    pub crop: String,
}

pub(super) struct Picture {
    /// The slot and the page.
    pub label: String,
    /// The slot's name in the contract.
    pub slot: &'static str,
    pub href: String,
    pub width: u32,
    pub height: u32,
    /// The part that is shown at first: the whole page, upright.
    pub view: String,
    /// Degrees by which it is turned to be upright.
    pub turn: i32,
    /// What can be laid over it: its name and where it comes from.
    pub layers: Vec<(&'static str, String)>,
    /// Where its fields stand.
    pub boxes: Vec<FieldBox>,
}

impl Picture {
    /// What turns it upright, for an SVG.
    pub(super) fn transform(&self) -> String {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        format!("rotate({} {} {})", self.turn, width / 2.0, height / 2.0)
    }
}

/// A field on its page, which leads to the field's value.
pub(super) struct FieldBox {
    /// Of the value in the table.
    pub id: String,
    pub label: String,
    /// Corners for an SVG.
    pub points: String,
}

pub(super) struct FindingRow {
    /// Tells it from the others, also in a later report.
    pub key: String,
    pub severity: &'static str,
    pub severity_text: &'static str,
    pub message: String,
    pub paper: String,
    pub code: &'static str,
    /// What was read there.
    pub value: Option<String>,
    pub place: Option<Place>,
    /// The field that it is about.
    pub target: Option<Target>,
    /// Another application that it names.
    pub other: Option<String>,
}

/// A field of a stored document, which a person can bear out or correct.
pub(super) struct Target {
    pub document: String,
    pub field: String,
    /// What the field and the paper are called.
    pub label: String,
    /// What stands there; empty for a value that is shown in full only on request.
    pub value: String,
    /// Nothing was read, so that there is nothing to be borne out.
    pub is_unread: bool,
}

pub(super) struct SlotRow {
    pub label: String,
    /// The slot's name in the contract.
    pub slot: String,
    pub is_missing: bool,
    /// Outcome of the newest document, its text, its version.
    pub standing: Option<(String, &'static str, i64)>,
    /// Its first picture.
    pub picture: Option<usize>,
}

pub(super) struct ValueRow {
    /// Of this value on the page.
    pub id: String,
    pub paper: String,
    pub value: String,
    pub is_masked: bool,
    pub percent: String,
    /// What was read, where a person put another value in its place.
    pub read: Option<String>,
    /// A person saw it.
    pub is_seen: bool,
    pub place: Option<Place>,
    pub target: Option<Target>,
}

pub(super) struct FieldRow {
    pub label: String,
    pub agreement: String,
    pub values: Vec<ValueRow>,
}

/// Pictures of the newest documents, by document and page of the report.
pub(super) async fn pictures(
    app: &App,
    case: &Case,
    language: Language,
) -> Result<Vec<((usize, usize), Picture)>, Problem> {
    let mut pictures = Vec::new();
    let documents = case.report.iter().flat_map(|report| report.documents.iter().enumerate());
    for (index, document) in documents {
        let Some(stored) = case.stored(index) else { continue };
        let name = case.paper(Some(index), language);
        let of_document = document_pictures(app, stored, document, &name).await?;
        pictures.extend(of_document.into_iter().map(|(page, picture)| ((index, page), picture)));
    }
    Ok(pictures)
}

/// Pictures of a document that is called `name`, by page of its report.
pub(super) async fn document_pictures(
    app: &App,
    stored: &DocumentRow,
    document: &DocumentReport,
    name: &str,
) -> Result<Vec<(usize, Picture)>, Problem> {
    let kept = app.store.pictures_of(&stored.id).await?;
    let layers = app.store.layers_of(&stored.id).await?;
    let page_of = |number: i64| document.pages.iter().find(|page| i64::try_from(page.index) == Ok(number));
    let pages = kept.iter().filter_map(|kept| page_of(kept.page));
    let folder = format!("/console/documents/{}/pages", stored.id);
    let picture = |page: &PageReport| {
        let turn = turned_back(page.rotation);
        let (w, h) = (f64::from(page.width), f64::from(page.height));
        let view = if turn % 180 == 0 {
            format!("0 0 {w} {h}")
        } else {
            format!("{} {} {h} {w}", (w - h) / 2.0, (h - w) / 2.0)
        };
        let own = layers.iter().filter(|(number, _)| i64::try_from(page.index) == Ok(*number));
        let own =
            own.map(|(_, kind)| (kind.as_str(), format!("{folder}/{}/layers/{}", page.index, kind.as_str())));
        Picture {
            label: format!("{name} · {}", page.index + 1),
            slot: stored.slot.as_str(),
            href: format!("{folder}/{}/picture", page.index),
            layers: own.collect(),
            width: page.width,
            height: page.height,
            view,
            turn,
            boxes: Vec::new(),
        }
    };
    Ok(pages.map(|page| (page.index, picture(page))).collect())
}

/// Clockwise degrees by which the viewer turns a page that lies turned by `rotation` of its report.
fn turned_back(rotation: u16) -> i32 {
    (360 - i32::from(rotation)).rem_euclid(360)
}

/// The second of the applications that have the same in common.
fn other_application(finding: &Finding) -> Option<String> {
    Some(finding.evidence.get("applications")?.get(1)?.as_str()?.to_owned())
}

pub(super) fn severity_text(language: Language, severity: Severity) -> &'static str {
    let code = if severity == Severity::Info { "pass" } else { severity.as_str() };
    outcome_text(language.texts(), code)
}

impl Case {
    fn place(
        &self,
        pictures: &[((usize, usize), Picture)],
        document: Option<usize>,
        page: Option<usize>,
        quad: Option<Quad>,
    ) -> Option<Place> {
        let (document, page, quad) = (document?, page?, quad?);
        let picture = pictures.iter().position(|(at, _)| *at == (document, page))?;
        let numbers: Vec<String> = quad.0.iter().map(|p| format!("{:.1},{:.1}", p.x, p.y)).collect();
        let id = &self.stored(document)?.id;
        let crop = format!("/console/documents/{id}/crop?page={page}&quad={}", numbers.join(","));
        Some(Place { picture, points: numbers.join(" "), crop })
    }

    pub(super) fn findings(
        &self,
        pictures: &[((usize, usize), Picture)],
        language: Language,
    ) -> Vec<FindingRow> {
        let Some(report) = &self.report else { return Vec::new() };
        let told = report.findings.iter().filter(|found| found.finding.severity > Severity::Info);
        told.map(|found| {
            let finding = &found.finding;
            let field = finding.field.as_ref().map(|field| field.as_str()).unwrap_or_default();
            let key = format!("{} {:?} {field}", finding.code.as_str(), found.document);
            let read =
                found.document.and_then(|index| report.documents.get(index)).zip(finding.field.as_ref());
            let value = read.and_then(|(document, name)| {
                let value = &document.fields.get(name)?.value;
                Some(if mask::is_masked(name.as_str()) { mask::number(value) } else { value.clone() })
            });
            FindingRow {
                key,
                severity: finding.severity.as_str(),
                severity_text: severity_text(language, finding.severity),
                message: language.of(&finding.message),
                paper: found.document.map(|index| self.paper(Some(index), language)).unwrap_or_default(),
                code: finding.code.as_str(),
                value,
                place: self.place(pictures, found.document, finding.page, finding.quad),
                target: found.document.and_then(|index| self.target(index, field, language)),
                other: other_application(finding),
            }
        })
        .collect()
    }

    /// A field of a document of the report, while it can be corrected.
    pub(super) fn target(&self, document: usize, field: &str, language: Language) -> Option<Target> {
        let stored = self.stored(document).filter(|_| self.is_open())?;
        let read = self.report.as_ref()?.documents.get(document)?;
        let value = field_of(read, field).map(|field| field.value.as_str());
        if value.is_none() && !read.kind.has_field(field) {
            return None;
        }
        let value = value.unwrap_or_default();
        Some(Target {
            document: stored.id.clone(),
            field: field.to_owned(),
            label: format!("{} · {}", language.of(&label(field)), self.paper(Some(document), language)),
            value: if mask::is_masked(field) { String::new() } else { value.to_owned() },
            is_unread: value.is_empty(),
        })
    }

    fn value(
        &self,
        row: &report::FieldRow,
        value: &PaperValue,
        pictures: &[((usize, usize), Picture)],
        language: Language,
    ) -> ValueRow {
        let is_masked = mask::is_masked(&row.field);
        let shown = |text: &str| if is_masked { mask::number(text) } else { text.to_owned() };
        let stored = value.document.and_then(|index| self.stored(index));
        let seen = stored.and_then(|stored| self.seen(&stored.id, &value.name));
        let read = seen.filter(|(first, newest)| first.before.as_ref() != Some(&newest.value));
        ValueRow {
            id: String::new(),
            paper: self.paper(value.document, language),
            value: shown(&value.value),
            is_masked,
            percent: match value.document {
                Some(_) if seen.is_none() => format!("{:.1}%", value.confidence * 100.0),
                _ => String::new(),
            },
            read: read.and_then(|(first, _)| first.before.as_deref()).map(shown),
            is_seen: seen.is_some(),
            place: self.place(pictures, value.document, value.page, value.quad),
            target: value.document.and_then(|index| self.target(index, &value.name, language)),
        }
    }

    pub(super) fn fields(&self, pictures: &[((usize, usize), Picture)], language: Language) -> Vec<FieldRow> {
        let rows = self.report.iter().flat_map(|report| &report.fields);
        rows.map(|row| {
            let value = |value: &PaperValue| self.value(row, value, pictures, language);
            FieldRow {
                label: language.of(&row.label),
                agreement: row.agreement.clone(),
                values: row.values.iter().map(value).collect(),
            }
        })
        .collect()
    }

    pub(super) fn slots(&self, pictures: &[((usize, usize), Picture)], language: Language) -> Vec<SlotRow> {
        let t = language.texts();
        let slots = self.report.iter().flat_map(|report| &report.slots);
        slots
            .filter(|slot| slot.required || !slot.documents.is_empty())
            .map(|slot| {
                let newest = self.documents.iter().rfind(|row| row.slot.as_str() == slot.slot);
                SlotRow {
                    label: language.of(&slot.label),
                    slot: slot.slot.clone(),
                    is_missing: slot.required && !slot.satisfied,
                    standing: newest.map(|row| {
                        let outcome = row.outcome.clone().unwrap_or_default();
                        let text = outcome_text(t, &outcome);
                        (outcome, text, row.version)
                    }),
                    picture: slot
                        .documents
                        .iter()
                        .find_map(|index| pictures.iter().position(|(at, _)| at.0 == *index)),
                }
            })
            .collect()
    }
}

/// Numbers the values and puts a box for each on the picture where it stands.
pub(super) fn draw_boxes(fields: &mut [FieldRow], pictures: &mut [((usize, usize), Picture)]) {
    let values = fields.iter_mut().flat_map(|row| row.values.iter_mut().map(|value| (&row.label, value)));
    for (number, (label, value)) in values.enumerate() {
        value.id = format!("value-{number}");
        let Some(place) = &value.place else { continue };
        if let Some((_, picture)) = pictures.get_mut(place.picture) {
            let (id, points) = (value.id.clone(), place.points.clone());
            picture.boxes.push(FieldBox { id, label: label.clone(), points });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_page_is_turned_back() {
        assert_eq!([0, 90, 180, 270].map(turned_back), [0, 270, 180, 90]);
    }
}
