//! One upload through the whole pipeline.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

use crate::{
    barcode::find_codes,
    documents::{DocumentReading, corroborated, portrait_photo},
    domain::{
        DetectorReport, DocumentKind, DocumentReport, Field, FieldName, Finding, FindingCode, Outcome,
        PageReport, Point, Quad, QualityMeasures, SCHEMA, Severity,
    },
    forensics::digital::Heat,
    forms::Claim,
    imaging::{DecodeScale, Opened, PageImage, open, quality::LostPrint, sniff},
    inference::InferenceError,
    ocr::{Code, PageText, TextLine},
};

use super::{
    CheckOptions, Pipeline, digital,
    fields::low_confidence,
    full_size::FullSize,
    hidden, history, kind, portrait,
    proof::{self, Statement},
    quality, second_look, source,
    upright::{Upright, is_text_layer, was_read_as_card},
};

/// A report with the pictures it speaks of, for annotation.
pub struct Checked {
    pub report: DocumentReport,
    /// Decoded pages; quads of the report are in the pixels of the originals (`PageImage::scale`).
    pub pages: Vec<PageImage>,
    /// Where the first page's pixels may have been edited, in the pixels of the original; `None` where that was not judged.
    pub heat: Option<Heat>,
    /// What stands on a handwritten form beyond what its blank prints: its page, and points in pixels of the original.
    pub ink: Option<(usize, Vec<Point>)>,
}

/// Wall-clock time by stage.
#[derive(Default)]
struct Stopwatch(BTreeMap<&'static str, Duration>);

impl Stopwatch {
    fn time<T>(&mut self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        *self.0.entry(stage).or_default() += start.elapsed();
        result
    }

    fn millis(self, total: Duration) -> BTreeMap<Cow<'static, str>, u64> {
        let ms = |d: Duration| u64::try_from(d.as_millis()).unwrap_or(u64::MAX);
        let mut stages: BTreeMap<_, _> =
            self.0.into_iter().map(|(stage, d)| (Cow::Borrowed(stage), ms(d))).collect();
        stages.insert(Cow::Borrowed("total"), ms(total));
        stages
    }
}

/// What the analysis of an opened file yields.
struct Analysis {
    kind: DocumentKind,
    kind_confidence: f64,
    pages: Vec<PageReport>,
    fields: BTreeMap<FieldName, Field>,
    findings: Vec<Finding>,
    detectors: Vec<DetectorReport>,
    heat: Option<Heat>,
    ink: Option<(usize, Vec<Point>)>,
}

impl Pipeline {
    /// Checks one upload. Whatever the bytes are, there is a report; a file that cannot be opened has
    /// the outcome `unreadable` and an `intake.*` finding.
    ///
    /// # Errors
    /// Only when a network fails, which is a fault of the installation, not of the upload.
    pub fn check(&self, name: &str, bytes: &[u8], options: &CheckOptions) -> Result<Checked, InferenceError> {
        let mut checked = self.check_against(name, bytes, options, &[])?;
        let report = &mut checked.report;
        let of_file = portrait::judge_file(report);
        report.findings.extend(of_file);
        rank(report);
        Ok(checked)
    }

    /// The same, entries of a form held against what other papers say.
    ///
    /// # Errors
    /// As [`Pipeline::check`].
    pub fn check_against(
        &self,
        name: &str,
        bytes: &[u8],
        options: &CheckOptions,
        statements: &[Statement],
    ) -> Result<Checked, InferenceError> {
        let start = Instant::now();
        let mut watch = Stopwatch::default();
        let mut report = DocumentReport {
            schema: SCHEMA,
            file: name.to_owned(),
            sha256: crate::domain::hex(&Sha256::digest(bytes)),
            bytes: bytes.len() as u64,
            media_type: sniff(bytes),
            slot: options.slot,
            kind: DocumentKind::Other,
            kind_confidence: 0.0,
            outcome: Outcome::Unreadable,
            pages: Vec::new(),
            fields: BTreeMap::new(),
            findings: Vec::new(),
            detectors: Vec::new(),
            elapsed_ms: BTreeMap::new(),
            pipeline: self.version().to_owned(),
        };
        let (mut heat, mut ink) = (None, None);
        let pages = match watch.time("decode", || open(name, bytes, &self.limits, DecodeScale::READING)) {
            Err(error) => {
                report.findings.push(error.finding());
                Vec::new()
            }
            Ok(opened) => {
                report.media_type = opened.media_type;
                let analysis = self.analyse(bytes, &opened, options, statements, &mut watch)?;
                report.kind = analysis.kind;
                report.kind_confidence = analysis.kind_confidence;
                report.pages = analysis.pages;
                report.fields = analysis.fields;
                report.detectors = analysis.detectors;
                (heat, ink) = (analysis.heat, analysis.ink);
                let found = watch.time("history", || history::find(bytes, &opened, report.kind));
                report.findings = opened.findings;
                report.findings.extend(found);
                report.findings.extend(analysis.findings);
                rank(&mut report);
                opened.pages
            }
        };
        report.elapsed_ms = watch.millis(start.elapsed());
        Ok(Checked { report, pages, heat, ink })
    }

