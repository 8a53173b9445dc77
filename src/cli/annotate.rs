//! Pages with what was found drawn on them.

use std::path::Path;

use anyhow::Context;
use image::{Pixel as _, Rgb, RgbImage, imageops, imageops::FilterType};
use imageproc::drawing::draw_line_segment_mut;

use crate::{
    domain::{DocumentReport, FindingCode, Point, Quad, Rect, Severity},
    forensics::digital::Heat,
    imaging::PageImage,
    pipeline::Checked,
};

const DOCUMENT: Rgb<u8> = Rgb([40, 120, 255]);
const FIELD: Rgb<u8> = Rgb([0, 170, 80]);

/// How much redder than grey the most doubtful parts are, 8-bit steps.
const HOT: f32 = 128.0;
/// How often a pixel is repeated along each side, so that blocks and noise can be seen.
const MAGNIFIED: u32 = 4;
/// How far the neighbours of a doubtful place are shown, in its heights.
const AROUND: f32 = 3.0;

const fn severity_colour(severity: Severity) -> Rgb<u8> {
    match severity {
        Severity::Info => Rgb([0, 160, 200]),
        Severity::Review => Rgb([240, 170, 0]),
        Severity::Retake => Rgb([220, 0, 200]),
        Severity::Reject => Rgb([230, 0, 0]),
    }
}

/// Writes one PNG a page into `folder`: the document's outline in blue, fields in green, findings in
/// the colour of their severity (cyan, amber, magenta, red). Where edits of the pixels were looked for, `NAME.edits.png`
/// shows how doubtful each part is.
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
    if let (Some(heat), [page]) = (&checked.heat, checked.pages.as_slice()) {
        let path = folder.join(format!("{stem}.edits.png"));
        edits(page, heat, &checked.report)
            .save(&path)
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// The page beside itself in grey, red where its pixels may have been edited; below, each place that was found, magnified in
/// the same way with its neighbours on both sides.
fn edits(page: &PageImage, heat: &Heat, report: &DocumentReport) -> RgbImage {
    let mut hot = RgbImage::from_fn(page.pixels.width(), page.pixels.height(), |x, y| {
        let tone = page.pixels.get_pixel(x, y).to_luma().0[0] / 2 + 64;
        Rgb([tone; 3])
    });
    let on_page = |rect: Rect| to_decoded(page, &Quad::from_rect(rect)).bounds();
    for (place, value) in heat.tiles() {
        let place = on_page(*place);
        let side = |v: f32, most: u32| (v.max(0.0) as u32).min(most);
        for y in side(place.top, hot.height())..side(place.bottom, hot.height()) {
            for x in side(place.left, hot.width())..side(place.right, hot.width()) {
                let pixel = hot.get_pixel_mut(x, y);
                pixel[0] = pixel[0].saturating_add((value * HOT) as u8);
                pixel[1] = pixel[1].saturating_sub((value * HOT) as u8);
                pixel[2] = pixel[2].saturating_sub((value * HOT) as u8);
            }
        }
    }
    let mut strips = vec![beside(&page.pixels, &hot)];
    let found = report.findings.iter().filter(|finding| {
        matches!(finding.code, FindingCode::AlterationDigitalEdit | FindingCode::AlterationCopyMove)
    });
    for place in found.filter_map(|finding| finding.quad) {
        let place = to_decoded(page, &place).bounds();
        let around = place.inflate(AROUND * place.height(), 0.5 * place.height());
        let [left, top] = [around.left, around.top].map(|v| v.max(0.0) as u32);
        let (width, height) = (around.width().ceil() as u32, around.height().ceil() as u32);
        let magnified = |picture: &RgbImage| {
            let piece = imageops::crop_imm(picture, left, top, width, height).to_image();
            let side = |length: u32| (length * MAGNIFIED).max(1);
            imageops::resize(&piece, side(piece.width()), side(piece.height()), FilterType::Nearest)
        };
        strips.push(beside(&magnified(&page.pixels), &magnified(&hot)));
    }
    below(&strips)
}

/// Two pictures side by side.
fn beside(left: &RgbImage, right: &RgbImage) -> RgbImage {
    let mut both = RgbImage::new(left.width() + right.width(), left.height().max(right.height()));
    imageops::replace(&mut both, left, 0, 0);
    imageops::replace(&mut both, right, i64::from(left.width()), 0);
    both
}

/// Pictures one below the other.
fn below(strips: &[RgbImage]) -> RgbImage {
    let width = strips.iter().map(RgbImage::width).max().unwrap_or(1);
    let mut all = RgbImage::new(width, strips.iter().map(RgbImage::height).sum());
    let mut top = 0;
    for strip in strips {
        imageops::replace(&mut all, strip, 0, top);
        top += i64::from(strip.height());
    }
    all
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
