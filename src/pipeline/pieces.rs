//! Numbers whose line was found in pieces, as a seal's ring across it does: read once more as one line. At the joint a
//! digit is seen by both pieces or by neither, and each of them is sure of what it sees.

use crate::{
    documents::{FieldReading, Source},
    domain::Quad,
    inference::InferenceError,
    ocr::TextLine,
};

use super::{Pipeline, fields::CUT_SHORT_REACH, upright::Upright};

/// Numbers that stand in one line.
const NUMBERS: [&str; 3] = ["id_number", "certificate_number", "verification_code"];
/// Share of the lower of two heights that the pieces of one line have in common.
const SAME_ROW: f32 = 0.5;
/// Gap between two pieces, in line heights, that is a hole of the detector's and no column of the layout.
const HOLE: f32 = 1.0;

/// A line in two or more pieces.
struct Torn {
    page: usize,
    /// Its pieces among the page's lines, from left to right.
    pieces: Vec<usize>,
    /// From the first piece's left end to the last one's right end.
    whole: Quad,
}

impl Pipeline {
    /// Joins the pieces of the first torn number among `fields`; false when none is torn.
    pub(super) fn join_numbers(
        &self,
        fields: &[FieldReading],
        documents: &mut [Upright],
    ) -> Result<bool, InferenceError> {
        for field in fields.iter().filter(|field| NUMBERS.contains(&field.name.as_str())) {
            let lines_of = |page: usize| documents.get(page).map_or(&[][..], |d| d.text.lines.as_slice());
            let Some(torn) = torn(&field.sources, lines_of) else { continue };
            let Some(document) = documents.get_mut(torn.page) else { continue };
            // A line's last piece may be too small to be found.
            let whole = torn.whole.lengthened(CUT_SHORT_REACH);
            let line = self.reader.read_line_accurately(&document.pixels, whole)?;
            replace(&mut document.text.lines, &torn.pieces, line);
            // Other numbers' lines have moved: the next reading would tell where they are.
            return Ok(true);
        }
        Ok(false)
    }
}

/// The pieces that `sources` are, if they touch each other in one row.
fn torn<'a>(sources: &[Source], lines_of: impl Fn(usize) -> &'a [TextLine]) -> Option<Torn> {
    let page = sources.first()?.page;
    let lines = lines_of(page);
    let mut pieces: Vec<usize> = Vec::new();
    for source in sources {
        if source.page != page {
            return None;
        }
        if !pieces.contains(&source.line) {
            pieces.push(source.line);
        }
    }
    let touches = |pair: &[usize]| {
        let [left, right] = pair else { return false };
        let (Some(left), Some(right)) = (lines.get(*left), lines.get(*right)) else { return false };
        let (left, right) = (left.quad.bounds(), right.quad.bounds());
        let lower = left.height().min(right.height());
        let shared = left.bottom.min(right.bottom) - left.top.max(right.top);
        right.left > left.left && shared > SAME_ROW * lower && right.left - left.right < HOLE * lower
    };
    if pieces.len() < 2 || !pieces.windows(2).all(touches) {
        return None;
    }
    let [tl, _, _, bl] = lines.get(*pieces.first()?)?.quad.0;
    let [_, tr, br, _] = lines.get(*pieces.last()?)?.quad.0;
    Some(Torn { page, pieces, whole: Quad([tl, tr, br, bl]) })
}

/// Puts `line` in the place of the first of `pieces` and takes the others away.
fn replace(lines: &mut Vec<TextLine>, pieces: &[usize], line: TextLine) {
    let Some((&first, others)) = pieces.split_first() else { return };
    if let Some(place) = lines.get_mut(first) {
        *place = line;
    }
    let mut index = 0;
    lines.retain(|_| {
        index += 1;
        !others.contains(&(index - 1))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Rect, ocr::testing};

    /// Lines of `(text, left, top, right)`, 30 px high.
    fn lines(drawn: &[(&str, f32, f32, f32)]) -> Vec<TextLine> {
        let line = |&(text, left, top, right): &(&str, f32, f32, f32)| TextLine {
            quad: Quad::from_rect(Rect::new(left, top, right, top + 30.0)),
            ..testing::line(text, &[])
        };
        drawn.iter().map(line).collect()
    }

    fn pieces_of(drawn: &[(&str, f32, f32, f32)]) -> Option<(Vec<usize>, Rect)> {
        let lines = lines(drawn);
        let sources: Vec<Source> =
            (0..lines.len()).map(|line| Source { page: 0, line, symbols: 0..2 }).collect();
        torn(&sources, |_| &lines).map(|torn| (torn.pieces, torn.whole.bounds()))
    }

    #[test]
    fn pieces_of_one_row_are_a_torn_line() {
        let touching = pieces_of(&[("Y0062", 100.0, 50.0, 400.0), ("2130", 390.0, 52.0, 500.0)]);
        assert_eq!(touching, Some((vec![0, 1], Rect::new(100.0, 50.0, 500.0, 82.0))));
    }

    #[test]
    fn columns_wrapped_numbers_and_whole_lines_are_not() {
        assert_eq!(pieces_of(&[("Y0062", 100.0, 50.0, 400.0), ("2130", 450.0, 52.0, 500.0)]), None);
        assert_eq!(pieces_of(&[("Y0062", 100.0, 50.0, 400.0), ("2130", 100.0, 90.0, 200.0)]), None);
        assert_eq!(pieces_of(&[("Y00622130", 100.0, 50.0, 400.0)]), None);
        assert_eq!(pieces_of(&[]), None);
    }

    #[test]
    fn the_whole_takes_the_first_pieces_place() {
        let mut page = lines(&[
            ("a", 0.0, 0.0, 50.0),
            ("2130", 390.0, 52.0, 500.0),
            ("b", 0.0, 90.0, 50.0),
            ("Y0062", 100.0, 50.0, 400.0),
            ("c", 0.0, 130.0, 50.0),
        ]);
        replace(&mut page, &[3, 1], testing::line("Y00622130", &[]));
        let texts: Vec<String> = page.iter().map(TextLine::text).collect();
        assert_eq!(texts, ["a", "b", "Y00622130", "c"]);
    }
}
