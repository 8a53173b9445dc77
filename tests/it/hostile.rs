//! Hostile and broken files: whatever comes in, pages or an `intake.*` finding come out.

use std::{fmt::Write as _, io::Write as _};

use flate2::{Compression, write::ZlibEncoder};
use rand::{Rng, SeedableRng, rngs::StdRng};
use vouch::imaging::{DecodeScale, IntakeError, Limits, open};

/// At least this many files must be tried.
const CORPUS_SIZE: usize = 300;

const SEEDS: [&str; 15] = [
    "progressive.jpg",
    "cmyk.jpg",
    "pages.tif",
    "bilevel_g4.tif",
    "cmyk.tif",
    "palette.tif",
    "jpeg.tif",
    "plain.heic",
    "grid.heic",
    "irot90.heic",
    "exif6.heic",
    "plain.avif",
    "report.pdf",
    "owner_password.pdf",
    "user_password.pdf",
];

struct Case {
    name: String,
    bytes: Vec<u8>,
}

fn case(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Case {
    Case { name: name.into(), bytes: bytes.into() }
}

fn seeds() -> Vec<Case> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/intake");
    let mut seeds: Vec<Case> =
        SEEDS.iter().map(|name| case(*name, std::fs::read(format!("{folder}/{name}")).unwrap())).collect();
    let picture = image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([(x * 6) as u8, (y * 8) as u8, 90]));
    for (name, format) in [
        ("baseline.jpg", image::ImageFormat::Jpeg),
        ("rgb.png", image::ImageFormat::Png),
        ("rgb.webp", image::ImageFormat::WebP),
        ("rgb.gif", image::ImageFormat::Gif),
        ("rgb.bmp", image::ImageFormat::Bmp),
    ] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        seeds.push(case(name, bytes.into_inner()));
    }
    seeds
}

/// Cut at every marker of a JPEG and every chunk of a PNG, in front of it and within its header, and
/// everything at twelfths of its length.
fn truncations(seeds: &[Case]) -> Vec<Case> {
    let mut cases = Vec::new();
    for seed in seeds {
        let bytes = &seed.bytes;
        let mut cuts: Vec<usize> = (1..12).map(|i| bytes.len() * i / 12).collect();
        if seed.name.ends_with(".jpg") {
            let markers = bytes.windows(2).enumerate().filter(|(_, pair)| pair[0] == 0xff && pair[1] >= 0xc0);
            cuts.extend(markers.flat_map(|(at, _)| [at, at + 1, at + 3]));
        }
        if seed.name.ends_with(".png") {
            let chunks = bytes
                .windows(4)
                .enumerate()
                .filter(|(_, name)| [&b"IHDR"[..], b"IDAT", b"IEND"].contains(name));
            cuts.extend(chunks.flat_map(|(at, _)| [at - 4, at, at + 4, at + 6]));
        }
        cases.extend(
            cuts.into_iter()
                .filter(|&cut| cut < bytes.len())
                .map(|cut| case(format!("{} cut at {cut}", seed.name), &bytes[..cut])),
        );
    }
    cases
}

fn bit_flips(seeds: &[Case]) -> Vec<Case> {
    let mut random = StdRng::seed_from_u64(7);
    let mut cases = Vec::new();
    for seed in seeds {
        for round in 0..12 {
            let mut bytes = seed.bytes.clone();
            // Early rounds stay within headers.
            let reach = if round < 6 { bytes.len().min(200) } else { bytes.len() };
            for _ in 0..=round {
                let at = random.random_range(0..reach);
                bytes[at] ^= 1 << random.random_range(0..8);
            }
            cases.push(case(format!("{} flipped {round}", seed.name), bytes));
        }
    }
    cases
}

