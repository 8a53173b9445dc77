//! Rows of work as papers state them, and the months that count.

use crate::domain::{
    DocumentKind, Field, Listing, Stretch, Verdict, WorkArithmetic, WorkPaper, WorkRowCount,
};

use super::{
    case::{Case, SURE, field_of},
    doubts::{borne_out, contradicted},
    listing::listing,
    month::{Month, Period, exclusive, inclusive, union},
    plan::WorkRequirement,
};

/// The papers that state work, the decisive one first: the form is what is approved, the commitment
/// bears it out.
pub const PAPERS: [DocumentKind; 2] = [DocumentKind::DeclarationForm, DocumentKind::WorkCommitment];

/// One row of work on one paper. A row has at least one entry.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// From 0.
    pub index: usize,
    pub from: Option<&'a Field>,
    pub to: Option<&'a Field>,
    pub employer: Option<&'a Field>,
    pub occupation: Option<&'a Field>,
    /// The probability that both months were read right, counting the other paper where it says the same.
    pub confidence: f64,
    /// The other paper states other months in this row: one of them was misread or is wrong, which is told as
    /// that and as nothing more.
    pub disputed: bool,
    /// The month that 至今 stands for: that of the paper's signature.
    signed: Month,
}

impl<'a> Row<'a> {
    pub fn begins(&self) -> Option<Month> {
        Month::parse(&self.from?.value)
    }

    /// 至今 is the month of the signature.
    pub fn ends(&self) -> Option<Month> {
        let to = self.to?;
        if self.until_now() { Some(self.signed) } else { Month::parse(&to.value) }
    }

    pub fn until_now(&self) -> bool {
        self.to.is_some_and(|to| {
            [&to.value, &to.text].iter().any(|text| text.contains('今') || text.contains("现在"))
        })
    }

    /// `None` while an end is missing, or it ends before it begins.
    pub fn period(&self) -> Option<Period> {
        Period::new(self.begins()?, self.ends()?)
    }

    /// The name of one of its fields.
    pub fn name(&self, part: &str) -> String {
        format!("work_history[{}].{part}", self.index)
    }

    /// The entries by the last part of their names.
    pub fn parts(&self) -> [(&'static str, Option<&'a Field>); 4] {
        [("from", self.from), ("to", self.to), ("employer", self.employer), ("occupation", self.occupation)]
    }
}

/// The rows of one paper, in its order.
pub fn rows<'a>(case: &Case<'a>, document: usize) -> Vec<Row<'a>> {
    let Some(report) = case.documents.get(document) else { return Vec::new() };
    let mut indexes: Vec<usize> = report.fields.keys().filter_map(|name| row_index(name.as_str())).collect();
    indexes.sort_unstable();
    indexes.dedup();
    let signed = case.signed(document);
    let row = |index: usize| {
        let name = |part: &str| format!("work_history[{index}].{part}");
        let part = |part: &str| field_of(report, &name(part));
        let sure = |part: &str| {
            let field = field_of(report, &name(part))?;
            Some(borne_out(case.documents, document, &name(part), field))
        };
        Row {
            index,
            from: part("from"),
            to: part("to"),
            employer: part("employer"),
            occupation: part("occupation"),
            confidence: sure("from").unwrap_or(0.0) * sure("to").unwrap_or(0.0),
            disputed: ["from", "to"].iter().any(|month| {
                part(month).is_some_and(|field| contradicted(case.documents, document, &name(month), field))
            }),
            signed,
        }
    };
    indexes.into_iter().map(row).filter(|row| row.parts().iter().any(|(_, field)| field.is_some())).collect()
}

fn row_index(name: &str) -> Option<usize> {
    let (index, _) = name.strip_prefix("work_history[")?.split_once(']')?;
    index.parse().ok()
}

/// Papers that state work, with their rows.
pub fn papers<'a>(case: &Case<'a>) -> Vec<(usize, Vec<Row<'a>>)> {
    let documents = PAPERS.iter().filter_map(|&kind| case.first(kind));
    documents.map(|document| (document, rows(case, document))).filter(|(_, rows)| !rows.is_empty()).collect()
}

/// The month of the prior certificate's issue: by the certificate, else as the form says.
pub fn certificate_month(case: &Case<'_>) -> Option<Month> {
    use DocumentKind::{DeclarationForm, PriorCertificate};
    let own = case.surest(&[(PriorCertificate, "issued_on")]);
    let stated = || case.surest(&[(DeclarationForm, "prior_certificate_issued_on")]);
    Month::parse(&own.or_else(stated)?.field.value)
}

