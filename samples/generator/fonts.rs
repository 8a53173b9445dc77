//! Installed fonts: which there are, what each split may use, and their glyph outlines.
//!
//! Outlines go into the SVG as paths: every character stands exactly where the truth says, no
//! fallback font slips in unseen, and a page with a thousand characters renders in milliseconds.

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};

use rand::Rng;
use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
};

use crate::spec::Split;

/// Units of an em in stored outlines.
pub const EM: f32 = 1000.0;

/// What a font looks like, in the words of Chinese typography.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// 黑体, sans serif.
    Hei,
    /// 宋体, serif.
    Song,
    /// 楷体, brush script for print.
    Kai,
    /// Digits of the ID number.
    Digits,
    /// Something like handwriting.
    Hand,
    /// Latin letters and digits by hand.
    HandLatin,
}

struct Source {
    name: &'static str,
    path: &'static str,
    /// Face index in a collection.
    index: u32,
    style: Style,
    split: Split,
}

const NOTO: &str = "/usr/share/fonts/opentype/noto/";
const HANDWRITING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/fonts/");
const TRUETYPE: &str = "/usr/share/fonts/truetype/";

const fn font(name: &'static str, path: &'static str, index: u32, style: Style, split: Split) -> Source {
    Source { name, path, index, style, split }
}

/// Paths are relative to the folder their first letter names: `N` Noto, `T` truetype, `O` opentype,
/// `H` what `scripts/install-handwriting` fetched.
const SOURCES: &[Source] = &[
    font("noto-sans", "N/NotoSansCJK-Regular.ttc", 2, Style::Hei, Split::Dev),
    font("wqy-microhei", "T/wqy/wqy-microhei.ttc", 0, Style::Hei, Split::Dev),
    font("noto-sans-demilight", "N/NotoSansCJK-DemiLight.ttc", 2, Style::Hei, Split::Dev),
    font("wqy-zenhei", "T/wqy/wqy-zenhei.ttc", 0, Style::Hei, Split::Holdout),
    font("noto-sans-medium", "N/NotoSansCJK-Medium.ttc", 2, Style::Hei, Split::Holdout),
    font("noto-serif", "N/NotoSerifCJK-Regular.ttc", 2, Style::Song, Split::Dev),
    font("uming", "T/arphic/uming.ttc", 0, Style::Song, Split::Dev),
    font("noto-serif-semibold", "N/NotoSerifCJK-SemiBold.ttc", 2, Style::Song, Split::Dev),
    font("noto-serif-medium", "N/NotoSerifCJK-Medium.ttc", 2, Style::Song, Split::Holdout),
    font("sungti", "T/arphic-gbsn00lp/gbsn00lp.ttf", 0, Style::Song, Split::Holdout),
    font("ukai", "T/arphic/ukai.ttc", 0, Style::Kai, Split::Dev),
    font("wenkai", "T/lxgw-wenkai/LXGWWenKai-Regular.ttf", 0, Style::Kai, Split::Dev),
    font("kaitim", "T/arphic-gkai00mp/gkai00mp.ttf", 0, Style::Kai, Split::Holdout),
    font("wenkai-bold", "T/lxgw-wenkai/LXGWWenKai-Bold.ttf", 0, Style::Kai, Split::Holdout),
    font("ocr-b", "O/ocr-b/OCRB.otf", 0, Style::Digits, Split::Dev),
    font("dejavu-mono", "T/dejavu/DejaVuSansMono.ttf", 0, Style::Digits, Split::Dev),
    font("liberation-sans-digits", "T/liberation/LiberationSans-Bold.ttf", 0, Style::Digits, Split::Dev),
    font("dejavu-mono-bold", "T/dejavu/DejaVuSansMono-Bold.ttf", 0, Style::Digits, Split::Holdout),
    font("liberation-mono", "T/liberation/LiberationMono-Bold.ttf", 0, Style::Digits, Split::Holdout),
    font("wenkai-light", "T/lxgw-wenkai/LXGWWenKai-Light.ttf", 0, Style::Kai, Split::Dev),
    font("ma-shan-zheng", "H/ma-shan-zheng.ttf", 0, Style::Hand, Split::Dev),
    font("zhi-mang-xing", "H/zhi-mang-xing.ttf", 0, Style::Hand, Split::Dev),
    font("long-cang", "H/long-cang.ttf", 0, Style::Hand, Split::Holdout),
    font("liu-jian-mao-cao", "H/liu-jian-mao-cao.ttf", 0, Style::Hand, Split::Holdout),
    font("handlee", "H/handlee.ttf", 0, Style::HandLatin, Split::Dev),
    font("patrick-hand", "H/patrick-hand.ttf", 0, Style::HandLatin, Split::Dev),
    font("gochi-hand", "H/gochi-hand.ttf", 0, Style::HandLatin, Split::Holdout),
    font("caveat", "H/caveat.ttf", 0, Style::HandLatin, Split::Holdout),
];

/// One character's outline.
#[derive(Debug)]
pub struct Glyph {
    /// SVG path data, [`EM`] units an em, origin on the baseline, y down.
    pub path: String,
    /// Advance in em.
    pub advance: f32,
    /// Glyph index in the font, for PDF text.
    pub id: u16,
}

