//! Programs whose purpose is to change what a picture or a PDF shows (`models/lists/editors.tsv`).
//!
//! Cameras, phone galleries, messengers, scanners, office programs and converters are not in the list: whoever
//! photographs, crops in the phone, sends or prints to PDF leaves their names, and none of them says that anything was
//! changed. Acrobat is not either, since it also scans; its edits are found as revisions and annotations.

use std::sync::LazyLock;

/// What an editor is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditorSort {
    Picture,
    Pdf,
    /// Makes pictures out of words.
    Generator,
}

/// A known editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Editor {
    /// Its usual name, for people.
    pub name: &'static str,
    pub sort: EditorSort,
}

/// What is looked for, lower case, with the editor that it means.
static EDITORS: LazyLock<Vec<(&'static str, Editor)>> = LazyLock::new(|| {
    include_str!("../../../models/lists/editors.tsv")
        .lines()
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let (needle, name, sort) = (columns.next()?, columns.next()?, columns.next()?);
            let sort = match sort {
                "picture" => EditorSort::Picture,
                "pdf" => EditorSort::Pdf,
                "generator" => EditorSort::Generator,
                _ => return None,
            };
            Some((needle, Editor { name, sort }))
        })
        .collect()
});

/// The editor that a program's own name means, if it is one.
pub fn editor_in(text: &str) -> Option<Editor> {
    let text = text.to_lowercase();
    EDITORS.iter().find(|(needle, _)| contains_word(&text, needle)).map(|(_, editor)| *editor)
}

/// `needle` in `text`, not within a longer Latin word: `canva` is not in `canvas`.
fn contains_word(text: &str, needle: &str) -> bool {
    text.match_indices(needle).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_alphabetic()) && !after.is_some_and(|c| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_are_known_by_any_version_and_nothing_else_is() {
        let name = |text| editor_in(text).map(|editor| editor.name);
        assert_eq!(name("Adobe Photoshop 25.1 (Windows)"), Some("Adobe Photoshop"));
        assert_eq!(name("Snapseed 2.19.1.303051424"), Some("Snapseed"));
        assert_eq!(name("美图秀秀 9.8.5"), Some("美图秀秀"));
        assert_eq!(name("Foxit PhantomPDF Printer"), Some("Foxit PDF Editor"));
        for plain in [
            "17.1.1",
            "HDR+ 1.0.585804401zd",
            "S9180ZCU2AWC9",
            "MediaTek Camera Application",
            "HUAWEI ALN-AL00 4.2.0.130",
            "Picasa",
            "Google",
            "Android PQ3A.190801.002",
            "Microsoft: Print To PDF",
            "macOS 14.1 Quartz PDFContext",
            "Skia/PDF m120",
            "iText 2.1.7 by 1T3XT",
            "WPS 文字",
            "Microsoft® Word 2019",
            "CamScanner",
            "intsig.com pdf producer",
            "Acrobat Distiller 23.0",
            "HTML canvas to PDF",
            "GPL Ghostscript 9.50",
            "gnome-screenshot",
        ] {
            assert_eq!(name(plain), None, "{plain}");
        }
    }

    #[test]
    fn every_line_of_the_list_is_read() {
        assert_eq!(EDITORS.len(), include_str!("../../../models/lists/editors.tsv").lines().count());
    }
}
