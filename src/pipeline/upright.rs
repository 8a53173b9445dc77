//! From a page's picture to its documents, each upright and read.

use image::RgbImage;

use crate::{
    domain::{Homography, Quad, Reader},
    imaging::{DocumentQuad, PageImage, find_documents, natural_size, rectify},
    inference::InferenceError,
    ocr::{PageText, TextLine},
};

use super::Pipeline;

/// A document of a page, upright.
#[derive(Debug)]
pub(super) struct Upright {
    pub pixels: RgbImage,
    /// Sends a place of `pixels` to the page's decoded pixels.
    pub to_page: Homography,
    pub found: DocumentQuad,
    /// Whether the quad was found in the picture; false for a page taken as a whole.
    pub located: bool,
    /// Quarter turns clockwise that brought it upright.
    pub turns: usize,
    pub text: PageText,
}

impl Upright {
    /// Whether the document was found in a picture whose edges can tell what was cut off.
    pub fn is_photographed(&self) -> bool {
        self.located && !self.found.fills_frame()
    }

    /// Corners of the upright document in the page's decoded pixels.
    pub fn quad(&self) -> Quad {
        self.found.quad.rotated_clockwise(self.turns)
    }
}

/// Longest side in pixels of an upright card: 85.6 mm at 320 dpi. Print of 2.2 mm is then 28 pixels
/// high, more than half of what the recogniser takes in.
const CARD_SIDE_PX: u32 = 1080;
/// Longest side in pixels of an upright page: A4 at 170 dpi. Print of 3.2 mm (9 pt) is 21 pixels high.
const PAGE_SIDE_PX: u32 = 2000;
/// Detector input for cards: six lines of large print need no more.
const CARD_DETECTION_PX: u32 = 640;
/// Detector input for pages. At 960 the small print of an A4 page is found, at 736 some of it is lost.
pub(super) const PAGE_DETECTION_PX: u32 = 1088;
/// Longer side ÷ shorter side of A4. A longer page (a phone's screen, a browser's window) is read with more
/// pixels along it, so that its print is not smaller than on paper.
const PAPER_ELONGATION: f32 = std::f32::consts::SQRT_2;
/// How much more at most: time and memory of the detector grow with it.
const MOST_STRETCH: f32 = 1.6;
/// Width ÷ height that may be an ID card (1.585), with what a hasty quad and perspective add.
const CARD_ASPECTS: std::ops::RangeInclusive<f32> = 1.42..=1.76;
/// Longer side of the copy that the orientation classifier looks at.
const ORIENTATION_SIDE_PX: u32 = 420;
/// A reading with at least this plausibility is not tried another way up.
const PLAUSIBLE: f32 = 0.80;
/// Documents of one picture that are read. More are a desk, not an upload.
const MAX_DOCUMENTS: usize = 3;

impl Pipeline {
    /// Every document of a page, largest first; the whole page when none stands out.
    pub(super) fn upright_documents(&self, page: &PageImage) -> Result<Vec<Upright>, InferenceError> {
        if let Some(upright) = from_text_layer(page) {
            return Ok(vec![upright]);
        }
        let mut found = find_documents(&page.pixels, &self.finder, self.page_net());
        let located = !found.is_empty();
        if found.is_empty() {
            found.push(DocumentQuad::whole(page.pixels.width(), page.pixels.height()));
        }
        found.truncate(MAX_DOCUMENTS);
        found.into_iter().map(|document| self.upright(page, document, located)).collect()
    }

