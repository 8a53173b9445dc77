//! Carries a line's box on to where its ink ends.
//!
//! The detector ends a box early where a line's last character is pale, narrow (a dash, 1) or crossed by a
//! seal, and then the recogniser never sees it. What follows the box within a character's own spacing
//! belongs to the line.

use image::RgbImage;

use crate::domain::Quad;

use super::line_picture::cut_line;

/// How far beyond either end ink is looked for, in heights of the line: a lost character and its spacing.
/// Boxes have some room above and below the ink, so a character is about 0.8 heights wide.
const REACH: f32 = 1.2;
/// Paper up to this wide, in heights, is the spacing within a line. Columns of a table are parted by 0.6 and
/// more, an ideographic space by 0.8.
const SPACING: f32 = 0.28;
/// Room that is left beyond the last ink, in heights: as much as the detector leaves.
const MARGIN: f32 = 0.12;
/// Least share of a column's rows that are dark in a column of ink: a dash is 3 of 48 rows thick.
const LEAST_INK: f32 = 0.04;
/// From this share on a column is a rule or a frame, where the line ends.
const RULE: f32 = 0.8;
/// Share of its columns from which a row is a rule that runs under or through the line.
const RULED_ROW: f32 = 0.85;
/// Least contrast (of 255) between paper and ink of a line whose ends can be told.
const LEAST_CONTRAST: f32 = 45.0;
/// Where between ink (0) and paper (1) a pixel counts as dark: guilloche and watermarks stay above.
const DARK: f32 = 0.45;
/// Shares of the rows at the top and bottom that are left out: the neighbours' descenders reach there.
const OUTER_ROWS: f32 = 0.12;
/// Two boxes of which the shorter shares this part of its height with the other stand in one row.
const SAME_ROW: f32 = 0.4;

/// `found`, carried on at both ends to where its ink ends, but not into any of `others`.
pub(super) fn carried_on(page: &RgbImage, found: &Quad, others: &[Quad]) -> Quad {
    let (left, right) = (room(found, others, true), room(found, others, false));
    if left <= SPACING && right <= SPACING {
        return *found;
    }
    let profile = Profile::of(&cut_line(page, &found.lengthened(REACH)));
    let Some(profile) = profile else { return *found };
    let [tl, tr, br, bl] = found.0;
    let share = found.height() / found.width().max(1.0);
    let (left, right) = (profile.beyond(true, left) * share, profile.beyond(false, right) * share);
    Quad([tl.lerp(tr, -left), tl.lerp(tr, 1.0 + right), bl.lerp(br, 1.0 + right), bl.lerp(br, -left)])
}

/// Free room beside a box up to the next box of its row, in its heights, [`REACH`] at most.
fn room(found: &Quad, others: &[Quad], to_left: bool) -> f32 {
    let own = found.bounds();
    others
        .iter()
        .map(Quad::bounds)
        .filter(|other| {
            let shared = own.bottom.min(other.bottom) - own.top.max(other.top);
            shared > SAME_ROW * own.height().min(other.height())
        })
        .filter_map(|other| {
            let gap = if to_left { own.left - other.right } else { other.left - own.right };
            let beside = if to_left { other.left < own.left } else { other.right > own.right };
            (beside && other != own).then_some(gap.max(0.0) / own.height().max(1.0))
        })
        .fold(REACH, f32::min)
}

/// The share of dark rows of each column of a lengthened line.
struct Profile {
    columns: Vec<f32>,
    /// Pixels of the picture's height.
    height: f32,
}