    fn analyse(
        &self,
        bytes: &[u8],
        opened: &Opened,
        options: &CheckOptions,
        statements: &[Statement],
        watch: &mut Stopwatch,
    ) -> Result<Analysis, InferenceError> {
        let mut documents: Vec<(usize, Upright)> = Vec::new();
        for (index, page) in opened.pages.iter().enumerate() {
            let found = watch.time("read", || self.upright_documents(page))?;
            documents.extend(found.into_iter().map(|document| (index, document)));
        }
        let mut findings = Vec::new();
        findings.extend(several_documents(&documents, opened));
        let chosen = choose(&documents, options.slot);
        let (mut kind, mut kind_confidence) = (chosen.kind, chosen.probability);
        // All pages of a PDF are one document; of a picture the chosen one is.
        let mut uprights: Vec<Upright> = Vec::new();
        let mut recognised = opened.pages.len() == 1;
        for (position, (page, upright)) in documents.into_iter().enumerate() {
            if opened.pages.len() == 1 && position != chosen.position {
                continue;
            }
            let reread = was_read_as_card(&upright) && !kind.is_id_card() && upright.text.lines.len() > 3;
            uprights.push(if reread {
                recognised = false;
                watch.time("read", || self.reread_as_page(&opened.pages[page], upright))?
            } else {
                upright
            });
        }
        if !recognised && !kind.is_id_card() {
            (kind, kind_confidence) = kind::recognise(&texts_of(&uprights));
        }
        if kind == DocumentKind::Other
            && (looks_like_portrait(options.slot, &uprights, &opened.pages)
                || watch.time("portrait", || self.shows_a_person(options.slot, &uprights, &opened.pages))?)
        {
            (kind, kind_confidence) = (DocumentKind::PortraitPhoto, portrait_photo::CONFIDENCE);
        }
        if kind == DocumentKind::Other
            && let ([upright], [page]) = (uprights.as_mut_slice(), opened.pages.as_slice())
            && let Some((whole, known, probability)) =
                watch.time("second_look", || self.look_at_whole(page, upright))?
        {
            (*upright, kind, kind_confidence) = (whole, known, probability);
        }
        if kind == DocumentKind::Other
            && let Some(found) = kind::borne_out_by(options.slot, &texts_of(&uprights))
        {
            (kind, kind_confidence) = found;
        }
        if let ([card], [page]) = (uprights.as_mut_slice(), opened.pages.as_slice())
            && let Some(again) = watch.time("second_look", || self.reframed(kind, page, card))?
        {
            *card = again;
        }
        watch.time("codes", || read_codes(kind, &mut uprights, &opened.pages));
        let illegible = kind == DocumentKind::Other && kind::is_illegible(&texts_of(&uprights));
        findings.extend(kind::judge(options.slot, kind, kind_confidence, illegible));
        findings.extend(kind::wrong_template(options.slot, kind, kind_confidence));

        let form_page = uprights.first().and_then(|upright| opened.pages.get(upright.text.page));
        let (mut weights, mut ink) = (Vec::new(), None);
        let mut reading = match (form_page, uprights.first_mut()) {
            (Some(page), Some(upright)) if kind.is_handwritten_form() => {
                let claims: Vec<Claim> = statements.iter().map(|s| s.claim.clone()).collect();
                let form = watch.time("form", || self.read_form(kind, page, upright, &claims))?;
                (weights, ink) = (form.weights, Some((page.index, form.ink)));
                form.reading
            }
            _ => watch.time("fields", || self.read_fields(kind, &mut uprights, options.today))?,
        };
        if !kind.is_handwritten_form() && second_look::is_worthwhile(kind, &reading) {
            watch.time("second_look", || {
                self.look_again(kind, &mut uprights, &mut reading, &opened.pages, options.today)
            })?;
        }
        let place = |document: usize, quad: &Quad| place_on_page(&uprights, &opened.pages, document, quad);
        let mut fields = watch.time("second_reader", || self.fields(&reading, &uprights, place));
        if kind.is_handwritten_form() {
            proof::compare(&mut fields, statements, &weights);
        }
        let full = FullSize::new(bytes, opened, &self.limits);
        let (mut detectors, of_source) =
            watch.time("source", || source::examine(kind, opened, &uprights, &full));
        let is_screen = source::is_screen(&detectors);
        let edits = watch.time("digital", || {
            digital::examine(kind, bytes, opened, &uprights, &reading.fields, &full, is_screen)
        });
        // All of a photo's pixels are not needed any more.
        drop(full);
        detectors.extend(edits.reports);
        let mut qualities = Vec::with_capacity(uprights.len());
        let (mut of_documents, mut hidden) = (Vec::new(), Vec::new());
        let mut losses = Vec::with_capacity(uprights.len());
        let mut evidence = Vec::with_capacity(uprights.len());
        if let (DocumentKind::PortraitPhoto, [page]) = (kind, opened.pages.as_slice()) {
            findings.extend(watch.time("portrait", || self.judge_portrait(page))?);
        }
        if kind != DocumentKind::PortraitPhoto {
            for (index, upright) in uprights.iter().enumerate() {
                let lost = watch.time("quality", || self.lost_print(kind, is_screen, upright))?;
                let sitting =
                    quality::Sitting { index, document: upright, kind, is_screen, lost: lost.as_ref() };
                let (measures, mut found) =
                    watch.time("quality", || quality::judge(&sitting, &reading, &fields));
                if found.iter().all(|finding| finding.severity < Severity::Retake)
                    && let Some(blur) = quality::blur_behind_missing(index, &measures, &reading, illegible)
                {
                    found.retain(|finding| finding.code != FindingCode::QualityBlurred);
                    found.push(blur);
                }
                qualities.push(measures);
                of_documents.extend(found);
                hidden.extend(hidden::find(kind, &upright.pixels, index, &fields));
                evidence.push(quality::evidence(upright));
                losses.push(lost);
            }
        }
        findings.extend(fields.iter().filter_map(|(name, field)| low_confidence(name.as_str(), field)));
        let mut of_reading = reading.findings.clone();
        quality::doubt_places(&mut of_reading, &losses);
        // A field that is missing altogether may be under what lies there, which the network then need not see.
        if !of_reading.iter().any(|finding| finding.code == FindingCode::FieldMissing) {
            quality::doubt_places(&mut hidden, &losses);
        }
        of_documents.extend(hidden);
        of_documents.extend(of_reading);
        let unreadable = illegible && options.slot.is_some();
        quality::blame_missing_fields(&mut of_documents, kind, &reading, &evidence, unreadable);
        findings.extend(of_documents.into_iter().map(|mut finding| {
            let document = finding.page.unwrap_or(0);
            finding.quad = finding.quad.map(|quad| place(document, &quad));
            finding.page = uprights.get(document).map(|upright| upright.text.page);
            finding
        }));
        kind::blame_cut(&mut findings, options.slot, kind);
        kind::doubt_mismatch(&mut findings);
        findings.extend(of_source);
        findings.extend(edits.findings);
        let pages =
            opened.pages.iter().map(|page| page_report(page, &uprights, &qualities, &opened.pages)).collect();
        let heat = edits.heat;
        Ok(Analysis { kind, kind_confidence, pages, fields, findings, detectors, heat, ink })
    }

