//! What a PDF draws over content that the page already has: how people change a document in an editor.

use hayro::kurbo::Rect;

use crate::domain::{Quad, Rect as Place};

use super::super::super::page::{Overlay, OverlaySort};

/// Drawing instructions kept of a page. A page of small print has 5,000.
pub(super) const MAX_DRAWN: usize = 30_000;

/// Luminance (of 255) from which a fill can pass for paper; tinted papers of certificates have about 200.
const PAPER_LUMINANCE: f32 = 165.0;

/// Opacity (of 255) from which what lies below cannot be read any more.
const MIN_ALPHA: u8 = 215;

/// Share of the page's area that a cover has: smaller ones hide no character, larger ones are backgrounds.
const COVER_AREA: std::ops::RangeInclusive<f64> = 2e-5..=0.2;

/// Height of a pasted patch as a share of the page's longer side: 9 mm of A4. QR codes, seals and portraits of issued
/// papers are larger.
const MAX_PATCH_HEIGHT: f64 = 0.03;

/// Characters set over a picture of a page that count as an addition. Issued papers that set text over a picture set at
/// least their whole list of values, some 40 characters.
const MAX_ADDED_GLYPHS: usize = 24;

/// Share of the page's height at its top and bottom where scanners and archives set page numbers and names.
const MARGIN: f64 = 0.08;

/// Characters that must stand under a cover of printed text before it counts as hiding them.
const MIN_HIDDEN_GLYPHS: usize = 2;

/// Overlays of one page that are told.
const MAX_OVERLAYS: usize = 12;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DrawnSort {
    Picture,
    /// A stencil or a picture with a mask, which does not hide what lies below.
    ClearPicture,
    Glyph,
    /// An opaque fill of a light colour.
    LightArea,
}

/// One drawing instruction, in points from the page's top-left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawn {
    pub sort: DrawnSort,
    pub place: Rect,
}

/// Can a fill of this colour pass for paper and hide what lies below?
pub(super) fn is_paper([r, g, b, alpha]: [u8; 4]) -> bool {
    // ITU-R BT.601 luminance.
    let luminance = 0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b);
    alpha >= MIN_ALPHA && luminance >= PAPER_LUMINANCE
}

/// Finds what lies over earlier content. A picture that covers at least `scan_coverage` of the page is its content.
pub(super) fn find(drawn: &[Drawn], page: Rect, scan_coverage: f64, scale: f64) -> Vec<Overlay> {
    let base = drawn.iter().position(|item| {
        let visible = item.place.intersect(page).area();
        item.sort == DrawnSort::Picture && visible >= scan_coverage * page.area()
    });
    let mut found: Vec<(OverlaySort, Rect)> = Vec::new();
    for (at, item) in drawn.iter().enumerate() {
        let over_picture = base.is_some_and(|base| at > base);
        let place = item.place.intersect(page);
        let sort = match item.sort {
            DrawnSort::LightArea if COVER_AREA.contains(&(place.area() / page.area())) => {
                (over_picture || hides_glyphs(&drawn[..at], place)).then_some(OverlaySort::Cover)
            }
            DrawnSort::Picture if over_picture && place.area() > 0.0 => {
                let longer = page.width().max(page.height());
                (place.height() <= MAX_PATCH_HEIGHT * longer).then_some(OverlaySort::Patch)
            }
            _ => None,
        };
        found.extend(sort.map(|sort| (sort, place)));
    }
    found.extend(
        base.and_then(|base| added_text(&drawn[base..], page)).map(|place| (OverlaySort::Text, place)),
    );
    found
        .into_iter()
        .take(MAX_OVERLAYS)
        .map(|(sort, r)| {
            let [left, top, right, bottom] = [r.x0, r.y0, r.x1, r.y1].map(|v| (v * scale) as f32);
            Overlay { sort, quad: Quad::from_rect(Place::new(left, top, right, bottom)) }
        })
        .collect()
}

