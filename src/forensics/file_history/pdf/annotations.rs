//! Annotations that put text, ink or areas on a page (ISO 32000-1, 12.5.6). The renderer does not draw them, so that a
//! reader of the page's pixels sees what stands below.

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::super::{Trace, TraceSort};
use crate::{
    domain::{Quad, Rect},
    imaging::PageImage,
};

/// Sorts of annotations that change what a page shows. Links, form entries, notes and signatures do not.
const SHOWN: [&[u8]; 12] = [
    b"FreeText",
    b"Square",
    b"Circle",
    b"Line",
    b"Polygon",
    b"PolyLine",
    b"Stamp",
    b"Ink",
    b"Redact",
    b"StrikeOut",
    b"Highlight",
    b"Watermark",
];

/// Annotation flags (table 165): hidden, or not shown on screen.
const NOT_SHOWN: i64 = 0b10_0010;

/// Annotations of one page that are told.
const MAX_ANNOTATIONS: usize = 12;

/// Parents of a page that are asked for what it inherits.
const MAX_PARENTS: usize = 16;

/// Annotations of every page that are shown on it.
pub fn traces(document: &Document, pages: &[PageImage]) -> Vec<Trace> {
    document
        .get_pages()
        .values()
        .enumerate()
        .flat_map(|(index, &id)| {
            let view = pages.get(index).and_then(|page| View::of(document, id, page));
            annotations(document, id)
                .filter(|annotation| is_shown(annotation))
                .take(MAX_ANNOTATIONS)
                .map(|annotation| Trace {
                    page: Some(index),
                    quad: view.as_ref().and_then(|view| view.quad(document, annotation)),
                    ..Trace::new(TraceSort::PdfAnnotation)
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

fn annotations(document: &Document, page: ObjectId) -> impl Iterator<Item = &Dictionary> {
    let list = document
        .get_dictionary(page)
        .and_then(|page| page.get(b"Annots"))
        .and_then(|list| document.dereference(list))
        .and_then(|(_, list)| list.as_array())
        .map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(|item| document.dereference(item).ok()?.1.as_dict().ok())
}

fn is_shown(annotation: &Dictionary) -> bool {
    let sort = annotation.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
    let flags = annotation.get(b"F").and_then(Object::as_i64).unwrap_or(0);
    SHOWN.contains(&sort) && flags & NOT_SHOWN == 0
}

/// How the page's user space lies on its rendered picture. Turned pages have none.
struct View {
    /// Left and top in user space.
    origin: (f32, f32),
    scale: (f32, f32),
}

impl View {
    fn of(document: &Document, page: ObjectId, picture: &PageImage) -> Option<Self> {
        let rotation =
            inherited(document, page, b"Rotate").and_then(|object| object.as_i64().ok()).unwrap_or(0);
        let shown =
            inherited(document, page, b"CropBox").or_else(|| inherited(document, page, b"MediaBox"))?;
        let shown = numbers(document, shown)?;
        let (width, height) = (shown.width(), shown.height());
        (rotation % 360 == 0 && width > 0.0 && height > 0.0).then(|| Self {
            origin: (shown.left, shown.bottom),
            scale: (picture.width as f32 / width, picture.height as f32 / height),
        })
    }

    fn quad(&self, document: &Document, annotation: &Dictionary) -> Option<Quad> {
        let place = numbers(document, annotation.get(b"Rect").ok()?)?;
        let x = |value: f32| (value - self.origin.0) * self.scale.0;
        let y = |value: f32| (self.origin.1 - value) * self.scale.1;
        Some(Quad::from_rect(Rect::new(x(place.left), y(place.bottom), x(place.right), y(place.top))))
    }
}

/// A rectangle in user space, its `top` the smaller y.
fn numbers(document: &Document, object: &Object) -> Option<Rect> {
    let items = document.dereference(object).ok()?.1.as_array().ok()?;
    let value =
        |at: usize| document.dereference(items.get(at)?).ok()?.1.as_float().ok().filter(|v| v.is_finite());
    let (x0, y0, x1, y1) = (value(0)?, value(1)?, value(2)?, value(3)?);
    Some(Rect::new(x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)))
}

/// An attribute of the page or of the nearest parent that has it (7.7.3.4).
fn inherited<'a>(document: &'a Document, page: ObjectId, key: &[u8]) -> Option<&'a Object> {
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..MAX_PARENTS {
        if let Ok(found) = node.get(key) {
            return Some(document.dereference(found).ok()?.1);
        }
        node = node.get(b"Parent").and_then(|parent| document.dereference(parent)).ok()?.1.as_dict().ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::{
        super::{
            open,
            revisions::tests::{PLAIN, pdf},
        },
        *,
    };
    use crate::imaging::PageOrigin;

    fn of(annotation: &str) -> Vec<Trace> {
        let page = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<<>>/Annots[{annotation}]>>"
        );
        let bytes = pdf(&[PLAIN, &[(3, &page)]]);
        let picture = PageImage::from_pixels(0, RgbImage::new(400, 200), PageOrigin::PdfPage);
        traces(&open(&bytes).unwrap(), &[picture])
    }

    #[test]
    fn text_on_the_page_is_seen_where_it_stands() {
        let found = of("<</Type/Annot/Subtype/FreeText/Rect[10 80 60 90]/DA(x)>>");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].quad, Some(Quad::from_rect(Rect::new(20.0, 20.0, 120.0, 40.0))));
    }

    #[test]
    fn links_form_entries_and_hidden_ones_are_plain() {
        assert!(of("<</Subtype/Link/Rect[0 0 9 9]>><</Subtype/Widget/Rect[0 0 9 9]>><</Subtype/FreeText/F 2/Rect[0 0 9 9]>>").is_empty());
    }
}