/// The first month in which the holder is old enough to work.
pub fn first_lawful_month(case: &Case<'_>) -> Option<Month> {
    let birth = Month::from(case.birth()?);
    Some(birth.plus(i32::from(case.plan.thresholds.minimum_working_age_years) * 12))
}

/// The work months under the case's condition, row by row; `None` when it asks for none.
pub fn arithmetic(case: &Case<'_>) -> Option<WorkArithmetic> {
    let requirement = case.condition?.work.as_ref()?;
    let issued = if requirement.after_certificate { certificate_month(case) } else { None };
    let papers: Vec<WorkPaper> = papers(case)
        .iter()
        .map(|(document, rows)| count(case, requirement, issued, *document, rows))
        .collect();
    let undated = requirement.after_certificate && issued.is_none();
    let verdict = match papers.as_slice() {
        [] => Verdict::Unclear,
        // Rejecting takes every paper that states work; passing takes the form.
        papers if papers.iter().all(|paper| paper.verdict == Verdict::NotMet) => Verdict::NotMet,
        [first, ..] if first.verdict == Verdict::Met && !undated => Verdict::Met,
        _ => Verdict::Unclear,
    };
    let until = papers.first().map_or(Month::from(case.today), |paper| case.signed(paper.document));
    Some(WorkArithmetic {
        verdict,
        required_months: requirement.months,
        counted_from: issued.map(|month| month.to_string()),
        counted_until: until.to_string(),
        papers,
    })
}

