//! A field of an ID card that was not read, or as good as not: is something lying on its place?
//!
//! The card's layout is fixed, so the place of a field is known even where nothing could be read.
//! Paper with print on it has the paper's own colour in most of its pixels; a burnt-out reflection,
//! a finger, a stain or a pen over it changes that colour.

use std::collections::BTreeMap;

use image::RgbImage;

use crate::{
    domain::{DocumentKind, Field, FieldName, Finding, FindingCode, Quad, Rect, Severity},
    imaging::quality::QualityParams,
};

/// Places of values in millimetres of the card (DOMAIN.md §1): name, left, top, right, bottom.
const FRONT: [(&str, Rect); 6] = [
    ("name", Rect::new(15.6, 9.0, 32.0, 13.5)),
    ("sex", Rect::new(15.0, 15.5, 19.5, 19.5)),
    ("nation", Rect::new(33.0, 15.5, 40.0, 19.5)),
    ("birth_date", Rect::new(15.6, 22.0, 46.0, 26.0)),
    ("address", Rect::new(15.6, 28.5, 46.0, 37.0)),
    ("id_number", Rect::new(30.0, 45.0, 70.0, 49.0)),
];
const BACK: [(&str, Rect); 3] = [
    ("issuing_authority", Rect::new(34.8, 38.5, 58.0, 42.5)),
    ("valid_from", Rect::new(34.8, 45.0, 52.0, 49.0)),
    ("valid_until", Rect::new(54.0, 45.0, 72.0, 49.0)),
];
/// Width and height of a card in millimetres (ISO/IEC 7810 ID-1).
pub(super) const CARD_MM: (f32, f32) = (85.6, 54.0);

/// How far (of 255, the mean over the channels) the typical colour of a place may be from the
/// paper's. Shadows and the guilloche stay below 20 on readable cards; lower calls shadows covers,
/// higher misses a light finger.
const MAX_COLOUR_DIFFERENCE: f32 = 30.0;
/// A place whose every channel is typically at least this bright is burnt out rather than covered.
const BURNT_OUT: u8 = 247;

/// How much brighter than the paper (of 255, the mean over the channels) a burnt-out place is: noise is 4.
const BRIGHTER: f32 = 9.0;
/// Brightness of the darkest twentieth of a place from which no stroke is left on it.
const NO_INK: u8 = 215;

/// Findings for the fields of an upright card that are missing or unread because something lies on them; `read` are
/// its fields with their calibrated confidence. Quads are in the pixels of `card`.
pub(super) fn find(
    kind: DocumentKind,
    card: &RgbImage,
    page: usize,
    read: &BTreeMap<FieldName, Field>,
) -> Vec<Finding> {
    let places: &[(&'static str, Rect)] = match kind {
        DocumentKind::IdCardFront => &FRONT,
        DocumentKind::IdCardBack => &BACK,
        _ => return Vec::new(),
    };
    let (sx, sy) = (card.width() as f32 / CARD_MM.0, card.height() as f32 / CARD_MM.1);
    let in_pixels = |mm: Rect| Rect::new(mm.left * sx, mm.top * sy, mm.right * sx, mm.bottom * sy);
    let unreadable = f64::from(QualityParams::default().unreadable);
    let is_read = |name: &'static str| {
        read.get(&FieldName::new(name)).is_some_and(|field| field.confidence >= unreadable)
    };
    // The paper: what is typical of the places that could be read, or else of the whole card.
    let visible: Vec<[u8; 3]> = places
        .iter()
        .filter(|(name, _)| is_read(name))
        .map(|&(_, place)| typical_colour(card, in_pixels(place)))
        .collect();
    let paper = median_colour(visible).unwrap_or_else(|| {
        typical_colour(card, Rect::new(0.0, 0.0, card.width() as f32, card.height() as f32))
    });
    places
        .iter()
        .filter(|(name, _)| !is_read(name))
        .filter_map(|&(name, place)| {
            let place = in_pixels(place);
            let colour = typical_colour(card, place);
            let difference =
                colour.iter().zip(paper).map(|(&a, b)| f32::from(a.abs_diff(b))).sum::<f32>() / 3.0;
            // What ink is left there, a person reads.
            let burnt = colour.iter().all(|&v| v >= BURNT_OUT)
                && difference >= BRIGHTER
                && darkest(card, place) >= NO_INK;
            let (code, zh, en) = if burnt {
                (
                    FindingCode::QualityGlare,
                    "该处反光，看不清，请重拍",
                    "Glare hides this field; take the picture again",
                )
            } else if difference > MAX_COLOUR_DIFFERENCE {
                (
                    FindingCode::QualityOccluded,
                    "该处被遮挡，请重拍",
                    "Something hides this field; take the picture again",
                )
            } else {
                return None;
            };
            Some(
                Finding::new(code, Severity::Retake, zh, en)
                    .on_page(page)
                    .at(Quad::from_rect(place))
                    .about(name)
                    .with_evidence("colour_difference", f64::from(difference)),
            )
        })
        .collect()
}

