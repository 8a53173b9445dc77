//! The reader's main loop.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    time::Duration,
};

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::{Guard, PictureSize, ReadRequest, Ready, Reply, frame};
use crate::{
    domain::{DocumentKind, DocumentReport, Outcome, SCHEMA, hex},
    imaging::{self, Limits, PagePicture, picture_of},
    inference::ModelCatalogue,
    pipeline::{self, CheckOptions, Pipeline},
};

/// How a reader was started.
#[derive(Debug, Clone, Copy)]
pub struct ReaderSettings {
    pub guard: Guard,
    /// Obeys [`super::Drill`]s.
    pub drill: bool,
    /// Reads nothing: answers after that many milliseconds, to measure what surrounds a reader.
    pub stub_ms: Option<u64>,
}

/// Confines this process and answers requests until its input ends.
///
/// # Errors
/// When the pipeline cannot be opened or a pipe breaks; the worker sees the exit.
pub fn run(catalogue: &ModelCatalogue, settings: ReaderSettings) -> anyhow::Result<()> {
    let confinement = settings.guard.confine(catalogue).context("confining the reader")?;
    let pipeline = match settings.stub_ms {
        Some(_) => None,
        None => Some(Pipeline::open(catalogue, Limits::default()).context("opening the pipeline")?),
    };
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let ready = Ready { pipeline: pipeline::version(catalogue), confinement };
    answer(&mut output, &Reply::Ready(ready))?;
    while let Some(request) = frame::read(&mut input)? {
        let request: ReadRequest = serde_json::from_slice(&request).context("reading a request")?;
        let bytes = frame::read(&mut input)?.context("the request has no bytes")?;
        let reply = match (&request.drill, &pipeline) {
            (Some(drill), _) if settings.drill => {
                Reply::Failed(if drill.succeeds() { "drill.succeeded" } else { "drill.denied" }.to_owned())
            }
            (Some(_), _) => Reply::Failed("drill.refused".to_owned()),
            (None, Some(pipeline)) => {
                let (reply, pictures) = read(pipeline, &request, &bytes);
                answer(&mut output, &reply)?;
                for picture in pictures {
                    frame::write(&mut output, &picture.jpeg).context("answering")?;
                }
                continue;
            }
            (None, None) => {
                std::thread::sleep(Duration::from_millis(settings.stub_ms.unwrap_or_default()));
                Reply::Report(Box::new(stub(&request, &bytes, pipeline::version(catalogue))))
            }
        };
        answer(&mut output, &reply)?;
    }
    Ok(())
}

fn answer(output: &mut impl Write, reply: &Reply) -> anyhow::Result<()> {
    frame::write(output, &serde_json::to_vec(reply)?).context("answering")
}

fn read(pipeline: &Pipeline, request: &ReadRequest, bytes: &[u8]) -> (Reply, Vec<PagePicture>) {
    let options = CheckOptions { slot: request.slot, today: request.today };
    let checked =
        pipeline.check_within(&request.application, &request.papers, &request.name, bytes, &options);
    // The cause may quote what was read; it stays here.
    let Ok(checked) = checked else { return (Reply::Failed("inference".to_owned()), Vec::new()) };
    let report = Box::new(checked.report);
    if !request.pictures {
        return (Reply::Report(report), Vec::new());
    }
    let pictures: Vec<PagePicture> =
        checked.pages.iter().filter_map(|page| picture_of(page.index, &page.pixels)).collect();
    let size = |picture: &PagePicture| PictureSize {
        page: picture.page,
        width: picture.width,
        height: picture.height,
    };
    (Reply::Pictured(report, pictures.iter().map(size).collect()), pictures)
}

/// A report that says nothing.
fn stub(request: &ReadRequest, bytes: &[u8], pipeline: String) -> DocumentReport {
    DocumentReport {
        schema: SCHEMA,
        file: request.name.clone(),
        sha256: hex(&Sha256::digest(bytes)),
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
    }
}
