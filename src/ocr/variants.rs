//! Traditional characters and their simplified forms.
//!
//! Papers of the mainland are printed in simplified characters, but the recogniser, trained on both, takes
//! some faces of type for traditional print (學生). Its classes of both forms are therefore one. Characters
//! that mainland print or names use beside the simplified form (乾, 昇) are not in the list; nor is any
//! that stands for several.

use std::{collections::HashMap, sync::LazyLock};

/// Out of OpenCC's dictionary, by `scripts/make_lists.py`: one pair of characters a line.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    include_str!("../../models/lists/traditional.txt")
        .lines()
        .filter_map(|pair| {
            let mut characters = pair.chars();
            Some((characters.next()?, characters.next()?))
        })
        .collect()
});

/// The simplified form of a traditional character; `None` for every other one.
pub fn simplified(ch: char) -> Option<char> {
    SIMPLIFIED.get(&ch).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_print_and_characters_of_names() {
        assert_eq!(simplified('學'), Some('学'));
        assert_eq!(simplified('電'), Some('电'));
        for kept in ['学', '乾', '著', '昇', '喆', '堃', '丁'] {
            assert_eq!(simplified(kept), None, "{kept}");
        }
    }
}
