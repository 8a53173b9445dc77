//! Print of the blank that is burnt out on the sheet: a reflection lies there, and nobody can see what was written.
//!
//! White paper in bright light is as white as a reflection on it. What tells them apart is the print that has to be
//! there and is not.

use image::GrayImage;

use crate::domain::Rect;

/// Darkness of the blank (0 to 1) from which it prints for sure: less is the edge of a stroke.
const PRINT: f32 = 0.35;
/// Brightness (0 to 255) from which a pixel is burnt out. Cameras clip at 250 to 255; print that is merely blurred
/// or pale stays below on the whitest paper.
const BURNT: u8 = 250;
/// How far around a place of the blank its print may lie on the sheet, in mm: residual of the registration.
const MARGIN_MM: f32 = 0.4;
/// Side of the cells that are judged, in mm.
const CELL_MM: f32 = 1.0;
/// Share of a cell's pixels that must print for it to say anything: a thin rule covers a tenth of it.
const LEAST_PRINT: f32 = 0.06;
/// Share of a cell's print that must be burnt out.
const LOST: f32 = 0.8;
/// Cells with lost print at a field from which a reflection hides it. A reflection the size of one character lies
/// on 4 to 10 cells with print; scattered single ones are thin rules under bright light.
const LEAST_CELLS: usize = 5;
/// How far beyond its place, in mm, a field's own rules and words lie.
const AROUND_MM: f32 = 1.0;

/// Where the print of a sheet is lost: cells of a millimetre, in pixels of the sheet. Nearly always none.
#[derive(Debug)]
pub(super) struct BurntPrint(Vec<Rect>);

impl BurntPrint {
    /// Compares a sheet as the camera saw it with how dark its blank is, both of one size.
    pub fn of(sheet: &GrayImage, blank: &[f32], px_per_mm: f32) -> Self {
        let (width, height) = (sheet.width() as usize, sheet.height() as usize);
        let cell_px = (CELL_MM * px_per_mm).max(1.0);
        let margin = (MARGIN_MM * px_per_mm).round() as usize;
        let columns = (width as f32 / cell_px) as usize + 1;
        let rows = (height as f32 / cell_px) as usize + 1;
        let raw = sheet.as_raw().as_slice();
        let all_burnt = |x: usize, y: usize| {
            (y.saturating_sub(margin)..=(y + margin).min(height.saturating_sub(1))).all(|y| {
                let (from, to) = (x.saturating_sub(margin), (x + margin).min(width.saturating_sub(1)));
                raw.get(y * width + from..=y * width + to).is_some_and(|row| row.iter().all(|&v| v >= BURNT))
            })
        };
        let mut counts = vec![(0_usize, 0_usize); columns * rows];
        for (y, row) in blank.chunks_exact(width.max(1)).take(height).enumerate() {
            for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark >= PRINT) {
                let cell = (y as f32 / cell_px) as usize * columns + (x as f32 / cell_px) as usize;
                if let Some((print, lost)) = counts.get_mut(cell) {
                    *print += 1;
                    *lost += usize::from(all_burnt(x, y));
                }
            }
        }
        let least = LEAST_PRINT * cell_px * cell_px;
        let is_lost =
            |(print, lost): (usize, usize)| print as f32 >= least && lost as f32 >= LOST * print as f32;
        let place = |i: usize| {
            let (x, y) = ((i % columns) as f32 * cell_px, (i / columns) as f32 * cell_px);
            Rect::new(x, y, x + cell_px, y + cell_px)
        };
        let lost = counts.into_iter().enumerate().filter(|(_, counts)| is_lost(*counts));
        Self(lost.map(|(i, _)| place(i)).collect())
    }

    /// The part of a field's place (pixels of the sheet) whose print is lost, if enough of it is.
    pub fn within(&self, place: Rect, px_per_mm: f32) -> Option<Rect> {
        let place = place.inflate(AROUND_MM * px_per_mm, AROUND_MM * px_per_mm);
        let own: Vec<Rect> =
            self.0.iter().copied().filter(|cell| place.intersection(*cell).area() > 0.0).collect();
        (own.len() >= LEAST_CELLS).then(|| own.into_iter().reduce(Rect::union)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PX_PER_MM: f32 = 8.0;

    /// A sheet of 60 × 30 mm whose blank has rules every 5 mm, with a white ellipse in the middle if asked.
    fn sheet(paper: u8, reflection: bool) -> (GrayImage, Vec<f32>) {
        let blank: Vec<f32> =
            (0..480 * 240).map(|i| if i / 480 % 40 < 2 && i / 480 > 2 { 0.9 } else { 0.0 }).collect();
        let pixels = GrayImage::from_fn(480, 240, |x, y| {
            let (dx, dy) = ((x as f32 - 240.0) / 60.0, (y as f32 - 120.0) / 40.0);
            let print = blank.get((y * 480 + x) as usize).is_some_and(|&dark| dark > 0.5);
            image::Luma([if reflection && dx * dx + dy * dy < 1.0 {
                255
            } else if print {
                90
            } else {
                paper
            }])
        });
        (pixels, blank)
    }

    fn hidden(paper: u8, reflection: bool, place: Rect) -> bool {
        let (pixels, blank) = sheet(paper, reflection);
        BurntPrint::of(&pixels, &blank, PX_PER_MM).within(place, PX_PER_MM).is_some()
    }

    #[test]
    fn a_reflection_hides_the_field_that_it_lies_on_and_no_other() {
        let (on, beside) = (Rect::new(200.0, 85.0, 280.0, 155.0), Rect::new(340.0, 85.0, 460.0, 155.0));
        assert!(hidden(230, true, on));
        assert!(hidden(255, true, on), "white paper");
        assert!(!hidden(230, true, beside));
    }

    #[test]
    fn burnt_paper_with_its_print_hides_nothing() {
        assert!(!hidden(255, false, Rect::new(200.0, 85.0, 280.0, 155.0)));
    }
}
