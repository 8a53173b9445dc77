//! The CTC output of one text line, kept sparse: what was read, what else it could be, and how
//! likely a given text is.
//!
//! Connectionist temporal classification (Graves et al. 2006): every time step has a distribution
//! over the classes; a path collapses to a text by merging repeats and dropping blanks.

use std::{collections::HashMap, sync::Arc};

use super::{text::Symbol, variants::simplified};

/// The recogniser's classes: class 0 is the CTC blank.
#[derive(Debug)]
pub struct Charset {
    classes: Vec<char>,
    by_char: HashMap<char, u16>,
    /// For each class the one that it counts as: a traditional character's is the simplified one's.
    canonical: Vec<u16>,
}

impl Charset {
    /// `dictionary` in the model's order, without blank and without the trailing space class.
    /// Entries of PP-OCR's dictionaries are single characters; of a longer one the first stands.
    pub fn new<'a>(dictionary: impl IntoIterator<Item = &'a str>) -> Self {
        let mut classes = vec!['\0'];
        classes.extend(dictionary.into_iter().map(|entry| entry.chars().next().unwrap_or('\u{fffd}')));
        classes.push(' ');
        let mut by_char = HashMap::with_capacity(classes.len());
        for (class, &ch) in classes.iter().enumerate().skip(1) {
            if let Ok(class) = u16::try_from(class) {
                by_char.entry(ch).or_insert(class);
            }
        }
        let canonical = classes
            .iter()
            .enumerate()
            .map(|(class, &ch)| {
                let simplified = simplified(ch).and_then(|ch| by_char.get(&ch).copied());
                simplified.or(u16::try_from(class).ok()).unwrap_or(BLANK)
            })
            .collect();
        Self { classes, by_char, canonical }
    }

    /// The class that each class counts as.
    pub fn canonical(&self) -> &[u16] {
        &self.canonical
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

/// Class of the CTC blank.
pub const BLANK: u16 = 0;

/// Log-probability of a class that a step does not list: below the smallest one that is kept.
const FLOOR: f32 = -16.0;

/// Classes that a step keeps at most. More costs memory (a page has some 3,000 steps) and helps
/// only hypotheses that the network thinks impossible anyway.
const KEPT_PER_STEP: usize = 24;

/// Classes less likely than this are not kept (e^-14).
const KEPT_PROBABILITY: f32 = 8e-7;

/// One time step: the likeliest classes with their natural-log probabilities, likeliest first.
#[derive(Debug, Clone, Default)]
pub struct Step {
    top: Vec<(u16, f32)>,
}

impl Step {
    /// Keeps what matters of a full distribution over the classes. `always` are classes that are
    /// kept however unlikely, because decoding under constraints asks for them; `canonical` says which
    /// classes are one (empty: none are).
    pub fn from_distribution(probabilities: &[f32], always: &[u16], canonical: &[u16]) -> Self {
        let mut top: Vec<(u16, f32)> = Vec::new();
        for (class, &p) in probabilities.iter().enumerate().filter(|&(_, &p)| p > KEPT_PROBABILITY) {
            let Ok(own) = u16::try_from(class) else { break };
            top.push((canonical.get(class).copied().unwrap_or(own), p));
        }
        join_repeats(&mut top);
        for (_, p) in &mut top {
            *p = p.min(1.0).ln();
        }
        top.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
        if top.len() > KEPT_PER_STEP {
            let rest = top.split_off(KEPT_PER_STEP);
            top.extend(rest.into_iter().filter(|(class, _)| always.contains(class)));
        }
        Self { top }
    }

    /// The likeliest class and its log-probability.
    pub fn best(&self) -> (u16, f32) {
        self.top.first().copied().unwrap_or((BLANK, 0.0))
    }

    /// The classes that are kept with their log-probabilities, likeliest first.
    pub fn alternatives(&self) -> impl Iterator<Item = (u16, f32)> + '_ {
        self.top.iter().copied()
    }

    /// Natural log of the probability of `class`.
    pub fn log_probability(&self, class: u16) -> f32 {
        self.top.iter().find(|(c, _)| *c == class).map_or(FLOOR, |(_, lp)| *lp)
    }
}

