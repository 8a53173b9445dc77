//! Characters of a PDF page to runs of text.
//!
//! PDFs draw characters in any order and any pieces, so only geometry counts: characters on one baseline
//! make a row, and wide gaps split a row into runs (cells of a table, labels and their values).

use hayro::kurbo::{Affine, Point as PdfPoint, Vec2};

use crate::domain::{Point, Quad};

use super::super::super::page::TextSpan;

/// Height of a character's box above and below the baseline in ems: the em box of Chinese fonts.
const ASCENT_EM: f64 = 0.86;
const DESCENT_EM: f64 = 0.14;

/// Baselines within this distance are one row, in ems: superscripts join, the next line (1.2 em on) does
/// not.
const SAME_BASELINE_EM: f64 = 0.35;

/// Gap that ends a run, in ems. Spread labels (姓　　名 with one or two full-width spaces) must not fall
/// apart into single characters; cells of real tables are farther apart than two ems.
const SPLIT_GAP_EM: f64 = 1.2;

/// Spread-out labels have gaps of up to this many ems between single characters.
const SPREAD_GAP_EM: f64 = 2.2;

/// Gap that counts as a space between words that are not Chinese, in ems; a Latin space is 0.25 wide.
const WORD_GAP_EM: f64 = 0.15;

/// Twice the same character within this distance, in ems, is bold by overprinting.
const OVERPRINT_EM: f64 = 0.1;

/// Characters of one row differ at most by this factor in size.
const MAX_SIZE_RATIO: f64 = 2.0;

/// One character on the page, in points from the page's top-left corner, y down.
#[derive(Debug, Clone)]
pub(super) struct PlacedGlyph {
    text: String,
    /// Where the baseline begins.
    origin: PdfPoint,
    /// Along the baseline, length 1.
    along: Vec2,
    /// From the baseline to the top of an em, in points.
    up: Vec2,
    /// Along the baseline, in points.
    advance: f64,
}

impl PlacedGlyph {
    /// `transform` takes a thousandth of an em to points; `advance` is in thousandths. `None` for white
    /// space, control characters and degenerate transforms.
    pub(super) fn new(text: String, transform: Affine, advance: Option<f32>) -> Option<Self> {
        const EM: f64 = 1000.0;
        let text: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let [a, b, c, d, x, y] = transform.as_coeffs();
        let (right, up) = (Vec2::new(a, b) * EM, Vec2::new(c, d) * EM);
        let size = right.hypot();
        let sound = size.is_finite() && size > 1e-3 && up.hypot() > 1e-3 && x.is_finite() && y.is_finite();
        if text.is_empty() || !sound {
            return None;
        }
        let advance = advance.map_or(EM, f64::from).clamp(0.0, 4.0 * EM) / EM * size;
        Some(Self { text, origin: PdfPoint::new(x, y), along: right / size, up, advance })
    }

    fn em(&self) -> f64 {
        self.up.hypot()
    }

    fn end(&self) -> PdfPoint {
        self.origin + self.along * self.advance
    }

    /// Stands on the same baseline as `other` and runs the same way.
    fn shares_row(&self, other: &Self) -> bool {
        /// Cosine of eight degrees.
        const SAME_DIRECTION: f64 = 0.99;
        let em = self.em().min(other.em());
        let off_baseline = self.along.cross(other.origin - self.origin).abs();
        self.along.dot(other.along) > SAME_DIRECTION
            && off_baseline < SAME_BASELINE_EM * em
            && self.em().max(other.em()) < MAX_SIZE_RATIO * em
    }
}

/// Groups characters into runs, in pixels at `scale` pixels per point; runs outside of the page of
/// `width` × `height` pixels are left out. Top to bottom, then left to right.
pub(super) fn group(glyphs: Vec<PlacedGlyph>, scale: f32, width: f32, height: f32) -> Vec<TextSpan> {
    let mut spans: Vec<TextSpan> = rows(glyphs)
        .into_iter()
        .flat_map(runs)
        .map(|run| span(&run, scale))
        .filter(|span| {
            let center = span.quad.center();
            (0.0..=width).contains(&center.x) && (0.0..=height).contains(&center.y)
        })
        .collect();
    spans.sort_by(|a, b| {
        let (a, b) = (a.quad.0[3], b.quad.0[3]);
        a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x))
    });
    spans
}

fn rows(glyphs: Vec<PlacedGlyph>) -> Vec<Vec<PlacedGlyph>> {
    let mut rows: Vec<Vec<PlacedGlyph>> = Vec::new();
    for glyph in glyphs {
        // The newest rows first: most characters continue the one before.
        match rows.iter_mut().rev().find(|row| row[0].shares_row(&glyph)) {
            Some(row) => row.push(glyph),
            None => rows.push(vec![glyph]),
        }
    }
    rows
}

/// Splits a row where the gaps are wide, and drops what is printed twice.
fn runs(mut row: Vec<PlacedGlyph>) -> Vec<Vec<PlacedGlyph>> {
    let along = row[0].along;
    let at = |glyph: &PlacedGlyph| glyph.origin.to_vec2().dot(along);
    row.sort_by(|a, b| at(a).total_cmp(&at(b)));
    row.dedup_by(|next, kept| {
        next.text == kept.text && (at(next) - at(kept)).abs() < OVERPRINT_EM * kept.em()
    });
    let gaps: Vec<f64> =
        row.windows(2).map(|pair| (at(&pair[1]) - at(&pair[0]) - pair[0].advance) / pair[0].em()).collect();
    let chinese: Vec<bool> = row.iter().map(|glyph| glyph.text.chars().all(is_chinese)).collect();
    let mut runs: Vec<Vec<PlacedGlyph>> = Vec::new();
    for (i, glyph) in row.into_iter().enumerate() {
        let joins = i.checked_sub(1).is_some_and(|before| continues(&gaps, &chinese, before));
        match runs.last_mut() {
            Some(run) if joins => run.push(glyph),
            _ => runs.push(vec![glyph]),
        }
    }
    runs
}