impl Profile {
    /// `None` for a line without contrast. Red light is looked at, in which seals are as pale as paper.
    fn of(picture: &RgbImage) -> Option<Self> {
        let (width, height) = picture.dimensions();
        let ends = (REACH * height as f32).round() as u32;
        let inner = ends..width.saturating_sub(ends);
        let rows = (OUTER_ROWS * height as f32) as u32..((1.0 - OUTER_ROWS) * height as f32) as u32;
        let mut levels: Vec<u8> = inner
            .flat_map(|x| rows.clone().map(move |y| (x, y)))
            .map(|(x, y)| picture.get_pixel(x, y)[0])
            .collect();
        levels.sort_unstable();
        let percentile =
            |share: f32| levels.get((share * levels.len() as f32) as usize).copied().map(f32::from);
        let (ink, paper) = (percentile(0.03)?, percentile(0.8)?);
        if paper - ink < LEAST_CONTRAST {
            return None;
        }
        let dark = |x: u32, y: u32| f32::from(picture.get_pixel(x, y)[0]) < ink + DARK * (paper - ink);
        let free: Vec<u32> = rows
            .filter(|&y| {
                let count = (0..width).filter(|&x| dark(x, y)).count();
                (count as f32) < RULED_ROW * width as f32
            })
            .collect();
        let share = |x: u32| free.iter().filter(|&&y| dark(x, y)).count() as f32 / free.len().max(1) as f32;
        Some(Self { columns: (0..width).map(share).collect(), height: height as f32 })
    }

    /// How far beyond the box the line goes on, in heights, where `room` heights are free.
    fn beyond(&self, to_left: bool, room: f32) -> f32 {
        let edge = (REACH * self.height) as usize;
        let limit = (room.min(REACH) * self.height) as usize;
        let spacing = (SPACING * self.height) as usize;
        // From just within the box outwards: its last ink may end before the box does.
        let column = |step: usize| {
            let at = if to_left {
                edge.checked_sub(step)?
            } else {
                (self.columns.len() - edge.min(self.columns.len())) + step
            };
            self.columns.get(at).copied()
        };
        let (mut last_ink, mut blank) = (None, 0);
        for step in 1..limit {
            let Some(share) = column(step) else { break };
            if share >= RULE {
                break;
            }
            if share >= LEAST_INK {
                last_ink = Some(step);
                blank = 0;
            } else {
                blank += 1;
                if blank > spacing {
                    break;
                }
            }
        }
        last_ink.map_or(0.0, |step| (step as f32 / self.height + MARGIN).min(room))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rect;
    use image::Rgb;

    /// Characters as blocks of 30 pixels at the given places, on a page of 400 × 60; the box is 48 high.
    fn page(blocks: &[u32]) -> RgbImage {
        RgbImage::from_fn(500, 60, |x, y| {
            let ink = (16..44).contains(&y)
                && blocks.iter().any(|&at| (at..at + 30).contains(&x) && (x + y) % 3 > 0);
            Rgb([if ink { 30 } else { 230 }; 3])
        })
    }

    fn found(left: f32, right: f32) -> Quad {
        Quad::from_rect(Rect::new(left, 6.0, right, 54.0))
    }

    #[test]
    fn a_lost_character_is_taken_in_and_a_column_is_not() {
        let picture = page(&[100, 136, 172, 260]);
        let whole = carried_on(&picture, &found(132.0, 206.0), &[]).bounds();
        assert!((92.0..101.0).contains(&whole.left), "{whole:?}");
        assert!((200.0..215.0).contains(&whole.right), "{whole:?}");
    }

    #[test]
    fn another_box_is_not_entered() {
        let picture = page(&[100, 136, 172]);
        let others = [found(96.0, 133.0), found(132.0, 206.0)];
        let whole = carried_on(&picture, &others[1], &others).bounds();
        assert!(whole.left >= 131.0, "{whole:?}");
    }

    #[test]
    fn a_frame_ends_the_line() {
        let mut picture = page(&[136, 172]);
        for y in 0..60 {
            for x in 120..124 {
                picture.put_pixel(x, y, Rgb([20; 3]));
            }
        }
        let whole = carried_on(&picture, &found(132.0, 206.0), &[]).bounds();
        assert!(whole.left > 124.0, "{whole:?}");
    }

    #[test]
    fn a_rule_below_the_line_does_not_lengthen_it() {
        let mut picture = page(&[136, 172]);
        for x in 0..500 {
            picture.put_pixel(x, 47, Rgb([20; 3]));
        }
        let whole = carried_on(&picture, &found(132.0, 206.0), &[]).bounds();
        assert!(whole.left > 128.0 && whole.right < 212.0, "{whole:?}");
    }
}
