//! Names of people and bodies, and dates under seals, by the opinions of two networks on several cuts of the same ink.
//!
//! A name has no context that would tell 跞 from 跃, and its rare characters are rare in what the networks
//! have learnt, too. But two networks that were trained apart go wrong at different characters, and cuts
//! with other margins move the ink within the network's grid. So every text that any of them thinks of is
//! scored on all of them (CTC forward sum), with the prior of what is named.

use std::{collections::BTreeSet, ops::Range};

use crate::{
    documents::{
        Source,
        values::{
            organisation, school,
            text_norm::{fold, is_han},
        },
    },
    domain::Quad,
    inference::InferenceError,
    ocr::{Ink, Lattice, Symbol, TextLine},
};

use super::{Pipeline, body_prior, date_lines, name_prior, upright::Upright};

/// What kind of name is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Person,
    /// The body that issued a paper: its seal lies on its name.
    Issuer,
    School,
    /// The day of issue: the same seal lies on it.
    IssueDate,
}

/// One cut: margins along and across the line in its heights, and what is taken for ink.
struct Cut {
    along: f32,
    across: f32,
    ink: Ink,
}

const fn cut(along: f32, across: f32, ink: Ink) -> Cut {
    Cut { along, across, ink }
}

/// The first cut is what the networks read best on its own; the others are only taken when it leaves a doubt.
const PERSON_CUTS: [Cut; 3] =
    [cut(0.2, 0.06, Ink::Unmixed), cut(0.1, -0.02, Ink::Unmixed), cut(0.3, 0.16, Ink::Unmixed)];
/// What a seal covers comes out differently by density and by red light.
const SEALED_CUTS: [Cut; 3] =
    [cut(0.15, 0.04, Ink::Unmixed), cut(0.25, 0.0, Ink::RedLight), cut(0.2, 0.12, Ink::RedLight)];
/// A school's first character may have been left out of the box: the second cut reaches for it.
const SCHOOL_CUTS: [Cut; 3] =
    [cut(0.15, 0.04, Ink::Unmixed), cut(1.1, 0.04, Ink::Unmixed), cut(1.0, 0.0, Ink::RedLight)];

/// A name whose probability is at least this after the first cut is not cut again: the further cuts change
/// one in a thousand of them, and cost 60 ms.
const SURE: f32 = 0.97;
/// Alternatives of a character that are tried, by each network. The right one was among the first three of
/// one network in every case that we looked at.
const ALTERNATIVES: usize = 4;
/// Natural log of the least probability that one reading of the ink may give a text: one bad cut must not
/// overrule the others.
const LEAST: f32 = -12.0;

impl Named {
    fn cuts(self) -> &'static [Cut] {
        match self {
            Self::Person => &PERSON_CUTS,
            Self::Issuer | Self::IssueDate => &SEALED_CUTS,
            Self::School => &SCHOOL_CUTS,
        }
    }

    /// Characters that such a name may have.
    fn lengths(self) -> std::ops::RangeInclusive<usize> {
        match self {
            Self::Person => 2..=20,
            Self::Issuer | Self::School => 4..=40,
            // `2024-6-3` and `二〇二四年十二月三十一日`, with a character lost or too many.
            Self::IssueDate => 6..=14,
        }
    }

    /// Chinese, the dots of minority names, the brackets of bodies; what dates are written with.
    fn admits(self, ch: char) -> bool {
        match self {
            Self::Person => is_han(ch) || fold(ch) == Some('·'),
            Self::Issuer | Self::School => is_han(ch) || matches!(fold(ch), Some('（' | '）' | '·')),
            Self::IssueDate => date_lines::occurs_in_dates(ch),
        }
    }

    /// What it may begin with.
    fn begins_with(self, ch: char) -> bool {
        match self {
            Self::IssueDate => date_lines::begins_dates(ch),
            _ => is_han(ch),
        }
    }

    /// Natural log of how much likelier `text` is as such a name than as a run of text.
    fn log_odds(self, text: &str) -> f32 {
        match self {
            Self::Person => name_prior::log_odds(text),
            Self::Issuer => body_prior::issuer_odds(text),
            Self::School => body_prior::school_odds(text),
            Self::IssueDate if date_lines::is_day(text) => 0.0,
            Self::IssueDate => date_lines::IMPOSSIBLE_DATES.ln(),
        }
    }

    /// Whether `text` looks like a whole name: one that is cut short reads as surely as any other.
    fn is_whole(self, text: &str) -> bool {
        match self {
            Self::Person => true,
            Self::Issuer => organisation::has_ending(text) && !organisation::begins_within_phrase(text),
            Self::School => school::is_listed(text),
            Self::IssueDate => date_lines::is_day(text),
        }
    }

    /// Names from lists that `read` may be a misreading of.
    fn listed(self, read: &str) -> Vec<String> {
        match self {
            Self::Person | Self::IssueDate => Vec::new(),
            Self::Issuer => body_prior::issuers_like(read),
            Self::School => body_prior::schools_like(read),
        }
    }
}

