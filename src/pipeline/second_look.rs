//! A second look at a document of no known kind, or of which a field is missing that it must have.
//!
//! Causes that have nothing to do with the print: a page finder's quad may cut through the document (then the upright
//! box around the quad, with a margin, is read as it is), or hold more than it (then a document is looked for within the quad, and where the
//! text that was read stands). Red overprint is looked through. And a PDF's text layer may lack what the page
//! shows as a picture (CHSI prints the name so): then what the layer does not hold is read by OCR.

use image::{Rgb, RgbImage, imageops};
use jiff::civil::Date;

use crate::{
    documents::{DocumentReading, FieldReading},
    domain::{DocumentKind, FindingCode, Point, Quad, Rect},
    imaging::{DocumentQuad, PageImage, find_documents},
    inference::InferenceError,
    ocr::PageText,
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

/// Share of an outline's area under which a document within it is another outline.
const INNER_SHARE: f32 = 0.85;

/// Lines that tell where the document lies: read at least this surely, with as many symbols. What lies beside it is at another angle,
/// or too small to be read.
const SURE_LINE: f32 = 0.9;
const SURE_SYMBOLS: usize = 4;
/// Fewer of them may be a part of the document.
const SURE_LINES: usize = 6;
/// Room around these lines, as a share of the sides of their box: papers' margins are a tenth of their width.
const TEXT_MARGIN: f32 = 0.12;
/// Share of the picture that was read under which reading the box alone makes the print larger.
const TEXT_SHARE: f32 = 0.6;

/// How much redder than green and blue (of 255) red overprint is, how many of so many pixels are looked at, and the share of them from
/// which there is such overprint: a seal of a certificate has 1 %.
const RED: u8 = 40;
const EVERY: usize = 7;
const RED_SHARE: f32 = 0.003;

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
        let Some(page) = pages.get(document.text.page) else { return Ok(()) };
        let sides = page.pixels.dimensions();
        let found = document.found;
        if document.located {
            let boxed = self.read_turned(page, around(&found, sides), true, document.turns)?;
            self.take_better(kind, boxed, document, reading, today)?;
        }
        // Papers beside the document, or the screen that shows it, may have been taken for a part of it.
        if is_worthwhile(kind, reading)
            && let Some(inner) = self.find_within(page, &found)
        {
            let inner = self.upright(page, inner, true)?;
            self.take_better(kind, Some(inner), document, reading, today)?;
        }
        if is_worthwhile(kind, reading)
            && !kind.is_id_card()
            && let Some(text) = around_text(document, sides)
        {
            let closer = self.upright(page, text, true)?;
            self.take_better(kind, Some(closer), document, reading, today)?;
        }
        if is_worthwhile(kind, reading) && !kind.is_id_card() {
            let lit = self.in_red_light(document)?;
            self.take_better(kind, lit, document, reading, today)?;
        }
        Ok(())
    }

    /// Puts `other` and what it says in the place of `document` and `reading` where it lacks less.
    fn take_better(
        &self,
        kind: DocumentKind,
        other: Option<Upright>,
        document: &mut Upright,
        reading: &mut DocumentReading,
        today: Date,
    ) -> Result<(), InferenceError> {
        let Some(mut other) = other else { return Ok(()) };
        if !kind.is_id_card() {
            other.text.codes = crate::barcode::find_codes(&other.pixels);
        }
        let again = self.read_fields(kind, std::slice::from_mut(&mut other), today)?;
        if again.fields.len() >= reading.fields.len() && lacking(&again) < lacking(reading) {
            if lacking(&again) > 0 && other.found.fills_frame() {
                // What is still missing may have been cut off: the paper's own edges tell that.
                other.found.edges = document.found.edges;
            }
            *document = other;
            *reading = again;
        }
        Ok(())
    }

    /// The largest document within an outline, where that one holds more than it: `found` cut out alone shows the page
    /// finder more of what is on it.
    pub(super) fn find_within(&self, page: &PageImage, found: &DocumentQuad) -> Option<DocumentQuad> {
        let (width, height) = page.pixels.dimensions();
        let bounds = found.quad.bounds().intersection(Rect::new(0.0, 0.0, width as f32, height as f32));
        let (left, top) = (bounds.left as u32, bounds.top as u32);
        let (w, h) = (bounds.width() as u32, bounds.height() as u32);
        let part = imageops::crop_imm(&page.pixels, left, top, w, h).to_image();
        let on_page = |inner: DocumentQuad| DocumentQuad {
            quad: inner.quad.map(|p| Point::new(p.x + left as f32, p.y + top as f32)),
            ..inner
        };
        let is_another = |inner: &DocumentQuad| inner.quad.area() < INNER_SHARE * found.quad.area();
        find_documents(&part, &self.finder, self.page_net()).into_iter().map(on_page).find(is_another)
    }

    /// The document with its text read in red light, in which red overprint is as white as the paper; `None` where there is
    /// next to none.
    fn in_red_light(&self, document: &Upright) -> Result<Option<Upright>, InferenceError> {
        let is_red = |p: &&Rgb<u8>| p.0[0].saturating_sub(p.0[1].max(p.0[2])) >= RED;
        let (width, height) = document.pixels.dimensions();
        let looked_at = || document.pixels.pixels().step_by(EVERY);
        if (looked_at().filter(is_red).count() as f32) < RED_SHARE * looked_at().count() as f32 {
            return Ok(None);
        }
        let red = RgbImage::from_fn(width, height, |x, y| Rgb([document.pixels.get_pixel(x, y).0[0]; 3]));
        let text =
            PageText { lines: self.reader.read_page(&red, PAGE_DETECTION_PX)?, ..document.text.clone() };
        Ok(Some(Upright { pixels: document.pixels.clone(), text, ..*document }))
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

/// The box around the lines that were surely read, where much of what was read with them is something else.
fn around_text(document: &Upright, (width, height): (u32, u32)) -> Option<DocumentQuad> {
    let lines = document.text.lines.iter();
    let sure = lines.filter(|line| line.symbols.len() >= SURE_SYMBOLS && line.confidence() >= SURE_LINE);
    let places: Vec<Rect> = sure.map(|line| line.quad.bounds()).collect();
    let text = places.iter().copied().reduce(Rect::union).filter(|_| places.len() >= SURE_LINES)?;
    let all = Rect::new(0.0, 0.0, document.text.width, document.text.height);
    let grown = text.inflate(TEXT_MARGIN * text.width(), TEXT_MARGIN * text.height()).intersection(all);
    let quad = Quad::from_rect(grown).map(|p| document.to_page.apply(p));
    let aspect = grown.width() / grown.height().max(1.0);
    (grown.area() < TEXT_SHARE * all.area()).then(|| DocumentQuad {
        quad,
        aspect,
        ..DocumentQuad::whole(width, height)
    })
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
    use crate::{
        domain::{Homography, Reader},
        ocr::TextLine,
    };

    #[test]
    fn the_box_holds_the_quad_and_stays_in_the_frame() {
        let quad = Quad::from_rect(Rect::new(-5.0, 100.0, 500.0, 390.0));
        let found = DocumentQuad { quad, ..DocumentQuad::whole(1000, 400) };
        let bounds = around(&found, (1000, 400)).quad.bounds();
        assert_eq!((bounds.left, bounds.bottom), (0.0, 400.0));
        assert!(bounds.right > 500.0 && bounds.top < 100.0);
    }

    #[test]
    fn text_that_takes_up_a_part_of_what_was_read_is_looked_at_alone() {
        let of = |right: f32, count: usize| {
            let line = |i: usize| {
                let top = 100.0 + 40.0 * i as f32;
                TextLine::plain(
                    "某某职业技术学院",
                    Quad::from_rect(Rect::new(100.0, top, right, top + 30.0)),
                    0.97,
                    Reader::Ppocr,
                )
            };
            let lines = (0..count).map(line).collect();
            let text = PageText { width: 1000.0, height: 800.0, lines, ..PageText::default() };
            let document = Upright {
                pixels: RgbImage::new(1000, 800),
                to_page: Homography::IDENTITY,
                found: DocumentQuad::whole(1000, 800),
                located: false,
                turns: 0,
                text,
            };
            around_text(&document, (1000, 800)).map(|found| found.quad.bounds())
        };
        let bounds = of(400.0, 8).unwrap();
        assert!(bounds.left < 100.0 && bounds.right > 400.0 && bounds.right < 450.0, "{bounds:?}");
        assert_eq!(of(980.0, 16), None);
        assert_eq!(of(400.0, 3), None);
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
