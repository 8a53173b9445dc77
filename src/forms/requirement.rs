//! When a field of a form must be filled: the small language of a definition's `required` key.

use thiserror::Error;

/// What a form's choices say about its applicant; `None` where nothing was ticked or stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// The condition of application that was ticked, 1 to 3.
    pub condition: Option<u8>,
    /// Whether the applicant has graduated.
    pub graduated: Option<bool>,
    /// Whether the school is one of higher education, whose diplomas CHSI knows.
    pub college: Option<bool>,
}

/// One part of a requirement; all parts must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Always,
    Condition(Vec<u8>),
    Graduated,
    College,
}

/// A parsed `required`; without one a field is never required.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requirement(Option<Vec<Term>>);

/// A requirement that is not in the language: `always`, `condition == 1`, `condition in (1, 2)`,
/// `graduated`, `college`, joined by `and`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is no requirement (always, condition == N, condition in (N, …), graduated, college; joined by and)"
)]
pub struct BadRequirement(pub String);

impl Requirement {
    /// # Errors
    /// When `text` is not in the language.
    pub fn parse(text: &str) -> Result<Self, BadRequirement> {
        text.split(" and ")
            .map(|term| Self::term(term.trim()).ok_or_else(|| BadRequirement(text.to_owned())))
            .collect::<Result<Vec<_>, _>>()
            .map(|terms| Self(Some(terms)))
    }

    fn term(text: &str) -> Option<Term> {
        match text {
            "always" => Some(Term::Always),
            "graduated" => Some(Term::Graduated),
            "college" => Some(Term::College),
            _ => {
                let rest = text.strip_prefix("condition")?.trim();
                let list = rest
                    .strip_prefix("==")
                    .or_else(|| rest.strip_prefix("in")?.trim().strip_prefix('(')?.strip_suffix(')'))?;
                let numbers = list.split(',').map(|n| n.trim().parse().ok()).collect::<Option<Vec<u8>>>()?;
                Some(Term::Condition(numbers))
            }
        }
    }

    /// Whether the field must be filled. What is not known requires nothing: a blank field that
    /// may not be needed is no fault.
    pub fn holds(&self, facts: &Facts) -> bool {
        self.0.as_ref().is_some_and(|terms| {
            terms.iter().all(|term| match term {
                Term::Always => true,
                Term::Condition(numbers) => facts.condition.is_some_and(|n| numbers.contains(&n)),
                Term::Graduated => facts.graduated == Some(true),
                Term::College => facts.college == Some(true),
            })
        })
    }

    /// Whether the field may always stay blank.
    pub fn is_never(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the facts say that the field belongs to another condition than the one chosen.
    pub fn is_of_other_condition(&self, facts: &Facts) -> bool {
        let Some(chosen) = facts.condition else { return false };
        self.0.iter().flatten().any(|term| matches!(term, Term::Condition(n) if !n.contains(&chosen)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, condition: u8, graduated: bool) -> bool {
        let facts = Facts { condition: Some(condition), graduated: Some(graduated), college: None };
        Requirement::parse(text).unwrap().holds(&facts)
    }

    #[test]
    fn the_language_of_the_official_forms() {
        assert!(holds("always", 2, false));
        assert!(holds("condition == 1", 1, false) && !holds("condition == 1", 2, false));
        assert!(holds("condition in (1, 2)", 2, false) && !holds("condition in (1, 2)", 3, false));
        assert!(holds("condition == 3 and graduated", 3, true));
        assert!(!holds("condition == 3 and graduated", 3, false));
        assert!(!holds("condition == 3 and college", 3, true));
    }

    #[test]
    fn what_is_not_known_requires_nothing() {
        assert!(!Requirement::parse("condition == 1").unwrap().holds(&Facts::default()));
        assert!(!Requirement::default().holds(&Facts::default()));
    }

    #[test]
    fn other_words_are_refused() {
        for text in ["", "sometimes", "condition = 1", "condition == x", "always or graduated"] {
            assert!(Requirement::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fields_of_another_condition() {
        let facts = Facts { condition: Some(2), ..Facts::default() };
        assert!(Requirement::parse("condition == 1").unwrap().is_of_other_condition(&facts));
        assert!(!Requirement::parse("always").unwrap().is_of_other_condition(&facts));
    }
}
