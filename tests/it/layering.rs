//! The layering rule of ARCHITECTURE.md: a room imports only rooms that stand before it in [`ORDER`].

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Rooms from the ground up. A new room takes its place here, in `src/lib.rs` and in ARCHITECTURE.md.
const ORDER: [&str; 17] = [
    "domain",
    "inference",
    "imaging",
    "ocr",
    "barcode",
    "portrait",
    "documents",
    "forms",
    "forensics",
    "rules",
    "pipeline",
    "reader",
    "store",
    "queue",
    "worker",
    "server",
    "cli",
];

fn level(room: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == room)
}

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Source text without `//` comments, so that prose may name any room.
fn code_of(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The first path segment of every member of a braced import list; `list` starts after its `{`.
fn first_segments(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut segments) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                segments.push(identifier(list[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    segments
}

/// Names right after `crate::`, be it in an import, an import list or a path.
fn rooms_named(code: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (at, marker) in code.match_indices("crate::") {
        let rest = &code[at + marker.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(first_segments(list)),
            None => _ = names.insert(identifier(rest)),
        }
    }
    names.remove("");
    names
}

#[test]
fn lower_rooms_never_import_higher_ones() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&source, &mut files);
    let mut violations = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&source).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy();
        let room = first.trim_end_matches(".rs");
        if room == "lib" || room == "main" {
            continue;
        }
        let Some(own) = level(room) else {
            violations.push(format!("{}: room {room} has no place in ORDER", relative.display()));
            continue;
        };
        let code = code_of(&fs::read_to_string(&file).unwrap());
        for name in rooms_named(&code) {
            if level(name).is_none_or(|other| other > own) {
                violations.push(format!("{}: {room} imports {name}", relative.display()));
            }
        }
    }
    assert!(violations.is_empty(), "rooms import against ARCHITECTURE.md:\n{}", violations.join("\n"));
}

#[test]
fn the_rooms_are_those_of_the_library() {
    let library = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared: BTreeSet<&str> =
        library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, ORDER.into_iter().collect());
}

#[test]
fn imports_are_seen_in_every_form() {
    let code = code_of(
        "use crate::ocr::Code;\nuse crate::{\n    domain::{Point, Quad},\n    cli,\n};\n\
         let x = crate::pipeline::run(); // not crate::imaging",
    );
    assert_eq!(rooms_named(&code), ["cli", "domain", "ocr", "pipeline"].into_iter().collect());
}
