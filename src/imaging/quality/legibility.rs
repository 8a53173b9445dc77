//! Print that nobody can read any more, as a network of our own sees it (`models/training/legibility`).
//!
//! The other measures say what lies somewhere, and conclude from the text around that print is under it. The
//! network has seen pages with and without what was done to them, and says of each place of the document
//! whether print is lost there. It does not know what was read: [`super::local`] holds both together.

use std::{collections::BTreeMap, sync::Arc};

use image::{
    GrayImage, ImageBuffer, Luma, RgbImage,
    imageops::{self, FilterType},
};
use imageproc::region_labelling::{Connectivity, connected_components};

use crate::{
    domain::Rect,
    imaging::shrink,
    inference::{InferenceError, Model, Tensor},
};

/// Width and height of the networks' input in pixels; the document is squeezed into it.
const SQUARE: (u32, u32) = (384, 384);
/// Those of the fine network's for upright pages: a line of A4 is 5 px high in the square, where a blur over an entry by hand
/// looks like the entry.
const TALL: (u32, u32) = (576, 768);
/// Height ÷ width from which on a document is an upright page; A4 has 1.41. As in `models/training/legibility/pool.py`.
const PAGE: f32 = 1.2;
/// Weight of the fine network's log odds, the coarse one's having the rest: it has seen fewer pages, and is too sure. Pictures that
/// must be taken again and readable ones, as both order their pairs (the coarse one alone, the fine one): 167 pages of a seed that
/// neither was trained on 98.4 % right (96.7, 93.4); 364 others (`holdout`) 99.3 % (99.2, 98.4), 91.7 % of the former at one of the latter in a
/// hundred (78.1, 85.4). 0.2 to 0.4 do as well.
const FINE: f32 = 0.3;
/// Pixels of the input along a cell of its maps.
const CELL: u32 = 4;
/// Its maps: print, lost print, lost print of a field.
const MAPS: usize = 3;
/// The one of a field's.
const OF_FIELD: usize = 2;
/// Probability of lost print from which a cell belongs to a place. Half of a place's cells are at its rim, where a
/// character is half seen; higher tears a place into its characters.
const LOW: f32 = 0.25;
/// Strongest cells of a place whose mean is its score: a character of A4 print is three cells wide and two high.
const PEAK_CELLS: usize = 6;
/// Share of the document from which on a place's bar is twice that of a small one. Shadows' and lamps' bright sides
/// take 0.1 to 0.25, where readable pictures (`holdout`) reached 0.15; reflections that hide a value 0.05 and less,
/// with 0.18 at the least.
const DOUBLING_SHARE: f32 = 0.05;

/// The networks: one that sees a whole document coarsely, and one that sees upright pages finely.
pub struct LegibilityNet {
    coarse: Arc<dyn Model>,
    fine: Option<Arc<dyn Model>>,
}

impl LegibilityNet {
    pub fn new(coarse: Arc<dyn Model>, fine: Option<Arc<dyn Model>>) -> Self {
        Self { coarse, fine }
    }

    /// Where print of `pixels`, an upright document, is lost: as likely as the mean of both networks' log odds says, since
    /// each takes other things for lost print where none is.
    ///
    /// # Errors
    /// When a network fails or is another one.
    pub fn look_at(&self, pixels: &RgbImage) -> Result<LostPrint, InferenceError> {
        let document = (pixels.width() as f32, pixels.height() as f32);
        let square = input(pixels, SQUARE);
        let coarse = map(&*self.coarse, &square, SQUARE)?;
        let (columns, rows) = (SQUARE.0 / CELL, SQUARE.1 / CELL);
        let Some(fine) = &self.fine else { return Ok(LostPrint::of(&coarse, columns as usize, document)) };
        let both = |coarse: &[f32], fine: &[f32]| -> Vec<f32> {
            coarse.iter().zip(fine).map(|(&coarse, &fine)| mean_odds(coarse, fine)).collect()
        };
        if document.1 < PAGE * document.0 {
            let fine = map(&**fine, &square, SQUARE)?;
            return Ok(LostPrint::of(&both(&coarse, &fine), columns as usize, document));
        }
        let coarse = RawMap::from_raw(columns, rows, coarse).unwrap_or_default();
        let (columns, rows) = (TALL.0 / CELL, TALL.1 / CELL);
        let coarse = imageops::resize(&coarse, columns, rows, FilterType::Triangle);
        let fine = map(&**fine, &input(pixels, TALL), TALL)?;
        Ok(LostPrint::of(&both(&coarse, &fine), columns as usize, document))
    }
}

/// Values of a map, row by row.
type RawMap = ImageBuffer<Luma<f32>, Vec<f32>>;

/// A network's input: the document squeezed into `width` × `height` px, 0 to 1.
fn input(pixels: &RgbImage, (width, height): (u32, u32)) -> Tensor {
    let small = shrink(pixels, width, height);
    let plane = (width * height) as usize;
    let mut values = vec![0.0; 3 * plane];
    for (i, pixel) in small.pixels().enumerate() {
        for (channel, &value) in pixel.0.iter().enumerate() {
            values[channel * plane + i] = f32::from(value) / 255.0;
        }
    }
    Tensor::new(vec![1, 3, height as usize, width as usize], values)
}

