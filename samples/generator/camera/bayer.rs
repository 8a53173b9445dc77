//! A sensor's colour filter: each pixel sees one colour, the others are guessed from its neighbours. What is finer than
//! the lattice of one colour comes back as bands of false colour.

use super::frame::Frame;

/// Leaves each pixel one colour (red, green / green, blue) and fills the others in along the smoother direction, as
/// Hamilton and Adams do.
pub fn resample(frame: &mut Frame) {
    let (w, h) = (frame.width, frame.height);
    let seen: Vec<f32> =
        frame.pixels.iter().enumerate().map(|(i, pixel)| pixel[colour(i % w, i / w)]).collect();
    let at = |x: isize, y: isize| seen[mirror(y, h) * w + mirror(x, w)];
    let mut green = vec![0.0_f32; w * h];
    for y in 0..h {
        for x in 0..w {
            let own = seen[y * w + x];
            green[y * w + x] = if colour(x, y) == 1 {
                own
            } else {
                let (x, y) = (x as isize, y as isize);
                let (left, right, up, down) = (at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1));
                let across = 2.0 * own - at(x - 2, y) - at(x + 2, y);
                let along = 2.0 * own - at(x, y - 2) - at(x, y + 2);
                let (rough_across, rough_along) =
                    ((left - right).abs() + across.abs(), (up - down).abs() + along.abs());
                if rough_across < rough_along {
                    (left + right) / 2.0 + across / 4.0
                } else if rough_along < rough_across {
                    (up + down) / 2.0 + along / 4.0
                } else {
                    (left + right + up + down) / 4.0 + (across + along) / 8.0
                }
            };
        }
    }
    let difference = |x: isize, y: isize| {
        let i = mirror(y, h) * w + mirror(x, w);
        seen[i] - green[i]
    };
    for y in 0..h {
        for x in 0..w {
            let i = y * w + x;
            let (sx, sy) = (x as isize, y as isize);
            let mean = |places: &[(isize, isize)]| {
                places.iter().map(|(dx, dy)| difference(sx + dx, sy + dy)).sum::<f32>() / places.len() as f32
            };
            for c in [0, 2] {
                // Where this colour's pixels lie, seen from here.
                let (off_x, off_y) = (x % 2 != usize::from(c == 2), y % 2 != usize::from(c == 2));
                let d = match (off_x, off_y) {
                    (false, false) => difference(sx, sy),
                    (true, false) => mean(&[(-1, 0), (1, 0)]),
                    (false, true) => mean(&[(0, -1), (0, 1)]),
                    (true, true) => mean(&[(-1, -1), (1, -1), (-1, 1), (1, 1)]),
                };
                frame.pixels[i][c] = green[i] + d;
            }
            frame.pixels[i][1] = green[i];
        }
    }
}

/// The colour that a pixel of the sensor sees.
const fn colour(x: usize, y: usize) -> usize {
    x % 2 + y % 2
}

/// Continues a row beyond its ends without leaving its parity.
fn mirror(at: isize, length: usize) -> usize {
    let last = length as isize - 1;
    let at = if at < 0 {
        -at
    } else if at > last {
        2 * last - at
    } else {
        at
    };
    at.clamp(0, last) as usize
}