fn wrong_headers(seeds: &[Case]) -> Vec<Case> {
    let mut random = StdRng::seed_from_u64(11);
    let mut cases = vec![case("empty", []), case("one byte", [0xff])];
    for seed in seeds {
        // The right magic before noise, and another type's magic before the right content.
        let mut noise = seed.bytes[..seed.bytes.len().min(32)].to_vec();
        noise.extend((0..2000).map(|_| random.random::<u8>()));
        cases.push(case(format!("{} head, then noise", seed.name), noise));
        let mut masked = seed.bytes.clone();
        masked[..4].copy_from_slice(b"\xff\xd8\xff\xe0");
        cases.push(case(format!("{} as JPEG", seed.name), masked));
    }
    cases
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    [&(data.len() as u32).to_be_bytes()[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

fn png(width: u32, height: u32, packed: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_chunk(b"IHDR", &header),
        png_chunk(b"IDAT", packed),
        png_chunk(b"IEND", &[]),
    ]
    .concat()
}

/// A PDF of these objects, numbered from 1; the first is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", i + 1).into_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let xref_at = bytes.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        writeln!(table, "{offset:010} 00000 n ").unwrap();
    }
    write!(table, "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{xref_at}\n%%EOF", objects.len() + 1)
        .unwrap();
    bytes.extend(table.into_bytes());
    bytes
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<<{dictionary}/Length {}>>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

const CATALOGUE: &str = "<</Type/Catalog/Pages 2 0 R>>";

fn one_page(page: &str, rest: &[Vec<u8>]) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = [CATALOGUE, "<</Type/Pages/Kids[3 0 R]/Count 1>>", page]
        .map(|object| object.as_bytes().to_vec())
        .to_vec();
    objects.extend_from_slice(rest);
    pdf(&objects)
}

const PAGE: &str =
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>";