/// Adds up entries of one class: a variant may have been listed before its simplified form.
fn join_repeats(top: &mut Vec<(u16, f32)>) {
    top.sort_unstable_by_key(|(class, _)| *class);
    top.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
}

/// The CTC output of a line: a distribution over classes for every time step.
#[derive(Debug, Clone)]
pub struct Lattice {
    pub charset: Arc<Charset>,
    pub steps: Vec<Step>,
    /// Steps that cover the picture of the line, in fractions of a step; later ones are padding.
    pub used_steps: f32,
}

/// A text with the natural log of its probability under the lattice.
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothesis {
    pub text: String,
    pub log_probability: f32,
}

impl Lattice {
    /// The likeliest path, collapsed: what the recogniser reads with no constraint.
    pub fn greedy(&self) -> Vec<Symbol> {
        let mut symbols = Vec::new();
        let mut previous = BLANK;
        let used = self.used_steps.max(1.0);
        for (index, step) in self.steps.iter().enumerate() {
            let (class, log_probability) = step.best();
            let start = (index as f32 / used).min(1.0);
            let end = ((index + 1) as f32 / used).min(1.0);
            if class != BLANK {
                let probability = log_probability.exp();
                match symbols.last_mut() {
                    Some(Symbol { probability: p, end: e, .. }) if class == previous => {
                        *p = p.max(probability);
                        *e = end;
                    }
                    _ => symbols.push(Symbol { ch: self.charset.char_of(class), probability, start, end }),
                }
            }
            previous = class;
        }
        widen(&mut symbols);
        symbols
    }

    /// Natural log of the probability that the whole line says `text` (the CTC forward sum), or
    /// `None` when `text` has a character that the recogniser does not know.
    pub fn log_probability(&self, text: &str) -> Option<f32> {
        let labels: Vec<u16> = text.chars().map(|ch| self.charset.class_of(ch)).collect::<Option<_>>()?;
        // Blanks between, before and after the labels.
        let states: Vec<u16> =
            std::iter::once(BLANK).chain(labels.iter().flat_map(|&l| [l, BLANK])).collect();
        let mut alpha = vec![f32::NEG_INFINITY; states.len()];
        alpha[0] = 0.0;
        let mut first = true;
        for step in &self.steps {
            let mut next = vec![f32::NEG_INFINITY; states.len()];
            for (s, &class) in states.iter().enumerate() {
                let mut sum = alpha[s];
                if first {
                    // Before the first step only "nothing emitted" exists; a path may start at
                    // the first blank or the first label.
                    sum = if s <= 1 { 0.0 } else { f32::NEG_INFINITY };
                } else {
                    if s >= 1 {
                        sum = log_add(sum, alpha[s - 1]);
                    }
                    if s >= 2 && class != BLANK && class != states[s - 2] {
                        sum = log_add(sum, alpha[s - 2]);
                    }
                }
                next[s] = sum + step.log_probability(class);
            }
            alpha = next;
            first = false;
        }
        let last = alpha.len() - 1;
        Some(if last == 0 { alpha[0] } else { log_add(alpha[last], alpha[last - 1]) })
    }

    /// The likeliest texts whose every prefix `allows`, by prefix beam search, likeliest first.
    ///
    /// `allows(prefix, next)` says whether `next` may follow `prefix`; `beam` is how many prefixes
    /// are kept a step: more finds less likely texts and costs time in proportion.
    pub fn decode(&self, beam: usize, allows: impl Fn(&[char], char) -> bool) -> Vec<Hypothesis> {
        self.search(beam, |prefix, next| allows(prefix, next).then_some(0.0))
    }

