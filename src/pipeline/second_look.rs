//! A second look at a document of no known kind, or of which a field is missing that it must have.
//!
//! Two causes have nothing to do with the print. A page finder's quad may cut through the document: then
//! the upright box around the quad, with a margin, is read as it is. And a PDF's text layer may lack what
//! the page shows as a picture (CHSI prints the name so): then what the layer does not hold is read by OCR.

use image::{Rgb, RgbImage};
use jiff::civil::Date;

use crate::{
    documents::{DocumentReading, FieldReading},
    domain::{DocumentKind, FindingCode, Quad, Rect},
    imaging::{DocumentQuad, PageImage},
    inference::InferenceError,
};

use super::{
    Pipeline,
    fields::is_cut_short,
    hidden::CARD_MM,
    kind,
    upright::{PAGE_DETECTION_PX, Upright, is_text_layer, was_read_as_card},
};

/// The box that is read grows beyond the quad by this share of its sides: a quad that cuts through a
/// document has some corners near the true ones, rarely all of them inside. More margin brings in
/// more of the desk and makes the print smaller.
const MARGIN: f32 = 0.08;

/// Room that is whitened around a text layer's line, as a share of its height: glyphs reach beyond the
/// box that the font declares.
const LAYER_MARGIN: f32 = 0.25;

/// Rows that are printed at fixed places (GA 461), in millimetres: left, top, right, bottom, with room
/// for the ±2 mm that prints and hasty quads are off by. The address has no fixed number of lines.
const ROWS_MM: [(&str, Rect); 3] = [
    ("id_number", Rect::new(27.0, 43.4, 74.0, 49.4)),
    ("birth_date", Rect::new(13.5, 21.0, 50.0, 26.4)),
    ("name", Rect::new(13.5, 8.4, 46.0, 14.0)),
];

/// Whether a second look can gain anything: a field is missing that documents of `kind` must have.
pub(super) fn is_worthwhile(kind: DocumentKind, reading: &DocumentReading) -> bool {
    kind != DocumentKind::Other && lacking(reading) > 0
}

/// Fields that must be there and are not; an ID number without its 18 characters is only part of one.
fn lacking(reading: &DocumentReading) -> usize {
    let missing = reading.findings.iter().filter(|finding| finding.code == FindingCode::FieldMissing).count();
    let part = reading.field("id_number").is_some_and(is_cut_short);
    missing + usize::from(part)
}

impl Pipeline {
    /// Reads the whole page where a part of it, taken for the document, is of no known kind: the page
    /// finder may have taken a table or a picture on the page for the paper. `None` when the page as a
    /// whole is of no known kind either.
    pub(super) fn look_at_whole(
        &self,
        page: &PageImage,
        document: &Upright,
    ) -> Result<Option<(Upright, DocumentKind, f64)>, InferenceError> {
        if !document.located || document.found.fills_frame() || is_text_layer(document) {
            return Ok(None);
        }
        let whole = DocumentQuad::whole(page.pixels.width(), page.pixels.height());
        // Where nothing could be read within the outline, nothing told either which way is up.
        let read = if kind::is_illegible(std::slice::from_ref(&document.text)) {
            self.upright(page, whole, true)?
        } else {
            let Some(read) = self.read_turned(page, whole, true, document.turns)? else { return Ok(None) };
            read
        };
        let (kind, probability) = kind::recognise(std::slice::from_ref(&read.text));
        Ok((kind != DocumentKind::Other).then_some((read, kind, probability)))
    }

    /// Looks again and takes the better reading for `reading`, with the documents that it is of.
    pub(super) fn look_again(
        &self,
        kind: DocumentKind,
        documents: &mut [Upright],
        reading: &mut DocumentReading,
        pages: &[PageImage],
        today: Date,
    ) -> Result<(), InferenceError> {
        if documents.iter().any(is_text_layer) {
            return self.read_beside_text_layer(kind, documents, reading, today);
        }
        // Several pages are a PDF's: they fill their frames.
        let [document] = documents else { return Ok(()) };
        if kind == DocumentKind::IdCardFront {
            self.read_places(document, reading, today)?;
            if lacking(reading) == 0 {
                return Ok(());
            }
        }
        let Some(page) = pages.get(document.text.page).filter(|_| document.located) else { return Ok(()) };
        let around = around(&document.found, page.pixels.dimensions());
        let Some(mut boxed) = self.read_turned(page, around, true, document.turns)? else { return Ok(()) };
        if !kind.is_id_card() {
            boxed.text.codes = crate::barcode::find_codes(&boxed.pixels);
        }
        let again = self.read_fields(kind, std::slice::from_mut(&mut boxed), today)?;
        if again.fields.len() >= reading.fields.len() && lacking(&again) < lacking(reading) {
            if lacking(&again) > 0 {
                // What is still missing may have been cut off: the paper's own edges tell that.
                boxed.found.edges = document.found.edges;
            }
            *document = boxed;
            *reading = again;
        }
        Ok(())
    }

