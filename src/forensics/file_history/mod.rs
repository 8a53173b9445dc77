//! What a file tells about its own history: which programs wrote it and what was changed after it was first written.
//!
//! Everything here is read off the bytes and is either there or not. A clean history proves nothing: messengers strip
//! it, and careful people do.

mod editors;
mod jpeg;
mod pdf;
mod png;
mod thumbnail;
mod xmp;

use crate::{
    domain::{MediaType, Quad},
    imaging::{Metadata, OverlaySort, PageImage},
};

pub use editors::{Editor, EditorSort, editor_in};
pub use jpeg::luminance_table_of;

/// What sort of trace it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceSort {
    /// An editor's name or habit, and where in the file it shows.
    Editor(&'static str),
    /// The file declares that it was made by a generator.
    Generated,
    /// The camera's thumbnail shows something else than the picture.
    Thumbnail,
    /// A page of a PDF was changed in a later revision.
    PdfRevision,
    /// An annotation shows something on a page.
    PdfAnnotation,
    /// Something is drawn over the content of a page.
    PdfOverlay(OverlaySort),
    /// A signature does not fit the bytes any more.
    PdfSignatureBroken,
}

impl TraceSort {
    /// Its name in evidence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Editor(_) => "editor",
            Self::Generated => "declared_generated",
            Self::Thumbnail => "thumbnail_differs",
            Self::PdfRevision => "page_changed_later",
            Self::PdfAnnotation => "annotation",
            Self::PdfOverlay(OverlaySort::Cover) => "cover",
            Self::PdfOverlay(OverlaySort::Patch) => "patch",
            Self::PdfOverlay(OverlaySort::Text) => "added_text",
            Self::PdfSignatureBroken => "signature_broken",
        }
    }
}

/// One trace of an edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    pub sort: TraceSort,
    pub editor: Option<Editor>,
    pub page: Option<usize>,
    /// In pixels of the original page.
    pub quad: Option<Quad>,
}

impl Trace {
    const fn new(sort: TraceSort) -> Self {
        Self { sort, editor: None, page: None, quad: None }
    }

    const fn of(editor: Editor, place: &'static str) -> Self {
        let sort = match editor.sort {
            EditorSort::Generator => TraceSort::Generated,
            EditorSort::Picture | EditorSort::Pdf => TraceSort::Editor(place),
        };
        Self { sort, editor: Some(editor), page: None, quad: None }
    }
}

/// What could be read of a file's history.
#[derive(Debug, Default, PartialEq)]
pub struct FileHistory {
    pub traces: Vec<Trace>,
    /// The structure of the file could be taken apart. Without that, absent traces mean nothing.
    pub judged: bool,
}

/// Reads the history of a file that could be opened as `pages`.
pub fn examine(bytes: &[u8], media_type: MediaType, metadata: &Metadata, pages: &[PageImage]) -> FileHistory {
    let named = [
        (&metadata.software, "exif_software"),
        (&metadata.processing_software, "exif_processing_software"),
        (&metadata.pdf_creator, "pdf_creator"),
        (&metadata.pdf_producer, "pdf_producer"),
    ];
    let mut traces: Vec<Trace> = named
        .into_iter()
        .filter_map(|(name, place)| editor_in(name.as_deref()?).map(|editor| Trace::of(editor, place)))
        .collect();
    let xmp = xmp::read(bytes);
    traces.extend(
        xmp.programs.iter().filter_map(|name| editor_in(name)).map(|editor| Trace::of(editor, "xmp")),
    );
    traces.extend(xmp.generated.then(|| Trace::new(TraceSort::Generated)));
    let mut judged = true;
    match media_type {
        MediaType::Jpeg => {
            traces.extend(jpeg::marks(bytes).into_iter().map(|(place, editor)| Trace::of(editor, place)));
            let differs =
                pages.first().and_then(|page| thumbnail::differs(bytes, metadata.orientation, &page.pixels));
            traces.extend((differs == Some(true)).then(|| Trace::new(TraceSort::Thumbnail)));
        }
        MediaType::Png => {
            traces.extend(png::marks(bytes).into_iter().map(|(place, editor)| Trace::of(editor, place)));
        }
        MediaType::Pdf => {
            let structure = pdf::traces(bytes, pages);
            judged = structure.is_some();
            traces.extend(structure.into_iter().flatten());
            for page in pages {
                traces.extend(page.overlays.iter().map(|overlay| Trace {
                    page: Some(page.index),
                    quad: Some(overlay.quad),
                    ..Trace::new(TraceSort::PdfOverlay(overlay.sort))
                }));
            }
        }
        _ => {}
    }
    FileHistory { traces, judged }
}