fn many_pages(count: usize) -> Vec<u8> {
    let kids: String = (0..count).map(|i| format!("{} 0 R ", i + 3)).collect();
    let mut objects =
        vec![CATALOGUE.into(), format!("<</Type/Pages/Kids[{kids}]/Count {count}>>").into_bytes()];
    objects.extend((0..count).map(|_| b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>".to_vec()));
    pdf(&objects)
}

/// Files whose right answer is known: the error must be of this kind.
/// Whether an error is the one that a bomb must give.
type Expected = fn(&IntakeError) -> bool;

fn bombs() -> Vec<(Case, Expected)> {
    let too_large = |error: &IntakeError| error.code().as_str() == "intake.too_large";
    let image = |width: u32, height: u32| {
        format!(
            "/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8"
        )
    };
    let draw = stream("", b"q 595 0 0 842 0 0 cm /X Do Q");
    // A scan header of 60000 × 60000 pixels in front of nothing.
    let jpeg =
        b"\xff\xd8\xff\xc0\0\x11\x08\xea\x60\xea\x60\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0\xff\xd9".to_vec();
    let mut gif = b"GIF89a\xff\xff\xff\xff\0\0\0".to_vec();
    gif.extend(b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x4c\x01\0;");
    let mut bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bmp.extend(60_000_u32.to_le_bytes());
    bmp.extend(60_000_u32.to_le_bytes());
    bmp.extend(b"\x01\0\x18\0");
    bmp.resize(200, 0);
    let inner = deflate(&deflate(&vec![0; 60 << 20]));
    vec![
        (case("jpeg pixel bomb", jpeg), too_large),
        (case("png pixel bomb", png(60_000, 60_000, &deflate(&[0; 1000]))), too_large),
        (case("gif pixel bomb", gif), too_large),
        (case("bmp pixel bomb", bmp), too_large),
        (
            case("pdf image bomb", one_page(PAGE, &[draw.clone(), stream(&image(90_000, 90_000), b"x")])),
            too_large,
        ),
        (
            case(
                "pdf deflate bomb",
                one_page(
                    PAGE,
                    &[stream("/Filter/FlateDecode", &deflate(&vec![b' '; 60 << 20])), draw.clone()],
                ),
            ),
            too_large,
        ),
        (
            case(
                "pdf nested deflate bomb",
                one_page(
                    PAGE,
                    &[
                        draw.clone(),
                        stream(&format!("{}/Filter[/FlateDecode/FlateDecode]", image(10, 10)), &inner),
                    ],
                ),
            ),
            too_large,
        ),
        (case("pdf of 600 pages", many_pages(600)), |error| {
            *error == IntakeError::TooManyPages { pages: 600, max_pages: 20 }
        }),
    ]
}

/// PDFs that are wrong in their structure.
fn malformed_pdfs() -> Vec<Case> {
    let text =
        |objects: &[&str]| pdf(&objects.iter().map(|object| object.as_bytes().to_vec()).collect::<Vec<_>>());
    let form = |content: &[u8], name: usize| {
        stream(
            &format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {name} 0 R>>>>"),
            content,
        )
    };
    vec![
        case("page tree loop", text(&[CATALOGUE, "<</Type/Pages/Kids[2 0 R]/Count 1>>"])),
        case(
            "page tree two-loop",
            text(&[CATALOGUE, "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Pages/Kids[2 0 R]/Count 1>>"]),
        ),
        case("no pages", text(&[CATALOGUE])),
        case("catalogue is its own pages", text(&["<</Type/Catalog/Pages 1 0 R>>"])),
        case("negative count", text(&[CATALOGUE, "<</Type/Pages/Kids[]/Count -1>>"])),
        case("a page without size", one_page("<</Type/Page/MediaBox[0 0 0 0]>>", &[])),
        case("a page of 1e30 points", one_page("<</Type/Page/MediaBox[0 0 1e30 1e30]>>", &[])),
        case("a page one point wide", one_page("<</Type/Page/MediaBox[0 0 1 14400]>>", &[])),
        case("an inverted page", one_page("<</Type/Page/MediaBox[595 842 0 0]>>", &[])),
        case("deep arrays", one_page(PAGE, &["[".repeat(100_000).into_bytes()])),
        case("deep dictionaries", one_page(PAGE, &["<</A".repeat(50_000).into_bytes()])),
        case("a form that draws itself", one_page(PAGE, &[stream("", b"/X Do"), form(b"/X Do", 5)])),
        case("deep saves", one_page(PAGE, &[stream("", &b"q ".repeat(200_000))])),
        case("endless operands", one_page(PAGE, &[stream("", &b"1 ".repeat(200_000))])),
        case("a stream longer than the file", one_page(PAGE, &[b"<</Length 99999999>>\nstream\nq".to_vec()])),
        case(
            "a broken picture",
            one_page(
                PAGE,
                &[
                    stream("", b"q 595 0 0 842 0 0 cm /X Do Q"),
                    stream(
                        "/Subtype/Image/Width 9/Height 9/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
                        b"\xff\xd8\xff",
                    ),
                ],
            ),
        ),
        case("xref points nowhere", b"%PDF-1.4\nstartxref\n4000000000\n%%EOF".as_slice()),
        case(
            "xref chain loop",
            b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF"
                .as_slice(),
        ),
    ]
}

/// Limits low enough for the bombs to be small.
fn limits() -> Limits {
    Limits { max_unpacked_bytes: 32 << 20, ..Limits::default() }
}

#[test]
fn every_hostile_file_gives_pages_or_a_finding() {
    let seeds = seeds();
    let mut corpus = truncations(&seeds);
    corpus.extend(bit_flips(&seeds));
    corpus.extend(wrong_headers(&seeds));
    corpus.extend(malformed_pdfs());
    assert!(corpus.len() >= CORPUS_SIZE, "only {} files", corpus.len());
    for case in &corpus {
        match open(&case.name, &case.bytes, &limits(), DecodeScale::READING) {
            Ok(opened) => {
                assert!(!opened.pages.is_empty(), "{}", case.name);
                assert!(
                    opened.pages.iter().all(|page| page.pixels.width() * page.pixels.height() > 0),
                    "{}",
                    case.name
                );
            }
            Err(error) => {
                assert!(error.finding().code.as_str().starts_with("intake."), "{}", case.name);
                let hung = matches!(error, IntakeError::Timeout { .. } | IntakeError::NoWorker);
                assert!(!hung, "{}: {error}", case.name);
            }
        }
    }
}

#[test]
fn bombs_are_refused_by_their_headers() {
    for (case, expected) in bombs() {
        let error = open(&case.name, &case.bytes, &limits(), DecodeScale::Full).expect_err(&case.name);
        assert!(expected(&error), "{}: {error}", case.name);
    }
}

#[test]
fn forms_that_multiply_end_at_the_deadline() {
    // Forty forms that each draw the next one twice: 2^40 paths in the end.
    const DEPTH: usize = 40;
    let mut objects = vec![stream("", b"/X Do")];
    for level in 0..DEPTH {
        let resources =
            format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {} 0 R>>>>", level + 6);
        objects.push(stream(&resources, b"/X Do /X Do"));
    }
    objects.push(stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"0 0 5 5 re f"));
    let limits = Limits { max_time_ms: 300, ..Limits::default() };
    let result = open("laughs.pdf", &one_page(PAGE, &objects), &limits, DecodeScale::Full);
    assert_eq!(result.unwrap_err(), IntakeError::Timeout { max_time_ms: 300 });
}
