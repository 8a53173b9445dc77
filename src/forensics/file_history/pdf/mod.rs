//! A PDF's history: what was changed after it was first written, what was noted on it, whether its signatures hold.

mod annotations;
mod revisions;
mod signature;

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{Document, LoadOptions};

use super::{Trace, TraceSort};
use crate::imaging::PageImage;

/// Bytes that one stream may unpack to while the document is opened.
const MAX_STREAM_BYTES: usize = 64 << 20;

/// Traces in the structure of the file; `None` when it cannot be taken apart, so that nothing is known.
pub fn traces(bytes: &[u8], pages: &[PageImage]) -> Option<Vec<Trace>> {
    // The parser is a library that reads hostile bytes; what it chokes on counts as not judged.
    catch_unwind(AssertUnwindSafe(|| {
        let document = open(bytes)?;
        let mut traces = revisions::traces(bytes, &document);
        traces.extend(annotations::traces(&document, pages));
        traces.extend(signature::traces(bytes, &document));
        Some(traces)
    }))
    .ok()
    .flatten()
}

fn open(bytes: &[u8]) -> Option<Document> {
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM_BYTES), ..LoadOptions::default() };
    Document::load_mem_with_options(bytes, options).ok()
}

/// A trace on a page without a place.
fn on_page(sort: TraceSort, page: usize) -> Trace {
    Trace { page: Some(page), ..Trace::new(sort) }
}
