//! Invented applications for the tests of rules: complete and without a fault, to be broken one way at a
//! time.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use crate::{
    documents::values::id_number,
    domain::{
        Application, ApplicationReport, Comparison, CrossFinding, DocumentKind, DocumentReport, Field,
        FieldName, Finding, MediaType, Outcome, PageReport, Point, Quad, QualityMeasures, SCHEMA, Severity,
    },
};

use super::{
    Bench, EmployerRegister, Plan, PlanLibrary, assemble,
    month::{Month, Period, inclusive, union},
};

use DocumentKind::{
    ChsiReport, DeclarationForm, Diploma, EducationCommitment, IdCardBack, IdCardFront, PortraitPhoto,
    PriorCertificate, WorkCommitment,
};

/// The day of submission.
pub const TODAY: Date = date(2026, 11, 24);

/// Confidence of everything that was read, unless a test says otherwise.
const CONFIDENCE: f64 = 0.99;

/// A field on the first page.
pub fn field(value: &str, confidence: f64) -> Field {
    Field {
        value: value.to_owned(),
        text: value.to_owned(),
        confidence,
        page: 0,
        quad: Some(Quad([(0.0, 0.0), (9.0, 0.0), (9.0, 5.0), (0.0, 5.0)].map(|(x, y)| Point::new(x, y)))),
        readers: Vec::new(),
        certainty: None,
        disputed: false,
        corroborated: false,
        compared: Vec::new(),
        alternatives: Vec::new(),
    }
}

/// An application that is being made up.
#[derive(Clone)]
pub struct Builder {
    plan: Plan,
    application: Application,
    documents: Vec<(String, DocumentReport)>,
}

impl Builder {
    /// Condition 2: work alone.
    pub fn work(condition: u8) -> Self {
        let plan = PlanLibrary::built_in().unwrap().get("dianzishangwushi-4").unwrap().clone();
        let number = "11010519901212002";
        let number = format!("{number}{}", id_number::check_character(number).unwrap());
        let application = serde_json::json!({
            "id": "t", "plan": "dianzishangwushi-4", "submitted_on": "2026-11-24",
            "declared": {
                "name": "张三", "id_number": number, "sex": "女", "birth_date": "1990-12-12",
                "condition": condition, "occupation": "电子商务师", "level": 4,
            },
        });
        let mut builder =
            Self { plan, application: serde_json::from_value(application).unwrap(), documents: Vec::new() };
        let person = [("name", "张三"), ("id_number", number.as_str())];
        builder.add(IdCardFront, &person);
        builder.add(IdCardBack, &[("valid_from", "2018-01-01"), ("valid_until", "2038-01-01")]);
        builder.add(PortraitPhoto, &[]);
        for kind in [DeclarationForm, WorkCommitment] {
            builder.add(kind, &person);
            for (name, value) in [("occupation", "电子商务师"), ("level", "4"), ("signed_on", "2026-11-20")]
            {
                builder = builder.set(kind.as_str(), name, value);
            }
        }
        builder = builder.set("id_card_front", "sex", "女").set("id_card_front", "birth_date", "1990-12-12");
        builder = builder.set("declaration_form", "condition", &condition.to_string());
        builder.rows(&[("2012-01", "2024-01", "营销员")])
    }

    /// Condition 1: a certificate of June 2020, then work.
    pub fn certificate() -> Self {
        let mut builder = Self::work(1);
        let number = "S000011000012205000001";
        builder.add(
            PriorCertificate,
            &[
                ("name", "张三"),
                ("occupation", "电子商务师"),
                ("level", "5"),
                ("certificate_number", number),
                ("issued_on", "2020-06-10"),
            ],
        );
        for (name, value) in [
            ("prior_certificate_occupation", "电子商务师"),
            ("prior_certificate_level", "5"),
            ("prior_certificate_number", number),
            ("prior_certificate_issued_on", "2020-06-10"),
        ] {
            builder = builder.set("declaration_form", name, value);
        }
        builder.rows(&[("2020-07", "2026-06", "营销员")])
    }

    /// Condition 3: a graduate of a college.
    pub fn graduate() -> Self {
        let mut builder = Self::work(3).rows(&[]).drop("work_commitment");
        let form = [("name", "张三"), ("signed_on", "2026-11-20"), ("graduation_status", "graduated")];
        builder.add(EducationCommitment, &form);
        builder.add(Diploma, &[("name", "张三")]);
        builder
            .set("declaration_form", "chsi_code", "ATEST23456789ABC")
            .schooling("某某职业技术学院", "电子商务")
            .graduation("2020-07")
            .enrolment("2017-09")
    }