/// The network's map of lost print of fields, of an input of `width` × `height` px.
fn map(model: &dyn Model, input: &Tensor, (width, height): (u32, u32)) -> Result<Vec<f32>, InferenceError> {
    let mut output = model.run(input)?;
    let (columns, rows) = ((width / CELL) as usize, (height / CELL) as usize);
    if output.shape != [1, MAPS, rows, columns] {
        return Err(InferenceError::Shape {
            name: "legibility".to_owned(),
            shape: output.shape,
            expected: "[1, 3, height / 4, width / 4]",
        });
    }
    Ok(output.values.split_off(OF_FIELD * rows * columns))
}

/// The probability whose log odds are the mean of both networks', the fine one's weighing [`FINE`].
fn mean_odds(coarse: f32, fine: f32) -> f32 {
    let mean = |coarse: f32, fine: f32| coarse.max(0.0).powf(1.0 - FINE) * fine.max(0.0).powf(FINE);
    let (lost, seen) = (mean(coarse, fine), mean(1.0 - coarse, 1.0 - fine));
    if lost + seen > 0.0 { lost / (lost + seen) } else { coarse }
}

/// A place where print of a field is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LostPlace {
    /// Pixels of the document.
    pub place: Rect,
    /// How sure it is, 0 to 1.
    pub score: f32,
}

/// How likely print of a field is lost at each cell of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct LostPrint {
    /// Probabilities, row by row.
    map: Vec<f32>,
    /// How many a row has.
    columns: usize,
    /// Width and height of a cell in pixels of the document.
    cell: (f32, f32),
}

impl LostPrint {
    /// Of probabilities, row by row, `columns` in each, over a document of `width` × `height` px.
    pub(crate) fn of(map: &[f32], columns: usize, (width, height): (f32, f32)) -> Self {
        let rows = map.len() / columns.max(1);
        Self { map: map.to_vec(), columns, cell: (width / columns as f32, height / rows as f32) }
    }

    /// The same with nothing lost in `places` (pixels of the document).
    #[must_use]
    pub fn without(&self, places: &[Rect]) -> Self {
        let is_in = |i: usize| places.iter().any(|place| place.contains(self.cell(i).center()));
        let map = self.map.iter().enumerate().map(|(i, &p)| if is_in(i) { 0.0 } else { p }).collect();
        Self { map, ..*self }
    }

    /// Whether next to no print is lost in `place` (pixels of the document): no suspicion there is as strong as `bar`.
    pub fn is_clear(&self, place: &Rect, bar: f32) -> bool {
        self.strongest(place) < bar
    }

    /// The same where nothing else says that print is lost. Among more cells one is stronger by chance, so that a large
    /// place is clear in spite of it.
    pub fn is_clear_for_its_size(&self, place: &Rect, bar: f32) -> bool {
        let document = self.cell.0 * self.cell.1 * self.map.len() as f32;
        self.is_clear(place, bar * (1.0 + place.area() / document / DOUBLING_SHARE))
    }

    /// The strongest suspicion of lost print in `place` (pixels of the document) and a cell around it, 0 to 1.
    fn strongest(&self, place: &Rect) -> f32 {
        let around = place.inflate(self.cell.0, self.cell.1);
        let cells = self.map.iter().enumerate();
        cells.filter(|(i, _)| around.contains(self.cell(*i).center())).map(|(_, &p)| p).fold(0.0, f32::max)
    }

    fn cell(&self, i: usize) -> Rect {
        let (left, top) = ((i % self.columns) as f32 * self.cell.0, (i / self.columns) as f32 * self.cell.1);
        Rect::new(left, top, left + self.cell.0, top + self.cell.1)
    }

