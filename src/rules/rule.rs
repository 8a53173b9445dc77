//! What a rule is: a name, the codes it raises, the words that a plan gives it, and its check.

use std::fmt;

use crate::domain::{CrossFinding, Finding, FindingCode, Message, Severity};

use super::case::Case;

/// One rule over a whole application.
pub struct Rule {
    /// Its name in reports and plans: `work-months`.
    pub id: &'static str,
    /// Every code that it may raise.
    pub codes: &'static [FindingCode],
    /// The texts that a plan must have for it.
    pub words: &'static [Words],
    pub check: fn(&Case<'_>) -> Vec<CrossFinding>,
}

/// One text of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    pub id: &'static str,
    /// What may stand in it in braces.
    pub holes: &'static [&'static str],
}

/// A text of a rule.
pub const fn words(id: &'static str, holes: &'static [&'static str]) -> Words {
    Words { id, holes }
}

/// A value for a hole that reads the same in both languages.
pub fn plain(value: impl fmt::Display) -> Message {
    let text = value.to_string();
    Message { zh: text.clone(), en: text }
}

/// `text` with `{name}` replaced by each of `fills`.
pub fn fill(text: &Message, fills: &[(&str, Message)]) -> Message {
    let mut filled = text.clone();
    for (name, value) in fills {
        let hole = format!("{{{name}}}");
        filled.zh = filled.zh.replace(&hole, &value.zh);
        filled.en = filled.en.replace(&hole, &value.en);
    }
    filled
}

/// Names in braces within a text, and where an opening brace has no end.
pub fn holes(text: &str) -> Result<Vec<&str>, &str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let inside = &rest[at + 1..];
        let end = inside.find('}').ok_or(&rest[at..])?;
        found.push(&inside[..end]);
        rest = &inside[end + 1..];
    }
    Ok(found)
}

impl Rule {
    /// A finding in the words of the case's plan.
    pub fn found(
        &self,
        case: &Case<'_>,
        word: &str,
        (code, severity): (FindingCode, Severity),
        fills: &[(&str, Message)],
    ) -> CrossFinding {
        let text = case.plan.messages.get(self.id).and_then(|words| words.get(word));
        let message = text.map(|text| fill(text, fills)).unwrap_or_else(|| plain(code));
        CrossFinding::of(self.id, Finding::new(code, severity, message.zh, message.en))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_and_filled() {
        assert_eq!(holes("第{row}行：{months}个月"), Ok(vec!["row", "months"]));
        assert_eq!(holes("第{row"), Err("{row"));
        let text = Message { zh: "第{row}行".to_owned(), en: "row {row}".to_owned() };
        let filled = fill(&text, &[("row", plain(2))]);
        assert_eq!((filled.zh.as_str(), filled.en.as_str()), ("第2行", "row 2"));
    }
}
