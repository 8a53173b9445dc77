//! What is wrong with a photo, with the place marked on it.

use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
use image::ImageFormat;

use super::page::Frame;
use crate::{
    domain::{DocumentKind, DocumentReport, Finding, Outcome, Severity},
    imaging::{PagePicture, jpeg_of, shrink},
    server::console::texts::Language,
};

/// Longest side of the picture that is shown again, pixels: it travels to a phone, perhaps slowly (about 60 KB).
const SHOWN_SIDE: u32 = 720;

/// Whether an applicant should take the photo again.
pub(super) fn is_unfit(report: &DocumentReport) -> bool {
    report.outcome == Outcome::Unreadable || faults(report).next().is_some()
}

fn faults(report: &DocumentReport) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.severity >= Severity::Retake)
}

#[derive(Template)]
#[template(path = "applicant_verdict.html")]
pub(super) struct Verdict {
    frame: Frame,
    slot: &'static str,
    label: String,
    faults: Vec<String>,
    picture: Option<Shown>,
}

/// A page with places on it.
struct Shown {
    /// Base64 of a JPEG.
    jpeg: String,
    /// Size of the page that the marks speak of.
    width: u32,
    height: u32,
    /// Corners for an SVG.
    marks: Vec<String>,
}

impl Verdict {
    pub(super) fn of(
        frame: Frame,
        report: &DocumentReport,
        pictures: Vec<PagePicture>,
        slot: DocumentKind,
        label: String,
        language: Language,
    ) -> Self {
        let mut told: Vec<String> = faults(report).map(|finding| language.of(&finding.message)).collect();
        told.dedup();
        Self { frame, slot: slot.as_str(), label, faults: told, picture: shown(report, pictures) }
    }
}

/// The page of the first fault that has a place, else the first one.
fn shown(report: &DocumentReport, pictures: Vec<PagePicture>) -> Option<Shown> {
    let placed = faults(report).find(|finding| finding.quad.is_some()).and_then(|finding| finding.page);
    let page = placed.unwrap_or(0);
    let picture = pictures.into_iter().find(|picture| picture.page == page)?;
    let size = report.pages.iter().find(|known| known.index == page)?;
    let pixels = image::load_from_memory_with_format(&picture.jpeg, ImageFormat::Jpeg).ok()?.into_rgb8();
    let factor = (f64::from(SHOWN_SIDE) / f64::from(pixels.width().max(pixels.height()))).min(1.0);
    let side = |length: u32| ((f64::from(length) * factor).round() as u32).max(1);
    let small = shrink(&pixels, side(pixels.width()), side(pixels.height()));
    let marks =
        faults(report).filter(|finding| finding.page == Some(page)).filter_map(|finding| finding.quad);
    Some(Shown {
        jpeg: STANDARD.encode(jpeg_of(&small)?),
        width: size.width,
        height: size.height,
        marks: marks.map(|quad| quad.0.map(|p| format!("{:.0},{:.0}", p.x, p.y)).join(" ")).collect(),
    })
}
