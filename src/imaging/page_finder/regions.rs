//! Regions of the maps: one for each document.

use super::{MAP_SIDE, PageFinderParams, PageMaps};

/// Cells of one document.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub cells: Vec<bool>,
    pub count: usize,
}

impl Region {
    /// Share of the picture that it covers.
    pub fn share(&self) -> f32 {
        self.count as f32 / (MAP_SIDE * MAP_SIDE) as f32
    }

    pub fn has(&self, x: usize, y: usize) -> bool {
        self.cells.get(y * MAP_SIDE + x).copied().unwrap_or(false)
    }
}

/// How many cells a core grows back over the edge band that parted it from its neighbours. The band
/// is about three cells wide, and half of it belongs to the document.
const REGROWTH_CELLS: usize = 3;

/// Connected cores (paper, but not edge), each grown back to its outline; largest first.
pub(super) fn regions(maps: &PageMaps, params: &PageFinderParams) -> Vec<Region> {
    let paper: Vec<bool> = maps.mask.iter().map(|&p| p >= params.mask_threshold).collect();
    let core: Vec<bool> =
        paper.iter().zip(&maps.edge).map(|(&is, &edge)| is && edge < params.edge_threshold).collect();
    let mut labels = vec![0_u16; core.len()];
    let mut counts = vec![0_usize];
    let mut stack = Vec::new();
    for start in 0..core.len() {
        if !core[start] || labels[start] != 0 {
            continue;
        }
        let label = counts.len() as u16;
        counts.push(0);
        labels[start] = label;
        stack.push(start);
        while let Some(at) = stack.pop() {
            counts[usize::from(label)] += 1;
            for next in neighbours(at) {
                if core[next] && labels[next] == 0 {
                    labels[next] = label;
                    stack.push(next);
                }
            }
        }
    }
    for _ in 0..REGROWTH_CELLS {
        let before = labels.clone();
        for at in 0..labels.len() {
            if paper[at] && before[at] == 0 {
                labels[at] = neighbours(at).map(|next| before[next]).find(|&label| label != 0).unwrap_or(0);
            }
        }
    }
    let largest = counts.iter().copied().max().unwrap_or(0) as f32;
    let floor = (params.min_area * labels.len() as f32).max(params.min_relative_area * largest);
    let mut found: Vec<Region> = (1..counts.len())
        .filter(|&label| counts[label] as f32 >= floor)
        .map(|label| {
            let cells: Vec<bool> = labels.iter().map(|&l| usize::from(l) == label).collect();
            let count = cells.iter().filter(|&&cell| cell).count();
            Region { cells, count }
        })
        .collect();
    found.sort_by_key(|region| std::cmp::Reverse(region.count));
    found
}

/// The up to four cells that share a side with `at`.
fn neighbours(at: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (at % MAP_SIDE, at / MAP_SIDE);
    [
        (x > 0).then(|| at - 1),
        (x + 1 < MAP_SIDE).then(|| at + 1),
        (y > 0).then(|| at - MAP_SIDE),
        (y + 1 < MAP_SIDE).then(|| at + MAP_SIDE),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paint(maps: &mut PageMaps, xs: std::ops::Range<usize>, ys: std::ops::Range<usize>) {
        for y in ys {
            for x in xs.clone() {
                maps.mask[y * MAP_SIDE + x] = 1.0;
            }
        }
    }

    #[test]
    fn an_edge_band_parts_touching_documents() {
        let n = MAP_SIDE * MAP_SIDE;
        let mut maps = PageMaps { mask: vec![0.0; n], edge: vec![0.0; n] };
        paint(&mut maps, 20..100, 10..100);
        assert_eq!(regions(&maps, &PageFinderParams::default()).len(), 1);
        for x in 20..100 {
            for y in 54..57 {
                maps.edge[y * MAP_SIDE + x] = 1.0;
            }
        }
        let parted = regions(&maps, &PageFinderParams::default());
        assert_eq!(parted.len(), 2);
        assert_eq!(parted.iter().map(|region| region.count).sum::<usize>(), 80 * 90);
    }
}
