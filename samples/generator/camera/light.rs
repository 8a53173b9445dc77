//! Light over the whole frame: exposure, gradients, vignetting, colour, shadows, reflections.

use vouch::domain::Point;

use super::frame::Frame;

/// A soft-edged shadow over one side of a line.
#[derive(Debug, Clone, Copy)]
pub struct Shadow {
    /// A point on its edge, share of the frame.
    pub at: (f32, f32),
    /// Direction into the shadow, radians.
    pub angle: f32,
    /// Half width of the edge, share of the frame's diagonal.
    pub softness: f32,
    /// Share of light that is lost.
    pub depth: f32,
}

/// A reflection of a lamp: a bright ellipse, in px.
#[derive(Debug, Clone, Copy)]
pub struct Glare {
    pub centre: Point,
    pub radius: (f32, f32),
    pub angle: f32,
    /// Light added at the centre, in 8-bit steps; above 255 nothing of the paper survives.
    pub strength: f32,
    /// Exponent of the falloff: 1 = diffuse, 4 = a burnt patch with a narrow rim.
    pub hardness: f32,
}

/// Everything between the lamp and the lens.
#[derive(Debug, Clone, Default)]
pub struct Light {
    /// Gain on all channels, 1 = correct exposure.
    pub exposure: f32,
    /// Light added everywhere (lens flare, haze), in 8-bit steps.
    pub haze: f32,
    /// Change of gain from one side to the other.
    pub gradient: f32,
    pub gradient_angle: f32,
    /// Gain lost in the corners.
    pub vignette: f32,
    /// Gains of red, green and blue.
    pub colour: [f32; 3],
    pub shadows: Vec<Shadow>,
    pub glares: Vec<Glare>,
}

/// Nodes of the lattice on which light is computed, along the longer side.
const LATTICE: usize = 160;

/// Lights the frame. The field is smooth, so it is computed on a lattice and interpolated.
pub fn apply(frame: &mut Frame, light: &Light) {
    let (w, h) = (frame.width as f32, frame.height as f32);
    let step = w.max(h) / LATTICE as f32;
    let (nx, ny) = ((w / step) as usize + 2, (h / step) as usize + 2);
    let nodes: Vec<(f32, f32)> = (0..ny)
        .flat_map(|j| (0..nx).map(move |i| (i, j)))
        .map(|(i, j)| node(light, i as f32 * step, j as f32 * step, w, h))
        .collect();
    for y in 0..frame.height {
        let gy = y as f32 / step;
        let (j, fy) = (gy as usize, gy.fract());
        for x in 0..frame.width {
            let gx = x as f32 / step;
            let (i, fx) = (gx as usize, gx.fract());
            let mix = |k: fn(&(f32, f32)) -> f32| {
                let top = k(&nodes[j * nx + i]) * (1.0 - fx) + k(&nodes[j * nx + i + 1]) * fx;
                let bottom = k(&nodes[(j + 1) * nx + i]) * (1.0 - fx) + k(&nodes[(j + 1) * nx + i + 1]) * fx;
                top * (1.0 - fy) + bottom * fy
            };
            let (gain, added) = (mix(|n| n.0), mix(|n| n.1));
            let pixel = &mut frame.pixels[y * frame.width + x];
            for (value, colour) in pixel.iter_mut().zip(light.colour) {
                *value = *value * gain * colour + added;
            }
        }
    }
}

/// Gain and added light at a place.
fn node(light: &Light, x: f32, y: f32, w: f32, h: f32) -> (f32, f32) {
    let (u, v) = (x / w - 0.5, y / h - 0.5);
    let (sin, cos) = light.gradient_angle.sin_cos();
    let mut gain = light.exposure * (1.0 + light.gradient * (u * cos + v * sin));
    gain *= 1.0 - light.vignette * 2.0 * (u * u + v * v);
    let diagonal = w.hypot(h);
    for shadow in &light.shadows {
        let (dx, dy) = (x - shadow.at.0 * w, y - shadow.at.1 * h);
        let depth = (dx * shadow.angle.cos() + dy * shadow.angle.sin()) / (shadow.softness * diagonal);
        gain *= 1.0 - shadow.depth / (1.0 + (-3.0 * depth).exp());
    }
    let mut added = light.haze;
    for glare in &light.glares {
        let (dx, dy) = (x - glare.centre.x, y - glare.centre.y);
        let (sin, cos) = glare.angle.sin_cos();
        let (a, b) = ((dx * cos + dy * sin) / glare.radius.0, (dy * cos - dx * sin) / glare.radius.1);
        added += glare.strength * (-(a * a + b * b).powf(glare.hardness)).exp();
    }
    (gain.max(0.0), added)
}