fn count(
    case: &Case<'_>,
    requirement: &WorkRequirement,
    issued: Option<Month>,
    document: usize,
    rows: &[Row<'_>],
) -> WorkPaper {
    let earliest = [issued, first_lawful_month(case)].into_iter().flatten().max();
    let latest = case.signed(document);
    let (mut listed, mut all) = (Vec::new(), Vec::new());
    let mut counts = Vec::new();
    for row in rows {
        let period = row.period();
        let standing = listing(case.plan, &requirement.lists, row.occupation);
        let kept = period.and_then(|period| period.within(earliest, latest));
        let counts_for_sure = matches!(standing, Listing::Listed | Listing::Likely);
        all.extend(kept);
        listed.extend(kept.filter(|_| counts_for_sure));
        counts.push(WorkRowCount {
            row: row.index,
            employer: row.employer.map(|field| field.value.clone()),
            occupation: row.occupation.map(|field| field.value.clone()),
            from: row.begins().map(|month| month.to_string()),
            to: row.ends().map(|month| month.to_string()),
            until_now: row.until_now(),
            listed: standing,
            months: period.map(Period::months),
            counted: kept.filter(|_| counts_for_sure).map(Period::stretch),
            confidence: row.confidence,
        });
    }
    let stretches = union(&listed);
    let with_unlisted = inclusive(&union(&all));
    let sure = rows.iter().all(|row| row.period().is_some() && row.confidence >= SURE);
    let totals =
        Totals { inclusive: inclusive(&stretches), exclusive: exclusive(&stretches), with_unlisted, sure };
    WorkPaper {
        document,
        rows: counts,
        stretches: stretches.iter().map(|period| period.stretch()).collect::<Vec<Stretch>>(),
        inclusive_months: totals.inclusive,
        exclusive_months: totals.exclusive,
        with_unlisted_months: with_unlisted,
        stated_years: case.field(document, "work_years").and_then(|field| field.value.parse().ok()),
        verdict: totals.verdict(requirement.months, case.plan.thresholds.edge_months),
    }
}

/// What the months of one paper come to.
struct Totals {
    inclusive: u32,
    exclusive: u32,
    with_unlisted: u32,
    /// Every row has both ends, read surely.
    sure: bool,
}

impl Totals {
    /// Met when every way of counting reaches the requirement; not met when none does by more than the
    /// edge, unlisted work included, and the reading is sure; else a person decides.
    fn verdict(&self, required: u32, edge: u32) -> Verdict {
        if self.exclusive >= required {
            Verdict::Met
        } else if self.inclusive + edge >= required || self.with_unlisted + edge >= required || !self.sure {
            Verdict::Unclear
        } else {
            Verdict::NotMet
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Builder;
    use super::*;

    fn verdict(builder: &Builder) -> (Verdict, u32, u32) {
        let work = builder.judge().eligibility.unwrap().work.unwrap();
        (work.verdict, work.papers[0].inclusive_months, work.papers[0].exclusive_months)
    }

    #[test]
    fn the_edge_of_a_month_goes_to_a_person() {
        let with = |from: &str, to: &str| Builder::work(2).rows(&[(from, to, "互联网营销师")]);
        // 72 months are wanted.
        assert_eq!(verdict(&with("2018-01", "2024-01")), (Verdict::Met, 73, 72));
        assert_eq!(verdict(&with("2018-01", "2023-12")), (Verdict::Unclear, 72, 71));
        assert_eq!(verdict(&with("2018-01", "2023-11")), (Verdict::Unclear, 71, 70));
        assert_eq!(verdict(&with("2018-01", "2023-10")), (Verdict::NotMet, 70, 69));
    }

    #[test]
    fn overlaps_count_once_and_unlisted_work_not_at_all() {
        let rows = [("2017-01", "2020-12", "营销员"), ("2019-01", "2022-12", "采购员")];
        assert_eq!(verdict(&Builder::work(2).rows(&rows)), (Verdict::Unclear, 72, 71));
        let rows = [("2017-01", "2020-12", "营销员"), ("2021-01", "2024-12", "保安员")];
        assert_eq!(verdict(&Builder::work(2).rows(&rows)), (Verdict::Unclear, 48, 47));
    }

    #[test]
    fn work_before_the_certificate_does_not_count() {
        let before = Builder::certificate().rows(&[("2015-01", "2021-06", "营销员")]);
        // The certificate was issued in June 2020.
        assert_eq!(verdict(&before), (Verdict::NotMet, 13, 12));
    }

    #[test]
    fn until_now_is_the_month_of_the_signature() {
        let open = Builder::work(2).rows(&[("2019-01", "至今", "营销员")]);
        let work = open.judge().eligibility.unwrap().work.unwrap();
        assert_eq!(work.papers[0].rows[0].to.as_deref(), Some("2026-11"));
        assert!(work.papers[0].rows[0].until_now);
    }

    #[test]
    fn a_doubtful_reading_never_rejects() {
        let unsure = Builder::work(2)
            .rows(&[("2018-01", "2020-10", "营销员")])
            .confidence("declaration_form", "work_history[0].from", 0.5)
            .confidence("work_commitment", "work_history[0].from", 0.5);
        assert_eq!(verdict(&unsure).0, Verdict::Unclear);
    }

    mod properties {
        use std::collections::BTreeSet;

        use proptest::prelude::*;

        use super::*;

        prop_compose! {
            fn any_row()(from in 0i32..200, length in -3i32..90, listed in any::<bool>()) -> (Month, Month, bool) {
                let from = Month::new(2005, 1).plus(from);
                (from, from.plus(length), listed)
            }
        }

        /// The months that count, one by one: listed, from the sixteenth birthday (December 2006) to the
        /// signature (November 2026).
        fn counted(rows: &[(Month, Month, bool)], all: bool) -> BTreeSet<Month> {
            let bounds = Month::new(2006, 12)..=Month::new(2026, 11);
            let months = |from: Month, to: Month| (0..=to.since(from)).map(move |n| from.plus(n));
            let kept = rows.iter().filter(|(_, _, listed)| *listed || all);
            kept.flat_map(|&(from, to, _)| months(from, to)).filter(|month| bounds.contains(month)).collect()
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(64))]

            #[test]
            fn the_arithmetic_counts_every_month_once(rows in prop::collection::vec(any_row(), 1..5)) {
                let texts: Vec<(String, String, &str)> = rows
                    .iter()
                    .map(|(from, to, listed)| {
                        (from.to_string(), to.to_string(), if *listed { "营销员" } else { "保安员" })
                    })
                    .collect();
                let written: Vec<(&str, &str, &str)> =
                    texts.iter().map(|(from, to, occupation)| (from.as_str(), to.as_str(), *occupation)).collect();
                let report = Builder::work(2).rows(&written).judge();
                let work = report.eligibility.unwrap().work.unwrap();
                let paper = &work.papers[0];
                let months = counted(&rows, false);
                prop_assert_eq!(paper.inclusive_months as usize, months.len());
                prop_assert_eq!(paper.with_unlisted_months as usize, counted(&rows, true).len());
                let gaps = months.iter().filter(|month| !months.contains(&month.plus(-1))).count();
                prop_assert_eq!(paper.exclusive_months as usize, months.len() - gaps);
                // Who reaches the months by the strictest count passes; nobody passes by less.
                prop_assert_eq!(work.verdict == Verdict::Met, months.len() - gaps >= 72);
                let reversed = rows.iter().any(|(from, to, _)| from > to);
                let short = counted(&rows, true).len() < 71 && !reversed;
                prop_assert_eq!(work.verdict == Verdict::NotMet, short);
            }
        }
    }
}
