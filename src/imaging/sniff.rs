//! What the bytes are. Magic bytes decide, never the file's name.

use crate::domain::{Finding, FindingCode, MediaType, Severity};

/// Readers accept a PDF header anywhere in the first kilobyte (ISO 32000-1, annex H.3.4.1).
const PDF_HEADER_WITHIN: usize = 1024;

/// Brands of HEIF files whose pictures are HEVC.
const HEIC_BRANDS: [&[u8; 4]; 8] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];

/// Types that are named in the finding so that people understand what they sent, by their first bytes.
const UNSUPPORTED: [(&[u8], &str); 22] = [
    (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"FLV\x01", "video/x-flv"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-wmv"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
    (b"AT&TFORM", "image/vnd.djvu"),
];

/// The type of `bytes`, [`MediaType::Unsupported`] with the best guess for what is not read here.
pub fn sniff(bytes: &[u8]) -> MediaType {
    if bytes.starts_with(b"\xff\xd8\xff") {
        return MediaType::Jpeg;
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return MediaType::Png;
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        return MediaType::Gif;
    }
    // The last two are BigTIFF.
    if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| bytes.starts_with(*magic)) {
        return MediaType::Tiff;
    }
    if bytes.starts_with(b"RIFF") {
        return match bytes.get(8..12) {
            Some(b"WEBP") => MediaType::WebP,
            Some(b"AVI ") => MediaType::Unsupported("video/x-msvideo"),
            Some(b"WAVE") => MediaType::Unsupported("audio/wav"),
            _ => MediaType::Unsupported("application/octet-stream"),
        };
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return sniff_iso_media(bytes);
    }
    if is_bmp(bytes) {
        return MediaType::Bmp;
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return MediaType::Unsupported(name_zip(bytes));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return MediaType::Unsupported(name_compound_file(bytes));
    }
    if let Some(&(_, name)) = UNSUPPORTED.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return MediaType::Unsupported(name);
    }
    let head = &bytes[..bytes.len().min(PDF_HEADER_WITHIN)];
    if contains(head, b"%PDF-") {
        return MediaType::Pdf;
    }
    MediaType::Unsupported(name_text(head))
}

/// A BMP has only two magic bytes, so the size of its second header has to be a known one as well.
fn is_bmp(bytes: &[u8]) -> bool {
    let header_size = bytes.get(14..18).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    bytes.starts_with(b"BM") && matches!(header_size, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// ISO base media: HEIC, AVIF, or a video. The major brand counts first, then the compatible ones.
fn sniff_iso_media(bytes: &[u8]) -> MediaType {
    let size = bytes.get(..4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let boxed = &bytes[..size.clamp(8, 512).min(bytes.len())];
    let major = boxed.get(8..12).unwrap_or_default();
    let compatible = || boxed.get(16..).unwrap_or_default().chunks_exact(4);
    let is_avif = |brand: &[u8]| brand == b"avif" || brand == b"avis";
    let is_heic = |brand: &[u8]| HEIC_BRANDS.iter().any(|known| *known == brand);
    // `mif1` says only "a HEIF picture": which codec stands in the compatible brands.
    if is_avif(major) || (is_heic(major) && compatible().any(is_avif)) {
        return MediaType::Avif;
    }
    if is_heic(major) || compatible().any(is_heic) {
        return MediaType::Heic;
    }
    if compatible().any(is_avif) {
        return MediaType::Avif;
    }
    MediaType::Unsupported(match major {
        b"qt  " => "video/quicktime",
        b"M4A " => "audio/mp4",
        brand if brand.starts_with(b"3g") => "video/3gpp",
        _ => "video/mp4",
    })
}

/// Office files are ZIP archives whose first entries tell.
fn name_zip(bytes: &[u8]) -> &'static str {
    /// Entry names stand at the front or, as the directory, at the back.
    const LOOK_AT: usize = 64 * 1024;
    let front = &bytes[..bytes.len().min(LOOK_AT)];
    let back = &bytes[bytes.len().saturating_sub(LOOK_AT)..];
    let has = |name: &[u8]| contains(front, name) || contains(back, name);
    if has(b"word/") {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    } else if has(b"xl/") {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    } else if has(b"ppt/") {
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    } else if has(b"opendocument.text") {
        "application/vnd.oasis.opendocument.text"
    } else if has(b"OFD.xml") {
        "application/ofd"
    } else {
        "application/zip"
    }
}

/// Old Office files: the stream names stand in the directory as UTF-16.
fn name_compound_file(bytes: &[u8]) -> &'static str {
    let utf16 = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    if contains(bytes, &utf16("WordDocument")) {
        "application/msword"
    } else if contains(bytes, &utf16("Workbook")) {
        "application/vnd.ms-excel"
    } else if contains(bytes, &utf16("PowerPoint Document")) {
        "application/vnd.ms-powerpoint"
    } else {
        "application/x-ole-storage"
    }
}

fn name_text(head: &[u8]) -> &'static str {
    let Some(text) = as_text(head) else { return "application/octet-stream" };
    let text = text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if text.contains("<svg") {
        "image/svg+xml"
    } else if text.starts_with("<!doctype html") || text.starts_with("<html") {
        "text/html"
    } else if text.starts_with("<?xml") {
        "application/xml"
    } else if text.starts_with("data:image/") {
        // A web page's canvas saved as it was sent.
        "text/x-data-uri"
    } else {
        "text/plain"
    }
}