    /// Places where print is lost, surest first. What was `read` surely is not lost, whatever it looks like.
    pub(super) fn places(&self, read: &[Rect]) -> Vec<LostPlace> {
        let is_read = |i: usize| {
            let centre = self.cell(i).center();
            read.iter().any(|line| line.contains(centre))
        };
        let rows = (self.map.len() / self.columns.max(1)) as u32;
        let mask = GrayImage::from_fn(self.columns as u32, rows, |x, y| {
            let i = y as usize * self.columns + x as usize;
            Luma([u8::from(self.map.get(i).is_some_and(|&p| p >= LOW) && !is_read(i))])
        });
        let labels = connected_components(&mask, Connectivity::Eight, Luma([0]));
        let mut groups: BTreeMap<u32, (Rect, Vec<f32>)> = BTreeMap::new();
        for (i, (label, &p)) in
            labels.as_raw().iter().zip(&self.map).enumerate().filter(|(_, (l, _))| **l > 0)
        {
            let cell = self.cell(i);
            let (place, scores) = groups.entry(*label).or_insert((cell, Vec::new()));
            *place = place.union(cell);
            scores.push(p);
        }
        let mut places: Vec<LostPlace> = groups
            .into_values()
            .map(|(place, mut scores)| {
                scores.sort_unstable_by(|a, b| b.total_cmp(a));
                let score = scores.iter().take(PEAK_CELLS).sum::<f32>() / PEAK_CELLS as f32;
                LostPlace { place, score }
            })
            .collect();
        places.sort_by(|a, b| b.score.total_cmp(&a.score));
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 96;

    /// Print lost at rows 10 to 13, columns 20 to 29, of a document of 960 × 1920 px.
    fn lost() -> LostPrint {
        let map: Vec<f32> = (0..SIDE * SIDE)
            .map(|i| {
                let (x, y) = (i % SIDE, i / SIDE);
                if (20..30).contains(&x) && (10..14).contains(&y) { 0.9 } else { 0.02 }
            })
            .collect();
        LostPrint::of(&map, SIDE, (960.0, 1920.0))
    }

    #[test]
    fn a_place_is_told_in_pixels_of_the_document() {
        let places = lost().places(&[]);
        let [place] = places.as_slice() else { panic!("{places:?}") };
        assert_eq!(place.place, Rect::new(200.0, 200.0, 300.0, 280.0));
        assert!((place.score - 0.9).abs() < 1e-3);
    }

    /// A network that gives every cell one probability, for inputs that are so high.
    struct Even(f32, usize);

    impl Model for Even {
        fn run(&self, input: &Tensor) -> Result<Tensor, InferenceError> {
            assert_eq!(input.shape[2], self.1);
            let shape = vec![1, MAPS, input.shape[2] / 4, input.shape[3] / 4];
            let count = shape.iter().product();
            Ok(Tensor::new(shape, vec![self.0; count]))
        }

        fn metadata(&self, _: &str) -> Option<String> {
            None
        }
    }

    #[test]
    fn both_networks_are_asked_and_the_fine_one_sees_more_of_a_page() {
        let asked = |fine: usize, width: u32, height: u32| {
            let net = LegibilityNet::new(Arc::new(Even(0.9, 384)), Some(Arc::new(Even(0.1, fine))));
            let lost = net.look_at(&RgbImage::new(width, height)).unwrap();
            assert!(
                lost.map.iter().all(|&p| (p - mean_odds(0.9, 0.1)).abs() < 1e-3),
                "{:?}",
                lost.map.first()
            );
            (lost.cell, lost.columns, lost.map.len())
        };
        assert_eq!(asked(768, 1440, 1920), ((10.0, 10.0), 144, 144 * 192));
        assert_eq!(asked(384, 960, 606), ((10.0, 606.0 / 96.0), 96, 96 * 96));
        let alone = LegibilityNet::new(Arc::new(Even(0.9, 384)), None);
        assert_eq!(alone.look_at(&RgbImage::new(1440, 1920)).unwrap().map, vec![0.9; 96 * 96]);
    }

    #[test]
    fn the_mean_of_the_odds_keeps_what_both_say() {
        assert!((mean_odds(0.8, 0.8) - 0.8).abs() < 1e-6);
        assert!(mean_odds(0.02, 0.9) < 0.2 && mean_odds(0.2, 0.95) > 0.45);
        assert_eq!((mean_odds(1.0, 0.0), mean_odds(1.0, 1.0), mean_odds(0.0, 0.0)), (1.0, 1.0, 0.0));
    }

    #[test]
    fn the_strongest_suspicion_is_that_of_the_place() {
        assert!(lost().strongest(&Rect::new(250.0, 220.0, 260.0, 230.0)) > 0.8);
        assert!(lost().strongest(&Rect::new(500.0, 220.0, 600.0, 400.0)) < 0.1);
    }

    #[test]
    fn a_large_place_is_clear_in_spite_of_a_stronger_cell() {
        let mut map = vec![0.02; SIDE * SIDE];
        map[SIDE * 48 + 48] = 0.15;
        let print = LostPrint::of(&map, SIDE, (960.0, 960.0));
        assert!(!print.is_clear(&Rect::new(460.0, 460.0, 500.0, 500.0), 0.1));
        let large = Rect::new(300.0, 300.0, 700.0, 700.0);
        assert!(print.is_clear_for_its_size(&large, 0.1) && !print.is_clear(&large, 0.1));
        assert!(!lost().is_clear_for_its_size(&Rect::new(0.0, 0.0, 960.0, 400.0), 0.1));
    }

    #[test]
    fn places_that_are_looked_through_hide_nothing() {
        let rest = lost().without(&[Rect::new(100.0, 190.0, 260.0, 290.0)]);
        assert_eq!(rest.places(&[]).iter().map(|lost| lost.place.left).collect::<Vec<_>>(), [260.0]);
        assert!(
            lost()
                .without(&[Rect::new(100.0, 190.0, 500.0, 290.0)])
                .is_clear(&Rect::new(0.0, 0.0, 960.0, 1920.0), 0.1)
        );
    }

    #[test]
    fn what_was_read_is_not_lost() {
        assert_eq!(lost().places(&[Rect::new(100.0, 190.0, 500.0, 290.0)]), []);
        let rest = lost().places(&[Rect::new(100.0, 190.0, 260.0, 290.0)]);
        assert_eq!(rest.iter().map(|lost| lost.place.left).collect::<Vec<_>>(), [260.0]);
    }
}
