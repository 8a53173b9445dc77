//! Handwritten forms: registered and read as `crate::forms` does, then put where an upright document
//! of any other kind stands.

use crate::{
    documents::DocumentReading,
    domain::{DocumentKind, Finding, FindingCode, Homography, Point, Quad, Rect, Severity},
    forensics,
    forms::{self, Claim, FormReading, Outcome, Weight, sheet::Sheet},
    imaging::{DocumentQuad, PageImage},
    inference::InferenceError,
    ocr::TextLine,
};

use super::{Pipeline, upright::Upright};

/// What became of a page that was read as a form.
#[derive(Default)]
pub(super) struct ReadForm {
    pub reading: DocumentReading,
    /// What the ink says about each claim; empty where no form was found.
    pub weights: Vec<Option<Weight>>,
    /// Where ink lies, in pixels of the original page.
    pub ink: Vec<Point>,
}

impl ReadForm {
    /// A page that is no form that can be read.
    fn refused(finding: Finding) -> Self {
        let reading = DocumentReading { fields: Vec::new(), findings: vec![finding] };
        Self { reading, ..Self::default() }
    }
}

impl Pipeline {
    /// Reads a page as a form of `kind`: the sheet takes the place of the upright document, so that
    /// places of the reading are in its pixels; with what the ink says about
    /// each of `claims`. A page that fits no known edition stays as it is.
    pub(super) fn read_form(
        &self,
        kind: DocumentKind,
        page: &PageImage,
        upright: &mut Upright,
        claims: &[Claim],
    ) -> Result<ReadForm, InferenceError> {
        let mut on_page = lines_on_page(upright);
        let mut outcome = forms::read(&page.pixels, &on_page, self.forms.of(kind), &self.reader, claims)?;
        if upright.located && !matches!(outcome, Outcome::Read(_)) {
            // A part of the form may have been taken for the document (a table's frame, a shadow's edge), or the screen that
            // shows it.
            let (width, height) = page.pixels.dimensions();
            let whole = Some((DocumentQuad::whole(width, height), false));
            let within = self.find_within(page, &upright.found).map(|inner| (inner, true));
            for (outline, located) in whole.into_iter().chain(within) {
                let other = self.upright(page, outline, located)?;
                let lines = lines_on_page(&other);
                let again = forms::read(&page.pixels, &lines, self.forms.of(kind), &self.reader, claims)?;
                if matches!(again, Outcome::Read(_)) {
                    (outcome, on_page, *upright) = (again, lines, other);
                    break;
                }
            }
        }
        match outcome {
            Outcome::Read(form) => {
                let altered = self.alterations(&form)?;
                let FormReading { sheet, mut reading, weights, ink, .. } = *form;
                place_sheet(sheet, upright, on_page);
                reading.findings.extend(altered);
                let ink = ink.into_iter().map(|point| page.point_to_original(point)).collect();
                Ok(ReadForm { reading, weights, ink })
            }
            Outcome::Illegible => {
                let finding = Finding::new(
                    FindingCode::FormIllegible,
                    Severity::Review,
                    "表上的印刷文字看不清，无法定位各栏",
                    "Too little of the form's print can be read to find its entries",
                )
                .on_page(0);
                Ok(ReadForm::refused(finding))
            }
            Outcome::NoTemplate { agreement, residual_mm } => {
                let mut finding = Finding::new(
                    FindingCode::FormWrongTemplate,
                    Severity::Reject,
                    format!("不是本计划使用的{}版本", kind.label_zh()),
                    format!("This is no known edition of the {}", kind.label_en()),
                )
                .with_score(f64::from(1.0 - agreement))
                .on_page(0)
                .with_evidence("agreement", f64::from(agreement));
                if let Some(residual) = residual_mm {
                    finding = finding.with_evidence("residual_mm", f64::from(residual));
                }
                Ok(ReadForm::refused(finding))
            }
        }
    }
}

impl Pipeline {
    /// Findings about entries that were altered. Without the network nothing is judged.
    fn alterations(&self, form: &FormReading) -> Result<Vec<Finding>, InferenceError> {
        let Some(net) = &self.traces else { return Ok(Vec::new()) };
        let signals = forensics::examine(&form.sheet, &form.blank, &form.written, net)?;
        Ok(signals
            .into_iter()
            .filter_map(|signal| {
                let field = form.written.get(signal.field)?;
                let (zh, en) = what_was_done(signal.code);
                Some(
                    Finding::new(
                        signal.code,
                        // The rules forbid alterations; whether this is one a person decides.
                        Severity::Review,
                        format!("“{}”处{zh}", field.label),
                        format!("{en} at {}", field.name),
                    )
                    .with_score(f64::from(signal.score))
                    .on_page(0)
                    .at(Quad::from_rect(signal.place))
                    .about(field.name.clone()),
                )
            })
            .collect())
    }
}

/// An alteration in words, in both languages.
const fn what_was_done(code: FindingCode) -> (&'static str, &'static str) {
    match code {
        FindingCode::AlterationStrikeout => ("有划改", "Something was struck out"),
        FindingCode::AlterationCorrectionFluid => {
            ("有涂改液或修正带痕迹", "Correction fluid or tape was used")
        }
        FindingCode::AlterationOverwriting => ("有描改、覆盖书写", "Something was written over"),
        _ => ("有擦除痕迹", "Something was rubbed out"),
    }
}

/// What was read on a document, in the page's pixels.
fn lines_on_page(upright: &Upright) -> Vec<TextLine> {
    let lines = upright.text.lines.iter();
    lines.map(|line| TextLine { quad: line.quad.map(|p| upright.to_page.apply(p)), ..line.clone() }).collect()
}

/// Puts a form's sheet where its upright document stood.
fn place_sheet(sheet: Sheet, upright: &mut Upright, on_page: Vec<TextLine>) {
    let (width, height) = (sheet.pixels.width() as f32, sheet.pixels.height() as f32);
    let corners = Quad::from_rect(Rect::new(0.0, 0.0, width, height));
    let quad = sheet.quad_on_page(&corners);
    let Some(to_page) = Homography::between(&corners, &quad) else { return };
    let Some(from_page) = to_page.inverse() else { return };
    upright.text.lines = on_page
        .into_iter()
        .map(|line| TextLine { quad: line.quad.map(|p| from_page.apply(p)), ..line })
        .collect();
    upright.text.width = width;
    upright.text.height = height;
    upright.pixels = sheet.pixels;
    upright.to_page = to_page;
    upright.found.quad = quad.rotated_clockwise(4 - upright.turns % 4);
    upright.found.aspect = width / height;
    upright.located = true;
}
