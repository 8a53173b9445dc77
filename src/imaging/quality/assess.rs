//! Measures and findings of one document.

use image::{GrayImage, imageops};

use crate::domain::{Finding, FindingCode, Quad, QualityMeasures, Rect, Severity};

use super::{
    Assessment, DocumentView, FieldPlace, LineEvidence, QualityParams, completeness, cover, exposure, glare,
    ground::{Ground, Paper},
    local::LocalJudge,
    resolution, sharpness, soft, unread_share,
};

/// Measures `view` and judges it. A finding asks for a retake only where a line is not read.
pub fn assess(view: &DocumentView<'_>, params: &QualityParams) -> Assessment {
    if view.pixels.width() == 0 || view.pixels.height() == 0 {
        return Assessment { measures: QualityMeasures::default(), findings: Vec::new() };
    }
    let grey = imageops::grayscale(view.pixels);
    let light = exposure::of(&grey);
    let ground = Ground::of(view.pixels);
    let paper = Paper::of(&ground, view.lines);
    let line_sharpness = lines_sharpness(&grey, view.lines);
    let mut local = LocalJudge::new(view, params, &ground, &paper);
    if !view.is_screen {
        local.glare(&glare::find(&ground, &paper));
        local.covers(&cover::find(&ground, &paper));
        local.weak_covers(&cover::find_weak(&ground, &paper));
    }
    let sharpness = typical_sharpness(&grey, &line_sharpness);
    let soft = (sharpness >= params.sharp_elsewhere).then(|| soft::find(&grey, &ground));
    if let Some(soft) = &soft {
        local.soft(soft);
    }
    let measures = QualityMeasures {
        score: 0.0,
        sharpness,
        exposure: light.measure(),
        glare: local.glare_share.min(1.0),
        occlusion: local.covered_share.min(1.0),
        completeness: completeness::of(view, params.cut_text_lines),
        dpi: resolution::dpi(view),
    };
    let judge = Judge { view, params };
    // A line that something lies over is unread, but not blurred.
    local.torn();
    local.bare(soft.as_ref());
    local.lost();
    let explained = local.asks_for_a_retake();
    let mut findings = local.findings;
    if !explained && findings.iter().all(|finding| finding.code != FindingCode::QualityBlurred) {
        findings.extend(judge.blurred(&line_sharpness, sharpness));
    }
    findings.extend(judge.exposure(&light));
    findings.extend(judge.resolution());
    findings.extend(judge.cut_off(measures.completeness));
    let score = measures.sharpness.sqrt()
        * measures.exposure.sqrt()
        * (1.0 - measures.glare)
        * (1.0 - measures.occlusion)
        * measures.completeness;
    Assessment { measures: QualityMeasures { score, ..measures }, findings }
}

fn lines_sharpness(grey: &GrayImage, lines: &[LineEvidence]) -> Vec<Option<f32>> {
    lines.iter().map(|line| sharpness::of(grey, &line.quad.bounds())).collect()
}

/// The 20th percentile over the lines, so that one blurred corner shows; the whole page without lines.
fn typical_sharpness(grey: &GrayImage, lines: &[Option<f32>]) -> f32 {
    let mut known: Vec<f32> = lines.iter().copied().flatten().collect();
    known.sort_by(f32::total_cmp);
    known.get(known.len() / 5).copied().unwrap_or_else(|| {
        let quad =
            Quad::from_rect(crate::domain::Rect::new(0.0, 0.0, grey.width() as f32, grey.height() as f32));
        sharpness::of(grey, &quad.bounds()).unwrap_or(1.0)
    })
}

/// Share of a document of known shape whose loss takes print along: 31 mm of A4's width, whose margins are 15 to
/// 25 mm, and 13 mm of a card's, which has print from 6 mm on.
const BEYOND_MARGIN: f32 = 0.15;
/// Lines that must run out of the frame for the text to be cut: one may be a seal's or a background's.
const CUT_LINES: usize = 2;

struct Judge<'a> {
    view: &'a DocumentView<'a>,
    params: &'a QualityParams,
}

