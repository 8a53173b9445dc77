//! The reader's main loop.

use std::io::{self, Write};

use anyhow::Context;

use super::{
    Guard, LayerSize, PictureSize, ReadRequest, Ready, Reply, frame,
    stub::{self, Stub, StubSettings},
};
use crate::{
    domain::DocumentReport,
    imaging::{Fingerprint, Limits, PageImage, PageLayer, PagePicture, Pictures, picture_of},
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
                (Reply::Failed(code.to_owned()), Pictures::default())
            }
            (Some(_), _) => (Reply::Failed("drill.refused".to_owned()), Pictures::default()),
            (None, Answerer::Pipeline(pipeline)) => read(pipeline, &request, &bytes),
            (None, Answerer::Stub(stub)) => {
                let (report, pages) = stub.answer(&request, &bytes, pipeline::version(catalogue));
                let layers = stub::layers(&report, &pages);
                replied(&request, report, &pages, layers)
            }
        };
        answer(&mut output, &reply)?;
        let Pictures { pages, layers } = pictures;
        let bytes = pages.into_iter().map(|page| page.jpeg).chain(layers.into_iter().map(|layer| layer.png));
        for bytes in bytes {
            frame::write(&mut output, &bytes).context("answering")?;
        }
    }
    Ok(())
}

fn answer(output: &mut impl Write, reply: &Reply) -> anyhow::Result<()> {
    frame::write(output, &serde_json::to_vec(reply)?).context("answering")
}

fn read(pipeline: &Pipeline, request: &ReadRequest, bytes: &[u8]) -> (Reply, Pictures) {
    let options = CheckOptions { slot: request.slot, today: request.today };
    let checked =
        pipeline.check_within(&request.application, &request.papers, &request.name, bytes, &options);
    // The cause may quote what was read; it stays here.
    let Ok(checked) = checked else { return (Reply::Failed("inference".to_owned()), Pictures::default()) };
    let layers = if request.pictures { checked.layers() } else { Vec::new() };
    replied(request, checked.report, &checked.pages, layers)
}

/// A report, with pictures of the pages and what can be laid over them where they are asked for.
fn replied(
    request: &ReadRequest,
    report: DocumentReport,
    pages: &[PageImage],
    layers: Vec<PageLayer>,
) -> (Reply, Pictures) {
    if !request.pictures {
        return (Reply::Report(Box::new(report)), Pictures::default());
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
    let layer_size = |layer: &PageLayer| LayerSize {
        page: layer.page,
        kind: layer.kind,
        width: layer.width,
        height: layer.height,
    };
    let sizes = (pictures.iter().map(size).collect(), layers.iter().map(layer_size).collect());
    (Reply::Pictured(Box::new(report), sizes.0, sizes.1), Pictures { pages: pictures, layers })
}
