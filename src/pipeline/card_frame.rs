//! Where an ID card lies, told by what is printed on it.
//!
//! The layout of a card is fixed (GA 461), so its labels say where the card's edges must be. A page finder
//! that looked at edges alone may have taken the saucer below the card, or a line through a card that
//! fills the frame. Where print and quad contradict each other, the print is believed, the edges are
//! looked for around the place it gives, and the card is read again.

use nalgebra::{SMatrix, SVector};

use crate::{
    domain::{DocumentKind, Homography, Point, Quad, Rect},
    imaging::{PageImage, fit_document},
    inference::InferenceError,
    ocr::TextLine,
};

use super::{
    Pipeline,
    hidden::CARD_MM,
    upright::{Upright, is_text_layer},
};

/// A printed text with the ends of its middle line in millimetres of the card (DOMAIN.md §1).
struct Anchor {
    text: &'static str,
    left: f32,
    right: f32,
    y: f32,
}

const fn anchor(text: &'static str, left: f32, right: f32, y: f32) -> Anchor {
    Anchor { text, left, right, y }
}

const FRONT: [Anchor; 9] = [
    anchor("姓名", 6.9, 13.0, 11.0),
    anchor("性别", 6.9, 13.0, 17.3),
    anchor("民族", 26.0, 32.2, 17.3),
    anchor("出生", 7.1, 13.1, 23.6),
    anchor("年", 25.9, 28.1, 23.6),
    anchor("月", 34.7, 36.9, 23.6),
    anchor("日", 43.6, 45.8, 23.6),
    anchor("住址", 6.9, 13.2, 29.8),
    anchor("公民身份号码", 6.9, 22.6, 46.4),
];
const BACK: [Anchor; 4] = [
    anchor("中华人民共和国", 30.2, 75.2, 9.0),
    anchor("居民身份证", 26.2, 78.8, 18.5),
    anchor("签发机关", 20.5, 31.6, 39.9),
    anchor("有效期限", 20.5, 31.6, 46.5),
];
/// The number's 18 characters, the only print of the portrait side that reaches to the right.
const NUMBER: Anchor = anchor("", 30.1, 70.3, 46.4);
const NUMBER_LEN: usize = 18;

/// How far (root mean square, in millimetres) the print may stand from its places before the quad is doubted.
/// Prints vary by ±2 mm as a whole and the reader's boxes by half a millimetre; a quad that cuts through the
/// card or takes in the desk puts the print 2 to 20 mm off.
const DOUBTED_MM: f32 = 1.6;
/// The new quad must put the print this much nearer to its places. A tie is no reason to read again.
const GAIN: f32 = 0.7;
/// Ends of anchors that must be found: three labels. Fewer may be a line of the address.
const MIN_POINTS: usize = 6;
/// An end further than this from where the rest puts it is a misread label; prints vary by ±2 mm.
const OUTLIER_MM: f32 = 3.0;
/// The ends of anchors must spread over this many millimetres down the card, or they say nothing of its
/// height: from the name to the address.
const MIN_SPREAD_MM: f32 = 18.0;

impl Pipeline {
    /// The card read again where its print puts it, when that is not where it was found; `None` when the
    /// quad is right or the second reading is no better.
    pub(super) fn reframed(
        &self,
        kind: DocumentKind,
        page: &PageImage,
        card: &Upright,
    ) -> Result<Option<Upright>, InferenceError> {
        if is_text_layer(card) {
            return Ok(None);
        }
        // In the picture, not in the upright cut: a wrong quad has bent the cut.
        let pairs: Vec<Pair> =
            points(kind, &card.text.lines).into_iter().map(|(mm, px)| (mm, card.to_page.apply(px))).collect();
        let off = off_mm(&card.quad(), &pairs);
        if off < DOUBTED_MM {
            return Ok(None);
        }
        let Some(printed) = by_print(pairs.clone()) else { return Ok(None) };
        let printed = printed.rotated_clockwise(4 - card.turns % 4);
        let Some(found) = fit_document(&page.pixels, &printed, &self.finder) else { return Ok(None) };
        if off_mm(&found.quad.rotated_clockwise(card.turns), &pairs) > GAIN * off {
            return Ok(None);
        }
        let Some(again) = self.read_turned(page, found, true, card.turns)? else { return Ok(None) };
        let symbols = |lines: &[TextLine]| -> f32 {
            lines.iter().map(|line| line.confidence() * line.symbols.len() as f32).sum()
        };
        let anchors = |lines: &[TextLine]| points(kind, lines).len();
        let better = anchors(&again.text.lines) >= anchors(&card.text.lines).min(MIN_POINTS)
            && symbols(&again.text.lines) >= MIN_KEPT * symbols(&card.text.lines);
        Ok(better.then_some(again))
    }
}