impl Pipeline {
    /// Decides the characters of the name at `sources`, and how sure they are.
    pub(super) fn decide_name(
        &self,
        named: Named,
        sources: &[Source],
        documents: &mut [Upright],
    ) -> Result<(), InferenceError> {
        for source in sources {
            let Some(document) = documents.get_mut(source.page) else { continue };
            let Some(line) = document.text.lines.get_mut(source.line) else { continue };
            if line.lattice.is_none() || line.symbols.get(source.symbols.clone()).is_none() {
                continue;
            }
            let place = line.quad_of(source.symbols.clone());
            let read = text_of(&line.symbols[source.symbols.clone()]);
            let mut seen: [Vec<Lattice>; 2] = [Vec::new(), Vec::new()];
            let mut verdict = None;
            for cut in named.cuts() {
                let quad = grown(&place, cut.along, cut.across);
                let opinions =
                    self.reader.opinions(&document.pixels, &quad, cut.ink, named == Named::Person)?;
                for (network, lattice) in seen.iter_mut().zip(opinions) {
                    network.push(lattice);
                }
                verdict = decide(named, &read, &seen);
                if verdict.as_ref().is_some_and(|v| v.probability >= SURE && named.is_whole(&v.text)) {
                    break;
                }
            }
            if let Some(verdict) = verdict {
                replace(line, source.symbols.clone(), &verdict);
            }
        }
        Ok(())
    }
}

/// The likeliest text with its probability among those that were thought of.
#[derive(Debug, Clone, PartialEq)]
struct Verdict {
    text: String,
    probability: f32,
}

/// Scores every text that one of `seen` thinks of on all of them. Cuts of one network are the same witness
/// asked again and are averaged; networks are two witnesses and are multiplied.
/// `None` when no cut holds a name.
fn decide(named: Named, read: &str, seen: &[Vec<Lattice>; 2]) -> Option<Verdict> {
    let mut texts = BTreeSet::from([read.to_owned()]);
    for lattice in seen.iter().flatten() {
        texts.extend(thought_of(named, lattice));
    }
    texts.extend(named.listed(read));
    if texts.len() < 2 {
        return None;
    }
    let score = |text: &str| {
        let ink: f32 = seen
            .iter()
            .map(|cuts| {
                let sum: f32 =
                    cuts.iter().map(|cut| cut.log_probability(text).unwrap_or(LEAST).max(LEAST)).sum();
                sum / cuts.len().max(1) as f32
            })
            .sum();
        ink + named.log_odds(text)
    };
    let scored: Vec<(String, f32)> = texts.into_iter().map(|text| (text.clone(), score(&text))).collect();
    let (text, best) = scored.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let total: f32 = scored.iter().map(|(_, other)| (other - best).exp()).sum();
    Some(Verdict { text: text.clone(), probability: 1.0 / total })
}

/// What a lattice reads, and that with one character replaced by another that it thinks possible.
fn thought_of(named: Named, lattice: &Lattice) -> Vec<String> {
    let symbols = lattice.greedy();
    let Some(first) = symbols.iter().position(|symbol| named.begins_with(symbol.ch)) else {
        return Vec::new();
    };
    let last = symbols.iter().rposition(|symbol| named.admits(symbol.ch)).unwrap_or(first);
    let name = &symbols[first..=last];
    if !named.lengths().contains(&name.len()) || !name.iter().all(|symbol| named.admits(symbol.ch)) {
        return Vec::new();
    }
    let mut texts = vec![text_of(name)];
    for (at, symbol) in name.iter().enumerate() {
        for ch in alternatives(named, lattice, symbol) {
            let replaced = name.iter().enumerate().map(|(i, s)| if i == at { ch } else { s.ch });
            texts.push(replaced.collect());
        }
    }
    texts
}