    /// Brings one document upright, reading it the likeliest way up first.
    pub(super) fn upright(
        &self,
        page: &PageImage,
        found: DocumentQuad,
        located: bool,
    ) -> Result<Upright, InferenceError> {
        let small_size = natural_size(&found.quad, found.aspect, ORIENTATION_SIDE_PX);
        let order = match rectify(&page.pixels, &found.quad, small_size.0, small_size.1) {
            Some(small) => self.orientation.classify(&small.pixels)?.ranked(),
            None => [0, 2, 1, 3],
        };
        let mut best: Option<(f32, Upright)> = None;
        for turns in order {
            let Some(candidate) = self.read_turned(page, found, located, turns)? else { continue };
            let lines = &candidate.text.lines;
            let sideways = runs_down(lines);
            let plausible = !sideways && plausibility(lines) >= PLAUSIBLE;
            let score = legibility(lines) * if sideways { SIDEWAYS } else { 1.0 };
            if best.as_ref().is_none_or(|(other, _)| plausible || score > *other) {
                best = Some((score, candidate));
            }
            if plausible {
                break;
            }
        }
        Ok(match best {
            Some((_, upright)) => upright,
            // A degenerate quad: take the page as it is.
            None => Upright {
                pixels: page.pixels.clone(),
                to_page: Homography::IDENTITY,
                found: DocumentQuad::whole(page.pixels.width(), page.pixels.height()),
                located: false,
                turns: 0,
                text: PageText { page: page.index, ..PageText::default() },
            },
        })
    }

    pub(super) fn read_turned(
        &self,
        page: &PageImage,
        found: DocumentQuad,
        located: bool,
        turns: usize,
    ) -> Result<Option<Upright>, InferenceError> {
        let aspect = if turns.is_multiple_of(2) { found.aspect } else { 1.0 / found.aspect };
        let quad = found.quad.rotated_clockwise(turns);
        let card = CARD_ASPECTS.contains(&aspect);
        let (side, detection) = if card {
            (CARD_SIDE_PX, CARD_DETECTION_PX)
        } else {
            page_sides(quad.width() / quad.height().max(1.0))
        };
        let (width, height) = natural_size(&quad, aspect, side);
        let Some(cut) = rectify(&page.pixels, &quad, width, height) else { return Ok(None) };
        let lines = self.reader.read_page(&cut.pixels, detection)?;
        let text = PageText {
            page: page.index,
            width: width as f32,
            height: height as f32,
            lines,
            codes: Vec::new(),
        };
        Ok(Some(Upright { pixels: cut.pixels, to_page: cut.to_page, found, located, turns, text }))
    }

    /// Reads a document again at a page's resolution, once it turned out not to be a card.
    pub(super) fn reread_as_page(
        &self,
        page: &PageImage,
        upright: Upright,
    ) -> Result<Upright, InferenceError> {
        let (width, height) = upright.pixels.dimensions();
        let aspect = width as f32 / height.max(1) as f32;
        let (w, h) = natural_size(&upright.quad(), aspect, PAGE_SIDE_PX);
        let Some(cut) = rectify(&page.pixels, &upright.quad(), w, h) else { return Ok(upright) };
        let lines = self.reader.read_page(&cut.pixels, PAGE_DETECTION_PX)?;
        let text = PageText { width: w as f32, height: h as f32, lines, ..upright.text };
        Ok(Upright { pixels: cut.pixels, to_page: cut.to_page, text, ..upright })
    }
}

/// True for a page whose text came from a PDF rather than from a recogniser.
pub(super) fn is_text_layer(document: &Upright) -> bool {
    document.text.lines.first().is_some_and(|line| line.reader == Reader::PdfText)
}

/// True for a document that was read at a card's resolution.
pub(super) fn was_read_as_card(upright: &Upright) -> bool {
    let (width, height) = upright.pixels.dimensions();
    CARD_ASPECTS.contains(&(width as f32 / height.max(1) as f32))
}

/// Letters of a text layer from which a PDF page needs no OCR: less is a watermark or a page number.
const MIN_LAYER_CHARS: usize = 40;