/// `head` as text when it is UTF-8 without control characters; the cut at its end may split a character.
fn as_text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let printable = |c: char| !c.is_control() || c.is_ascii_whitespace();
    (!text.is_empty() && text.chars().all(printable)).then_some(text)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// The type that a file name promises, if its extension is one that we know.
fn promised_by(name: &str) -> Option<MediaType> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "jpe" | "jfif" => MediaType::Jpeg,
        "png" | "apng" => MediaType::Png,
        "webp" => MediaType::WebP,
        "gif" => MediaType::Gif,
        "tif" | "tiff" => MediaType::Tiff,
        "bmp" | "dib" => MediaType::Bmp,
        "heic" | "heif" | "hif" => MediaType::Heic,
        "avif" => MediaType::Avif,
        "pdf" => MediaType::Pdf,
        _ => return None,
    })
}

/// `intake.extension_mismatch` when the name promises another type than the bytes are. Only for
/// information: chat programs rename pictures all the time. A name without a known extension
/// promises nothing.
pub fn extension_mismatch(name: &str, actual: MediaType) -> Option<Finding> {
    let promised = promised_by(name)?;
    (promised != actual).then(|| {
        Finding::new(
            FindingCode::IntakeExtensionMismatch,
            Severity::Info,
            format!(
                "文件扩展名与内容不符：扩展名表示 {promised}，实际为 {actual}，已按实际内容读取",
                promised = promised.as_str(),
                actual = actual.as_str()
            ),
            format!(
                "The file name says {} but the content is {}; it was read as what it is",
                promised.as_str(),
                actual.as_str()
            ),
        )
        .with_evidence("promised", promised.as_str())
        .with_evidence("actual", actual.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supported_types_by_magic() {
        let cases: [(&[u8], MediaType); 12] = [
            (b"\xff\xd8\xff\xe0", MediaType::Jpeg),
            (b"\x89PNG\r\n\x1a\n", MediaType::Png),
            (b"GIF89a", MediaType::Gif),
            (b"II*\0", MediaType::Tiff),
            (b"MM\0*", MediaType::Tiff),
            (b"RIFF\0\0\0\0WEBP", MediaType::WebP),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", MediaType::Bmp),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", MediaType::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", MediaType::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", MediaType::Avif),
            (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", MediaType::Avif),
            (b"\n\n%PDF-1.7", MediaType::Pdf),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sniff(bytes), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn unsupported_types_are_named() {
        let cases: [(&[u8], &str); 9] = [
            (
                b"PK\x03\x04....word/document.xml",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            (b"PK\x03\x04....a.jpg", "application/zip"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0", "application/msword"),
            (b"<?xml version='1.0'?><svg xmlns='x'/>", "image/svg+xml"),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime"),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "video/mp4"),
            (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
            ("姓名：某人".as_bytes(), "text/plain"),
            (b"BMW is not a bitmap\0", "application/octet-stream"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sniff(bytes), MediaType::Unsupported(expected), "{}", bytes.escape_ascii());
        }
    }

    /// A report that is read back from a store keeps the name of its type.
    #[test]
    fn every_name_is_read_back() {
        let source = include_str!("sniff.rs").split("#[cfg(test)]").next().unwrap();
        let names = regex::Regex::new(r#""((?:application|text|image|video|audio|font)/[^"{ ]+)""#).unwrap();
        let found: Vec<&str> = names.captures_iter(source).map(|hit| hit.get(1).unwrap().as_str()).collect();
        assert!(found.len() > 20, "{found:?}");
        for name in found.into_iter().filter(|name| *name != "data:image/") {
            assert_eq!(MediaType::of_name(name).as_str(), name);
        }
    }

    #[test]
    fn only_a_broken_promise_is_reported() {
        let finding = extension_mismatch("front.PNG", MediaType::Jpeg).unwrap();
        assert_eq!((finding.code, finding.severity), (FindingCode::IntakeExtensionMismatch, Severity::Info));
        assert!(extension_mismatch("front.jpeg", MediaType::Jpeg).is_none());
        assert!(extension_mismatch("front", MediaType::Jpeg).is_none());
        assert!(extension_mismatch("front.upload", MediaType::Jpeg).is_none());
    }
}
