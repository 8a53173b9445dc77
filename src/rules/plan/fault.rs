//! What is wrong with a plan's file: where, what, why it matters and what to do.

use std::fmt;

use thiserror::Error;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFault {
    /// Line of the file, from 1; `None` when it is about the file as a whole.
    pub line: Option<usize>,
    pub what: String,
    pub why: String,
    pub fix: String,
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}. Why it matters: {}. What to do: {}.", self.what, self.why, self.fix)
    }
}

/// Everything that is wrong with a file, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PlanFaults(pub Vec<PlanFault>);

impl fmt::Display for PlanFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

/// Collects faults and knows which line a byte of the text stands on.
pub(super) struct Faults<'a> {
    text: &'a str,
    found: Vec<PlanFault>,
}

impl<'a> Faults<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// Adds a fault at byte `at`.
    pub fn add(&mut self, at: Option<usize>, what: impl Into<String>, why: &str, fix: impl Into<String>) {
        let line = at.map(|at| line_of(self.text, at));
        self.found.push(PlanFault { line, what: what.into(), why: why.to_owned(), fix: fix.into() });
    }

    /// `value`, unless anything was found.
    pub fn or<T>(mut self, value: Option<T>) -> Result<T, PlanFaults> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => {
                self.found.sort_by_key(|fault| fault.line);
                Err(PlanFaults(self.found))
            }
        }
    }
}

/// The line of byte `at`, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}