/// Characters that the ink of `symbol` may be, likeliest first, at the step where it stands clearest.
fn alternatives(named: Named, lattice: &Lattice, symbol: &Symbol) -> Vec<char> {
    let Some(class) = lattice.charset.class_of(symbol.ch) else { return Vec::new() };
    let part = lattice.slice(symbol.start, symbol.end);
    let clearest =
        part.steps.iter().max_by(|a, b| a.log_probability(class).total_cmp(&b.log_probability(class)));
    clearest
        .into_iter()
        .flat_map(|step| step.alternatives())
        .map(|(class, _)| lattice.charset.char_of(class))
        .filter(|&ch| ch != symbol.ch && named.admits(ch) && fold(ch) != Some('·'))
        .take(ALTERNATIVES)
        .collect()
}

fn text_of(symbols: &[Symbol]) -> String {
    symbols.iter().map(|symbol| symbol.ch).collect()
}

/// Puts the verdict in the place of the symbols in `range`; its probability is shared by its characters.
fn replace(line: &mut TextLine, range: Range<usize>, verdict: &Verdict) {
    let count = verdict.text.chars().count();
    let old = &line.symbols[range.clone()];
    let (Some(start), Some(end)) = (old.first().map(|s| s.start), old.last().map(|s| s.end)) else { return };
    let probability = verdict.probability.powf(1.0 / count.max(1) as f32);
    let places: Vec<(f32, f32)> = if old.len() == count {
        old.iter().map(|symbol| (symbol.start, symbol.end)).collect()
    } else {
        let at = |i: usize| start + (end - start) * i as f32 / count as f32;
        (0..count).map(|i| (at(i), at(i + 1))).collect()
    };
    let new: Vec<Symbol> = verdict
        .text
        .chars()
        .zip(places)
        .map(|(ch, (start, end))| Symbol { ch, probability, start, end })
        .collect();
    line.symbols.splice(range, new);
}

/// `quad` grown by `along` of its heights at both ends and by `across` above and below.
fn grown(quad: &Quad, along: f32, across: f32) -> Quad {
    let [tl, tr, br, bl] = quad.lengthened(along).0;
    Quad([tl.lerp(bl, -across), tr.lerp(br, -across), tr.lerp(br, 1.0 + across), tl.lerp(bl, 1.0 + across)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::testing;

    #[test]
    fn two_networks_decide_what_neither_is_sure_of() {
        // One hesitates between 跃 and 跞, the other between 踩 and 跞.
        let first = testing::lattice("沃跃昊", &[(1, '跞', 0.3)]);
        let other = testing::lattice("沃踩昊", &[(1, '跞', 0.3)]);
        let verdict = decide(Named::Person, "沃跃昊", &[vec![first], vec![other]]).unwrap();
        assert_eq!(verdict.text, "沃跞昊");
        assert!(verdict.probability > 0.9);
    }

    #[test]
    fn the_prior_speaks_where_the_ink_is_open_and_not_else() {
        let verdict = |p: f32| {
            let lattice = testing::lattice("王溴", &[(1, '淏', p)]);
            decide(Named::Person, "王溴", &[vec![lattice.clone()], vec![lattice]]).unwrap()
        };
        assert_eq!(verdict(0.4).text, "王淏");
        assert_eq!(verdict(0.001).text, "王溴");
    }

    #[test]
    fn a_digit_under_a_seal_is_decided_by_both_networks_and_stays_a_date() {
        let unsure = testing::lattice("2025年3月2日", &[(5, '8', 0.4)]);
        let sure = testing::lattice("2025年8月2日", &[]);
        let verdict = decide(Named::IssueDate, "2025年3月2日", &[vec![unsure], vec![sure]]).unwrap();
        assert_eq!(verdict.text, "2025年8月2日");
        let open = || testing::lattice("2025年19月2日", &[(5, '日', 0.3), (6, '0', 0.45)]);
        let verdict = decide(Named::IssueDate, "2025年19月2日", &[vec![open()], vec![open()]]).unwrap();
        assert_eq!(verdict.text, "2025年10月2日");
    }

    #[test]
    fn a_lost_character_comes_back_in_its_place() {
        let seen = testing::lattice("刘飏然", &[]);
        let verdict = decide(Named::Person, "刘然", &[vec![seen.clone()], vec![seen]]).unwrap();
        let mut line = testing::line("姓名刘然", &[]);
        replace(&mut line, 2..4, &verdict);
        assert_eq!(line.text(), "姓名刘飏然");
        assert!(line.symbols.windows(2).all(|pair| pair[0].end <= pair[1].end));
    }

    #[test]
    fn what_is_no_name_is_not_thought_of() {
        assert!(thought_of(Named::Person, &testing::lattice("刘8然", &[])).is_empty());
    }
}
