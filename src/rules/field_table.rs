//! Every field by paper, side by side.

use std::collections::BTreeSet;

use crate::domain::{Agreement, Application, DocumentReport, Field, FieldRow, PaperValue};

use super::{
    agreement::{DIFFERENT, agree, same},
    case::{SURE, field_of},
    correspondence::CORRESPONDENCES,
    labels,
};

/// Fields of forms that each paper has for itself: comparing them says nothing.
const OWN: [&str; 4] = ["signature", "signed_on", "employer", "graduation_status"];

/// The table: first what several papers state, in the order of [`CORRESPONDENCES`], then the rest by
/// document.
pub fn table(application: &Application, documents: &[DocumentReport]) -> Vec<FieldRow> {
    let mut rows = Vec::new();
    let mut used: BTreeSet<(usize, String)> = BTreeSet::new();
    for row in CORRESPONDENCES {
        let mut cells: Vec<(usize, &str, &Field)> = Vec::new();
        for (index, report) in documents.iter().enumerate() {
            let form = report.kind.is_handwritten_form().then_some(row.field);
            let names = row.papers.iter().filter(|(kind, _)| *kind == report.kind).map(|(_, name)| *name);
            for name in names.chain(form) {
                cells.extend(field_of(report, name).map(|field| (index, name, field)));
            }
        }
        // Diplomas' numbers have two names on forms; the second row is only for who uses that name.
        let is_news = |cell: &(usize, &str, &Field)| !used.contains(&(cell.0, cell.1.to_owned()));
        if !cells.iter().any(is_news) && row.declared.is_none() {
            continue;
        }
        used.extend(cells.iter().map(|(index, name, _)| (*index, (*name).to_owned())));
        let declared = row.declared.and_then(|name| Some((name, application.declared(name)?)));
        rows.extend(field_row(row.field, declared, &cells));
    }
    for (index, report) in documents.iter().enumerate() {
        for name in report.fields.keys().map(|name| name.as_str()) {
            if used.contains(&(index, name.to_owned())) {
                continue;
            }
            // The forms' entries of one name belong together.
            let shared = report.kind.is_handwritten_form() && !OWN.contains(&name);
            let others = documents.iter().enumerate().skip(index + 1);
            let others = others.filter(|(_, other)| shared && other.kind.is_handwritten_form());
            let cells: Vec<(usize, &str, &Field)> = std::iter::once((index, report))
                .chain(others)
                .filter_map(|(index, report)| Some((index, name, field_of(report, name)?)))
                .collect();
            used.extend(cells.iter().map(|(index, name, _)| (*index, (*name).to_owned())));
            rows.extend(field_row(name, None, &cells));
        }
    }
    rows
}

fn field_row(
    name: &str,
    declared: Option<(&str, String)>,
    cells: &[(usize, &str, &Field)],
) -> Option<FieldRow> {
    let mut values: Vec<PaperValue> = Vec::new();
    if let Some((name, value)) = &declared {
        values.push(PaperValue {
            document: None,
            name: (*name).to_owned(),
            value: value.clone(),
            confidence: 1.0,
            page: None,
            quad: None,
        });
    }
    values.extend(cells.iter().map(|(document, name, field)| PaperValue {
        document: Some(*document),
        name: (*name).to_owned(),
        value: field.value.clone(),
        confidence: field.confidence,
        page: Some(field.page),
        quad: field.quad,
    }));
    if values.is_empty() {
        return None;
    }
    let agreement = agreement(declared.as_ref().map(|(_, value)| value.as_str()), cells);
    Some(FieldRow { field: name.to_owned(), label: labels::of(name), agreement, values })
}

fn agreement(declared: Option<&str>, cells: &[(usize, &str, &Field)]) -> Agreement {
    let mut worst =
        if cells.len() + usize::from(declared.is_some()) < 2 { Agreement::Single } else { Agreement::Same };
    let mut note = |equal: bool, differs: bool| {
        if !equal && worst != Agreement::Differs {
            worst = if differs { Agreement::Differs } else { Agreement::Unsure };
        }
    };
    for (at, (_, _, field)) in cells.iter().enumerate() {
        // Stars stand for what a paper hides.
        let hidden = field.value.contains(['*', '＊']);
        if let Some(value) = declared.filter(|_| !hidden) {
            note(agree(value, &field.value), field.confidence >= SURE);
        }
        for (_, _, other) in
            cells.iter().take(at).filter(|(_, _, other)| !hidden && !other.value.contains(['*', '＊']))
        {
            let sure = field.confidence >= SURE && other.confidence >= SURE;
            note(agree(&other.value, &field.value), sure && same(field, other) < DIFFERENT);
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::super::testing::Builder;
    use super::*;

    fn row(builder: &Builder, name: &str) -> FieldRow {
        builder.judge().fields.into_iter().find(|row| row.field == name).unwrap()
    }

    #[test]
    fn papers_stand_side_by_side() {
        let name = row(&Builder::work(2), "name");
        assert_eq!(name.agreement, Agreement::Same);
        let declared = name.values.iter().filter(|value| value.document.is_none()).count();
        assert_eq!((declared, name.values.len()), (1, 4));
        let other = row(&Builder::work(2).set("work_commitment", "name", "李四"), "name");
        assert_eq!(other.agreement, Agreement::Differs);
        let unsure = Builder::work(2).set("work_commitment", "name", "李四").confidence(
            "work_commitment",
            "name",
            0.5,
        );
        assert_eq!(row(&unsure, "name").agreement, Agreement::Unsure);
    }

    #[test]
    fn rows_of_work_are_compared_and_signatures_are_not() {
        assert_eq!(row(&Builder::work(2), "work_history[0].from").values.len(), 2);
        let signatures =
            Builder::work(2).judge().fields.into_iter().filter(|row| row.field == "signed_on").count();
        assert_eq!(signatures, 2);
    }

    #[test]
    fn no_reading_is_left_out() {
        let report = Builder::certificate().judge();
        let shown: usize =
            report.fields.iter().flat_map(|row| &row.values).filter(|v| v.document.is_some()).count();
        let read: usize = report.documents.iter().map(|document| document.fields.len()).sum();
        assert_eq!(shown, read);
    }
}