impl Judge<'_> {
    /// Whether every field that the kind must have was found: a fault of the picture then lost none, and lines
    /// that are badly read are handwriting, seals or small print.
    fn found_all_fields(&self) -> bool {
        self.view.missing.is_empty() && self.view.fields.len() > 1
    }

    /// The severity of a fault of the whole picture, by how much of the text is not read.
    fn severity_of_all(&self) -> Severity {
        let most = if self.found_all_fields() { Severity::Review } else { Severity::Retake };
        self.severity_by_unread().min(most)
    }

    fn severity_by_unread(&self) -> Severity {
        match unread_share(self.view.lines, self.params.unreadable) {
            share if share >= self.params.unread_retake => Severity::Retake,
            share if share >= self.params.unread_review => Severity::Review,
            _ => Severity::Info,
        }
    }

    fn finding(
        &self,
        code: FindingCode,
        severity: Severity,
        zh: &str,
        en: &str,
        quad: Option<&Quad>,
    ) -> Finding {
        let finding = Finding::new(code, severity, zh, en).on_page(self.view.page);
        match quad {
            Some(quad) => self.view.naming_field(finding.at(*quad), &quad.bounds()),
            None => finding,
        }
    }

    /// One finding for the worst line that is both soft and not surely read.
    fn blurred(&self, sharpness: &[Option<f32>], typical: f32) -> Option<Finding> {
        let (line, value) = self
            .view
            .lines
            .iter()
            .zip(sharpness)
            .filter_map(|(line, value)| value.map(|value| (line, value)))
            .filter(|&(line, value)| value < self.params.blurred && line.confidence < self.params.readable)
            .min_by(|a, b| a.0.confidence.total_cmp(&b.0.confidence))?;
        // A field's own line that is soft and unread is lost; any other may be a seal or a watermark.
        let of_field = self.view.fields.iter().any(|FieldPlace { quad: place, .. }| {
            place.bounds().intersection(line.quad.bounds()).area() > 0.5 * place.bounds().area()
        });
        let severity = if of_field && line.confidence < self.params.unreadable && !self.found_all_fields() {
            Severity::Retake
        } else if typical >= self.params.sharp_elsewhere {
            // The page is sharp: ornaments that were taken for text do not make it blurred.
            self.severity_of_all().min(Severity::Review)
        } else {
            self.severity_of_all()
        };
        let finding = self.finding(
            FindingCode::QualityBlurred,
            severity,
            "文字模糊",
            "The text is blurred",
            Some(&line.quad),
        );
        Some(
            finding
                .with_score(f64::from(1.0 - value))
                .with_evidence("sharpness", f64::from(value))
                .with_evidence("line_confidence", f64::from(line.confidence)),
        )
    }

    fn exposure(&self, light: &exposure::Exposure) -> Option<Finding> {
        let (code, zh, en) = if light.paper < self.params.dark_paper {
            (FindingCode::QualityUnderexposed, "画面过暗", "The picture is too dark")
        } else if light.burnt > self.params.burnt_share && light.contrast < self.params.dark_paper {
            (FindingCode::QualityOverexposed, "画面过曝", "The picture is too bright")
        } else {
            return None;
        };
        // Little print on a white screen has no contrast to show, and is read all the same.
        let read = code == FindingCode::QualityOverexposed
            && unread_share(self.view.lines, self.params.readable) < self.params.unread_review;
        let severity = if light.contrast < self.params.lost_contrast && !read {
            Severity::Retake
        } else {
            self.severity_of_all()
        };
        Some(
            self.finding(code, severity, zh, en, None)
                .with_evidence("paper_level", f64::from(light.paper))
                .with_evidence("contrast", f64::from(light.contrast)),
        )
    }

    fn resolution(&self) -> Option<Finding> {
        let height = resolution::line_height_px(self.view).unwrap_or(f32::MAX);
        let side = self.view.pixels.width().max(self.view.pixels.height()) as f32 * self.view.source_scale;
        let card = self.view.expected_aspect.is_some_and(|aspect| aspect > 1.0);
        let least = if card { self.params.low_card_px } else { self.params.low_sheet_px };
        if height >= self.params.low_line_px && side >= least {
            return None;
        }
        // So small a document has no strokes left to read, whatever the recogniser makes of it.
        let severity = if side < least { Severity::Retake } else { self.severity_of_all() };
        let finding = self.finding(
            FindingCode::QualityLowResolution,
            severity,
            "图片分辨率过低",
            "The resolution is too low",
            None,
        );
        let finding = finding.with_evidence("document_side_px", f64::from(side));
        Some(if height < f32::MAX {
            finding.with_evidence("line_height_px", f64::from(height))
        } else {
            finding
        })
    }

    /// Whether a field is missing or stands in a line that runs out of the frame: a title and ornaments that do take
    /// nothing along that anybody asks for.
    fn lacks_a_value(&self) -> bool {
        let is_field = |line: &Rect| {
            self.view.fields.iter().any(|field| field.quad.bounds().intersection(*line).area() > 0.0)
        };
        !self.view.missing.is_empty() || completeness::cut_lines(self.view).any(|line| is_field(&line))
    }

    fn cut_off(&self, completeness: f32) -> Option<Finding> {
        // One field is also missed on whole screenshots whose frame the page finder takes for a cut.
        let lacks_what_is_outside = completeness::loses_a_side(self.view)
            && (self.view.missing.len() > 1
                || completeness::cut_lines(self.view).count() >= CUT_LINES && self.lacks_a_value()
                || (self.view.expected_aspect.is_some() && 1.0 - completeness >= BEYOND_MARGIN));
        if 1.0 - completeness <= self.params.missing && !lacks_what_is_outside {
            return None;
        }
        let finding = self.finding(
            FindingCode::CropCutOff,
            if lacks_what_is_outside { Severity::Retake } else { Severity::Review },
            "证件未拍完整",
            "Part of the document is outside the picture",
            None,
        );
        let finding = finding.with_evidence("completeness", f64::from(completeness));
        Some(match self.view.missing.first() {
            Some(name) if lacks_what_is_outside => finding.about(name.as_str().to_owned()),
            _ => finding,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FieldName;
    use image::{Rgb, RgbImage};

    fn judged(pixels: &RgbImage, confidence: f32) -> Assessment {
        let line = Quad::from_rect(Rect::new(100.0, 100.0, 500.0, 140.0));
        let view = DocumentView {
            pixels,
            page: 0,
            source_scale: 1.0,
            lines: &[LineEvidence { quad: line, confidence, symbols: 18 }],
            fields: &[FieldPlace { name: FieldName::new("name"), quad: line, confidence, is_whole: false }],
            tears: &[],
            bare: &[],
            unread: &[],
            missing: &[],
            edges: None,
            expected_aspect: None,
            width_mm: Some(85.6),
            is_screen: false,
            lost: None,
            is_handwritten: false,
        };
        assess(&view, &QualityParams::default())
    }

    /// Grey paper with strokes on one line and, if asked, a burnt-out spot over it.
    fn card(glare: bool) -> RgbImage {
        RgbImage::from_fn(856, 540, |x, y| {
            let stroke = (100..500).contains(&x) && (100..140).contains(&y) && (x % 10 < 4 || y % 10 < 3);
            let spot = glare && (200..320).contains(&x) && (60..180).contains(&y);
            Rgb(if spot {
                [255; 3]
            } else if stroke {
                [30; 3]
            } else {
                [215; 3]
            })
        })
    }

    #[test]
    fn a_cut_through_a_title_alone_is_for_a_person_to_look_at() {
        use crate::imaging::EdgeState::{OutsideFrame, Seen};
        let pixels = RgbImage::from_pixel(600, 800, Rgb([215; 3]));
        let row = |left: f32, top: f32| Quad::from_rect(Rect::new(left, top, 400.0, top + 30.0));
        let line = |quad| LineEvidence { quad, confidence: 0.97, symbols: 12 };
        let lines = [line(row(1.0, 60.0)), line(row(1.0, 120.0)), line(row(80.0, 300.0))];
        let severity = |field: Quad, missing: &[FieldName]| {
            let fields =
                [FieldPlace { name: FieldName::new("name"), quad: field, confidence: 0.99, is_whole: false }];
            let view = DocumentView {
                pixels: &pixels,
                page: 0,
                source_scale: 1.0,
                lines: &lines,
                fields: &fields,
                tears: &[],
                bare: &[],
                unread: &[],
                missing,
                edges: Some([Seen, Seen, Seen, OutsideFrame]),
                expected_aspect: None,
                width_mm: None,
                is_screen: false,
                lost: None,
                is_handwritten: false,
            };
            let found = assess(&view, &QualityParams::default()).findings;
            found.iter().find(|f| f.code == FindingCode::CropCutOff).map(|finding| finding.severity)
        };
        assert_eq!(severity(row(80.0, 300.0), &[]), Some(Severity::Review));
        assert_eq!(severity(row(1.0, 120.0), &[]), Some(Severity::Retake));
        assert_eq!(severity(row(80.0, 300.0), &[FieldName::new("sex")]), Some(Severity::Retake));
    }

    #[test]
    fn a_clean_card_has_no_findings() {
        let clean = judged(&card(false), 0.99);
        assert!(clean.findings.is_empty(), "{:?}", clean.findings);
        assert!(clean.measures.sharpness > 0.9 && clean.measures.dpi.is_some());
    }

    #[test]
    fn glare_names_the_field_and_asks_for_a_retake_only_when_unread() {
        let unread = judged(&card(true), 0.2);
        let finding = unread.findings.iter().find(|f| f.code == FindingCode::QualityGlare).unwrap();
        assert_eq!(finding.severity, Severity::Retake);
        assert_eq!(finding.field.as_ref().map(FieldName::as_str), Some("name"));
        let read = judged(&card(true), 0.99);
        assert!(read.findings.iter().all(|f| f.severity < Severity::Retake));
    }
}
