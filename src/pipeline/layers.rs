//! What was found, to be laid over the pages' pictures.

use image::Rgba;

use super::Checked;
use crate::imaging::{LayerCanvas, LayerKind, PageLayer};

/// Red, as in the pictures of `vouch check --annotate`.
const EDITED: [u8; 3] = [226, 38, 27];
/// How opaque the most doubtful part is, of 255: print stays legible beneath it.
const MOST_OPAQUE: f32 = 150.0;
/// Doubt below which a part stays clear: half of what a hundredth of an untouched picture may reach
/// (`jpeg_history::UNEVEN`), so that such a picture has no tint to wonder about.
const LEAST_DOUBT: f32 = 0.2;
/// Ink in a colour that neither print nor pens have, nearly opaque: what was taken for ink is to be told from what was not.
const INK: Rgba<u8> = Rgba([214, 0, 168, 210]);

impl Checked {
    /// The layers that there are: of doubtful pixels on the first page, of ink on a handwritten form.
    pub fn layers(&self) -> Vec<PageLayer> {
        [self.edits(), self.ink()].into_iter().flatten().collect()
    }

    fn edits(&self) -> Option<PageLayer> {
        let (heat, page) = (self.heat.as_ref()?, self.pages.first()?);
        let mut canvas = LayerCanvas::over(page);
        for (place, doubt) in heat.tiles().iter().filter(|(_, doubt)| *doubt >= LEAST_DOUBT) {
            let [r, g, b] = EDITED;
            canvas.fill(*place, Rgba([r, g, b, (doubt * MOST_OPAQUE) as u8]));
        }
        canvas.finish(LayerKind::Edits)
    }

    fn ink(&self) -> Option<PageLayer> {
        let (index, points) = self.ink.as_ref()?;
        let mut canvas = LayerCanvas::over(self.pages.iter().find(|page| page.index == *index)?);
        for point in points {
            canvas.dot(*point, INK);
        }
        canvas.finish(LayerKind::Ink)
    }
}
