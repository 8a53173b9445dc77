//! Intake of real encoders' files: every format, its orientation and its colours.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use vouch::{
    domain::{FindingCode, MediaType, Severity},
    imaging::{DecodeScale, IntakeError, Limits, Opened, open},
};

const RED: [u8; 3] = [200, 30, 30];
const GREEN: [u8; 3] = [30, 160, 40];
const BLUE: [u8; 3] = [30, 50, 190];
const PAPER: [u8; 3] = [235, 235, 235];

/// Lossy coding may move a flat colour by this many levels.
const TOLERANCE: u8 = 14;

/// Four differently coloured quarters: red and green above, blue and paper below.
fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb(RED),
        (false, true) => Rgb(GREEN),
        (true, false) => Rgb(BLUE),
        (false, false) => Rgb(PAPER),
    })
}

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn opened(name: &str, bytes: &[u8]) -> Opened {
    open(name, bytes, &Limits::default(), DecodeScale::Full).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The middle of each quarter, in reading order, is the colour given.
#[track_caller]
fn assert_quarters(pixels: &RgbImage, expected: [[u8; 3]; 4]) {
    let (width, height) = pixels.dimensions();
    let at = |x, y| pixels.get_pixel(width * x / 4, height * y / 4).0;
    let seen = [at(1, 1), at(3, 1), at(1, 3), at(3, 3)];
    let close = |a: [u8; 3], b: [u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= TOLERANCE);
    assert!(seen.iter().zip(expected).all(|(&a, b)| close(a, b)), "{seen:?} instead of {expected:?}");
}

const UPRIGHT: [[u8; 3]; 4] = [RED, GREEN, BLUE, PAPER];

#[test]
fn lossless_and_lossy_pictures_of_every_simple_format() {
    let cases = [
        (ImageFormat::Jpeg, MediaType::Jpeg),
        (ImageFormat::Png, MediaType::Png),
        (ImageFormat::WebP, MediaType::WebP),
        (ImageFormat::Gif, MediaType::Gif),
        (ImageFormat::Bmp, MediaType::Bmp),
        (ImageFormat::Tiff, MediaType::Tiff),
    ];
    for (format, media_type) in cases {
        let opened = opened("picture", &encode(quarters(96, 64), format));
        assert_eq!(opened.media_type, media_type);
        assert_eq!(opened.pages.len(), 1);
        assert_eq!((opened.pages[0].width, opened.pages[0].height), (96, 64));
        assert_quarters(&opened.pages[0].pixels, UPRIGHT);
        assert!(opened.findings.is_empty(), "{format:?}: {:?}", opened.findings);
    }
}

#[test]
fn png_depths_and_transparency() {
    let rgb = DynamicImage::from(quarters(32, 32));
    assert_quarters(&opened("16 bit", &encode(rgb.to_rgb16(), ImageFormat::Png)).pages[0].pixels, UPRIGHT);
    let mut rgba = rgb.to_rgba8();
    rgba.pixels_mut().filter(|pixel| pixel.0[0] == PAPER[0]).for_each(|pixel| pixel.0 = [0; 4]);
    let flat = &opened("alpha", &encode(rgba, ImageFormat::Png)).pages[0].pixels;
    assert_quarters(flat, [RED, GREEN, BLUE, [255; 3]]);
    let grey = encode(rgb.to_luma16(), ImageFormat::Png);
    let pixel = opened("grey", &grey).pages[0].pixels.get_pixel(31, 31).0;
    assert!(pixel[0] == pixel[1] && pixel[0].abs_diff(235) <= 2);
}

/// A JPEG with an EXIF block that holds nothing but the orientation.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

#[test]
fn exif_orientation_is_applied_once() {
    let jpeg = encode(quarters(96, 64), ImageFormat::Jpeg);
    let expected = [
        (1, [RED, GREEN, BLUE, PAPER]),
        (2, [GREEN, RED, PAPER, BLUE]),
        (3, [PAPER, BLUE, GREEN, RED]),
        (4, [BLUE, PAPER, RED, GREEN]),
        (5, [RED, BLUE, GREEN, PAPER]),
        (6, [BLUE, RED, PAPER, GREEN]),
        (7, [PAPER, GREEN, BLUE, RED]),
        (8, [GREEN, PAPER, RED, BLUE]),
    ];
    for (orientation, colors) in expected {
        let opened = opened("photo.jpg", &with_orientation(&jpeg, orientation));
        let page = &opened.pages[0];
        assert_eq!(opened.metadata.orientation, Some(orientation));
        assert_eq!((page.width, page.height), if orientation < 5 { (96, 64) } else { (64, 96) });
        assert_quarters(&page.pixels, colors);
    }
}

#[test]
fn jpegs_come_smaller_on_request_and_report_their_own_size() {
    let jpeg = with_orientation(&encode(quarters(800, 600), ImageFormat::Jpeg), 6);
    let scale = DecodeScale::AtLeast { long_side_px: 390 };
    let page = &open("photo.jpg", &jpeg, &Limits::default(), scale).unwrap().pages[0];
    assert_eq!(page.pixels.dimensions(), (300, 400));
    assert_eq!((page.width, page.height), (600, 800));
    assert!((page.scale() - 0.5).abs() < 1e-6);
    assert_quarters(&page.pixels, [BLUE, RED, PAPER, GREEN]);
}

#[test]
fn a_jpeg_above_the_decoding_limit_is_read_smaller() {
    let jpeg = encode(quarters(800, 600), ImageFormat::Jpeg);
    let limits = Limits { max_decoded_pixels: 200_000, ..Limits::default() };
    let page = &open("photo.jpg", &jpeg, &limits, DecodeScale::Full).unwrap().pages[0];
    assert_eq!(page.pixels.dimensions(), (500, 375));
    let png = encode(quarters(800, 600), ImageFormat::Png);
    assert!(matches!(
        open("scan.png", &png, &limits, DecodeScale::Full),
        Err(IntakeError::TooManyPixels { .. })
    ));
}

#[test]
fn truncated_jpegs_are_read_as_far_as_they_go() {
    // Noise, so that the coded bytes are spread evenly over the rows.
    let noise =
        RgbImage::from_fn(256, 256, |x, y| Rgb([(x * 37 + y * 91) as u8, (x * y) as u8, (x ^ y) as u8]));
    let jpeg = encode(noise, ImageFormat::Jpeg);
    let kept = |share: f64| &jpeg[..(jpeg.len() as f64 * share) as usize];
    let finding = |share: f64| {
        let opened = open("photo.jpg", kept(share), &Limits::default(), DecodeScale::Full)?;
        Ok::<_, IntakeError>(opened.findings.into_iter().next().expect("damage is reported"))
    };
    let most = finding(0.75).unwrap();
    assert_eq!((most.code, most.severity), (FindingCode::IntakeCorrupt, Severity::Retake));
    let share = most.evidence["decoded_share"].as_f64().unwrap();
    assert!((0.65..0.85).contains(&share), "{share}");
    assert_eq!(finding(0.99).unwrap().severity, Severity::Review);
    assert!(matches!(finding(0.3), Err(IntakeError::Corrupt { .. })));
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/intake/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn heic_as_phones_write_it() {
    for (name, size) in [("plain.heic", (96, 64)), ("grid.heic", (192, 128))] {
        let opened = opened(name, &fixture(name));
        assert_eq!(opened.media_type, MediaType::Heic);
        assert_eq!(opened.pages[0].pixels.dimensions(), size, "{name}");
        assert_quarters(&opened.pages[0].pixels, UPRIGHT);
    }
}

#[test]
fn avif_as_converters_write_it() {
    let opened = opened("plain.avif", &fixture("plain.avif"));
    assert_eq!(opened.media_type, MediaType::Avif);
    assert_eq!(opened.pages[0].pixels.dimensions(), (96, 64));
    assert_quarters(&opened.pages[0].pixels, UPRIGHT);
}

#[test]
fn heic_is_turned_by_its_own_property_and_not_again_by_exif() {
    let turned = opened("irot90.heic", &fixture("irot90.heic"));
    // Coded as 64×96 with a quarter turn; libheif shows it like this.
    assert_eq!(turned.pages[0].pixels.dimensions(), (96, 64));
    assert_quarters(&turned.pages[0].pixels, [PAPER, BLUE, GREEN, RED]);
    let exif_only = opened("exif6.heic", &fixture("exif6.heic"));
    assert_eq!(exif_only.metadata.orientation, Some(6));
    assert_quarters(&exif_only.pages[0].pixels, UPRIGHT);
}

#[test]
fn tiff_of_every_kind() {
    let pages = opened("pages.tif", &fixture("pages.tif")).pages;
    let sizes: Vec<_> = pages.iter().map(|page| page.pixels.dimensions()).collect();
    assert_eq!(sizes, [(96, 64), (48, 80)]);
    for name in ["cmyk.tif", "jpeg.tif"] {
        assert_quarters(&opened(name, &fixture(name)).pages[0].pixels, UPRIGHT);
    }
    let palette = open("palette.tif", &fixture("palette.tif"), &Limits::default(), DecodeScale::Full);
    assert_eq!(palette.unwrap_err(), IntakeError::Unsupported { guess: "image/tiff" });
    let bilevel = &opened("bilevel_g4.tif", &fixture("bilevel_g4.tif")).pages[0].pixels;
    let values = bilevel.as_raw();
    assert!(values.iter().all(|&value| value == 0 || value == 255));
    // Paper is mostly white after dithering: neither inverted nor dark.
    let corner = image::imageops::crop_imm(bilevel, 50, 34, 44, 28).to_image();
    let white = corner.as_raw().iter().filter(|&&value| value == 255).count();
    assert!(white as f64 / corner.as_raw().len() as f64 > 0.7);
}

#[test]
fn inverted_cmyk_jpeg_has_the_right_colours() {
    assert_quarters(&opened("cmyk.jpg", &fixture("cmyk.jpg")).pages[0].pixels, UPRIGHT);
}

#[test]
fn wrong_names_are_noticed_and_nothing_more() {
    let opened = opened("front.png", &encode(quarters(32, 32), ImageFormat::Jpeg));
    assert_eq!(opened.media_type, MediaType::Jpeg);
    let codes: Vec<_> = opened.findings.iter().map(|finding| (finding.code, finding.severity)).collect();
    assert_eq!(codes, [(FindingCode::IntakeExtensionMismatch, Severity::Info)]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let limits = Limits { max_bytes: 1000, ..Limits::default() };
    let code = |bytes: &[u8]| open("x", bytes, &limits, DecodeScale::Full).unwrap_err().code();
    assert_eq!(code(b""), FindingCode::IntakeEmpty);
    assert_eq!(code(&[b'a'; 1001]), FindingCode::IntakeTooLarge);
    assert_eq!(code(b"PK\x03\x04 word/document.xml"), FindingCode::IntakeUnsupportedFormat);
    assert_eq!(code(b"%PDF-1.7\nnothing else"), FindingCode::IntakeCorrupt);
    assert_eq!(code(b"\xff\xd8\xff\xe0"), FindingCode::IntakeCorrupt);
}

#[test]
fn a_pdf_keeps_its_text_beside_its_pixels() {
    let opened = opened("report.pdf", &fixture("report.pdf"));
    let page = &opened.pages[0];
    assert_eq!(page.pixels.height(), 2200);
    let texts: Vec<_> = page.text_layer.iter().map(|span| span.text.as_str()).collect();
    let expected = [
        "教育部学籍在线验证报告",
        "姓名",
        "样张一",
        "性别",
        "女",
        "学校名称",
        "示例职业学院",
        "在线验证码",
        "ATEST23456789ABC",
    ];
    assert_eq!(texts, expected);
    // Every run lies on dark pixels and has paper around it.
    for span in &page.text_layer {
        let bounds = span.quad.bounds();
        let (left, top) = (bounds.left as u32, bounds.top as u32);
        let crop =
            image::imageops::crop_imm(&page.pixels, left, top, bounds.width() as u32, bounds.height() as u32);
        let dark = crop.to_image().as_raw().iter().filter(|&&value| value < 128).count() / 3;
        let share = dark as f32 / bounds.area();
        assert!((0.05..0.6).contains(&share), "{}: {share}", span.text);
    }
}

#[test]
fn only_pdfs_that_need_a_password_are_refused() {
    assert_eq!(opened("owner.pdf", &fixture("owner_password.pdf")).pages[0].text_layer.len(), 9);
    let refused = open("user.pdf", &fixture("user_password.pdf"), &Limits::default(), DecodeScale::Full);
    assert_eq!(refused.unwrap_err(), IntakeError::Encrypted);
}
