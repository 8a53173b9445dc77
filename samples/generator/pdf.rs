//! PDFs: the page's drawing as a picture, its text as real text with embedded subset fonts and a
//! `ToUnicode` map (ISO 32000-1, 9.7 and 9.10), or everything as one picture.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use image::RgbImage;
use resvg::tiny_skia::Pixmap;
use subsetter::GlyphRemapper;

use crate::{
    camera::encode,
    canvas::{Canvas, Run},
    fonts::{self, Font, Style},
    spec::Split,
};

/// Points a mm.
const PT: f32 = 72.0 / 25.4;

/// A PDF of the page with a text layer.
pub fn with_text(canvas: &Canvas, split: Split) -> Vec<u8> {
    let picture = flatten(&canvas.render_without_text(200.0 / 25.4));
    let mut faces: Vec<Face> = Vec::new();
    let mut content = picture_content(canvas);
    for run in &canvas.runs {
        set(run, &mut faces, canvas.height, split, &mut content);
    }
    write(canvas, &encode::jpeg(&picture, 90, None), picture.dimensions(), &content, &faces)
}

/// A PDF that holds one picture, as scanners make them.
pub fn of_picture(canvas: &Canvas, quality: u8, dpi: f32) -> Vec<u8> {
    let picture = flatten(&canvas.render(dpi / 25.4));
    write(canvas, &encode::jpeg(&picture, quality, None), picture.dimensions(), &picture_content(canvas), &[])
}

/// The pixmap over white.
pub fn flatten(map: &Pixmap) -> RgbImage {
    let bytes =
        map.data().chunks_exact(4).flat_map(|p| [0, 1, 2].map(|c| p[c].saturating_add(255 - p[3]))).collect();
    RgbImage::from_raw(map.width(), map.height(), bytes).expect("buffer has the pixmap's size")
}

/// A font in use: glyphs by their new numbers, with character and advance (thousandths of an em).
struct Face {
    font: Arc<Font>,
    remapper: GlyphRemapper,
    used: BTreeMap<u16, (char, u32)>,
}

fn picture_content(canvas: &Canvas) -> String {
    format!("q {:.2} 0 0 {:.2} 0 0 cm /Im0 Do Q\n", canvas.width * PT, canvas.height * PT)
}

/// Fonts of TrueType outlines embed as they are; others give way to one of the same genre.
fn truetype(font: &Arc<Font>, split: Split) -> Arc<Font> {
    if font.data.starts_with(&[0, 1, 0, 0])
        || font.name.starts_with("wqy")
        || font.name.starts_with("um")
        || font.name.starts_with("uk")
    {
        return font.clone();
    }
    let name = match (font.style, split) {
        (Style::Song | Style::Hand | Style::HandLatin, Split::Dev) => "uming",
        (Style::Song | Style::Hand | Style::HandLatin, Split::Holdout) => "sungti",
        (Style::Kai, _) => "ukai",
        (_, Split::Dev) => "wqy-microhei",
        (_, Split::Holdout) => "wqy-zenhei",
    };
    fonts::named(name).unwrap_or_else(|| font.clone())
}

fn set(run: &Run, faces: &mut Vec<Face>, height: f32, split: Split, content: &mut String) {
    let font = truetype(&run.style.font, split);
    let size = run.style.size * PT;
    let mut pen = run.x;
    // One character an operator: several fonts may take part, and each stands where it is drawn.
    for c in run.text.chars() {
        let found = font.glyph(c).map(|g| (font.clone(), g)).or_else(|| {
            let other = fonts::named("wqy-zenhei")?;
            other.glyph(c).map(|g| (other, g))
        });
        let advance = found.as_ref().map_or(0.5, |(_, g)| g.advance);
        if let Some((font, glyph)) = found {
            let index = faces.iter().position(|f| f.font.name == font.name).unwrap_or_else(|| {
                faces.push(Face {
                    font: font.clone(),
                    remapper: GlyphRemapper::new(),
                    used: BTreeMap::new(),
                });
                faces.len() - 1
            });
            let face = &mut faces[index];
            let id = face.remapper.remap(glyph.id);
            face.used.insert(id, (c, (glyph.advance * 1000.0).round() as u32));
            let _ = writeln!(
                content,
                "BT /F{index} {size:.2} Tf 1 0 0 1 {:.2} {:.2} Tm <{id:04X}> Tj ET",
                pen * PT,
                (height - run.y) * PT
            );
        }
        pen += (advance + run.style.spacing) * run.style.size * run.style.stretch;
    }
}

