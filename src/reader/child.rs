//! The reader's main loop.

use std::io::{self, Write};

use anyhow::Context;

use super::{
    Guard, PictureSize, ReadRequest, Ready, Reply, frame,
    stub::{Stub, StubSettings},
};
use crate::{
    domain::DocumentReport,
    imaging::{Fingerprint, Limits, PageImage, PagePicture, picture_of},
    inference::ModelCatalogue,
    pipeline::{self, CheckOptions, Pipeline},
};

/// How a reader was started.
#[derive(Debug, Clone)]
pub struct ReaderSettings {
    pub guard: Guard,
    /// Obeys [`super::Drill`]s.
    pub drill: bool,
    /// Reads nothing and opens no models.
    pub stub: Option<StubSettings>,
}

/// What answers.
enum Answerer {
    Pipeline(Box<Pipeline>),
    Stub(Stub),
}

/// Confines this process and answers requests until its input ends.
///
/// # Errors
/// When the pipeline cannot be opened or a pipe breaks; the worker sees the exit.
pub fn run(catalogue: &ModelCatalogue, settings: &ReaderSettings) -> anyhow::Result<()> {
    let stub = settings.stub.as_ref().map(Stub::load).transpose()?;
    let confinement = settings.guard.confine(catalogue).context("confining the reader")?;
    let answerer = match stub {
        Some(stub) => Answerer::Stub(stub),
        None => {
            let pipeline = Pipeline::open(catalogue, Limits::default()).context("opening the pipeline")?;
            Answerer::Pipeline(Box::new(pipeline))
        }
    };
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let ready = Ready { pipeline: pipeline::version(catalogue), confinement };
    answer(&mut output, &Reply::Ready(ready))?;
    while let Some(request) = frame::read(&mut input)? {
        let request: ReadRequest = serde_json::from_slice(&request).context("reading a request")?;
        let bytes = frame::read(&mut input)?.context("the request has no bytes")?;
        let (reply, pictures) = match (&request.drill, &answerer) {
            (Some(drill), _) if settings.drill => {
                let code = if drill.succeeds() { "drill.succeeded" } else { "drill.denied" };
                (Reply::Failed(code.to_owned()), Vec::new())
            }
            (Some(_), _) => (Reply::Failed("drill.refused".to_owned()), Vec::new()),
            (None, Answerer::Pipeline(pipeline)) => read(pipeline, &request, &bytes),
            (None, Answerer::Stub(stub)) => {
                let (report, pages) = stub.answer(&request, &bytes, pipeline::version(catalogue));
                replied(&request, report, &pages)
            }
        };
        answer(&mut output, &reply)?;
        for picture in pictures {
            frame::write(&mut output, &picture.jpeg).context("answering")?;
        }
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
    replied(request, checked.report, &checked.pages)
}

/// A report, with pictures of the pages where they are asked for.
fn replied(request: &ReadRequest, report: DocumentReport, pages: &[PageImage]) -> (Reply, Vec<PagePicture>) {
    if !request.pictures {
        return (Reply::Report(Box::new(report)), Vec::new());
    }
    let pictured = |page: &PageImage| {
        let known = report.pages.iter().find(|known| known.index == page.index);
        let print = Fingerprint::of(page, known.map_or(0, |known| known.rotation));
        Some(PagePicture { print, ..picture_of(page.index, &page.pixels)? })
    };
    let pictures: Vec<PagePicture> = pages.iter().filter_map(pictured).collect();
    let size = |picture: &PagePicture| PictureSize {
        page: picture.page,
        width: picture.width,
        height: picture.height,
        print: picture.print.clone(),
    };
    (Reply::Pictured(Box::new(report), pictures.iter().map(size).collect()), pictures)
}
