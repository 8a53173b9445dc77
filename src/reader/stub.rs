//! A reader without models, for measuring what surrounds readers and for showing readings that are always the same.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use anyhow::Context;
use image::Rgba;
use sha2::{Digest, Sha256};

use super::ReadRequest;
use crate::{
    domain::{DocumentKind, DocumentReport, Outcome, SCHEMA, hex},
    imaging::{self, DecodeScale, LayerCanvas, LayerKind, Limits, PageImage, PageLayer},
};

/// How a reader that reads nothing was started.
#[derive(Debug, Clone)]
pub struct StubSettings {
    /// How long it takes for each document.
    pub pause: Duration,
    /// Reports of documents that were read before, one a line as `vouch check --json` prints them: answered by the
    /// digest of the bytes.
    pub readings: Option<PathBuf>,
}

/// A reader that tells what it was given.
pub(super) struct Stub {
    pause: Duration,
    readings: BTreeMap<String, DocumentReport>,
}

impl Stub {
    /// Reads the stored reports; to be called before this process is confined.
    pub(super) fn load(settings: &StubSettings) -> anyhow::Result<Self> {
        let mut readings = BTreeMap::new();
        if let Some(file) = &settings.readings {
            let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
            for line in text.lines() {
                let report: DocumentReport = serde_json::from_str(line).context("reading a stored report")?;
                readings.insert(report.sha256.clone(), report);
            }
        }
        Ok(Self { pause: settings.pause, readings })
    }

    /// The stored report and the pages of a document; for other bytes, a report that says nothing.
    pub(super) fn answer(
        &self,
        request: &ReadRequest,
        bytes: &[u8],
        pipeline: String,
    ) -> (DocumentReport, Vec<PageImage>) {
        std::thread::sleep(self.pause);
        let sha256 = hex(&Sha256::digest(bytes));
        if let Some(report) = self.readings.get(&sha256) {
            let report = DocumentReport { file: request.name.clone(), slot: request.slot, ..report.clone() };
            let opened = imaging::open(&request.name, bytes, &Limits::default(), DecodeScale::READING);
            return (report, opened.map(|opened| opened.pages).unwrap_or_default());
        }
        let report = DocumentReport {
            schema: SCHEMA,
            file: request.name.clone(),
            sha256,
            bytes: bytes.len() as u64,
            media_type: imaging::sniff(bytes),
            slot: request.slot,
            kind: request.slot.unwrap_or(DocumentKind::Other),
            kind_confidence: 0.0,
            outcome: Outcome::Pass,
            pages: Vec::new(),
            fields: BTreeMap::new(),
            findings: Vec::new(),
            detectors: Vec::new(),
            elapsed_ms: BTreeMap::new(),
            pipeline,
        };
        (report, Vec::new())
    }
}

/// A layer over the first page of a handwritten form, coloured where its entries stand: what a reader would send, without
/// what only a reader sees.
pub(super) fn layers(report: &DocumentReport, pages: &[PageImage]) -> Vec<PageLayer> {
    let Some(page) = pages.first().filter(|_| report.kind.is_handwritten_form()) else { return Vec::new() };
    let mut canvas = LayerCanvas::over(page);
    let places = report.fields.values().filter(|field| field.page == page.index);
    for quad in places.filter_map(|field| field.quad) {
        canvas.fill(quad.bounds(), Rgba([214, 0, 168, 120]));
    }
    canvas.finish(LayerKind::Ink).into_iter().collect()
}
