//! How a picture is taken: the choices of applicant, phone and light at each level.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{
    effect::Effect,
    encode::Exif,
    light::{Light, Shadow},
    pose::Pose,
    warp::Surface,
};
use crate::spec::{Level, Split, between, chance, one_of};

/// Frame sizes of phones and messengers, longer side first, with weights.
const SIZES: &[(usize, usize, u32)] = &[
    (1280, 960, 16),
    (1440, 1080, 18),
    (1706, 1280, 14),
    (1600, 1200, 14),
    (1920, 1080, 10),
    (2048, 1536, 12),
    (2592, 1944, 7),
    (3264, 2448, 5),
    (4032, 3024, 4),
];

const CAMERAS: &[(&str, &str)] = &[
    ("Apple", "iPhone 13"),
    ("HUAWEI", "ALN-AL00"),
    ("OPPO", "PHZ110"),
    ("Xiaomi", "23127PN0CC"),
    ("Apple", "iPhone 15 Pro"),
    ("vivo", "V2309A"),
    ("HONOR", "MAA-AN00"),
    ("Redmi", "23054RA19C"),
    ("samsung", "SM-S9280"),
];

/// All choices for one picture. Blur is in em of the smallest field text, so that it is equally
/// hard at every resolution.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Size of the upright frame, px.
    pub frame: (usize, usize),
    pub pose: Pose,
    pub surface: Surface,
    pub light: Light,
    /// Defocus, em.
    pub blur_em: f32,
    /// Motion, em.
    pub motion_em: f32,
    pub motion_angle: f32,
    /// Noise at mid-grey, 8-bit steps.
    pub noise: f32,
    pub chroma: f32,
    /// The colours come from a filter over single pixels.
    pub bayer: bool,
    pub softness: f32,
    pub sharpen: f32,
    pub quality: u8,
    pub exif: Option<Exif>,
    /// Smallest allowed height of field text, px an em.
    pub min_em_px: f32,
    /// Height of field text in a picture that is too small, px an em.
    pub lost_em_px: f32,
    /// A flat scanner bed of this grey instead of a table.
    pub bed: Option<f32>,
}

/// What the settings must fit.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub width_mm: f32,
    pub height_mm: f32,
}

impl Settings {
    pub fn roll(
        level: Level,
        subject: Subject,
        effect: Option<Effect>,
        split: Split,
        rng: &mut ChaCha8Rng,
    ) -> Self {
        let mut settings = match level {
            Level::Scan => Self::scan(subject, rng),
            Level::Hard => Self::hard(subject, split, rng),
            _ => Self::phone(subject, split, rng),
        };
        if let Some(effect) = effect {
            settings.disturb(effect, rng);
        }
        settings
    }

    fn scan(subject: Subject, rng: &mut ChaCha8Rng) -> Self {
        let dpi = between(rng, 150.0, 300.0);
        let fill = if chance(rng, 0.5) { 1.0 } else { between(rng, 0.86, 0.985) };
        let roll = if fill == 1.0 { 0.0 } else { between(rng, -1.5, 1.5) };
        let px = |mm: f32| (mm * dpi / 25.4 / fill).round() as usize;
        let quarter = quarter_turn(0.06, rng);
        let (w, h) = (px(subject.width_mm), px(subject.height_mm));
        Self {
            frame: if quarter.is_multiple_of(2) { (w, h) } else { (h, w) },
            pose: Pose {
                pitch: 0.0,
                yaw: 0.0,
                roll: roll + quarter as f32 * 90.0,
                distance: 1000.0,
                fill,
                place: (between(rng, 0.2, 0.8), between(rng, 0.2, 0.8)),
            },
            surface: Surface::default(),
            light: Light {
                exposure: between(rng, 0.96, 1.06),
                gradient: between(rng, 0.0, 0.03),
                colour: [between(rng, 0.98, 1.02), 1.0, between(rng, 0.98, 1.02)],
                ..Light::default()
            },
            blur_em: between(rng, 0.01, 0.035),
            motion_em: 0.0,
            motion_angle: 0.0,
            noise: between(rng, 0.5, 2.0),
            chroma: 0.3,
            bayer: false,
            softness: 0.0,
            sharpen: between(rng, 0.0, 0.5),
            quality: rng.random_range(75..=95),
            exif: None,
            min_em_px: 17.0,
            lost_em_px: 5.2,
            bed: Some(one_of(&[252.0, 246.0, 235.0, 20.0, 40.0, 190.0], rng)),
        }
    }

