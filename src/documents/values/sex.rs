//! 男 or 女.

use std::fmt;

use super::Parsed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    Male,
    Female,
}

impl Sex {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// 男 or 女 that stands alone: within other words the character may be anything.
pub fn alone(chars: &[char]) -> Option<Parsed<Sex>> {
    if chars.len() == 1 { find(chars) } else { None }
}

/// The first 男 or 女, or their English forms when nothing else stands there.
pub fn find(chars: &[char]) -> Option<Parsed<Sex>> {
    let han = chars.iter().enumerate().find_map(|(at, c)| match c {
        '男' => Some(Parsed::certain(Sex::Male, at..at + 1)),
        '女' => Some(Parsed::certain(Sex::Female, at..at + 1)),
        _ => None,
    });
    han.or_else(|| {
        let text: String = chars.iter().collect();
        match text.trim_matches(super::text_norm::is_edge_punctuation).to_ascii_lowercase().as_str() {
            "male" | "m" => Some(Parsed::certain(Sex::Male, 0..chars.len())),
            "female" | "f" => Some(Parsed::certain(Sex::Female, 0..chars.len())),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_character_or_the_word() {
        assert_eq!(find(&[':', '女']).map(|p| (p.value, p.range)), Some((Sex::Female, 1..2)));
        assert_eq!(find(&['M', 'a', 'l', 'e']).map(|p| p.value), Some(Sex::Male));
        assert!(find(&['汉']).is_none());
    }
}