    /// Reads the missing rows of a card where they are printed, without the text detector: it may have
    /// joined a row with something beside it.
    fn read_places(
        &self,
        document: &mut Upright,
        reading: &mut DocumentReading,
        today: Date,
    ) -> Result<(), InferenceError> {
        if !was_read_as_card(document) {
            return Ok(());
        }
        let (width, height) = document.pixels.dimensions();
        let scale = (width as f32 / CARD_MM.0, height as f32 / CARD_MM.1);
        let known = document.text.lines.len();
        for (field, row) in ROWS_MM {
            if reading.field(field).is_some_and(|known| !is_cut_short(known)) {
                continue;
            }
            let place =
                Rect::new(row.left * scale.0, row.top * scale.1, row.right * scale.0, row.bottom * scale.1);
            let line = self.reader.read_line_accurately(&document.pixels, Quad::from_rect(place))?;
            document.text.lines.push(line);
        }
        let again = self.read_fields(DocumentKind::IdCardFront, std::slice::from_mut(document), today)?;
        if lacking(&again) < lacking(reading) {
            *reading = again;
        } else {
            document.text.lines.truncate(known);
        }
        Ok(())
    }

    /// Reads by OCR what a PDF shows beside its text layer. Fields that the layer has keep its reading, also
    /// those that the joined text no longer gives.
    fn read_beside_text_layer(
        &self,
        kind: DocumentKind,
        documents: &mut [Upright],
        reading: &mut DocumentReading,
        today: Date,
    ) -> Result<(), InferenceError> {
        for document in documents.iter_mut().filter(|document| is_text_layer(document)) {
            let layer: Vec<Quad> = document.text.lines.iter().map(|line| line.quad).collect();
            let rest = whitened(&document.pixels, &layer);
            document.text.lines.extend(self.reader.read_page(&rest, PAGE_DETECTION_PX)?);
        }
        let again = self.read_fields(kind, documents, today)?;
        let is_new = |field: &&FieldReading| reading.field(field.name.as_str()).is_none();
        let added: Vec<FieldReading> = again.fields.iter().filter(is_new).cloned().collect();
        reading.fields.extend(added);
        reading.findings = again.findings;
        // What the layer gave is not missing though the joined text hid it.
        let DocumentReading { fields, findings } = reading;
        findings.retain(|finding| {
            finding.code != FindingCode::FieldMissing
                || !fields.iter().any(|field| finding.field.as_ref() == Some(&field.name))
        });
        Ok(())
    }
}

/// The upright box around a quad, with a margin, within the frame.
fn around(found: &DocumentQuad, (width, height): (u32, u32)) -> DocumentQuad {
    let bounds = found.quad.bounds();
    let (dx, dy) = (bounds.width() * MARGIN, bounds.height() * MARGIN);
    let (w, h) = (width as f32, height as f32);
    let grown = Rect::new(
        (bounds.left - dx).max(0.0),
        (bounds.top - dy).max(0.0),
        (bounds.right + dx).min(w),
        (bounds.bottom + dy).min(h),
    );
    DocumentQuad {
        quad: Quad::from_rect(grown),
        aspect: grown.width() / grown.height().max(1.0),
        ..DocumentQuad::whole(width, height)
    }
}

/// A copy of `picture` without what stands under `places`.
fn whitened(picture: &RgbImage, places: &[Quad]) -> RgbImage {
    let mut copy = picture.clone();
    let (width, height) = copy.dimensions();
    for place in places {
        let bounds = place.bounds();
        let margin = bounds.height() * LAYER_MARGIN;
        let within = |v: f32, limit: u32| v.clamp(0.0, limit as f32) as u32;
        for y in within(bounds.top - margin, height)..within(bounds.bottom + margin, height) {
            for x in within(bounds.left - margin, width)..within(bounds.right + margin, width) {
                copy.put_pixel(x, y, Rgb([255; 3]));
            }
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_holds_the_quad_and_stays_in_the_frame() {
        let quad = Quad::from_rect(Rect::new(-5.0, 100.0, 500.0, 390.0));
        let found = DocumentQuad { quad, ..DocumentQuad::whole(1000, 400) };
        let bounds = around(&found, (1000, 400)).quad.bounds();
        assert_eq!((bounds.left, bounds.bottom), (0.0, 400.0));
        assert!(bounds.right > 500.0 && bounds.top < 100.0);
    }

    #[test]
    fn the_layer_is_whitened_and_the_rest_stays() {
        let picture = RgbImage::from_pixel(100, 50, Rgb([10; 3]));
        let rest = whitened(&picture, &[Quad::from_rect(Rect::new(20.0, 20.0, 60.0, 30.0))]);
        assert_eq!(rest.get_pixel(40, 25), &Rgb([255; 3]));
        assert_eq!(rest.get_pixel(80, 25), &Rgb([10; 3]));
        assert_eq!(rest.get_pixel(40, 45), &Rgb([10; 3]));
    }
}