    fn phone(subject: Subject, split: Split, rng: &mut ChaCha8Rng) -> Self {
        let (mut frame, quarter) = (frame_size(rng), quarter_turn(0.2, rng));
        let lies = (subject.width_mm > subject.height_mm) == (quarter % 2 == 0);
        // Most people turn the phone to match; a third do not.
        let matches = chance(rng, 0.67);
        if lies != matches {
            frame = (frame.1, frame.0);
        }
        let tilt = between(rng, 0.0, 1.0).powi(2) * 25.0;
        let direction = between(rng, 0.0, std::f32::consts::TAU);
        let roll = between(rng, -1.0, 1.0).powi(3) * 8.0 + quarter as f32 * 90.0;
        let curled = subject.height_mm > 100.0 && chance(rng, 0.5);
        let bend = |rng: &mut ChaCha8Rng| if curled { between(rng, -0.012, 0.012) } else { 0.0 };
        let warm = between(rng, -0.07, 0.09);
        Self {
            frame,
            pose: Pose {
                pitch: tilt * direction.sin(),
                yaw: tilt * direction.cos(),
                roll,
                distance: between(rng, 1.2, 2.6),
                // Cards are small; a whole sheet fills the frame.
                fill: if subject.width_mm > 120.0 {
                    between(rng, 0.8, 0.97)
                } else {
                    between(rng, 0.6, 0.95)
                },
                place: (between(rng, 0.15, 0.85), between(rng, 0.15, 0.85)),
            },
            surface: Surface { curl_x: bend(rng), curl_y: bend(rng), ..Surface::default() },
            light: Light {
                exposure: between(rng, 0.78, 1.06),
                haze: between(rng, 0.0, 8.0),
                gradient: between(rng, 0.0, 0.28),
                gradient_angle: between(rng, 0.0, std::f32::consts::TAU),
                vignette: between(rng, 0.0, 0.22),
                colour: [1.0 + warm, 1.0, 1.0 - warm],
                shadows: if chance(rng, 0.35) { vec![shadow(0.12, 0.38, rng)] } else { Vec::new() },
                glares: Vec::new(),
            },
            blur_em: between(rng, 0.015, 0.045),
            motion_em: 0.0,
            motion_angle: 0.0,
            noise: between(rng, 1.0, 4.0),
            chroma: between(rng, 0.2, 0.6),
            bayer: false,
            softness: between(rng, 0.2, 0.5),
            sharpen: between(rng, 0.0, 0.9),
            quality: rng.random_range(70..=95),
            exif: exif(split, rng),
            min_em_px: 20.0,
            lost_em_px: 5.2,
            bed: None,
        }
    }

    fn hard(subject: Subject, split: Split, rng: &mut ChaCha8Rng) -> Self {
        let mut s = Self::phone(subject, split, rng);
        // Each hard picture has two or three of the troubles, none of which loses text.
        for _ in 0..rng.random_range(2..=3) {
            match rng.random_range(0..7) {
                0 => {
                    s.light.exposure = between(rng, 0.32, 0.55);
                    s.noise = between(rng, 4.0, 8.0);
                }
                1 => s.blur_em = between(rng, 0.05, 0.075),
                2 => s.quality = rng.random_range(30..=50),
                3 => {
                    let tilt = between(rng, 20.0, 35.0);
                    let direction = between(rng, 0.0, std::f32::consts::TAU);
                    (s.pose.pitch, s.pose.yaw) = (tilt * direction.sin(), tilt * direction.cos());
                }
                4 => s.light.shadows = vec![shadow(0.4, 0.6, rng), shadow(0.1, 0.35, rng)],
                5 => {
                    s.motion_em = between(rng, 0.06, 0.13);
                    s.motion_angle = between(rng, 0.0, std::f32::consts::PI);
                }
                _ => {
                    s.noise = between(rng, 6.0, 10.0);
                    s.chroma = 0.7;
                }
            }
        }
        s.min_em_px = between(rng, 14.0, 18.0);
        s.pose.fill =
            if subject.width_mm > 120.0 { between(rng, 0.7, 0.97) } else { between(rng, 0.5, 0.95) };
        s
    }

