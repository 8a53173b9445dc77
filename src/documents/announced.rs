//! Fields that a document's own words announce, though not every lawful layout of its kind has them.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    domain::DocumentKind,
    ocr::{PageText, TextLine},
};

/// What follows the date of birth in a graduation certificate's sentence: 某年某月(某日)生，于某年某月至 … 在本校. Sentences that tell the
/// birth tell the sex before it.
static BORN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[月日]生|生[，,。.]于|生于[12一二]").expect("a constant expression"));

/// Fields of `kind` that the text of its pages speaks of.
pub fn announced(kind: DocumentKind, pages: &[PageText]) -> Vec<&'static str> {
    if kind != DocumentKind::Diploma {
        return Vec::new();
    }
    let mut text: String = pages.iter().flat_map(|page| &page.lines).map(TextLine::text).collect();
    text.retain(|c| !c.is_whitespace());
    if BORN.is_match(&text) { vec!["sex", "birth_date"] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::layout::drawn;

    #[test]
    fn a_sentence_that_goes_on_behind_a_birth_announces_it() {
        let of = |text: &str| announced(DocumentKind::Diploma, &[drawn(text)]);
        assert_eq!(of("学生张三，男，一九九零年\n生，于二零零七年九月至"), ["sex", "birth_date"]);
        assert_eq!(of("学生张三  981年12月生，于2001年9月"), ["sex", "birth_date"]);
        assert_eq!(of("学生张三，男，于二零零七年九月至二零一零年六月在本校"), [""; 0]);
        assert_eq!(of("学生于洋，男，于2007年9月至2010年6月在本校"), [""; 0]);
        assert_eq!(announced(DocumentKind::ChsiReport, &[drawn("12月生")]), [""; 0]);
    }
}
