//! The CTC output of one text line, kept sparse.

use std::sync::Arc;

/// The recogniser's classes: class 0 is the CTC blank.
#[derive(Debug)]
pub struct Charset {
    classes: Vec<char>,
    by_char: std::collections::HashMap<char, u16>,
}

impl Charset {
    /// `dictionary` in the model's order, without blank and without the trailing space class.
    /// Entries longer than one character do not occur in PP-OCR's dictionaries; their first
    /// character stands for them.
    pub fn new<'a>(dictionary: impl IntoIterator<Item = &'a str>) -> Self {
        let mut classes = vec!['\0'];
        classes.extend(dictionary.into_iter().map(|entry| entry.chars().next().unwrap_or('\u{fffd}')));
        classes.push(' ');
        let mut by_char = std::collections::HashMap::with_capacity(classes.len());
        for (class, &ch) in classes.iter().enumerate().skip(1) {
            by_char.entry(ch).or_insert(class as u16);
        }
        Self { classes, by_char }
    }

    /// Number of classes, blank and space included.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.classes.len() <= 2
    }

    pub fn char_of(&self, class: u16) -> char {
        self.classes.get(usize::from(class)).copied().unwrap_or('\u{fffd}')
    }

    pub fn class_of(&self, ch: char) -> Option<u16> {
        self.by_char.get(&ch).copied()
    }
}

/// One time step: the likeliest classes with their natural-log probabilities, likeliest first.
#[derive(Debug, Clone, Default)]
pub struct Step {
    pub top: Vec<(u16, f32)>,
}

/// The CTC output of a line: a distribution over classes for every time step.
#[derive(Debug, Clone)]
pub struct Lattice {
    pub charset: Arc<Charset>,
    pub steps: Vec<Step>,
    /// Steps that cover the picture of the line; later ones are padding.
    pub used_steps: f32,
}
