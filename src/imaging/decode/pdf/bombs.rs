//! Deflate bombs in PDF streams, found before the PDF library unpacks anything.

use std::io::{self, Read};

use flate2::read::ZlibDecoder;

use super::super::super::error::IntakeError;

/// Bytes before the `stream` keyword in which its dictionary is looked for.
const DICTIONARY_WITHIN: usize = 512;

/// Nested deflate filters that are followed; real files have one.
const MAX_NESTING: usize = 3;

/// Refuses a file whose deflate streams unpack to more than `max_bytes` together.
///
/// The PDF library unpacks a stream into memory without a bound, so every stream is unpacked here first,
/// into nothing. That costs about a millisecond for each megabyte unpacked. Streams are found by their
/// keyword, whatever the cross-reference table says; encrypted streams look like noise here and are left
/// to the process's memory limit.
pub(super) fn check(bytes: &[u8], max_bytes: u64) -> Result<(), IntakeError> {
    let mut left = max_bytes;
    for data_at in stream_starts(bytes) {
        let dictionary = &bytes[data_at.saturating_sub(DICTIONARY_WITHIN)..data_at];
        let nesting = deflate_filters(dictionary).clamp(1, MAX_NESTING);
        let unpacked = unpacked_bytes(&bytes[data_at..], nesting, left.saturating_add(1));
        left = left.checked_sub(unpacked).ok_or(IntakeError::UnpacksTooLarge { max_bytes })?;
    }
    Ok(())
}

/// Offsets at which stream data begins.
fn stream_starts(bytes: &[u8]) -> impl Iterator<Item = usize> {
    const KEYWORD: &[u8] = b"stream";
    bytes
        .windows(KEYWORD.len())
        .enumerate()
        .filter(|(_, window)| *window == KEYWORD)
        .filter(|(at, _)| !bytes[..*at].ends_with(b"end"))
        .filter_map(|(at, _)| match bytes.get(at + KEYWORD.len()..)? {
            [b'\r', b'\n', ..] => Some(at + KEYWORD.len() + 2),
            [b'\r' | b'\n', ..] => Some(at + KEYWORD.len() + 1),
            _ => None,
        })
}

/// How often the stream's own dictionary names the deflate filter, under either of its names.
fn deflate_filters(before: &[u8]) -> usize {
    let own = before.windows(3).rposition(|window| window == b"obj").map_or(before, |at| &before[at..]);
    let count = |name: &[u8]| own.windows(name.len()).filter(|window| *window == name).count();
    count(b"/FlateDecode") + count(b"/Fl ") + count(b"/Fl]")
}

/// Bytes that come out of the data, at most `cap`; zero for what is not deflate.
fn unpacked_bytes(data: &[u8], nesting: usize, cap: u64) -> u64 {
    let mut reader: Box<dyn Read + '_> = Box::new(data);
    for _ in 0..nesting {
        reader = Box::new(ZlibDecoder::new(reader));
    }
    let mut counted = 0;
    let mut buffer = vec![0; 64 * 1024];
    while counted < cap {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => counted += count as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Damage ends it: what came before counts, since the library keeps that too.
            Err(_) => break,
        }
    }
    counted.min(cap)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn pdf(filters: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = format!("%PDF-1.4\n1 0 obj\n<</Filter {filters}>>\nstream\r\n").into_bytes();
        bytes.extend(data);
        bytes.extend(b"\nendstream\nendobj\n");
        bytes
    }

    #[test]
    fn bombs_are_refused_and_ordinary_streams_pass() {
        let bomb = pdf("/FlateDecode", &deflate(&vec![0; 100_000]));
        assert_eq!(check(&bomb, 99_999), Err(IntakeError::UnpacksTooLarge { max_bytes: 99_999 }));
        assert_eq!(check(&bomb, 100_000), Ok(()));
    }

    #[test]
    fn a_bomb_within_a_bomb_is_unpacked_twice() {
        let nested = pdf("[/FlateDecode /FlateDecode]", &deflate(&deflate(&vec![0; 1_000_000])));
        assert!(check(&nested, 900_000).is_err());
    }

    #[test]
    fn several_streams_add_up() {
        let one = pdf("/FlateDecode", &deflate(&vec![0; 60_000]));
        assert!(check(&[one.clone(), one].concat(), 100_000).is_err());
    }

    #[test]
    fn other_data_counts_nothing() {
        assert_eq!(check(&pdf("/DCTDecode", &[0xff; 1000]), 0), Ok(()));
    }
}