fn hides_glyphs(earlier: &[Drawn], cover: Rect) -> bool {
    let is_hidden = |item: &&Drawn| item.sort == DrawnSort::Glyph && cover.contains(item.place.center());
    earlier.iter().filter(is_hidden).take(MIN_HIDDEN_GLYPHS).count() == MIN_HIDDEN_GLYPHS
}

/// The box of the few characters that stand over a picture of the page, outside its margins.
fn added_text(over: &[Drawn], page: Rect) -> Option<Rect> {
    let body =
        Rect::new(page.x0, page.y0 + MARGIN * page.height(), page.x1, page.y1 - MARGIN * page.height());
    let added: Vec<Rect> = over
        .iter()
        .filter(|item| item.sort == DrawnSort::Glyph && body.contains(item.place.center()))
        .map(|item| item.place)
        .take(MAX_ADDED_GLYPHS + 1)
        .collect();
    if added.len() > MAX_ADDED_GLYPHS {
        return None;
    }
    added.into_iter().reduce(|a, b| a.union(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Rect = Rect::new(0.0, 0.0, 595.0, 842.0);

    fn drawn(sort: DrawnSort, x: f64, y: f64, w: f64, h: f64) -> Drawn {
        Drawn { sort, place: Rect::new(x, y, x + w, y + h) }
    }

    fn glyphs(count: usize, y: f64) -> impl Iterator<Item = Drawn> {
        (0..count).map(move |i| drawn(DrawnSort::Glyph, 60.0 + 12.0 * (i % 40) as f64, y, 12.0, 10.0))
    }

    fn sorts(drawn: &[Drawn]) -> Vec<OverlaySort> {
        find(drawn, PAGE, 0.85, 2.0).into_iter().map(|overlay| overlay.sort).collect()
    }

    fn scan() -> Drawn {
        drawn(DrawnSort::Picture, 0.0, 0.0, 595.0, 842.0)
    }

    #[test]
    fn a_scan_with_a_retyped_field_is_seen_with_its_place() {
        let mut page = vec![scan(), drawn(DrawnSort::LightArea, 58.0, 198.0, 100.0, 16.0)];
        page.extend(glyphs(6, 200.0));
        assert_eq!(sorts(&page), [OverlaySort::Cover, OverlaySort::Text]);
        let quad = find(&page, PAGE, 0.85, 2.0)[0].quad;
        assert_eq!(quad, Quad::from_rect(Place::new(116.0, 396.0, 316.0, 428.0)));
        assert_eq!(
            sorts(&[scan(), drawn(DrawnSort::Picture, 60.0, 200.0, 80.0, 15.0)]),
            [OverlaySort::Patch]
        );
    }

    #[test]
    fn covered_print_is_seen_and_a_table_s_ground_is_not() {
        let cover = drawn(DrawnSort::LightArea, 58.0, 198.0, 100.0, 16.0);
        let covered: Vec<Drawn> = glyphs(20, 200.0).chain([cover]).collect();
        assert_eq!(sorts(&covered), [OverlaySort::Cover]);
        let ground: Vec<Drawn> = [cover].into_iter().chain(glyphs(20, 200.0)).collect();
        assert_eq!(sorts(&ground), []);
    }

    #[test]
    fn issued_papers_over_a_picture_and_page_numbers_are_plain() {
        let mut issued = vec![scan()];
        issued.extend(glyphs(60, 200.0));
        issued.push(drawn(DrawnSort::Picture, 77.0, 650.0, 68.0, 68.0));
        issued.push(drawn(DrawnSort::ClearPicture, 77.0, 500.0, 60.0, 20.0));
        assert_eq!(sorts(&issued), []);
        let mut numbered = vec![scan()];
        numbered.extend(glyphs(3, 820.0));
        assert_eq!(sorts(&numbered), []);
    }

    #[test]
    fn only_light_opaque_fills_pass_for_paper() {
        assert!(is_paper([255, 255, 255, 255]));
        assert!(is_paper([230, 215, 190, 255]));
        assert!(!is_paper([255, 255, 255, 90]));
        assert!(!is_paper([30, 30, 30, 255]));
    }
}
