//! Incremental updates (ISO 32000-1, 7.5.6): what the pages showed before and after each.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use lopdf::{Dictionary, Document, Object, ObjectId};
use memchr::memmem;

use super::{
    super::{Trace, TraceSort},
    on_page, open,
};

/// Revisions that are compared, the newest ones. A paper that was signed, stamped and archived has three or four.
const MAX_REVISIONS: usize = 6;

/// How deep a page's resources are followed.
const MAX_DEPTH: usize = 16;

/// Objects of one page that are looked at.
const MAX_OBJECTS: usize = 20_000;

/// Keys of a page that do not change what it shows, or lead out of it. Annotations are looked at on their own.
const IGNORED: [&[u8]; 10] = [
    b"Parent",
    b"Metadata",
    b"LastModified",
    b"StructParents",
    b"PieceInfo",
    b"Annots",
    b"Tabs",
    b"Length",
    b"Thumb",
    b"ID",
];

/// Pages that a later revision changed. Signatures, archival data and form entries change none; whatever a page itself
/// draws does.
pub fn traces(bytes: &[u8], newest: &Document) -> Vec<Trace> {
    let ends = revision_ends(bytes);
    let earlier = ends.len().saturating_sub(1);
    let mut changed: Vec<usize> = Vec::new();
    let mut after = prints(newest);
    for &end in ends[..earlier].iter().rev().take(MAX_REVISIONS) {
        let Some(before) = bytes.get(..end).and_then(open).as_ref().map(prints) else { break };
        for (number, print) in &after {
            if before.get(number).is_some_and(|old| old != print) {
                changed.push(*number as usize - 1);
            }
        }
        // Pages that were added later show nothing that was there before.
        after = before;
    }
    changed.sort_unstable();
    changed.dedup();
    changed.into_iter().map(|page| on_page(TraceSort::PdfRevision, page)).collect()
}

/// Offsets behind the end of each revision. The first section of a linearised file ends with `startxref 0` and is none.
fn revision_ends(bytes: &[u8]) -> Vec<usize> {
    let keyword = memmem::Finder::new("startxref");
    let mut ends = Vec::new();
    let mut at = 0;
    while let Some(found) = keyword.find(&bytes[at..]) {
        at += found + "startxref".len();
        let rest = bytes[at..].trim_ascii_start();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let offset = std::str::from_utf8(&rest[..digits]).ok().and_then(|text| text.parse::<u64>().ok());
        let rest = rest[digits..].trim_ascii_start();
        if offset.is_some_and(|offset| offset > 0) && rest.starts_with(b"%%EOF") {
            ends.push(bytes.len() - rest.len() + "%%EOF".len());
        }
    }
    ends
}

/// A number for each page that changes with what the page draws.
fn prints(document: &Document) -> BTreeMap<u32, u64> {
    document
        .get_pages()
        .into_iter()
        .map(|(number, id)| {
            let mut print = Print { document, hasher: DefaultHasher::new(), objects: 0, path: Vec::new() };
            print.follow(id);
            (number, print.hasher.finish())
        })
        .collect()
}

struct Print<'a> {
    document: &'a Document,
    hasher: DefaultHasher,
    objects: usize,
    /// References that are being followed, against circles.
    path: Vec<ObjectId>,
}

