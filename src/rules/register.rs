//! A register of employers, where an operator has one: when each was founded and dissolved. Without one
//! nothing is said about that; it is never guessed.

use std::collections::HashMap;

use thiserror::Error;

use super::month::Month;

/// When an employer existed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifespan {
    pub founded: Option<Month>,
    pub dissolved: Option<Month>,
}

/// Looks employers up by their full name. An implementation over HTTP belongs to the edges of the
/// program: it asks before the rules run and hands them what it was told.
pub trait EmployerRegister: Sync {
    /// `None`: the register does not know it, which says nothing about the applicant.
    fn lifespan(&self, employer: &str) -> Option<Lifespan>;
}

/// A register out of a CSV file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmployerList(HashMap<String, Lifespan>);

/// A line of a register that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line} of the employer register: {what}")]
pub struct BadRegister {
    pub line: usize,
    pub what: &'static str,
}

impl EmployerList {
    /// Reads `name,founded,dissolved`, a line each; months or days, both may be empty; the first line
    /// may be a header. Quotes are not needed: names of employers hold no commas.
    ///
    /// # Errors
    /// The first line that is none.
    pub fn parse(text: &str) -> Result<Self, BadRegister> {
        let mut known = HashMap::new();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            if line.trim().is_empty() || index == 0 && line.starts_with("name,") {
                continue;
            }
            let bad = |what| BadRegister { line: index + 1, what };
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            let [name, founded, dissolved] = cells.as_slice() else {
                return Err(bad("three cells are wanted: name,founded,dissolved"));
            };
            let month = |text: &str| match text {
                "" => Ok(None),
                text => {
                    Month::parse(text).map(Some).ok_or(bad("a date is neither YYYY-MM-DD, YYYY-MM nor empty"))
                }
            };
            let lifespan = Lifespan { founded: month(founded)?, dissolved: month(dissolved)? };
            known.insert(folded(name), lifespan);
        }
        Ok(Self(known))
    }
}

impl EmployerRegister for EmployerList {
    fn lifespan(&self, employer: &str) -> Option<Lifespan> {
        self.0.get(&folded(employer)).copied()
    }
}

/// Names with the brackets of one width and no spaces.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '(' => '（',
            ')' => '）',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_is_read_and_asked() {
        let list = EmployerList::parse(
            "name,founded,dissolved\n某某(北京)商贸有限公司,2015-03-01,\n甲厂,,2019-12\n",
        )
        .unwrap();
        let known = list.lifespan("某某（北京）商贸有限公司").unwrap();
        assert_eq!((known.founded, known.dissolved), (Month::parse("2015-03"), None));
        assert_eq!(list.lifespan("乙厂"), None);
    }

    #[test]
    fn a_bad_line_is_named() {
        assert_eq!(EmployerList::parse("甲厂,2015\n").unwrap_err().line, 1);
        assert_eq!(EmployerList::parse("\n甲厂,2015,\n").unwrap_err().line, 2);
    }
}