    /// Like [`Lattice::decode`], with a language: `extend(prefix, next)` is `None` where `next` may not
    /// follow `prefix`, or else what that adds to the natural log of the text's probability.
    pub fn search(&self, beam: usize, extend: impl Fn(&[char], char) -> Option<f32>) -> Vec<Hypothesis> {
        // For each prefix: log-probability of the paths that end in a blank, and of the others.
        let mut beams: Vec<(Vec<char>, f32, f32)> = vec![(Vec::new(), 0.0, f32::NEG_INFINITY)];
        for step in &self.steps {
            let mut next: HashMap<Vec<char>, (f32, f32)> = HashMap::with_capacity(beams.len() * 4);
            for (prefix, ends_blank, ends_symbol) in &beams {
                let total = log_add(*ends_blank, *ends_symbol);
                let stay = next.entry(prefix.clone()).or_insert(NOTHING);
                stay.0 = log_add(stay.0, total + step.log_probability(BLANK));
                if let Some(class) = prefix.last().and_then(|&ch| self.charset.class_of(ch)) {
                    stay.1 = log_add(stay.1, ends_symbol + step.log_probability(class));
                }
                for &(class, log_probability) in step.top.iter().filter(|(class, _)| *class != BLANK) {
                    let ch = self.charset.char_of(class);
                    let Some(bonus) = extend(prefix, ch) else { continue };
                    // A repeat is a new symbol only after a blank.
                    let from = if prefix.last() == Some(&ch) { *ends_blank } else { total };
                    let mut longer = prefix.clone();
                    longer.push(ch);
                    let entry = next.entry(longer).or_insert(NOTHING);
                    entry.1 = log_add(entry.1, from + log_probability + bonus);
                }
            }
            beams = next.into_iter().map(|(prefix, (b, s))| (prefix, b, s)).collect();
            beams.sort_by(|a, b| log_add(b.1, b.2).total_cmp(&log_add(a.1, a.2)).then_with(|| a.0.cmp(&b.0)));
            beams.truncate(beam);
        }
        beams
            .into_iter()
            .map(|(prefix, b, s)| Hypothesis {
                text: prefix.into_iter().collect(),
                log_probability: log_add(b, s),
            })
            .filter(|hypothesis| hypothesis.log_probability.is_finite())
            .collect()
    }

    /// The same lattice with every character replaced by what `map` makes of it; characters that become
    /// the same one are added up, those that become nothing are dropped. So a lattice is brought into
    /// an alphabet in which look-alikes are one.
    #[must_use]
    pub fn mapped(&self, map: impl Fn(char) -> Option<char>) -> Self {
        let steps = self
            .steps
            .iter()
            .map(|step| {
                let mut top: Vec<(u16, f32)> = Vec::with_capacity(step.top.len());
                for &(class, log_probability) in &step.top {
                    let target = if class == BLANK {
                        Some(BLANK)
                    } else {
                        map(self.charset.char_of(class)).and_then(|ch| self.charset.class_of(ch))
                    };
                    let Some(target) = target else { continue };
                    match top.iter_mut().find(|(known, _)| *known == target) {
                        Some((_, sum)) => *sum = log_add(*sum, log_probability),
                        None => top.push((target, log_probability)),
                    }
                }
                top.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
                Step { top }
            })
            .collect();
        Self { charset: Arc::clone(&self.charset), steps, used_steps: self.used_steps }
    }

    /// One lattice after another: a value that is written in several lines.
    #[must_use]
    pub fn followed_by(&self, next: &Self) -> Self {
        let mut steps = self.steps.clone();
        steps.extend(next.steps.iter().cloned());
        Self {
            charset: Arc::clone(&self.charset),
            steps,
            used_steps: self.steps.len() as f32 + next.used_steps,
        }
    }

    /// Upper bound of the probability (natural log) that the line holds the characters of `text`, in
    /// whatever order: cheap, to choose what is worth scoring exactly.
    pub fn upper_bound(&self, text: &str) -> f32 {
        text.chars()
            .map(|ch| {
                let Some(class) = self.charset.class_of(ch) else { return FLOOR };
                self.steps.iter().map(|step| step.log_probability(class)).fold(FLOOR, f32::max)
            })
            .sum()
    }

    /// The part of the line between two shares of its width (0 = left edge, 1 = right edge).
    #[must_use]
    pub fn slice(&self, start: f32, end: f32) -> Self {
        let index = |share: f32| ((share * self.used_steps).round().max(0.0) as usize).min(self.steps.len());
        let (from, to) = (index(start), index(end).max(index(start)));
        Self {
            charset: Arc::clone(&self.charset),
            steps: self.steps[from..to].to_vec(),
            used_steps: (to - from) as f32,
        }
    }
}

const NOTHING: (f32, f32) = (f32::NEG_INFINITY, f32::NEG_INFINITY);

