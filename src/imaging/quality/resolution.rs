//! Resolution on the document.

use super::DocumentView;

const MM_PER_INCH: f32 = 25.4;

/// Source pixels per inch of paper, where the paper's real width is known.
pub(super) fn dpi(view: &DocumentView<'_>) -> Option<f32> {
    let inches = view.width_mm? / MM_PER_INCH;
    (inches > 0.0).then(|| view.pixels.width() as f32 * view.source_scale / inches)
}

/// Median height of the text lines in source pixels; `None` without lines.
pub(super) fn line_height_px(view: &DocumentView<'_>) -> Option<f32> {
    let mut heights: Vec<f32> = view.lines.iter().map(|l| l.quad.height() * view.source_scale).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied()
}