/// Share of the first reading's text that the second must hold; what lay beside the card is rightly lost.
const MIN_KEPT: f32 = 0.6;

/// A place of the card in millimetres and in pixels.
type Pair = (Point, Point);

/// The card's corners in pixels, from its own top-left on.
fn by_print(mut pairs: Vec<Pair>) -> Option<Quad> {
    let mut map = Affine::fit(&pairs)?;
    // The worst one goes first: a bad label pulls the fit, and makes good ones look bad.
    while let Some((worst, _)) = pairs
        .iter()
        .enumerate()
        .map(|(at, (mm, px))| (at, map.apply(*mm).distance(*px)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, off)| *off > OUTLIER_MM * map.pixels_per_mm())
    {
        pairs.swap_remove(worst);
        map = Affine::fit(&pairs)?;
    }
    let (top, bottom) =
        pairs.iter().fold((f32::MAX, f32::MIN), |(top, bottom), (mm, _)| (top.min(mm.y), bottom.max(mm.y)));
    if pairs.len() < MIN_POINTS || bottom - top < MIN_SPREAD_MM {
        return None;
    }
    let card = Quad::from_rect(Rect::new(0.0, 0.0, CARD_MM.0, CARD_MM.1));
    Some(card.map(|p| map.apply(p)))
}

/// Root mean square distance in millimetres of the print from its places on a card with these corners; the
/// worst third is left out, since a label may be misread.
fn off_mm(corners: &Quad, pairs: &[Pair]) -> f32 {
    let card = Quad::from_rect(Rect::new(0.0, 0.0, CARD_MM.0, CARD_MM.1));
    let Some(to_card) = Homography::between(corners, &card) else { return f32::MAX };
    let mut squares: Vec<f32> = pairs
        .iter()
        .map(|(mm, px)| to_card.apply(*px).distance(*mm).powi(2))
        .filter(|v| v.is_finite())
        .collect();
    squares.sort_by(f32::total_cmp);
    squares.truncate(squares.len().div_ceil(3) * 2);
    let count = squares.len().max(1) as f32;
    (squares.iter().sum::<f32>() / count).sqrt()
}

/// The ends of all anchors that `lines` hold, in the lines' pixels.
fn points(kind: DocumentKind, lines: &[TextLine]) -> Vec<Pair> {
    let anchors: &[Anchor] = match kind {
        DocumentKind::IdCardFront => &FRONT,
        DocumentKind::IdCardBack => &BACK,
        _ => return Vec::new(),
    };
    let mut pairs = Vec::new();
    for line in lines {
        let chars: Vec<char> = line.symbols.iter().map(|symbol| symbol.ch).collect();
        for anchor in anchors {
            let text: Vec<char> = anchor.text.chars().collect();
            // A single character is an anchor only in the row of the birth date.
            if text.len() == 1 && !is_birth_row(&chars) {
                continue;
            }
            if let Some(at) = chars.windows(text.len()).position(|window| window == text) {
                pairs.extend(ends(anchor, line.quad_of(at..at + text.len())));
            }
        }
        if kind == DocumentKind::IdCardFront
            && let Some(at) = number_at(&chars)
        {
            pairs.extend(ends(&NUMBER, line.quad_of(at..at + NUMBER_LEN)));
        }
    }
    pairs
}

fn ends(anchor: &Anchor, quad: Quad) -> [Pair; 2] {
    let [tl, tr, br, bl] = quad.0;
    [
        (Point::new(anchor.left, anchor.y), tl.lerp(bl, 0.5)),
        (Point::new(anchor.right, anchor.y), tr.lerp(br, 0.5)),
    ]
}