/// Median of each channel over a rectangle; print covers less than half of it.
fn typical_colour(card: &RgbImage, place: Rect) -> [u8; 3] {
    median_colour(pixels(card, place)).unwrap_or([255; 3])
}

/// Brightness (mean of the channels) that a twentieth of a rectangle's pixels stay below: ink, where there is any.
fn darkest(card: &RgbImage, place: Rect) -> u8 {
    let mean = |pixel: [u8; 3]| (pixel.iter().map(|&v| u16::from(v)).sum::<u16>() / 3) as u8;
    let mut levels: Vec<u8> = pixels(card, place).into_iter().map(mean).collect();
    if levels.is_empty() {
        return u8::MAX;
    }
    let at = levels.len() / 20;
    *levels.select_nth_unstable(at).1
}

fn pixels(card: &RgbImage, place: Rect) -> Vec<[u8; 3]> {
    let clamp = |v: f32, limit: u32| v.clamp(0.0, limit as f32) as u32;
    (clamp(place.top, card.height())..clamp(place.bottom, card.height()))
        .flat_map(|y| {
            (clamp(place.left, card.width())..clamp(place.right, card.width())).map(move |x| (x, y))
        })
        .map(|(x, y)| card.get_pixel(x, y).0)
        .collect()
}

fn median_colour(colours: Vec<[u8; 3]>) -> Option<[u8; 3]> {
    if colours.is_empty() {
        return None;
    }
    Some(std::array::from_fn(|channel| {
        let mut values: Vec<u8> = colours.iter().map(|colour| colour[channel]).collect();
        let middle = values.len() / 2;
        *values.select_nth_unstable(middle).1
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    const PAPER: Rgb<u8> = Rgb([215, 225, 230]);

    /// A card of 10 pixels a millimetre with a patch of `colour` on the place of the number.
    fn card(colour: Rgb<u8>) -> RgbImage {
        RgbImage::from_fn(856, 540, |x, y| {
            if (300..700).contains(&x) && (440..500).contains(&y) { colour } else { PAPER }
        })
    }

    fn codes(colour: Rgb<u8>) -> Vec<(FindingCode, Option<String>)> {
        find(DocumentKind::IdCardFront, &card(colour), 0, &BTreeMap::new())
            .into_iter()
            .map(|f| (f.code, f.field.map(|name| name.to_string())))
            .collect()
    }

    #[test]
    fn what_lies_on_a_field_is_told_from_a_reflection() {
        let number = Some("id_number".to_owned());
        assert_eq!(codes(Rgb([200, 150, 120])), [(FindingCode::QualityOccluded, number.clone())]);
        assert_eq!(codes(Rgb([255; 3])), [(FindingCode::QualityGlare, number)]);
    }

    #[test]
    fn a_field_that_is_as_good_as_unread_may_be_hidden_and_a_sure_one_is_not() {
        let found = |confidence: f64| {
            let field = Field {
                value: String::new(),
                text: String::new(),
                confidence,
                page: 0,
                quad: None,
                readers: Vec::new(),
                certainty: None,
                disputed: false,
                corroborated: false,
                compared: Vec::new(),
                alternatives: Vec::new(),
            };
            let read = BTreeMap::from([(FieldName::new("id_number"), field)]);
            find(DocumentKind::IdCardFront, &card(Rgb([90, 60, 40])), 0, &read)
                .iter()
                .any(|finding| finding.field == Some(FieldName::new("id_number")))
        };
        assert!(found(0.1) && !found(0.98));
    }

    #[test]
    fn ink_that_is_left_under_bright_light_is_not_hidden() {
        let mut lit = card(Rgb([255; 3]));
        for (x, y) in (310..690).flat_map(|x| (455..485).map(move |y| (x, y))).filter(|(x, _)| x % 12 < 4) {
            lit.put_pixel(x, y, Rgb([90; 3]));
        }
        let found = find(DocumentKind::IdCardFront, &lit, 0, &BTreeMap::new());
        assert!(found.iter().all(|f| f.code != FindingCode::QualityGlare), "{found:?}");
    }

    #[test]
    fn bare_paper_hides_nothing() {
        assert_eq!(codes(PAPER), []);
    }
}