/// A loaded face with its outlines drawn so far.
pub struct Font {
    pub name: &'static str,
    pub style: Style,
    pub data: Vec<u8>,
    pub index: u32,
    glyphs: Mutex<HashMap<char, Option<Arc<Glyph>>>>,
}

impl Font {
    /// The outline of `c`, `None` when the font lacks it.
    pub fn glyph(&self, c: char) -> Option<Arc<Glyph>> {
        let mut glyphs = self.glyphs.lock().expect("no glyph drawing panics");
        glyphs.entry(c).or_insert_with(|| self.draw(c)).clone()
    }

    fn draw(&self, c: char) -> Option<Arc<Glyph>> {
        let face = FontRef::from_index(&self.data, self.index).ok()?;
        let id: GlyphId = face.charmap().map(c).filter(|id| id.to_u32() != 0)?;
        let size = Size::new(EM);
        let mut pen = SvgPen::default();
        let outlines = face.outline_glyphs();
        let outline = outlines.get(id)?;
        outline.draw(DrawSettings::unhinted(size, LocationRef::default()), &mut pen).ok()?;
        let advance = face.glyph_metrics(size, LocationRef::default()).advance_width(id)? / EM;
        Some(Arc::new(Glyph { path: pen.0, advance, id: u16::try_from(id.to_u32()).ok()? }))
    }
}

#[derive(Default)]
struct SvgPen(String);

impl OutlinePen for SvgPen {
    fn move_to(&mut self, x: f32, y: f32) {
        let _ = write!(self.0, "M{x:.0} {:.0}", -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let _ = write!(self.0, "L{x:.0} {:.0}", -y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let _ = write!(self.0, "Q{cx:.0} {:.0} {x:.0} {:.0}", -cy, -y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let _ = write!(self.0, "C{cx0:.0} {:.0} {cx1:.0} {:.0} {x:.0} {:.0}", -cy0, -cy1, -y);
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}

fn loaded(index: usize) -> Option<Arc<Font>> {
    static SLOTS: OnceLock<Vec<OnceLock<Option<Arc<Font>>>>> = OnceLock::new();
    let slots = SLOTS.get_or_init(|| SOURCES.iter().map(|_| OnceLock::new()).collect());
    slots[index]
        .get_or_init(|| {
            let source = &SOURCES[index];
            let (folder, file) = source.path.split_at(2);
            let root = match folder {
                "N/" => NOTO,
                "T/" => TRUETYPE,
                "H/" => HANDWRITING,
                _ => "/usr/share/fonts/opentype/",
            };
            let path = Path::new(root).join(file);
            let data = std::fs::read(&path)
                .inspect_err(|error| {
                    eprintln!(
                        "generate: font {} is missing ({error}); run scripts/install-fonts",
                        path.display()
                    );
                })
                .ok()?;
            Some(Arc::new(Font {
                name: source.name,
                style: source.style,
                data,
                index: source.index,
                glyphs: Mutex::default(),
            }))
        })
        .clone()
}

/// A random font of the style that the split may use.
///
/// # Panics
/// When none is installed: `scripts/install-fonts` was not run.
pub fn pick(style: Style, split: Split, rng: &mut impl Rng) -> Arc<Font> {
    try_pick(style, split, rng)
        .unwrap_or_else(|| panic!("no {style:?} font for {split:?}: run scripts/install-fonts"))
}

/// A random font of the style that the split may use, if one is installed.
pub fn try_pick(style: Style, split: Split, rng: &mut impl Rng) -> Option<Arc<Font>> {
    let found: Vec<_> = (0..SOURCES.len())
        .filter(|&i| SOURCES[i].style == style && SOURCES[i].split == split)
        .filter_map(loaded)
        .collect();
    if found.is_empty() { None } else { Some(found[rng.random_range(0..found.len())].clone()) }
}

/// The first of these fonts that is installed.
pub fn pick_named(names: &[&str]) -> Option<Arc<Font>> {
    names.iter().find_map(|name| named(name))
}

/// The installed font of that name.
pub fn named(name: &str) -> Option<Arc<Font>> {
    SOURCES.iter().position(|s| s.name == name).and_then(loaded)
}

/// The font that stands in for a character which `font` lacks: the widest of the same genre.
fn stand_in(style: Style) -> Option<Arc<Font>> {
    let name =
        if matches!(style, Style::Song | Style::Kai | Style::Hand) { "noto-serif" } else { "noto-sans" };
    named(name)
}

/// The outline of `c` in `font`, or in the stand-in of its genre.
pub fn glyph_of(font: &Arc<Font>, c: char) -> Option<(Arc<Font>, Arc<Glyph>)> {
    if let Some(glyph) = font.glyph(c) {
        return Some((font.clone(), glyph));
    }
    let other = stand_in(font.style)?;
    other.glyph(c).map(|glyph| (other, glyph))
}

/// Width of `text` in em, `spacing` (em) after each character.
pub fn width(font: &Arc<Font>, text: &str, spacing: f32) -> f32 {
    text.chars().map(|c| glyph_of(font, c).map_or(0.5, |(_, g)| g.advance) + spacing).sum()
}
