//! Labels that stand alone: the value that has to be beside them was not found.

use crate::{
    domain::{DocumentKind, FieldName, Rect},
    ocr::PageText,
};

use super::{
    chsi_report, diploma, enrollment_form,
    labelled::{Entry, Labelled},
    labels::Label,
    passage::quad_of,
    prior_certificate,
};

/// Room between a label and its value's place, in line heights: colons and the label's own blur.
const AFTER_LABEL: f32 = 0.5;
/// How far the place reaches at most, in line heights. Values begin up to eight behind their labels (CHSI reports).
const REACH: f32 = 12.0;
/// What stands within this part of a line's height of the label's middle is in its row.
const SAME_ROW: f32 = 0.5;
/// A field whose label may lawfully stand without a value.
const MAY_BE_EMPTY: &str = "specialty";

/// The place of a value that was not found.
#[derive(Debug, Clone, PartialEq)]
pub struct BareValue {
    pub field: FieldName,
    /// Index of the page among those given.
    pub page: usize,
    /// From behind the label to the next text of its row, in the page's pixels.
    pub place: Rect,
}

fn labels_of(kind: DocumentKind) -> &'static [Label] {
    match kind {
        DocumentKind::PriorCertificate => &prior_certificate::LABELS,
        DocumentKind::EnrollmentForm => &enrollment_form::LABELS,
        DocumentKind::ChsiReport => &chsi_report::LABELS,
        DocumentKind::Diploma => &diploma::LABELS,
        _ => &[],
    }
}

/// Places of the values that `kind` prints beside labels, for labels that were read and have none. Values whose
/// place does not depend on a label (ID cards, running text) are not told.
pub fn bare_values(kind: DocumentKind, pages: &[PageText]) -> Vec<BareValue> {
    let labels = labels_of(kind);
    if labels.is_empty() {
        return Vec::new();
    }
    let labelled = Labelled::read(pages, labels);
    let of_field = |name: &str| !name.is_empty() && name != MAY_BE_EMPTY;
    let mut bare: Vec<BareValue> = Vec::new();
    let has_none = |entry: &Entry| entry.value.is_empty() || kind == DocumentKind::Diploma;
    for entry in labelled.entries.iter().filter(|entry| of_field(entry.label.field) && has_none(entry)) {
        let field = entry.label.field;
        let known = bare.iter().any(|other| other.field.as_str() == field);
        // The same label in two languages, or on two lines: one of them has the value.
        if known || labelled.of(field).any(|other| !has_none(other)) {
            continue;
        }
        let sources = entry.label_glyphs.sources();
        let (Some(quad), Some(source)) = (quad_of(pages, &sources), sources.first()) else { continue };
        let Some(page) = pages.get(source.page) else { continue };
        let label = quad.bounds();
        let (em, middle) = (label.height(), label.center().y);
        let left = label.right + AFTER_LABEL * em;
        let next = page
            .lines
            .iter()
            .map(|line| line.bounds())
            .filter(|line| line.left >= left && (line.center().y - middle).abs() < SAME_ROW * em)
            .map(|line| line.left)
            .fold(left + REACH * em, f32::min);
        // Beside a principal's label comes the school, where the name between them is not seen.
        let beyond = quad_of(pages, &entry.value.sources()).map_or(f32::INFINITY, |quad| quad.bounds().left);
        let place = Rect::new(left, label.top, next.min(page.width).min(beyond), label.bottom);
        if place.width() > em {
            bare.push(BareValue { field: FieldName::new(field), page: source.page, place });
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::layout::drawn;

    fn bare(text: &str) -> Vec<String> {
        let pages = [drawn(text)];
        let found = bare_values(DocumentKind::EnrollmentForm, &pages);
        found.into_iter().map(|value| value.field.to_string()).collect()
    }

    #[test]
    fn a_label_without_its_value_is_bare() {
        assert_eq!(bare("姓名  张三\n性别\n专业  电子商务"), ["sex"]);
        assert_eq!(bare("姓名  张三\n性别  男\n专业  电子商务"), [""; 0]);
    }

    #[test]
    fn the_place_ends_at_the_next_text_of_the_row() {
        let pages = [drawn("姓名  张三\n性别      出生年月  2003.07")];
        let found = bare_values(DocumentKind::EnrollmentForm, &pages);
        let [value] = found.as_slice() else { panic!("{found:?}") };
        let next = pages[0].lines.iter().find(|line| line.text().contains("出生")).unwrap().bounds();
        assert!(value.place.right <= next.left && value.place.width() > 0.0, "{value:?} {next:?}");
    }

    #[test]
    fn the_principals_place_ends_where_the_school_begins() {
        let pages = [drawn("证书编号：123456789012345678\n校（院）长          某某职业学院")];
        let found = bare_values(DocumentKind::Diploma, &pages);
        let principal = found.iter().find(|value| value.field.as_str() == "principal").unwrap();
        let school = pages[0].lines.iter().find(|line| line.text().contains("某某")).unwrap().bounds();
        assert!(principal.place.right <= school.left, "{principal:?} {school:?}");
    }
}
