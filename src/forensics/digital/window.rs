//! Windows along lines of print, each about as large as a character.

use crate::domain::{Point, Rect};

use super::Line;

/// Width of a window, share of its line's height: that of a digit. Wider ones thin out a single digit that was pasted.
const WIDTH: f32 = 0.7;
/// How far windows are apart, in their widths: half, so that every character has one that it fills.
const STRIDE: f32 = 0.5;
/// Height of a line below which a window holds too few blocks, px.
const LOWEST: f32 = 12.0;

/// A part of a line. It stands upright in the picture, whatever way the line runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    /// Pixels of the picture.
    pub place: Rect,
    pub field: usize,
}

/// The windows of every line, in the lines' order.
pub(super) fn along(lines: &[Line]) -> Vec<Window> {
    lines.iter().flat_map(along_line).collect()
}

fn along_line(line: &Line) -> Vec<Window> {
    let (length, height) = (line.quad.width(), line.quad.height());
    let width = WIDTH * height;
    if height < LOWEST || length < width {
        return Vec::new();
    }
    let [tl, tr, br, bl] = line.quad.0;
    let (start, end) = (tl.lerp(bl, 0.5), tr.lerp(br, 0.5));
    let steps = ((length - width) / (STRIDE * width)).ceil() as usize;
    // The first and the last end with the line.
    let reach = 0.5 * width / length;
    let is_upright = (end.x - start.x).abs() < (end.y - start.y).abs();
    let (across, down) = if is_upright { (height, width) } else { (width, height) };
    (0..=steps)
        .map(|i| {
            let share = if steps == 0 { 0.5 } else { i as f32 / steps as f32 };
            let Point { x, y } = start.lerp(end, reach + (1.0 - 2.0 * reach) * share);
            let place = Rect::new(x - across / 2.0, y - down / 2.0, x + across / 2.0, y + down / 2.0);
            Window { place, field: line.field }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Quad;

    #[test]
    fn windows_cover_their_line_from_end_to_end() {
        let wide = Rect::new(100.0, 50.0, 260.0, 90.0);
        let high = Rect::new(100.0, 50.0, 140.0, 210.0);
        for (rect, turns) in [(wide, 0), (wide, 2), (high, 1), (high, 3)] {
            let quad = Quad::from_rect(rect).rotated_clockwise(turns);
            let windows = along(&[Line { field: 3, quad }]);
            let all = windows.iter().map(|window| window.place).reduce(Rect::union).unwrap();
            let apart =
                [all.left - rect.left, all.top - rect.top, all.right - rect.right, all.bottom - rect.bottom];
            assert!(apart.iter().all(|side| side.abs() < 0.01), "{turns}: {all:?}");
            assert!(windows.iter().all(|window| window.field == 3));
        }
    }

    #[test]
    fn print_that_is_too_small_has_no_windows() {
        assert!(
            along(&[Line { field: 0, quad: Quad::from_rect(Rect::new(0.0, 0.0, 90.0, 8.0)) }]).is_empty()
        );
    }
}
