//! What a PNG's text chunks say about the program that wrote them (PNG 3rd edition, 11.3.3).

use std::io::Read;

use flate2::read::ZlibDecoder;
use img_parts::{Bytes, png::Png};

use super::{
    editors::{Editor, EditorSort, editor_in},
    jpeg::Mark,
};

/// Bytes of a text that are read; compressed ones are not unpacked any further.
const MAX_TEXT_BYTES: u64 = 64 * 1024;

/// Keywords under which programs name themselves.
const PROGRAM_KEYWORDS: [&str; 4] = ["Software", "Comment", "Creation Tool", "Source"];

/// Keywords under which picture generators keep what the picture was made from.
const GENERATOR_KEYWORDS: [&str; 4] = ["parameters", "prompt", "workflow", "AIGC"];

const GENERATOR: Editor = Editor { name: "a picture generator", sort: EditorSort::Generator };

/// Marks of editors in the text chunks of a PNG; none in one that cannot be taken apart.
pub fn marks(bytes: &[u8]) -> Vec<Mark> {
    let Ok(png) = Png::from_bytes(Bytes::copy_from_slice(bytes)) else { return Vec::new() };
    png.chunks()
        .iter()
        .filter_map(|chunk| {
            let (keyword, text) = text_of(chunk.kind(), chunk.contents())?;
            if GENERATOR_KEYWORDS.contains(&keyword.as_str()) {
                return Some(("png_text", GENERATOR));
            }
            let names_program = PROGRAM_KEYWORDS.contains(&keyword.as_str());
            names_program.then(|| editor_in(&text)).flatten().map(|editor| ("png_text", editor))
        })
        .collect()
}

/// Keyword and text of a text chunk.
fn text_of(kind: [u8; 4], contents: &[u8]) -> Option<(String, String)> {
    let end = contents.iter().position(|&byte| byte == 0)?;
    let (keyword, rest) = (latin(&contents[..end]), &contents[end + 1..]);
    let text = match &kind {
        b"tEXt" => latin(&rest[..rest.len().min(MAX_TEXT_BYTES as usize)]),
        b"zTXt" => unpack(rest.get(1..)?),
        b"iTXt" => {
            let (&compressed, rest) = rest.split_first()?;
            // Compression method, then language and translated keyword, each ended by zero.
            let mut parts = rest.get(1..)?.splitn(3, |&byte| byte == 0);
            let text = parts.nth(2)?;
            if compressed == 1 { unpack(text) } else { String::from_utf8_lossy(text).into_owned() }
        }
        _ => return None,
    };
    Some((keyword, text))
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn unpack(deflated: &[u8]) -> String {
    let mut text = Vec::new();
    // A broken end leaves what came before it.
    let _ = ZlibDecoder::new(deflated).take(MAX_TEXT_BYTES).read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    #[test]
    fn text_chunks_of_every_kind_are_read() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(b"Adobe ImageReady").unwrap();
        let packed = encoder.finish().unwrap();
        let expected = Some(("Software".to_owned(), "Adobe ImageReady".to_owned()));
        assert_eq!(text_of(*b"tEXt", b"Software\0Adobe ImageReady"), expected);
        assert_eq!(text_of(*b"zTXt", &[b"Software\0\0".as_slice(), &packed].concat()), expected);
        assert_eq!(text_of(*b"iTXt", b"Software\0\0\0en\0\0Adobe ImageReady"), expected);
        assert_eq!(text_of(*b"iTXt", &[b"Software\0\x01\0\0\0".as_slice(), &packed].concat()), expected);
        assert_eq!(text_of(*b"IDAT", b"Software\0x"), None);
        assert_eq!(text_of(*b"zTXt", b"Software\0"), None);
    }
}