    /// Where print of a document is lost. A screen's own picture hides none, and where the fields of a kind stand is known
    /// of known kinds only.
    fn lost_print(
        &self,
        kind: DocumentKind,
        is_screen: bool,
        upright: &Upright,
    ) -> Result<Option<LostPrint>, InferenceError> {
        let known = !is_screen && kind != DocumentKind::Other && !is_text_layer(upright);
        let net = self.legibility.as_ref().filter(|_| known);
        net.map(|net| net.look_at(&upright.pixels)).transpose()
    }

    fn fields(
        &self,
        reading: &DocumentReading,
        uprights: &[Upright],
        place: impl Fn(usize, &Quad) -> Quad,
    ) -> BTreeMap<FieldName, Field> {
        let corroborated = corroborated(reading);
        reading
            .fields
            .iter()
            .map(|field| {
                let is_corroborated = corroborated.contains(&field.name);
                (field.name.clone(), self.finish_field(field, is_corroborated, uprights, &place))
            })
            .collect()
    }
}

/// Worst first, as a reviewer wants to see them; the order is otherwise kept. The worst one gives the outcome of a file
/// that could be opened.
fn rank(report: &mut DocumentReport) {
    report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    if !report.pages.is_empty() {
        report.outcome = Outcome::of(&report.findings);
    }
}

/// Which of several documents is taken for the upload.
struct Choice {
    position: usize,
    kind: DocumentKind,
    probability: f64,
}