/// A year with its 年, or a short line of digits, 年, 月 and 日 alone.
fn is_birth_row(chars: &[char]) -> bool {
    chars.iter().all(|c| c.is_ascii_digit() || matches!(c, '出' | '生' | '年' | '月' | '日'))
}

/// Where 18 characters of a number begin.
fn number_at(chars: &[char]) -> Option<usize> {
    let run = chars.iter().rev().take_while(|c| c.is_ascii_digit() || matches!(c, 'X' | 'x')).count();
    (run == NUMBER_LEN).then(|| chars.len() - NUMBER_LEN)
}

/// x' = a·x + b·y + c, y' = d·x + e·y + f: millimetres to pixels. Labels stand in the card's left half, so
/// perspective cannot be told from them; the edges that are seen bring it in.
struct Affine([f32; 6]);

impl Affine {
    fn fit(pairs: &[Pair]) -> Option<Self> {
        if pairs.len() < 3 {
            return None;
        }
        let mut normal = SMatrix::<f64, 3, 3>::zeros();
        let (mut right_x, mut right_y) = (SVector::<f64, 3>::zeros(), SVector::<f64, 3>::zeros());
        for (mm, px) in pairs {
            let row = SVector::<f64, 3>::new(mm.x.into(), mm.y.into(), 1.0);
            normal += row * row.transpose();
            right_x += row * f64::from(px.x);
            right_y += row * f64::from(px.y);
        }
        let solver = normal.full_piv_lu();
        let (x, y) = (solver.solve(&right_x)?, solver.solve(&right_y)?);
        Some(Self([x[0], x[1], x[2], y[0], y[1], y[2]].map(|v| v as f32)))
    }

    fn apply(&self, p: Point) -> Point {
        let [a, b, c, d, e, f] = self.0;
        Point::new(a * p.x + b * p.y + c, d * p.x + e * p.y + f)
    }

    fn pixels_per_mm(&self) -> f32 {
        let [a, b, _, d, e, _] = self.0;
        (a * e - b * d).abs().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Reader;

    /// The card's print at `scale` pixels a millimetre, moved by `at`.
    fn printed(scale: f32, at: Point) -> Vec<TextLine> {
        let line = |anchor: &Anchor, text: &str| {
            let (left, right) = (anchor.left * scale + at.x, anchor.right * scale + at.x);
            let y = anchor.y * scale + at.y;
            let quad = Quad::from_rect(Rect::new(left, y - scale, right, y + scale));
            TextLine::plain(text, quad, 0.99, Reader::Ppocr)
        };
        let labels = FRONT.iter().filter(|anchor| anchor.text.chars().count() > 1);
        let mut lines: Vec<TextLine> = labels.map(|anchor| line(anchor, anchor.text)).collect();
        lines.push(line(&NUMBER, "110105194912310038"));
        lines
    }

    fn front(lines: &[TextLine]) -> Vec<Pair> {
        points(DocumentKind::IdCardFront, lines)
    }

    #[test]
    fn the_print_says_where_the_card_is() {
        let quad = by_print(front(&printed(9.0, Point::new(40.0, -25.0)))).unwrap();
        let truth = Rect::new(40.0, -25.0, 40.0 + CARD_MM.0 * 9.0, -25.0 + CARD_MM.1 * 9.0);
        assert!(quad.iou(&Quad::from_rect(truth)) > 0.98, "{quad:?}");
    }

    #[test]
    fn one_label_elsewhere_does_not_turn_the_card() {
        let mut lines = printed(9.0, Point::new(0.0, 0.0));
        lines[0].quad = lines[0].quad.map(|p| Point::new(p.x + 300.0, p.y + 200.0));
        let quad = by_print(front(&lines)).unwrap();
        let truth = Rect::new(0.0, 0.0, CARD_MM.0 * 9.0, CARD_MM.1 * 9.0);
        assert!(quad.iou(&Quad::from_rect(truth)) > 0.95, "{quad:?}");
    }

    #[test]
    fn two_labels_say_nothing() {
        assert!(by_print(front(&printed(9.0, Point::new(0.0, 0.0))[..2])).is_none());
    }
}
