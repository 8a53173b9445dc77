//! The one-inch photo: told by its face where its look alone does not tell it, and judged.

use crate::{
    domain::{DocumentKind, DocumentReport, Finding},
    imaging::PageImage,
    inference::InferenceError,
    portrait::{self, PhotoFileParams},
};

use super::{Pipeline, kind, upright::Upright};

/// Height of a face as a share of the picture's from which the picture is of a person.
const MAIN_FACE: f32 = 0.15;

impl Pipeline {
    /// Is an upload that was made as a portrait and is no known document a picture of a person? Its background or its
    /// proportions may be wrong, which is then told, but it is no wrong document.
    pub(super) fn shows_a_person(
        &self,
        slot: Option<DocumentKind>,
        uprights: &[Upright],
        pages: &[PageImage],
    ) -> Result<bool, InferenceError> {
        let ([upright], [page]) = (uprights, pages) else { return Ok(false) };
        if slot != Some(DocumentKind::PortraitPhoto)
            || !kind::is_illegible(std::slice::from_ref(&upright.text))
        {
            return Ok(false);
        }
        let faces = self.faces.find(&page.pixels)?;
        let least = MAIN_FACE * page.pixels.height() as f32;
        Ok(faces.iter().any(|face| face.place.height() >= least))
    }

    /// What is wrong with what a portrait shows.
    pub(super) fn judge_portrait(&self, page: &PageImage) -> Result<Vec<Finding>, InferenceError> {
        let found = portrait::examine(&page.pixels, &self.faces)?;
        let placed = found.into_iter().map(|mut finding| {
            finding.quad = finding.quad.map(|quad| page.to_original(&quad));
            finding.on_page(page.index)
        });
        Ok(placed.collect())
    }
}

/// What is wrong with the file of a portrait, by the usual limits. Over a whole application the plan's own count.
pub(super) fn judge_file(report: &DocumentReport) -> Vec<Finding> {
    let Some(page) = report.pages.first().filter(|_| report.kind == DocumentKind::PortraitPhoto) else {
        return Vec::new();
    };
    let size = (page.width, page.height);
    portrait::judge_file(report.media_type, report.bytes, size, &PhotoFileParams::default())
}