/// The document of a picture that the slot asks for, or else the one that is best recognised.
fn choose(documents: &[(usize, Upright)], slot: Option<DocumentKind>) -> Choice {
    let mut best = (f64::MIN, Choice { position: 0, kind: DocumentKind::Other, probability: 0.0 });
    for (position, (_, upright)) in documents.iter().enumerate() {
        let (kind, probability) = kind::recognise(std::slice::from_ref(&upright.text));
        let wanted = if slot == Some(kind) { 2.0 } else { 0.0 };
        let known = if kind == DocumentKind::Other { 0.0 } else { 1.0 };
        let rank = wanted + known + probability;
        if rank > best.0 + 1e-6 {
            best = (rank, Choice { position, kind, probability });
        }
    }
    best.1
}

fn texts_of(uprights: &[Upright]) -> Vec<PageText> {
    uprights.iter().map(|upright| upright.text.clone()).collect()
}

/// Looks for QR codes; ID cards have none. On a CHSI report, which always has one, the page as it came
/// is searched, too: the cut-out document may have lost the corner with the code.
fn read_codes(kind: DocumentKind, uprights: &mut [Upright], pages: &[PageImage]) {
    if kind.is_id_card() {
        return;
    }
    for upright in &mut *uprights {
        upright.text.codes = find_codes(&upright.pixels);
    }
    if kind != DocumentKind::ChsiReport || uprights.iter().any(|upright| !upright.text.codes.is_empty()) {
        return;
    }
    for upright in uprights {
        let (Some(page), Some(back)) = (pages.get(upright.text.page), upright.to_page.inverse()) else {
            continue;
        };
        let found = find_codes(&page.pixels).into_iter();
        upright.text.codes =
            found.map(|code| Code { quad: code.quad.map(|p| back.apply(p)), ..code }).collect();
    }
}

fn several_documents(documents: &[(usize, Upright)], opened: &Opened) -> Option<Finding> {
    if opened.pages.len() != 1 || documents.len() < 2 {
        return None;
    }
    let readable = documents.iter().filter(|(_, upright)| is_legible(&upright.text)).count();
    (readable >= 2).then(|| {
        Finding::new(
            FindingCode::CropSeveralDocuments,
            Severity::Review,
            "一张图片里有多份材料，请每张图片只拍一份",
            "There are several documents in one picture; one picture should show one",
        )
        .on_page(0)
        .with_evidence("documents", readable)
    })
}

/// Lines of text, the symbols in each and how sure they are, from which a document counts beside another one: a shadow or a
/// table's grain passes for a line or two, which nobody could read.
const LEGIBLE_LINES: usize = 2;
const LEGIBLE_SYMBOLS: usize = 2;
const LEGIBLE: f32 = 0.8;

fn is_legible(text: &PageText) -> bool {
    let is_read = |line: &&TextLine| line.symbols.len() >= LEGIBLE_SYMBOLS && line.confidence() >= LEGIBLE;
    text.lines.iter().filter(is_read).count() >= LEGIBLE_LINES
}

/// A quad of an upright document as a quad on the original page.
pub(super) fn place_on_page(uprights: &[Upright], pages: &[PageImage], document: usize, quad: &Quad) -> Quad {
    let Some(upright) = uprights.get(document) else { return *quad };
    let on_page = quad.map(|p| upright.to_page.apply(p));
    pages.get(upright.text.page).map_or(on_page, |page| page.to_original(&on_page))
}

fn looks_like_portrait(slot: Option<DocumentKind>, uprights: &[Upright], pages: &[PageImage]) -> bool {
    match (uprights, pages) {
        ([upright], [page]) => {
            // A sheet that lies somewhere, where a document is wanted, is one, however little of it can be read.
            let wanted = slot.is_some_and(|slot| slot != DocumentKind::PortraitPhoto);
            let is_sheet = upright.located && !upright.found.fills_frame();
            // Eyes and collars now and then pass for a line or two of text, but not for legible text.
            !(wanted && is_sheet)
                && kind::is_illegible(std::slice::from_ref(&upright.text))
                && portrait_photo::looks_like(&page.pixels)
        }
        _ => false,
    }
}

fn page_report(
    page: &PageImage,
    uprights: &[Upright],
    qualities: &[QualityMeasures],
    pages: &[PageImage],
) -> PageReport {
    let position = uprights.iter().position(|upright| upright.text.page == page.index);
    let upright = position.and_then(|at| uprights.get(at));
    PageReport {
        index: page.index,
        width: page.width,
        height: page.height,
        quad: upright
            .filter(|upright| upright.located)
            .map(|upright| pages.get(page.index).map_or(upright.quad(), |p| p.to_original(&upright.quad()))),
        rotation: upright.map_or(0, |upright| ((4 - upright.turns) % 4 * 90) as u16),
        quality: position.and_then(|at| qualities.get(at)).copied().unwrap_or_default(),
    }
}
