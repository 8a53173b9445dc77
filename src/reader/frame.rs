//! Frames on a pipe: four bytes of length (big-endian), then the bytes.

use std::io::{self, Read, Write};

/// Largest frame that is taken: an upload of the default limit and some room. What is longer is a fault of
/// the other side, not an allocation.
pub const MAX_FRAME_BYTES: u32 = 64 << 20;

/// Writes one frame.
///
/// # Errors
/// When the pipe is closed or `bytes` is longer than a frame may be.
pub fn write(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&header(bytes.len())?)?;
    out.write_all(bytes)?;
    out.flush()
}

/// Reads one frame; `None` when the pipe ended before it.
///
/// # Errors
/// When the pipe breaks within a frame or the frame is longer than allowed.
pub fn read(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut first = [0; 4];
    match input.read(&mut first)? {
        0 => return Ok(None),
        got => input.read_exact(&mut first[got..])?,
    }
    let mut bytes = vec![0; length(first)?];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// The header of a frame of that many bytes.
///
/// # Errors
/// When that is more than a frame may have.
pub fn header(bytes: usize) -> io::Result<[u8; 4]> {
    let length = u32::try_from(bytes).ok().filter(|length| *length <= MAX_FRAME_BYTES);
    length.map(u32::to_be_bytes).ok_or_else(too_long)
}

/// The length that a header tells.
///
/// # Errors
/// When it is more than a frame may have.
pub fn length(header: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_be_bytes(header);
    if length > MAX_FRAME_BYTES { Err(too_long()) } else { Ok(length as usize) }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the frame is too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in() {
        let mut pipe = Vec::new();
        for bytes in [&b""[..], b"one", &[7; 70_000]] {
            write(&mut pipe, bytes).unwrap();
        }
        let mut pipe = &pipe[..];
        assert_eq!(read(&mut pipe).unwrap().unwrap(), b"");
        assert_eq!(read(&mut pipe).unwrap().unwrap(), b"one");
        assert_eq!(read(&mut pipe).unwrap().unwrap(), [7; 70_000]);
        assert_eq!(read(&mut pipe).unwrap(), None);
    }

    #[test]
    fn a_broken_or_endless_frame_is_refused() {
        assert!(read(&mut &[0, 0][..]).is_err());
        assert!(read(&mut &[0, 0, 0, 9, 1, 2][..]).is_err());
        let error = read(&mut &[0xff; 8][..]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