/// Collects numbered objects and the cross-reference table.
struct Writer {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl Writer {
    fn object(&mut self, dictionary: &str, stream: Option<&[u8]>) {
        self.offsets.push(self.bytes.len());
        let number = self.offsets.len();
        self.bytes.extend(format!("{number} 0 obj\n").bytes());
        match stream {
            None => self.bytes.extend(dictionary.bytes()),
            Some(data) => {
                self.bytes.extend(format!("<< {dictionary} /Length {} >>\nstream\n", data.len()).bytes());
                self.bytes.extend(data);
                self.bytes.extend(b"\nendstream");
            }
        }
        self.bytes.extend(b"\nendobj\n");
    }
}

fn write(canvas: &Canvas, jpeg: &[u8], (w, h): (u32, u32), content: &str, faces: &[Face]) -> Vec<u8> {
    let mut out = Writer { bytes: b"%PDF-1.5\n%\xE2\xE3\xCF\xD3\n".to_vec(), offsets: Vec::new() };
    let fonts: String = (0..faces.len()).map(|i| format!("/F{i} {} 0 R ", 6 + i * 5)).collect();
    out.object("<< /Type /Catalog /Pages 2 0 R >>", None);
    out.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", None);
    out.object(
        &format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {:.2} {:.2}] /Contents 4 0 R /Resources << /XObject << /Im0 5 0 R >> /Font << {fonts}>> >> >>",
            canvas.width * PT,
            canvas.height * PT
        ),
        None,
    );
    out.object("", Some(content.as_bytes()));
    out.object(
        &format!("/Type /XObject /Subtype /Image /Width {w} /Height {h} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"),
        Some(jpeg),
    );
    for (i, face) in faces.iter().enumerate() {
        embed(&mut out, face, 6 + i * 5);
    }
    let table_at = out.bytes.len();
    let count = out.offsets.len() + 1;
    let mut tail = format!("xref\n0 {count}\n0000000000 65535 f \n");
    for offset in &out.offsets {
        let _ = writeln!(tail, "{offset:010} 00000 n ");
    }
    let _ = write!(tail, "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table_at}\n%%EOF\n");
    out.bytes.extend(tail.bytes());
    out.bytes
}

/// Five objects from number `first` on: Type0, CIDFont, descriptor, font file, `ToUnicode`.
fn embed(out: &mut Writer, face: &Face, first: usize) {
    let name = format!("AAAA{}+{}", (b'A' + (first % 26) as u8) as char, face.font.name.replace('-', ""));
    let file = subsetter::subset(&face.font.data, face.font.index, &face.remapper).unwrap_or_default();
    out.object(
        &format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{} 0 R] /ToUnicode {} 0 R >>",
            first + 1,
            first + 4
        ),
        None,
    );
    let widths: String = face.used.iter().map(|(id, (_, advance))| format!("{id} [{advance}] ")).collect();
    out.object(
        &format!(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity /DW 1000 /W [{widths}] /FontDescriptor {} 0 R >>",
            first + 2
        ),
        None,
    );
    out.object(
        &format!(
            "<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-100 -250 1100 950] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 /FontFile2 {} 0 R >>",
            first + 3
        ),
        None,
    );
    out.object(&format!("/Length1 {}", file.len()), Some(&file));
    out.object("", Some(to_unicode(face).as_bytes()));
}

fn to_unicode(face: &Face) -> String {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
    );
    let entries: Vec<_> = face.used.iter().collect();
    for chunk in entries.chunks(100) {
        let _ = writeln!(map, "{} beginbfchar", chunk.len());
        for (id, (c, _)) in chunk {
            let units: String = c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("{u:04X}")).collect();
            let _ = writeln!(map, "<{id:04X}> <{units}>");
        }
        map.push_str("endbfchar\n");
    }
    map + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
}
