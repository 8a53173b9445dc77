//! Pasts of PDFs: fields covered and retyped, patches, annotations, signatures, producers.

use std::fmt::Write as _;

use lopdf::{Document, Object};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{Past, signature};
use crate::spec::{between, one_of};

const EDITORS: &[&str] = &[
    "Foxit PDF Editor 13.0",
    "Wondershare PDFelement 9",
    "PDF-XChange Editor 10.1",
    "Adobe Photoshop for Windows",
    "Sejda 5.3",
];

const WRITERS: &[&str] = &[
    "iText 2.1.7 by 1T3XT",
    "Microsoft: Print To PDF",
    "Skia/PDF m120",
    "macOS 14.1 Quartz PDFContext",
    "WPS 文字",
    "CamScanner",
    "Acrobat Distiller 23.0",
    "intsig.com pdf producer",
    "Adobe Acrobat Pro 23 Paper Capture Plug-in",
    "Microsoft Word 2019",
];

pub const FORGED: &[Past] = &[
    past("history:pdf_update_retyped", |b, rng| updated(b, &retyped(rng))),
    past("history:pdf_retyped", |b, rng| rewritten(&updated(b, &retyped(rng)))),
    past("history:pdf_update_patched", |b, rng| updated(b, &patched(rng))),
    past("history:pdf_patched", |b, rng| {
        if is_picture(b) { rewritten(&updated(b, &patched(rng))) } else { updated(b, &patched(rng)) }
    }),
    past("history:pdf_annotation", |b, rng| rewritten(&annotated(b, free_text(rng)))),
    past("history:pdf_editor", |b, rng| producer(b, one_of(EDITORS, rng))),
    past("history:pdf_signature_broken", |b, _| broken(&signed(b))),
    past("history:pdf_signed_then_retyped", |b, rng| updated(&signed(b), &retyped(rng))),
];

pub const PLAIN: &[Past] = &[
    past("control:pdf_writer", |b, rng| producer(b, one_of(WRITERS, rng))),
    past("control:pdf_signed", |b, _| signed(b)),
    past("control:pdf_metadata_update", |b, _| increment(b, &[(next(b), "<</Type/Metadata>>".to_owned())])),
    past("control:pdf_link", |b, _| {
        annotated(b, "<</Type/Annot/Subtype/Link/Rect[60 60 200 80]/Border[0 0 0]>>".to_owned())
    }),
    past("control:pdf_page_number", |b, _| {
        rewritten(&updated(
            b,
            &Added { content: "BT /FX 9 Tf 1 0 0 1 30 8 Tm (1) Tj ET".to_owned(), picture: None },
        ))
    }),
    past("control:pdf_rewritten", rewrite),
];

const fn past(name: &'static str, make: fn(&[u8], &mut ChaCha8Rng) -> Vec<u8>) -> Past {
    Past { name, needs: "pdf", make }
}

/// What is drawn on the first page after everything else.
struct Added {
    content: String,
    /// Raw RGB of `(width, height, grey)`.
    picture: Option<(usize, usize, u8)>,
}

fn place(rng: &mut ChaCha8Rng) -> (f32, f32, f32, f32) {
    (between(rng, 20.0, 60.0), between(rng, 30.0, 90.0), between(rng, 50.0, 150.0), between(rng, 10.0, 16.0))
}

fn digits(rng: &mut ChaCha8Rng) -> String {
    (0..rng.random_range(4..18)).map(|_| char::from(b'0' + rng.random_range(0..10))).collect()
}

fn retyped(rng: &mut ChaCha8Rng) -> Added {
    let (x, y, w, h) = place(rng);
    let paper = between(rng, 0.88, 1.0);
    let content = format!(
        "q {paper:.2} {paper:.2} {paper:.2} rg {x:.1} {y:.1} {w:.1} {h:.1} re f Q BT /FX {:.1} Tf 1 0 0 1 {x:.1} {:.1} Tm ({}) Tj ET",
        h * 0.8,
        y + h * 0.2,
        digits(rng)
    );
    Added { content, picture: None }
}