    /// Condition 3: a student of a college in the last year, with an enrolment report in the diploma's slot.
    pub fn student() -> Self {
        let mut builder = Self::graduate().drop("diploma");
        builder.add(
            ChsiReport,
            &[("report_type", "enrolment_verification"), ("student_status", "在籍（注册学籍）")],
        );
        builder.document("chsi_report").slot = Some(Diploma);
        builder
            .set("education_commitment", "graduation_status", "student")
            .schooling("某某职业技术学院", "电子商务")
            .graduation("2027-07")
            .enrolment("2024-09")
    }

    fn add(&mut self, kind: DocumentKind, fields: &[(&str, &str)]) {
        let read =
            |(name, value): &(&str, &str)| (FieldName::from((*name).to_owned()), field(value, CONFIDENCE));
        let page = PageReport {
            index: 0,
            width: 250,
            height: 350,
            quad: None,
            rotation: 0,
            quality: QualityMeasures::default(),
        };
        let report = DocumentReport {
            schema: SCHEMA,
            file: format!("{kind}.jpg"),
            sha256: String::new(),
            bytes: 60_000,
            media_type: MediaType::Jpeg,
            slot: Some(kind),
            kind,
            kind_confidence: CONFIDENCE,
            outcome: Outcome::Pass,
            pages: vec![page],
            fields: fields.iter().map(read).collect(),
            findings: Vec::new(),
            detectors: Vec::new(),
            elapsed_ms: BTreeMap::new(),
            pipeline: String::new(),
        };
        self.documents.push((kind.as_str().to_owned(), report));
    }

    fn document(&mut self, paper: &str) -> &mut DocumentReport {
        let known = self.documents.iter_mut().find(|(name, _)| name == paper);
        &mut known.unwrap_or_else(|| panic!("no {paper}")).1
    }

    fn has(&self, paper: &str) -> bool {
        self.documents.iter().any(|(name, _)| name == paper)
    }

    /// Names of the papers, by the kind that they were made as.
    pub fn papers(&self) -> Vec<String> {
        self.documents.iter().map(|(name, _)| name.clone()).collect()
    }

    #[must_use]
    pub fn set(mut self, paper: &str, name: &str, value: &str) -> Self {
        self.document(paper).fields.insert(FieldName::from(name.to_owned()), field(value, CONFIDENCE));
        self
    }

    #[must_use]
    pub fn without(mut self, paper: &str, name: &str) -> Self {
        self.document(paper).fields.retain(|known, _| known.as_str() != name);
        self
    }

    #[must_use]
    pub fn confidence(mut self, paper: &str, name: &str, confidence: f64) -> Self {
        self.document(paper).fields.get_mut(&FieldName::from(name.to_owned())).unwrap().confidence =
            confidence;
        self
    }

    #[must_use]
    pub fn compared(mut self, paper: &str, name: &str, comparison: Comparison) -> Self {
        self.document(paper).fields.get_mut(&FieldName::from(name.to_owned())).unwrap().compared =
            vec![comparison];
        self
    }

    #[must_use]
    pub fn finding(mut self, paper: &str, finding: Finding) -> Self {
        let report = self.document(paper);
        report.findings.push(finding);
        report.outcome = Outcome::of(&report.findings);
        self
    }

    /// Leaves a paper out.
    #[must_use]
    pub fn drop(mut self, paper: &str) -> Self {
        self.documents.retain(|(name, _)| name != paper);
        self
    }

    /// Lets a paper be another kind of document than its slot wants.
    #[must_use]
    pub fn recognised(mut self, paper: &str, kind: DocumentKind) -> Self {
        self.document(paper).kind = kind;
        self
    }