impl Print<'_> {
    fn follow(&mut self, id: ObjectId) {
        if self.path.contains(&id) || self.path.len() >= MAX_DEPTH {
            return;
        }
        let Some(object) = self.document.objects.get(&id) else { return };
        self.path.push(id);
        self.add(object, 0);
        self.path.pop();
    }

    fn add(&mut self, object: &Object, depth: usize) {
        self.objects += 1;
        if self.objects > MAX_OBJECTS || depth >= MAX_DEPTH {
            return;
        }
        std::mem::discriminant(object).hash(&mut self.hasher);
        match object {
            Object::Reference(id) => self.follow(*id),
            Object::Array(items) => items.iter().for_each(|item| self.add(item, depth + 1)),
            Object::Dictionary(dictionary) => self.add_dictionary(dictionary, depth),
            Object::Stream(stream) => {
                self.add_dictionary(&stream.dict, depth);
                stream.content.hash(&mut self.hasher);
            }
            Object::Boolean(value) => value.hash(&mut self.hasher),
            Object::Integer(value) => value.hash(&mut self.hasher),
            Object::Real(value) => value.to_bits().hash(&mut self.hasher),
            Object::Name(bytes) | Object::String(bytes, _) => bytes.hash(&mut self.hasher),
            Object::Null => {}
        }
    }

    fn add_dictionary(&mut self, dictionary: &Dictionary, depth: usize) {
        // The order of keys means nothing.
        let mut entries: Vec<(&Vec<u8>, &Object)> = dictionary.iter().collect();
        entries.sort_by_key(|(key, _)| *key);
        for (key, value) in entries {
            if !IGNORED.contains(&key.as_slice()) {
                key.hash(&mut self.hasher);
                self.add(value, depth + 1);
            }
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A PDF of one page as its objects, with an update after it for each further list.
    pub fn pdf(revisions: &[&[(u32, &str)]]) -> Vec<u8> {
        let mut bytes = b"%PDF-1.5\n".to_vec();
        let mut previous: Option<usize> = None;
        for objects in revisions {
            let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
            for (number, body) in *objects {
                table += &format!("{number} 1\n{:010} 00000 n \n", bytes.len());
                bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
            }
            let at = bytes.len();
            let prev = previous.map(|at| format!("/Prev {at}")).unwrap_or_default();
            bytes.extend(
                format!("{table}trailer\n<</Size 30/Root 1 0 R{prev}>>\nstartxref\n{at}\n%%EOF\n").bytes(),
            );
            previous = Some(at);
        }
        bytes
    }

    pub const PLAIN: &[(u32, &str)] = &[
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<<>>>>"),
        (4, "<</Length 13>>\nstream\n0 0 9 9 re f \nendstream"),
    ];

    fn changed(revisions: &[&[(u32, &str)]]) -> Vec<Option<usize>> {
        let bytes = pdf(revisions);
        traces(&bytes, &open(&bytes).unwrap()).into_iter().map(|trace| trace.page).collect()
    }

    #[test]
    fn an_update_of_the_page_is_seen_and_one_beside_it_is_not() {
        assert_eq!(changed(&[PLAIN]), []);
        let drawn: &[(u32, &str)] = &[(4, "<</Length 13>>\nstream\n0 0 5 5 re f \nendstream")];
        assert_eq!(changed(&[PLAIN, drawn]), [Some(0)]);
        let added: &[(u32, &str)] = &[
            (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents[4 0 R 5 0 R]/Resources<<>>>>"),
            (5, "<</Length 13>>\nstream\n9 9 5 5 re f \nendstream"),
        ];
        assert_eq!(changed(&[PLAIN, added]), [Some(0)]);
        let signed: &[(u32, &str)] = &[
            (
                3,
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<<>>/Annots[6 0 R]>>",
            ),
            (6, "<</Type/Annot/Subtype/Widget/FT/Sig/V 7 0 R/Rect[0 0 0 0]>>"),
            (7, "<</Type/Sig/Filter/Adobe.PPKLite/Contents<00>/ByteRange[0 1 2 3]>>"),
        ];
        assert_eq!(changed(&[PLAIN, signed]), []);
    }

    #[test]
    fn a_change_is_seen_below_later_harmless_ones() {
        let drawn: &[(u32, &str)] = &[(4, "<</Length 13>>\nstream\n0 0 5 5 re f \nendstream")];
        let harmless: &[(u32, &str)] = &[(9, "<</Type/Metadata>>")];
        assert_eq!(changed(&[PLAIN, harmless, drawn, harmless]), [Some(0)]);
    }

    #[test]
    fn the_first_section_of_a_linearised_file_is_no_revision() {
        assert_eq!(revision_ends(b"a startxref\r\n0\r\n%%EOF b startxref 116 %%EOF").len(), 1);
        assert!(revision_ends(b"startxref 99999999999999999999999 %%EOF startxref").is_empty());
    }
}