    fn disturb(&mut self, effect: Effect, rng: &mut ChaCha8Rng) {
        match effect {
            Effect::Blurred => self.blur_em = between(rng, 0.22, 0.42),
            Effect::MotionBlurred => {
                self.motion_em = between(rng, 0.75, 1.3);
                self.motion_angle = between(rng, 0.0, std::f32::consts::PI);
            }
            Effect::LowResolution => {
                self.lost_em_px = between(rng, 4.0, 5.8);
                self.quality = rng.random_range(25..=80);
            }
            Effect::TintedShadow => {
                // Yellowed paper under a warm lamp, half of it in shadow.
                self.light.colour =
                    [between(rng, 1.0, 1.08), between(rng, 0.84, 0.93), between(rng, 0.62, 0.8)];
                self.light.shadows = vec![shadow(0.3, 0.55, rng)];
            }
            Effect::Fold => {
                self.light.shadows =
                    vec![Shadow { softness: 0.004, depth: between(rng, 0.08, 0.2), ..shadow(0.1, 0.2, rng) }];
            }
            Effect::MildBlur => self.blur_em = between(rng, 0.055, 0.08),
            Effect::Underexposed => {
                self.light.exposure = between(rng, 0.03, 0.07);
                self.light.haze = 0.0;
                self.noise = between(rng, 5.0, 8.0);
                self.quality = rng.random_range(50..=75);
            }
            Effect::Overexposed => {
                self.light.exposure = between(rng, 1.5, 2.0);
                self.light.shadows.clear();
                self.light.gradient = between(rng, 0.0, 0.08);
            }
            Effect::DeepShadow => self.light.shadows = vec![shadow(0.45, 0.62, rng)],
            _ => {}
        }
    }
}

fn frame_size(rng: &mut ChaCha8Rng) -> (usize, usize) {
    let total: u32 = SIZES.iter().map(|s| s.2).sum();
    let mut left = rng.random_range(0..total);
    for (w, h, weight) in SIZES {
        if left < *weight {
            return (*w, *h);
        }
        left -= weight;
    }
    (1440, 1080)
}

/// 0 for most; the share `turned` has 1, 2 or 3 quarter turns.
fn quarter_turn(turned: f64, rng: &mut ChaCha8Rng) -> usize {
    if chance(rng, turned) { rng.random_range(1..4) } else { 0 }
}

fn shadow(least: f32, most: f32, rng: &mut ChaCha8Rng) -> Shadow {
    Shadow {
        at: (between(rng, 0.25, 0.75), between(rng, 0.25, 0.75)),
        angle: between(rng, 0.0, std::f32::consts::TAU),
        softness: between(rng, 0.015, 0.12),
        depth: between(rng, least, most),
    }
}

/// Half of the uploads still carry EXIF; of those half are stored turned.
fn exif(split: Split, rng: &mut ChaCha8Rng) -> Option<Exif> {
    if chance(rng, 0.45) {
        return None;
    }
    let (make, model) = split.pick(CAMERAS, rng);
    let orientation = match rng.random_range(0..20) {
        0..9 => 1,
        9..15 => 6,
        15 => 8,
        16 => 3,
        17 => one_of(&[2, 4, 5, 7], rng),
        _ => 1,
    };
    Some(Exif { orientation, make: make.to_owned(), model: model.to_owned() })
}
