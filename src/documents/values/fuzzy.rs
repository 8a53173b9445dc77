//! Edit distance and approximate search.

/// Levenshtein distance between two strings of characters.
pub fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// Where a pattern was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    pub start: usize,
    pub end: usize,
    pub edits: usize,
}

/// The best approximate occurrence of `pattern` in `text` with at most `max_edits` edits; among
/// equals the leftmost (Sellers' algorithm).
pub fn search(text: &[char], pattern: &[char], max_edits: usize) -> Option<Match> {
    if pattern.is_empty() {
        return None;
    }
    // Column of (edits, start of the match) for each prefix of the pattern.
    let mut column: Vec<(usize, usize)> = (0..=pattern.len()).map(|i| (i, 0)).collect();
    let mut best: Option<Match> = None;
    for (j, &ct) in text.iter().enumerate() {
        let mut diagonal = column[0];
        column[0] = (0, j + 1);
        for (i, &cp) in pattern.iter().enumerate() {
            let substituted = (diagonal.0 + usize::from(cp != ct), diagonal.1);
            let deleted = (column[i + 1].0 + 1, column[i + 1].1);
            let inserted = (column[i].0 + 1, column[i].1);
            diagonal = column[i + 1];
            column[i + 1] =
                [substituted, deleted, inserted].into_iter().min_by_key(|cell| cell.0).unwrap_or(substituted);
        }
        let (edits, start) = column[pattern.len()];
        if edits <= max_edits && best.is_none_or(|b| edits < b.edits) {
            best = Some(Match { start, end: j + 1, edits });
        }
    }
    best
}

/// The entry of `list` that is nearest to `text`, with its distance, when no other is as near.
pub fn nearest<'a>(
    text: &[char],
    list: impl IntoIterator<Item = &'a str>,
    max_edits: usize,
) -> Option<(&'a str, usize)> {
    let mut best: Option<(&str, usize)> = None;
    let mut tied = false;
    for entry in list {
        let entry_chars: Vec<char> = entry.chars().collect();
        if entry_chars.len().abs_diff(text.len()) > max_edits {
            continue;
        }
        let edits = distance(text, &entry_chars);
        match best {
            Some((_, least)) if edits > least => {}
            Some((_, least)) if edits == least => tied = true,
            _ if edits <= max_edits => {
                best = Some((entry, edits));
                tied = false;
            }
            _ => {}
        }
    }
    best.filter(|_| !tied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn finds_with_and_without_edits() {
        let text = chars("中华人民共和国居民身份证");
        assert_eq!(search(&text, &chars("居民身份证"), 1), Some(Match { start: 7, end: 12, edits: 0 }));
        assert_eq!(search(&text, &chars("居民身分证"), 1).map(|m| m.edits), Some(1));
        assert_eq!(search(&text, &chars("学历证书"), 1), None);
    }

    #[test]
    fn a_tie_is_no_answer() {
        assert_eq!(nearest(&chars("蒙右"), ["蒙古", "回"], 1), Some(("蒙古", 1)));
        assert_eq!(nearest(&chars("布"), ["布依", "布朗"], 1), None);
    }

    proptest! {
        #[test]
        fn distance_is_a_metric(a in "[甲乙丙]{0,6}", b in "[甲乙丙]{0,6}", c in "[甲乙丙]{0,6}") {
            let (a, b, c) = (chars(&a), chars(&b), chars(&c));
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
        }

        #[test]
        fn what_is_planted_is_found(lead in "[甲乙]{0,5}", tail in "[甲乙]{0,5}") {
            let text = chars(&format!("{lead}毕业证书{tail}"));
            let found = search(&text, &chars("毕业证书"), 1).unwrap();
            prop_assert_eq!((found.edits, found.start), (0, lead.chars().count()));
        }
    }
}
