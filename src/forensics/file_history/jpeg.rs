//! What a JPEG's segments say about the program that wrote them.

use img_parts::{
    Bytes,
    jpeg::{Jpeg, markers},
};

use super::editors::{Editor, EditorSort, editor_in};

/// Image resources that Photoshop writes with every JPEG and nobody else does: resolution, JPEG quality, thumbnail,
/// print flags (Photoshop File Formats, "Image Resource IDs"). Others write only 0x0404 (IPTC) and 0x0425 (its digest).
const PHOTOSHOP_RESOURCES: [u16; 4] = [0x03ed, 0x0406, 0x040c, 0x03f3];

/// Luminance table of Photoshop's "Save As" at quality 10, in natural order. Its tables are fixed, not scaled from the
/// standard's, and no camera uses them; those of the other qualities are told by the resources only.
#[rustfmt::skip]
const PHOTOSHOP_LUMINANCE: [u8; 64] = [
     2,  2,  3,  4,  5,  6,  8, 11,   2,  2,  2,  4,  5,  7,  9, 11,
     3,  2,  3,  5,  7,  9, 11, 12,   4,  4,  5,  7,  9, 11, 12, 12,
     5,  5,  7,  9, 11, 12, 12, 12,   6,  7,  9, 11, 12, 12, 12, 12,
     8,  9, 11, 12, 12, 12, 12, 12,  11, 11, 12, 12, 12, 12, 12, 12,
];

/// Natural position of the k-th coefficient in zigzag order (ITU-T T.81, figure A.6).
#[rustfmt::skip]
const ZIGZAG: [usize; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Where in the file an editor shows itself, with the editor.
pub type Mark = (&'static str, Editor);

const PHOTOSHOP: Editor = Editor { name: "Adobe Photoshop", sort: EditorSort::Picture };

/// Marks of editors in the segments of a JPEG; none in one that cannot be taken apart.
pub fn marks(bytes: &[u8]) -> Vec<Mark> {
    let Ok(jpeg) = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)) else { return Vec::new() };
    let mut marks = Vec::new();
    for segment in jpeg.segments() {
        let contents = segment.contents();
        match segment.marker() {
            markers::APP13 if has_photoshop_resource(contents) => marks.push(("app13", PHOTOSHOP)),
            // "Save for Web" marks its quality in a segment of this name.
            markers::APP12 if contents.starts_with(b"Ducky") => marks.push(("app12", PHOTOSHOP)),
            markers::COM => {
                let editor = editor_in(&String::from_utf8_lossy(contents));
                marks.extend(editor.map(|editor| ("comment", editor)));
            }
            markers::DQT if luminance_table(contents) == Some(PHOTOSHOP_LUMINANCE) => {
                marks.push(("quantisation", PHOTOSHOP));
            }
            _ => {}
        }
    }
    marks
}

/// The first luminance table of a JPEG, in natural order; `None` of other files.
pub fn luminance_table_of(bytes: &[u8]) -> Option<[u8; 64]> {
    let jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    let tables = jpeg.segments().iter().filter(|segment| segment.marker() == markers::DQT);
    tables.map(|segment| luminance_table(segment.contents())).find_map(|table| table)
}

fn has_photoshop_resource(contents: &[u8]) -> bool {
    let Some(mut rest) = contents.strip_prefix(b"Photoshop 3.0\0") else { return false };
    while let Some(resource) = rest.strip_prefix(b"8BIM") {
        let Some(&[high, low, name_length]) = resource.first_chunk::<3>() else { return false };
        if PHOTOSHOP_RESOURCES.contains(&u16::from_be_bytes([high, low])) {
            return true;
        }
        // A Pascal string and the data, each padded to an even length.
        let data_at = 2 + (1 + usize::from(name_length)).next_multiple_of(2);
        let Some(&size) = resource.get(data_at..).and_then(|data| data.first_chunk::<4>()) else {
            return false;
        };
        let size = u32::from_be_bytes(size) as usize;
        let Some(next) = data_at.checked_add(4).and_then(|at| at.checked_add(size.next_multiple_of(2)))
        else {
            return false;
        };
        rest = resource.get(next..).unwrap_or_default();
    }
    false
}

/// The 8-bit table of destination 0, which is the luminance's in every file of the usual kind.
fn luminance_table(contents: &[u8]) -> Option<[u8; 64]> {
    let (&precision_and_destination, table) = contents.split_first()?;
    let zigzag = (precision_and_destination == 0).then(|| table.first_chunk::<64>())??;
    let mut natural = [0; 64];
    for (&value, at) in zigzag.iter().zip(ZIGZAG) {
        natural[at] = value;
    }
    Some(natural)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(marker: u8, contents: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, marker];
        bytes.extend((contents.len() as u16 + 2).to_be_bytes());
        bytes.extend(contents);
        bytes.extend(b"\xff\xda\x00\x02\x12\x34\xff\xd9");
        bytes
    }

    fn resource(id: u16) -> Vec<u8> {
        let mut bytes = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x03abc\x008BIM".to_vec();
        bytes.extend(id.to_be_bytes());
        bytes.extend(b"\0\0\0\0\0\x02ab");
        bytes
    }

    #[test]
    fn photoshop_s_own_resources_count_and_iptc_does_not() {
        assert_eq!(marks(&jpeg(0xed, &resource(0x0406))), [("app13", PHOTOSHOP)]);
        assert_eq!(marks(&jpeg(0xed, &resource(0x0425))), []);
        assert_eq!(marks(&jpeg(0xed, b"Photoshop 3.0\x008BIM\x04")), []);
    }

    #[test]
    fn quantisation_tables_are_compared_in_natural_order() {
        let mut table = vec![0];
        table.extend(ZIGZAG.map(|at| PHOTOSHOP_LUMINANCE[at]));
        assert_eq!(marks(&jpeg(0xdb, &table)), [("quantisation", PHOTOSHOP)]);
        table[20] += 1;
        assert_eq!(marks(&jpeg(0xdb, &table)), []);
    }

    #[test]
    fn comments_name_editors_and_libraries_do_not_count() {
        assert_eq!(marks(&jpeg(0xfe, b"Created with GIMP"))[0].1.name, "GIMP");
        assert_eq!(marks(&jpeg(0xfe, b"CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 85")), []);
    }

    #[test]
    fn any_truncation_is_survived() {
        let whole = jpeg(0xed, &resource(0x0406));
        for length in 0..whole.len() {
            marks(&whole[..length]);
        }
    }
}