    #[must_use]
    pub fn declared(mut self, name: &str, value: &str) -> Self {
        self.application.declared.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn undeclared(mut self, name: &str) -> Self {
        self.application.declared.remove(name);
        self
    }

    #[must_use]
    pub fn photo(mut self, media_type: MediaType, bytes: u64, (width, height): (u32, u32)) -> Self {
        let report = self.document("portrait_photo");
        (report.media_type, report.bytes) = (media_type, bytes);
        (report.pages[0].width, report.pages[0].height) = (width, height);
        self
    }

    /// These rows of work, from, to and occupation, on both papers, with their total.
    #[must_use]
    pub fn rows(mut self, rows: &[(&str, &str, &str)]) -> Self {
        for paper in ["declaration_form", "work_commitment"] {
            if !self.has(paper) {
                continue;
            }
            self.document(paper).fields.retain(|name, _| !name.as_str().starts_with("work_"));
            for (index, (from, to, occupation)) in rows.iter().enumerate() {
                let parts = [
                    ("from", *from),
                    ("to", *to),
                    ("employer", "北京某某商贸有限公司"),
                    ("occupation", *occupation),
                ];
                for (part, value) in parts {
                    self = self.set(paper, &format!("work_history[{index}].{part}"), value);
                }
            }
            let month = |text: &str| Month::parse(text).unwrap_or_else(|| TODAY.into());
            let periods: Vec<Period> =
                rows.iter().filter_map(|(from, to, _)| Period::new(month(from), month(to))).collect();
            if !rows.is_empty() {
                self = self.set(paper, "work_years", &(inclusive(&union(&periods)) / 12).to_string());
            }
        }
        self
    }

    /// This school and major on every paper that has them.
    #[must_use]
    pub fn schooling(self, school: &str, major: &str) -> Self {
        self.on_education(&[("school", school), ("major", major)])
    }

    #[must_use]
    pub fn graduation(mut self, month: &str) -> Self {
        let places = [
            ("declaration_form", "graduated_on"),
            ("education_commitment", "graduated_on"),
            ("diploma", "graduated_on"),
            ("chsi_report", "expected_graduation"),
        ];
        for (paper, name) in places {
            if self.has(paper) {
                self = self.set(paper, name, month);
            }
        }
        self
    }

    fn enrolment(self, month: &str) -> Self {
        self.on_education(&[("enrolled_on", month)])
    }

    fn on_education(mut self, fields: &[(&str, &str)]) -> Self {
        for paper in ["declaration_form", "education_commitment", "diploma", "chsi_report"] {
            if !self.has(paper) {
                continue;
            }
            for (name, value) in fields {
                self = self.set(paper, name, value);
            }
        }
        self
    }

    /// Under another plan.
    #[must_use]
    pub fn under(mut self, plan: &Plan) -> Self {
        self.plan = plan.clone();
        self
    }

    pub fn judge(&self) -> ApplicationReport {
        self.judge_with(None)
    }

    pub fn judge_with(&self, register: Option<&dyn EmployerRegister>) -> ApplicationReport {
        self.assemble(&Bench { plan: Some(&self.plan), today: TODAY, register }, Vec::new())
    }

    /// With what was found between papers before.
    pub fn judge_after(&self, cross: Vec<CrossFinding>) -> ApplicationReport {
        self.assemble(&Bench { plan: Some(&self.plan), today: TODAY, register: None }, cross)
    }

    pub fn judge_without_plan(&self) -> ApplicationReport {
        self.assemble(&Bench { plan: None, today: TODAY, register: None }, Vec::new())
    }

    fn assemble(&self, bench: &Bench<'_>, cross: Vec<CrossFinding>) -> ApplicationReport {
        let documents = self.documents.iter().map(|(_, report)| report.clone()).collect();
        assemble(&self.application, documents, cross, bench)
    }
}

/// Codes of all findings that a person would see.
pub fn codes(report: &ApplicationReport) -> Vec<&'static str> {
    seen(report).map(|found| found.finding.code.as_str()).collect()
}

/// Rules of all findings that a person would see.
pub fn rules(report: &ApplicationReport) -> Vec<&'static str> {
    seen(report).map(|found| found.rule).collect()
}

fn seen(report: &ApplicationReport) -> impl Iterator<Item = &CrossFinding> {
    report.findings.iter().filter(|found| found.finding.severity > Severity::Info)
}

/// The strictest severity of each code, all findings included.
pub fn severities(report: &ApplicationReport) -> BTreeMap<&'static str, String> {
    let mut strictest: BTreeMap<&str, Severity> = BTreeMap::new();
    for found in &report.findings {
        let known = strictest.entry(found.finding.code.as_str()).or_insert(Severity::Info);
        *known = (*known).max(found.finding.severity);
    }
    let name = |severity: Severity| serde_json::to_value(severity).unwrap().as_str().unwrap().to_owned();
    strictest.into_iter().map(|(code, severity)| (code, name(severity))).collect()
}