fn from_text_layer(page: &PageImage) -> Option<Upright> {
    let chars: usize = page.text_layer.iter().map(|span| span.text.chars().count()).sum();
    if chars < MIN_LAYER_CHARS {
        return None;
    }
    let (width, height) = page.pixels.dimensions();
    let mut lines: Vec<TextLine> = page
        .text_layer
        .iter()
        .map(|span| TextLine::plain(&span.text, span.quad, 1.0, Reader::PdfText))
        .collect();
    lines.sort_by(|a, b| a.bounds().top.total_cmp(&b.bounds().top));
    Some(Upright {
        pixels: page.pixels.clone(),
        to_page: Homography::IDENTITY,
        found: DocumentQuad::whole(width, height),
        located: true,
        turns: 0,
        text: PageText {
            page: page.index,
            width: width as f32,
            height: height as f32,
            lines,
            codes: Vec::new(),
        },
    })
}

/// Longest sides of a page's picture and of the detector's input for a page of this width ÷ height.
fn page_sides(aspect: f32) -> (u32, u32) {
    let stretch = (aspect.max(1.0 / aspect.max(0.01)) / PAPER_ELONGATION).clamp(1.0, MOST_STRETCH);
    ((PAGE_SIDE_PX as f32 * stretch) as u32, (PAGE_DETECTION_PX as f32 * stretch) as u32)
}

/// Confidence that symbols have by chance: the wrong way up they rarely have more.
const CHANCE: f32 = 0.5;

/// How much of a document could be read: its symbols, each by how much it is surer than chance. The wrong way up,
/// patterns that look like one or two characters can be surer on average than a whole page in bad light.
fn legibility(lines: &[TextLine]) -> f32 {
    lines.iter().map(|line| (line.confidence() - CHANCE).max(0.0) * line.symbols.len() as f32).sum()
}

/// How much a reading looks like text, 0 to 1: the mean confidence of its symbols, less for a few
/// of them. The wrong way up gives few symbols of low confidence.
fn plausibility(lines: &[TextLine]) -> f32 {
    let symbols: usize = lines.iter().map(|line| line.symbols.len()).sum();
    if symbols == 0 {
        return 0.0;
    }
    let sum: f32 = lines.iter().map(|line| line.confidence() * line.symbols.len() as f32).sum();
    // Eight symbols already make a document; one or two may be noise.
    let enough = 1.0 - (-(symbols as f32) / 4.0).exp();
    sum / symbols as f32 * enough
}

/// What a reading whose lines run down counts against one whose lines run along: tall boxes are turned before they are read, so that a
/// page on its side is read in part, too.
const SIDEWAYS: f32 = 0.5;
/// Fewer symbols in a tall box may be a narrow glyph or two.
const TALL_SYMBOLS: usize = 3;

/// Whether more of the text stands in tall boxes than in wide ones.
fn runs_down(lines: &[TextLine]) -> bool {
    let told = lines.iter().filter(|line| line.symbols.len() >= TALL_SYMBOLS);
    let (mut tall, mut wide) = (0, 0);
    for line in told {
        let bounds = line.bounds();
        *(if bounds.height() > bounds.width() { &mut tall } else { &mut wide }) += line.symbols.len();
    }
    tall > wide
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rect;

    #[test]
    fn text_in_tall_boxes_runs_down() {
        let line = |width: f32, height: f32| {
            let quad = Quad::from_rect(Rect::new(0.0, 0.0, width, height));
            TextLine::plain("发证日期", quad, 0.98, Reader::Ppocr)
        };
        assert!(runs_down(&[line(20.0, 90.0), line(20.0, 80.0), line(90.0, 20.0)]));
        assert!(!runs_down(&[line(90.0, 20.0), line(80.0, 20.0), line(20.0, 90.0)]));
        assert!(!runs_down(&[]));
    }

    #[test]
    fn a_page_read_in_part_counts_more_than_a_pattern_read_surely() {
        let quad = Quad::from_rect(Rect::new(0.0, 0.0, 400.0, 20.0));
        let line = |text: &str, confidence| TextLine::plain(text, quad, confidence, Reader::Ppocr);
        let upright: Vec<_> = (0..20).map(|_| line("教育部学籍在线验证报告", 0.72)).collect();
        let sideways = [line("一一一一一一一一一一一一", 0.82)];
        assert!(plausibility(&sideways) > plausibility(&upright));
        assert!(legibility(&upright) > legibility(&sideways));
    }
}
