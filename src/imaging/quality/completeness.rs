//! How much of the document is in the picture.

use crate::domain::Rect;

use super::{DocumentView, EdgeState};

/// Aspect ratios this close to the expected one (as a ratio) say that nothing is missing: what the
/// page finder measures is right within about 4 %.
const ASPECT_TOLERANCE: f32 = 1.06;

/// Estimated share of the document that is in the picture, 0 to 1; 1 where nothing says otherwise.
///
/// An edge beyond the frame takes an unknown part along; the expected aspect ratio tells how much.
/// Where the shape is unknown, print that runs up to such an edge (within `near` line heights) does. All
/// four edges beyond the frame is how a scan or a screenshot looks, and says nothing.
pub(super) fn of(view: &DocumentView<'_>, near: f32) -> f32 {
    let Some(edges) = view.edges else { return 1.0 };
    let outside = |i: usize| edges.get(i) == Some(&EdgeState::OutsideFrame);
    let count = (0..4).filter(|&i| outside(i)).count();
    if count == 0 || count == 4 {
        return 1.0;
    }
    let Some(expected) = view.expected_aspect else {
        // Both edges of a pair outside is how a screenshot looks; a hand that slips loses one.
        if (outside(0) && outside(2)) || (outside(1) && outside(3)) {
            return 1.0;
        }
        return if (0..4).any(|i| outside(i) && text_runs_up_to(view, i, near)) {
            UNKNOWN_SHARE
        } else {
            1.0
        };
    };
    let aspect = view.pixels.width() as f32 / view.pixels.height().max(1) as f32;
    let (narrow, flat) = (expected / aspect, aspect / expected);
    let (across, along) = (outside(1) || outside(3), outside(0) || outside(2));
    let missing_factor = match (across, along) {
        (true, false) => narrow,
        (false, true) => flat,
        _ => narrow.max(flat),
    };
    if missing_factor <= ASPECT_TOLERANCE { 1.0 } else { (1.0 / missing_factor).clamp(0.0, 1.0) }
}

/// Whether the document goes on beyond the frame at one side, or at two that meet in a corner: both sides of a
/// pair are how a screenshot and a close-up look.
pub(super) fn loses_a_side(view: &DocumentView<'_>) -> bool {
    let Some(edges) = view.edges else { return false };
    let outside = edges.map(|edge| edge == EdgeState::OutsideFrame);
    outside.contains(&true) && !(outside[0] && outside[2]) && !(outside[1] && outside[3])
}

/// Distance from the frame, in line heights, under which a line of text is cut by it: a box ends a fifth of its height
/// beyond its text, and no document prints closer than a millimetre to its edge.
const AT_FRAME: f32 = 0.3;

/// Bounds of the lines of text that run out of the frame at their beginning or end.
pub(super) fn cut_lines<'a>(view: &'a DocumentView<'_>) -> impl Iterator<Item = Rect> + 'a {
    let outside =
        move |i: usize| view.edges.is_some_and(|edges| edges.get(i) == Some(&EdgeState::OutsideFrame));
    let width = view.pixels.width() as f32;
    view.lines.iter().map(|line| (line.quad.bounds(), AT_FRAME * line.quad.height())).filter_map(
        move |(place, reach)| {
            let is_cut = (outside(1) && width - place.right < reach) || (outside(3) && place.left < reach);
            is_cut.then_some(place)
        },
    )
}

/// Whether a line of text ends less than `near` line heights from edge `side` (top, right, bottom, left).
fn text_runs_up_to(view: &DocumentView<'_>, side: usize, near: f32) -> bool {
    let (width, height) = (view.pixels.width() as f32, view.pixels.height() as f32);
    view.lines.iter().any(|line| {
        let place = line.quad.bounds();
        let gap = match side {
            0 => place.top,
            1 => width - place.right,
            2 => height - place.bottom,
            _ => place.left,
        };
        gap < near * line.quad.height()
    })
}

/// Reported when an edge is missing and the document's shape is unknown.
const UNKNOWN_SHARE: f32 = 0.9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Quad, imaging::quality::LineEvidence};
    use image::RgbImage;

    fn share(width: u32, edges: [EdgeState; 4]) -> f32 {
        let pixels = RgbImage::new(width, 540);
        of(
            &DocumentView {
                pixels: &pixels,
                page: 0,
                source_scale: 1.0,
                lines: &[],
                fields: &[],
                tears: &[],
                bare: &[],
                unread: &[],
                is_screen: false,
                lost: None,
                is_handwritten: false,
                missing: &[],
                edges: Some(edges),
                expected_aspect: Some(1.585),
                width_mm: None,
            },
            1.2,
        )
    }

    #[test]
    fn a_card_cut_at_the_right_lacks_what_its_aspect_lacks() {
        use EdgeState::{OutsideFrame, Seen};
        let cut = share(600, [Seen, OutsideFrame, Seen, Seen]);
        assert!((cut - 0.70).abs() < 0.02, "{cut}");
        assert_eq!(share(600, [Seen; 4]), 1.0);
        assert_eq!(share(856, [OutsideFrame; 4]), 1.0);
    }

    #[test]
    fn lines_are_cut_only_where_the_page_goes_on_beyond_the_frame() {
        use EdgeState::{OutsideFrame, Seen};
        let pixels = RgbImage::new(400, 540);
        let line = |right: f32, top: f32| LineEvidence {
            quad: Quad::from_rect(Rect::new(60.0, top, right, top + 20.0)),
            confidence: 0.9,
            symbols: 12,
        };
        let lines = [line(399.0, 100.0), line(397.0, 140.0), line(340.0, 180.0)];
        let cut = |edges| {
            cut_lines(&DocumentView {
                pixels: &pixels,
                page: 0,
                source_scale: 1.0,
                lines: &lines,
                fields: &[],
                tears: &[],
                bare: &[],
                unread: &[],
                is_screen: false,
                lost: None,
                is_handwritten: false,
                missing: &[],
                edges: Some(edges),
                expected_aspect: None,
                width_mm: None,
            })
            .count()
        };
        assert_eq!(cut([Seen, OutsideFrame, Seen, Seen]), 2);
        assert_eq!(cut([Seen, Seen, Seen, OutsideFrame]), 0);
        assert_eq!(cut([Seen; 4]), 0);
    }
}