fn patched(rng: &mut ChaCha8Rng) -> Added {
    let (x, y, w, _) = place(rng);
    // On a card's small page a patch is small, too.
    let content = format!("q {w:.1} 0 0 6 {x:.1} {y:.1} cm /ImX Do Q");
    Added { content, picture: Some((60, 8, rng.random_range(225..255))) }
}

fn free_text(rng: &mut ChaCha8Rng) -> String {
    let (x, y, w, h) = place(rng);
    format!(
        "<</Type/Annot/Subtype/FreeText/Rect[{x:.1} {y:.1} {:.1} {:.1}]/Contents({})/DA(/Helv 12 Tf 0 g)/F 4>>",
        x + w,
        y + h,
        digits(rng)
    )
}

fn load(bytes: &[u8]) -> Document {
    Document::load_mem(bytes).expect("the generator's own PDFs load")
}

fn next(bytes: &[u8]) -> u32 {
    load(bytes).max_id + 1
}

fn is_picture(bytes: &[u8]) -> bool {
    !load(bytes).objects.values().any(|object| object.as_dict().is_ok_and(|d| d.has_type(b"Font")))
}

/// An incremental update with these objects.
fn increment(bytes: &[u8], objects: &[(u32, String)]) -> Vec<u8> {
    let objects: Vec<(u32, Vec<u8>)> =
        objects.iter().map(|(n, body)| (*n, body.clone().into_bytes())).collect();
    increment_raw(bytes, &objects)
}

fn increment_raw(bytes: &[u8], objects: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let document = load(bytes);
    let (mut out, mut table) = (bytes.to_vec(), "xref\n0 1\n0000000000 65535 f \n".to_owned());
    if !out.ends_with(b"\n") {
        out.push(b'\n');
    }
    for (number, body) in objects {
        let _ = write!(table, "{number} 1\n{:010} 00000 n \n", out.len());
        out.extend(format!("{number} 0 obj\n").bytes());
        out.extend(body);
        out.extend(b"\nendobj\n");
    }
    let size = objects.iter().map(|(number, _)| *number).chain([document.max_id]).max().unwrap_or(0) + 1;
    let info =
        document.trailer.get(b"Info").and_then(Object::as_reference).map(|(n, _)| format!("/Info {n} 0 R"));
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).expect("a root").0;
    let (start, prev) = (out.len(), document.xref_start);
    let info = info.unwrap_or_default();
    out.extend(
        format!(
            "{table}trailer\n<</Size {size}/Root {root} 0 R{info}/Prev {prev}>>\nstartxref\n{start}\n%%EOF\n"
        )
        .bytes(),
    );
    out
}

/// The generator writes the page as object 3 with its contents in 4, its picture in 5, fonts from 6 on.
fn page(bytes: &[u8]) -> (f32, f32, String) {
    let document = load(bytes);
    let id = *document.get_pages().values().next().expect("one page");
    let dictionary = document.get_dictionary(id).expect("a page");
    let media = dictionary.get(b"MediaBox").and_then(Object::as_array).expect("a size");
    let side = |at: usize| media[at].as_float().expect("a number");
    let fonts: String = dictionary
        .get(b"Resources")
        .and_then(Object::as_dict)
        .and_then(|resources| resources.get(b"Font"))
        .and_then(Object::as_dict)
        .map(|fonts| {
            fonts
                .iter()
                .filter_map(|(name, font)| Some((String::from_utf8_lossy(name), font.as_reference().ok()?.0)))
                .map(|(name, number)| format!("/{name} {number} 0 R "))
                .collect()
        })
        .unwrap_or_default();
    (side(2), side(3), fonts)
}