/// Whether the gap at `i`, between characters `i` and `i + 1`, lies within a run: because it is narrow,
/// or because the characters around it are spread out to fill a label's width.
fn continues(gaps: &[f64], chinese: &[bool], i: usize) -> bool {
    /// Equal spacing, in ems.
    const EQUAL_EM: f64 = 0.1;
    let gap = gaps[i];
    if gap <= SPLIT_GAP_EM {
        return true;
    }
    if gap > SPREAD_GAP_EM || !chinese[i] || !chinese[i + 1] {
        return false;
    }
    let (before, after) = (i.checked_sub(1).and_then(|j| gaps.get(j)), gaps.get(i + 1));
    let equals = |other: Option<&f64>| other.is_some_and(|other| (other - gap).abs() < EQUAL_EM);
    // A pair that stands alone: 姓　　名.
    let ends = |other: Option<&f64>| other.is_none_or(|&other| other > SPREAD_GAP_EM);
    equals(before) || equals(after) || (ends(before) && ends(after))
}

fn span(run: &[PlacedGlyph], scale: f32) -> TextSpan {
    let mut text = String::new();
    let mut before: Option<&PlacedGlyph> = None;
    for glyph in run {
        if let Some(before) = before
            && (glyph.origin - before.end()).dot(before.along) > WORD_GAP_EM * before.em()
            && text.chars().next_back().is_some_and(|c| !is_chinese(c))
            && glyph.text.chars().next().is_some_and(|c| !is_chinese(c))
        {
            text.push(' ');
        }
        text.push_str(&glyph.text);
        before = Some(glyph);
    }
    let (first, last) = (&run[0], &run[run.len() - 1]);
    let up =
        run.iter().map(|glyph| glyph.up).max_by(|a, b| a.hypot2().total_cmp(&b.hypot2())).unwrap_or(first.up);
    let pixel = |p: PdfPoint| Point::new(p.x as f32 * scale, p.y as f32 * scale);
    let (top, bottom) = (up * ASCENT_EM, up * DESCENT_EM);
    let quad = Quad([
        pixel(first.origin + top),
        pixel(last.end() + top),
        pixel(last.end() - bottom),
        pixel(first.origin - bottom),
    ]);
    TextSpan { text, quad }
}

/// Chinese characters and full-width signs, which are set without spaces.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const EM: f64 = 10.0;

    fn row(text: &str, mut x: f64, y: f64) -> Vec<PlacedGlyph> {
        let mut glyphs = Vec::new();
        for ch in text.chars() {
            let width = if ch.is_ascii() { 0.5 } else { 1.0 };
            let transform = Affine::new([EM / 1000.0, 0.0, 0.0, -EM / 1000.0, x, y]);
            glyphs.extend(PlacedGlyph::new(ch.to_string(), transform, Some((width * 1000.0) as f32)));
            x += width * EM;
        }
        glyphs
    }

    fn texts(glyphs: Vec<PlacedGlyph>) -> Vec<String> {
        group(glyphs, 1.0, 1000.0, 1000.0).into_iter().map(|span| span.text).collect()
    }

    #[test]
    fn cells_are_split_and_rows_kept_apart() {
        let mut glyphs = row("值二", 200.0, 52.0);
        glyphs.extend(row("姓名", 10.0, 40.0));
        glyphs.extend(row("值一", 200.0, 40.0));
        glyphs.extend(row("性别", 10.0, 52.0));
        assert_eq!(texts(glyphs), ["姓名", "值一", "性别", "值二"]);
    }

    #[test]
    fn spread_labels_stay_together_and_latin_words_apart() {
        assert_eq!(texts(row("姓\u{3000}名", 10.0, 40.0)), ["姓名"]);
        assert_eq!(texts(row("专\u{3000}\u{3000}业\u{3000}\u{3000}名", 10.0, 40.0)), ["专业名"]);
        assert_eq!(texts(row("Online code A1", 10.0, 40.0)), ["Online code A1"]);
    }

    #[test]
    fn overprinted_bold_is_read_once() {
        let mut glyphs = row("毕业", 10.0, 40.0);
        glyphs.extend(row("毕业", 10.3, 40.0));
        assert_eq!(texts(glyphs), ["毕业"]);
    }

    #[test]
    fn quads_enclose_the_em_box_in_pixels() {
        let spans = group(row("学校", 10.0, 40.0), 2.0, 1000.0, 1000.0);
        let bounds = spans[0].quad.bounds();
        assert!((bounds.left - 20.0).abs() < 0.01 && (bounds.right - 60.0).abs() < 0.01);
        assert!((bounds.top - 62.8).abs() < 0.01 && (bounds.bottom - 82.8).abs() < 0.01);
    }

    #[test]
    fn text_off_the_page_is_left_out() {
        assert!(texts(row("外", 10.0, -500.0)).is_empty());
    }
}