/// CTC spikes are narrower than the ink: let neighbouring symbols share the gap between them.
fn widen(symbols: &mut [Symbol]) {
    if let Some(first) = symbols.first_mut() {
        first.start = (first.start - (first.end - first.start)).max(0.0);
    }
    for i in 1..symbols.len() {
        let middle = f32::midpoint(symbols[i - 1].end, symbols[i].start);
        symbols[i - 1].end = middle;
        symbols[i].start = middle;
    }
    if let Some(last) = symbols.last_mut() {
        last.end = (last.end + (last.end - last.start) / 2.0).min(1.0);
    }
}

/// ln(e^a + e^b) without overflow.
fn log_add(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f32::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lattice(rows: &[&[f32]]) -> Lattice {
        let charset = Arc::new(Charset::new(["a", "b"]));
        let steps: Vec<Step> = rows.iter().map(|row| Step::from_distribution(row, &[], &[])).collect();
        let used_steps = steps.len() as f32;
        Lattice { charset, steps, used_steps }
    }

    fn text(symbols: &[Symbol]) -> String {
        symbols.iter().map(|s| s.ch).collect()
    }

    #[test]
    fn greedy_merges_repeats_and_keeps_those_a_blank_parts() {
        let l = lattice(&[
            &[0.1, 0.8, 0.1, 0.0],
            &[0.1, 0.8, 0.1, 0.0],
            &[0.9, 0.1, 0.0, 0.0],
            &[0.2, 0.8, 0.0, 0.0],
        ]);
        assert_eq!(text(&l.greedy()), "aa");
    }

    #[test]
    fn probabilities_of_all_texts_sum_to_one() {
        let l = lattice(&[&[0.2, 0.5, 0.3, 0.0], &[0.4, 0.4, 0.2, 0.0]]);
        let total: f32 =
            ["", "a", "b", "aa", "ab", "ba", "bb"].iter().map(|t| l.log_probability(t).unwrap().exp()).sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
    }

    #[test]
    fn beam_search_agrees_with_the_forward_sum() {
        let l = lattice(&[&[0.2, 0.5, 0.3, 0.0], &[0.4, 0.4, 0.2, 0.0], &[0.3, 0.1, 0.6, 0.0]]);
        let best = &l.decode(50, |_, _| true)[0];
        assert!((best.log_probability - l.log_probability(&best.text).unwrap()).abs() < 1e-4);
        for other in ["a", "b", "ab", "ba"] {
            assert!(best.log_probability >= l.log_probability(other).unwrap() - 1e-4);
        }
    }

    #[test]
    fn a_constraint_bars_what_the_free_reading_prefers() {
        let l = lattice(&[&[0.1, 0.8, 0.1, 0.0], &[0.1, 0.1, 0.8, 0.0]]);
        assert_eq!(l.decode(10, |_, _| true)[0].text, "ab");
        assert_eq!(l.decode(10, |_, ch| ch == 'b')[0].text, "b");
    }

    #[test]
    fn a_traditional_form_counts_as_the_simplified_one() {
        let charset = Arc::new(Charset::new(["學", "学"]));
        let steps = vec![Step::from_distribution(&[0.1, 0.5, 0.4, 0.0], &[], charset.canonical())];
        let symbols = Lattice { charset, steps, used_steps: 1.0 }.greedy();
        assert_eq!(text(&symbols), "学");
        assert!((symbols[0].probability - 0.9).abs() < 1e-6);
    }

    #[test]
    fn look_alikes_add_up_in_a_mapped_lattice() {
        let l = lattice(&[&[0.2, 0.5, 0.3, 0.0]]);
        let mapped = l.mapped(|_| Some('a'));
        assert!((mapped.log_probability("a").unwrap().exp() - 0.8).abs() < 1e-4);
        assert_eq!(text(&l.mapped(|ch| (ch == 'b').then_some('b')).greedy()), "b");
    }

    #[test]
    fn lattices_follow_each_other() {
        let l = lattice(&[&[0.1, 0.8, 0.1, 0.0]]);
        let other = lattice(&[&[0.1, 0.1, 0.8, 0.0]]);
        assert_eq!(text(&l.followed_by(&other).greedy()), "ab");
    }

    #[test]
    fn unknown_characters_have_no_probability() {
        let l = lattice(&[&[0.2, 0.5, 0.3, 0.0]]);
        assert_eq!(l.log_probability("z"), None);
    }
}