fn updated(bytes: &[u8], added: &Added) -> Vec<u8> {
    let (w, h, fonts) = page(bytes);
    let first = next(bytes);
    let picture = added.picture.map(|_| format!("/ImX {} 0 R", first + 1)).unwrap_or_default();
    let mut objects = vec![
        (3, format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {w} {h}]/Contents[4 0 R {first} 0 R]/Resources<</XObject<</Im0 5 0 R{picture}>>/Font<<{fonts}/FX {} 0 R>>>>>>", first + 2).into_bytes()),
        (first, format!("<</Length {}>>\nstream\n{}\nendstream", added.content.len(), added.content).into_bytes()),
        (first + 2, b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec()),
    ];
    if let Some((w, h, grey)) = added.picture {
        let mut body = format!("<</Type/XObject/Subtype/Image/Width {w}/Height {h}/ColorSpace/DeviceRGB/BitsPerComponent 8/Length {}>>\nstream\n", w * h * 3).into_bytes();
        body.extend(vec![grey; w * h * 3]);
        body.extend(b"\nendstream");
        objects.push((first + 1, body));
    }
    increment_raw(bytes, &objects)
}

fn annotated(bytes: &[u8], annotation: String) -> Vec<u8> {
    let first = next(bytes);
    let mut document = load(bytes);
    let page = *document.get_pages().values().next().expect("one page");
    document.get_dictionary_mut(page).expect("a page").set("Annots", vec![Object::Reference((first, 0))]);
    let whole = saved(document);
    increment(&whole, &[(first, annotation)])
}

fn saved(mut document: Document) -> Vec<u8> {
    document.trailer.remove(b"Prev");
    let mut out = Vec::new();
    document.save_to(&mut out).expect("memory is writable");
    out
}

fn rewrite(bytes: &[u8], _: &mut ChaCha8Rng) -> Vec<u8> {
    rewritten(bytes)
}

/// The same document written anew, without its revisions.
fn rewritten(bytes: &[u8]) -> Vec<u8> {
    saved(load(bytes))
}

fn producer(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut document = load(bytes);
    let utf16: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(name.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let mut info = lopdf::Dictionary::new();
    info.set("Producer", Object::String(utf16, lopdf::StringFormat::Hexadecimal));
    let id = document.add_object(info);
    document.trailer.set("Info", id);
    saved(document)
}

/// Signed as signing programs do it: an update with the signature over everything but its own value.
fn signed(bytes: &[u8]) -> Vec<u8> {
    const ROOM: usize = 2048;
    let first = next(bytes);
    let range = "[0 0000000000 0000000000 0000000000]";
    let zeros = "0".repeat(ROOM * 2);
    let field = format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 0 0]/F 132/V {first} 0 R>>");
    let mut out = increment(
        bytes,
        &[
            (
                first,
                format!(
                    "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange {range}/Contents<{zeros}>>>"
                ),
            ),
            (first + 1, field),
            (1, format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[{} 0 R]>>>>", first + 1)),
        ],
    );
    let find = |out: &[u8], needle: &str| {
        out.windows(needle.len()).rposition(|w| w == needle.as_bytes()).expect("there")
    };
    let open = find(&out, &format!("<{zeros}>"));
    let close = open + zeros.len() + 2;
    let range_at = find(&out, range);
    let filled = format!("[0 {open:010} {close:010} {:010}]", out.len() - close);
    out[range_at..range_at + range.len()].copy_from_slice(filled.as_bytes());
    let value: String =
        signature::over(&[&out[..open], &out[close..]]).iter().map(|b| format!("{b:02X}")).collect();
    out[open + 1..open + 1 + value.len()].copy_from_slice(value.as_bytes());
    out
}

/// One byte of the signed page's content is another now.
fn broken(signed: &[u8]) -> Vec<u8> {
    let mut out = signed.to_vec();
    let at = out
        .windows(6)
        .position(|window| window == b" 0 cm\n" || window == b"cm /Im")
        .expect("the picture is placed");
    let digit = (0..at).rev().find(|&i| out[i].is_ascii_digit() && out[i] != b'0').expect("by numbers");
    out[digit] = if out[digit] == b'9' { b'8' } else { out[digit] + 1 };
    out
}
