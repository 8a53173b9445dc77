//! Gaps within values: what lies there may hide characters.

use crate::domain::{Finding, FindingCode, Quad, Severity};

use super::{
    DocumentView, SURE_FIELD, Tear, cover, glare,
    ground::{Cell, Ground, Paper},
};

/// Share of a gap's height that is looked at, around its middle: rules and neighbouring lines stay out.
const BAND: f32 = 0.6;
/// Part of a line's height at both ends of a gap that is left out: rims of strokes.
const RIM: f32 = 0.3;
/// Share of a gap's cells that must be burnt out, or foreign to the paper, for it to be hidden. Its ends run out
/// softly.
const FILLED: f32 = 0.5;
/// Brightness from which paper is itself burnt out, so that a reflection on it shows by nothing but lost ink.
const WHITE: f32 = 244.0;

/// The finding for the first gap in a value that something hides.
pub(super) fn find(view: &DocumentView<'_>, ground: &Ground, paper: &Paper) -> Option<Finding> {
    view.tears.iter().find_map(|tear| {
        let (code, zh, en) = cause(tear, ground, paper)?;
        // Light, or a watermark, may lie on a space that was left between two words.
        let is_read = code == FindingCode::QualityOccluded && tear.confidence >= SURE_FIELD;
        let severity = if tear.is_usual || is_read { Severity::Review } else { Severity::Retake };
        let finding = Finding::new(code, severity, zh, en)
            .on_page(view.page)
            .at(Quad::from_rect(tear.place))
            .about(tear.field.as_str().to_owned())
            .with_score(f64::from(1.0 - tear.confidence).max(0.5));
        Some(finding.with_evidence("gap_px", f64::from(tear.place.width())))
    })
}

fn cause(tear: &Tear, ground: &Ground, paper: &Paper) -> Option<(FindingCode, &'static str, &'static str)> {
    let height = tear.place.height();
    let core = tear.place.inflate(-RIM * height, -(1.0 - BAND) / 2.0 * height);
    let cells: Vec<Cell> = ground.grid.inside(&core).map(|i| ground.cell(i)).collect();
    let fills = |is: &dyn Fn(&Cell) -> bool| {
        cells.iter().filter(|cell| is(cell)).count() as f32 >= FILLED * cells.len() as f32
    };
    let washed_out = || {
        let unsure = !tear.is_usual && tear.confidence < SURE_FIELD;
        unsure && paper.bright >= WHITE && fills(&|cell| cell.ink >= WHITE)
    };
    if fills(&|cell| glare::is_burnt(cell, paper)) || washed_out() {
        Some((FindingCode::QualityGlare, "反光，文字看不清", "Glare hides text"))
    } else if fills(&|cell| cover::is_foreign(cell, core.center(), paper)) {
        Some((FindingCode::QualityOccluded, "有物品遮挡文字", "Something lies over text"))
    } else {
        None
    }
}
