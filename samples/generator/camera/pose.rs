//! Where the document lies in the frame: a pinhole camera over a tilted sheet.

use vouch::domain::{Point, Quad};

/// Placement of a sheet. Angles in degrees.
#[derive(Debug, Clone, Copy)]
pub struct Pose {
    /// Tilt about the sheet's horizontal and vertical axes.
    pub pitch: f32,
    pub yaw: f32,
    /// Turn within the picture, clockwise, including quarter turns.
    pub roll: f32,
    /// Camera distance in document diagonals: small = strong perspective.
    pub distance: f32,
    /// Share of the frame's limiting side that the document's bounds take.
    pub fill: f32,
    /// Where the bounds' slack goes: 0 = left/top, 1 = right/bottom.
    pub place: (f32, f32),
}

impl Pose {
    /// Corners of a `w` × `h` mm sheet in a frame of `frame` px.
    pub fn quad(&self, w: f32, h: f32, frame: (usize, usize)) -> Quad {
        let corners = self.project(w, h);
        let bounds = corners.bounds();
        let (fw, fh) = (frame.0 as f32, frame.1 as f32);
        let scale = (fw * self.fill / bounds.width()).min(fh * self.fill / bounds.height());
        let x0 = (fw - bounds.width() * scale) * self.place.0 - bounds.left * scale;
        let y0 = (fh - bounds.height() * scale) * self.place.1 - bounds.top * scale;
        corners.map(|p| Point::new(p.x * scale + x0, p.y * scale + y0))
    }

    fn project(&self, w: f32, h: f32) -> Quad {
        let distance = self.distance * w.hypot(h);
        let (sin_pitch, cos_pitch) = self.pitch.to_radians().sin_cos();
        let (sin_yaw, cos_yaw) = self.yaw.to_radians().sin_cos();
        let (sin_roll, cos_roll) = self.roll.to_radians().sin_cos();
        Quad([(-w, -h), (w, -h), (w, h), (-w, h)].map(|(x, y)| {
            let (x, y) = (x / 2.0, y / 2.0);
            let (x, y) = (x * cos_roll - y * sin_roll, x * sin_roll + y * cos_roll);
            let (y, z) = (y * cos_pitch, y * sin_pitch);
            let (x, z) = (x * cos_yaw + z * sin_yaw, z * cos_yaw - x * sin_yaw);
            let depth = 1.0 + z / distance;
            Point::new(x / depth, y / depth)
        }))
    }
}

/// The mean density of a placed sheet, px a mm.
pub fn density(quad: &Quad, w: f32, h: f32) -> f32 {
    (quad.area() / (w * h)).sqrt()
}
