//! Pages with what was found drawn on them.

use std::path::Path;

use anyhow::Context;
use image::{Rgb, RgbImage};
use imageproc::drawing::draw_line_segment_mut;

use crate::{
    domain::{Point, Quad, Severity},
    imaging::PageImage,
    pipeline::Checked,
};

const DOCUMENT: Rgb<u8> = Rgb([40, 120, 255]);
const FIELD: Rgb<u8> = Rgb([0, 170, 80]);

const fn severity_colour(severity: Severity) -> Rgb<u8> {
    match severity {
        Severity::Info => Rgb([0, 160, 200]),
        Severity::Review => Rgb([240, 170, 0]),
        Severity::Retake => Rgb([220, 0, 200]),
        Severity::Reject => Rgb([230, 0, 0]),
    }
}

/// Writes one PNG a page into `folder`: the document's outline in blue, fields in green, findings in
/// the colour of their severity (cyan, amber, magenta, red).
///
/// # Errors
/// When a picture cannot be written.
pub fn write(folder: &Path, file: &Path, checked: &Checked) -> anyhow::Result<()> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    for page in &checked.pages {
        let mut picture = page.pixels.clone();
        // One pixel of pen for every 400 of the picture stays visible when it is shown small.
        let pen = (picture.width().max(picture.height()) / 400).max(1);
        let mut draw = |quad: &Quad, colour| outline(&mut picture, &to_decoded(page, quad), pen, colour);
        if let Some(quad) = checked.report.pages.get(page.index).and_then(|p| p.quad) {
            draw(&quad, DOCUMENT);
        }
        for field in checked.report.fields.values().filter(|field| field.page == page.index) {
            if let Some(quad) = &field.quad {
                draw(quad, FIELD);
            }
        }
        for finding in checked.report.findings.iter().filter(|finding| finding.page == Some(page.index)) {
            if let Some(quad) = &finding.quad {
                draw(quad, severity_colour(finding.severity));
            }
        }
        let suffix = if checked.pages.len() > 1 { format!("-{}", page.index + 1) } else { String::new() };
        let path = folder.join(format!("{stem}{suffix}.annotated.png"));
        picture.save(&path).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// A quad of the report, in original pixels, on the decoded picture.
fn to_decoded(page: &PageImage, quad: &Quad) -> Quad {
    let sx = page.pixels.width() as f32 / page.width.max(1) as f32;
    let sy = page.pixels.height() as f32 / page.height.max(1) as f32;
    quad.map(|p| Point::new(p.x * sx, p.y * sy))
}

fn outline(picture: &mut RgbImage, quad: &Quad, pen: u32, colour: Rgb<u8>) {
    for i in 0..4 {
        let (a, b) = (quad.0[i], quad.0[(i + 1) % 4]);
        for offset in 0..pen {
            let o = offset as f32 - pen as f32 / 2.0;
            draw_line_segment_mut(picture, (a.x + o, a.y), (b.x + o, b.y), colour);
            draw_line_segment_mut(picture, (a.x, a.y + o), (b.x, b.y + o), colour);
        }
    }
}
