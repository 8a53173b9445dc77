//! XMP packets (ISO 16684-1): which programs wrote the file, and whether it declares itself generated.
//!
//! A packet is plain UTF-8 within a JPEG, PNG, WebP, TIFF, HEIC or PDF, made to be found by scanning (part 1, 7.3.2), so
//! no container is parsed for it. Compressed packets are not seen.

use memchr::memmem;
use roxmltree::{Document, ParsingOptions};

/// Bytes of a packet that are parsed. Real ones have a few kilobytes; a Photoshop history of a long day has some hundred.
const MAX_PACKET_BYTES: usize = 1 << 20;

/// Packets of one file that are read: the document's own and those of its pictures.
const MAX_PACKETS: usize = 8;

/// Nodes of one packet; more is a bomb.
const MAX_NODES: u32 = 100_000;

/// Properties that name the program that wrote or changed the file.
const PROGRAMS: [&str; 4] = ["CreatorTool", "softwareAgent", "Producer", "Software"];

/// IPTC DigitalSourceType values of synthetic media (cv.iptc.org/newscodes/digitalsourcetype).
const SYNTHETIC: [&str; 3] =
    ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia"];

/// What the packets of a file say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct XmpFacts {
    /// Programs by their own names, as written.
    pub programs: Vec<String>,
    /// Declared as made or changed by a generator: IPTC DigitalSourceType, or the label of GB 45438-2025 (`AIGC`).
    pub generated: bool,
}

/// Reads every packet in the bytes; broken ones say nothing.
pub fn read(bytes: &[u8]) -> XmpFacts {
    let mut facts = XmpFacts::default();
    let (open, close) = (memmem::Finder::new("<x:xmpmeta"), memmem::Finder::new("</x:xmpmeta>"));
    let mut at = 0;
    for _ in 0..MAX_PACKETS {
        let Some(start) = open.find(&bytes[at..]).map(|found| at + found) else { break };
        let window = &bytes[start..bytes.len().min(start + MAX_PACKET_BYTES)];
        let Some(length) = close.find(window).map(|found| found + "</x:xmpmeta>".len()) else { break };
        at = start + length;
        if let Ok(text) = std::str::from_utf8(&window[..length]) {
            facts.add(text);
        }
    }
    facts
}

impl XmpFacts {
    fn add(&mut self, packet: &str) {
        let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
        let Ok(document) = Document::parse_with_options(packet, options) else { return };
        // A property is an element or, in the short form, an attribute (ISO 16684-1, 7.9.2.2).
        for node in document.descendants().filter(|node| node.is_element()) {
            self.property(node.tag_name().name(), node.text().unwrap_or_default());
            for attribute in node.attributes() {
                self.property(attribute.name(), attribute.value());
            }
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        if PROGRAMS.contains(&name) && !value.trim().is_empty() {
            self.programs.push(value.trim().to_owned());
        }
        let is_synthetic = || SYNTHETIC.iter().any(|kind| value.ends_with(kind));
        self.generated |= name == "AIGC" || name == "DigitalSourceType" && is_synthetic();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(description: &str) -> Vec<u8> {
        format!(
            r#"junk<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
            xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
            xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
            {description}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>junk"#
        )
        .into_bytes()
    }

    #[test]
    fn programs_are_read_as_attributes_elements_and_history() {
        let facts = read(&packet(
            r#"<rdf:Description xmp:CreatorTool="17.1"><xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved"
            stEvt:softwareAgent="Adobe Photoshop 24.0"/></rdf:Seq></xmpMM:History></rdf:Description>
            <rdf:Description><xmp:CreatorTool>GIMP 2.10</xmp:CreatorTool></rdf:Description>"#,
        ));
        assert_eq!(facts.programs, ["17.1", "Adobe Photoshop 24.0", "GIMP 2.10"]);
        assert!(!facts.generated);
    }

    #[test]
    fn declared_synthesis_is_seen() {
        let source = "http://cv.iptc.org/newscodes/digitalsourcetype/";
        let by = |kind| format!(r#"<rdf:Description Iptc4xmpExt:DigitalSourceType="{source}{kind}"/>"#);
        assert!(read(&packet(&by("trainedAlgorithmicMedia"))).generated);
        assert!(!read(&packet(&by("digitalCapture"))).generated);
        assert!(read(&packet(r#"<rdf:Description TC260:AIGC='{"Label":"1"}'/>"#)).generated);
    }

    #[test]
    fn broken_and_endless_packets_say_nothing() {
        assert_eq!(read(b"<x:xmpmeta <<< </x:xmpmeta>"), XmpFacts::default());
        assert_eq!(read(b"<x:xmpmeta xmlns:x='a'>"), XmpFacts::default());
        assert_eq!(read(b""), XmpFacts::default());
    }
}
