//! A walk over the markers of a JPEG file (ITU-T T.81, annex B), for what the decoder does not tell.

/// What the markers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct JpegMarkers {
    pub progressive: bool,
    /// Colour components of the frame; 0 when no frame header was found.
    pub components: u8,
    /// An APP14 "Adobe" segment is present.
    pub adobe: bool,
    /// JFIF pixels per inch along x, if declared.
    pub dpi: Option<u32>,
    /// Offset just behind the end-of-image marker; `None` when the file ends before it.
    pub end: Option<usize>,
}

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP14: u8 = 0xee;

/// Reads the markers up to the end of the first image. Stops quietly where the file is broken.
pub(super) fn walk(bytes: &[u8]) -> JpegMarkers {
    let mut markers = JpegMarkers::default();
    let mut at = 0;
    while let Some((marker, behind)) = next_marker(bytes, at) {
        at = behind;
        match marker {
            EOI => {
                markers.end = Some(at);
                break;
            }
            SOI | 0x01 | 0xd0..=0xd7 => {}
            _ => {
                let Some(segment) = segment(bytes, at) else { break };
                markers.read(marker, segment);
                at += 2 + segment.len();
                // Behind a scan header comes coded data, which `next_marker` skips over.
                debug_assert!(marker != SOS || at <= bytes.len());
            }
        }
    }
    markers
}

impl JpegMarkers {
    fn read(&mut self, marker: u8, segment: &[u8]) {
        match marker {
            // SOF0–15 without DHT, JPG and DAC.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) && self.components == 0 => {
                self.components = segment.get(5).copied().unwrap_or(0);
                self.progressive = matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce);
            }
            APP14 if segment.starts_with(b"Adobe") => self.adobe = true,
            APP0 if segment.starts_with(b"JFIF\0") => self.dpi = jfif_dpi(segment),
            _ => {}
        }
    }
}

fn jfif_dpi(segment: &[u8]) -> Option<u32> {
    let (&unit, density) = (segment.get(7)?, segment.get(8..10)?);
    let density = u32::from(u16::from_be_bytes([density[0], density[1]]));
    match unit {
        1 if density > 0 => Some(density),
        2 if density > 0 => Some(density * 254 / 100),
        _ => None,
    }
}

/// The segment's content behind its length field at `at`.
fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = bytes.get(at..at + 2)?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    bytes.get(at + 2..at + length.max(2))
}

/// The next marker from `from` on and the offset behind it; skips coded data, stuffed zeros and fill
/// bytes.
fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match *bytes.get(at + 1)? {
            0x00 => at += 2,
            0xff => at += 1,
            marker => return Some((marker, at + 2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &[u8] = b"\xff\xd8\
        \xff\xe0\x00\x10JFIF\0\x01\x01\x01\x01\x2c\x01\x2c\0\0\
        \xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\x02\
        \xff\xc2\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00\
        \xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\x00\x34\xff\xd0\x56\
        \xff\xd9tail";

    #[test]
    fn markers_are_read_and_coded_data_skipped() {
        let markers = walk(SMALL);
        let expected = JpegMarkers {
            progressive: true,
            components: 1,
            adobe: true,
            dpi: Some(300),
            end: Some(SMALL.len() - 4),
        };
        assert_eq!(markers, expected);
    }

    #[test]
    fn any_truncation_is_survived() {
        for length in 0..SMALL.len() - 4 {
            assert_eq!(walk(&SMALL[..length]).end, None, "{length}");
        }
    }
}
