//! Connected regions of cells that share a property.

use crate::domain::Rect;

use super::ground::Grid;

/// A connected set of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Region {
    /// Its number in the map, from 1.
    pub label: u32,
    /// In pixels of the document.
    pub bounds: Rect,
    pub cells: usize,
    /// Share of the document's area.
    pub share: f32,
    /// True when it reaches the document's edge.
    pub at_edge: bool,
    /// How many of the picture's four corners it holds.
    pub corners: u8,
}

/// Corners of the picture from which a region is what the document lies on. A hand covers one, an arm two.
const SURROUND_CORNERS: u8 = 3;

impl Region {
    /// Whether it lies around the document rather than on it: an outline that was too wide let it in.
    pub fn is_surround(&self) -> bool {
        self.corners >= SURROUND_CORNERS
    }

    /// Share of its bounding box that it fills: 0.79 for an ellipse, near 1 for an upright photo.
    pub fn fill(&self, grid: &Grid) -> f32 {
        let area = self.bounds.area() / (grid.cell * grid.cell);
        if area > 0.0 { (self.cells as f32 / area).min(1.0) } else { 0.0 }
    }
}

/// The grid with each cell's region.
#[derive(Debug)]
pub(super) struct Regions {
    pub grid: Grid,
    labels: Vec<u32>,
    /// Largest first.
    pub list: Vec<Region>,
}

impl Regions {
    pub fn of(grid: Grid, mask: &[bool]) -> Self {
        let mut labels = vec![0_u32; grid.len()];
        let mut list: Vec<Region> = Vec::new();
        let is_open = |labels: &[u32], i: usize| labels.get(i) == Some(&0) && mask.get(i) == Some(&true);
        let mut stack = Vec::new();
        for start in 0..grid.len() {
            if !is_open(&labels, start) {
                continue;
            }
            let label = list.len() as u32 + 1;
            let mut region =
                Region { label, bounds: grid.place(start), cells: 0, share: 0.0, at_edge: false, corners: 0 };
            labels[start] = label;
            stack.push(start);
            while let Some(i) = stack.pop() {
                let (x, y) = (i % grid.columns, i / grid.columns);
                region.cells += 1;
                region.bounds = region.bounds.union(grid.place(i));
                let (at_side, at_end) = (x == 0 || x + 1 == grid.columns, y == 0 || y + 1 == grid.rows);
                region.at_edge |= at_side || at_end;
                region.corners += u8::from(at_side && at_end);
                let around = [
                    (x > 0).then(|| i - 1),
                    (x + 1 < grid.columns).then(|| i + 1),
                    (y > 0).then(|| i - grid.columns),
                    (y + 1 < grid.rows).then(|| i + grid.columns),
                ];
                for next in around.into_iter().flatten() {
                    if is_open(&labels, next) {
                        labels[next] = label;
                        stack.push(next);
                    }
                }
            }
            region.share = region.cells as f32 / grid.len() as f32;
            list.push(region);
        }
        list.sort_by_key(|region| std::cmp::Reverse(region.cells));
        Self { grid, labels, list }
    }

    /// Share of `rect`'s cells that belong to `region`.
    pub fn share_of(&self, region: &Region, rect: &Rect) -> f32 {
        let (mut all, mut members) = (0_u32, 0_u32);
        for i in self.grid.inside(rect) {
            all += 1;
            members += u32::from(self.labels.get(i) == Some(&region.label));
        }
        if all == 0 { 0.0 } else { members as f32 / all as f32 }
    }

    /// The cells of `region`.
    pub fn cells_of(&self, region: &Region) -> impl Iterator<Item = usize> {
        let label = region.label;
        self.grid.inside(&region.bounds).filter(move |&i| self.labels.get(i) == Some(&label))
    }
}

/// `mask` with every cell added that touches one of its cells, corners included.
pub(super) fn grown(grid: &Grid, mask: &[bool]) -> Vec<bool> {
    (0..grid.len())
        .map(|i| {
            let (x, y) = (i % grid.columns, i / grid.columns);
            (y.saturating_sub(1)..=(y + 1).min(grid.rows - 1)).any(|y| {
                (x.saturating_sub(1)..=(x + 1).min(grid.columns - 1))
                    .any(|x| mask.get(y * grid.columns + x) == Some(&true))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_three_corners_lies_around_the_document() {
        let grid = Grid::of(1280, 640);
        let (columns, rows) = (grid.columns, grid.rows);
        let held = |is: &dyn Fn(usize, usize) -> bool| {
            let mask: Vec<bool> = (0..grid.len()).map(|i| is(i % columns, i / columns)).collect();
            let regions = Regions::of(grid, &mask);
            (regions.list[0].corners, regions.list[0].is_surround())
        };
        assert_eq!(held(&|x, y| x < 9 || y < 9 || x + 9 > columns || y + 9 > rows), (4, true));
        assert_eq!(held(&|x, y| x < 9 || y + 9 > rows), (3, true));
        assert_eq!(held(&|x, _| x < 30), (2, false));
        assert_eq!(held(&|x, y| x < 30 && y > 20), (1, false));
    }

    #[test]
    fn regions_are_connected_and_know_their_places() {
        let grid = Grid::of(1280, 640);
        let mask: Vec<bool> = (0..grid.len())
            .map(|i| {
                let (x, y) = (i % grid.columns, i / grid.columns);
                (10..20).contains(&x) && (10..14).contains(&y) || x >= 120
            })
            .collect();
        let regions = Regions::of(grid, &mask);
        assert_eq!(regions.list.len(), 2);
        let inner = regions.list.iter().find(|r| !r.at_edge).unwrap();
        assert_eq!(inner.bounds, Rect::new(100.0, 100.0, 200.0, 140.0));
        assert!((regions.share_of(inner, &Rect::new(150.0, 100.0, 250.0, 140.0)) - 0.5).abs() < 0.05);
        assert!((inner.fill(&grid) - 1.0).abs() < 1e-3);
    }
}
