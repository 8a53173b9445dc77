//! An invented person.

use jiff::civil::{Date, date};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{address, dates, names, places};
use crate::spec::{Split, chance};

/// One person with everything that the papers of an application print.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub male: bool,
    /// Without 族.
    pub nation: String,
    pub birth: Date,
    pub region: places::Region,
    pub address: String,
    pub id_number: String,
    pub phone: String,
}

impl Person {
    /// A person of 18 to 75 on `today`; most are between 18 and 45.
    pub fn invent(split: Split, today: Date, rng: &mut ChaCha8Rng) -> Self {
        let oldest = if chance(rng, 0.8) { 45 } else { 75 };
        let birth = dates::day_between(
            dates::years_later(today, -oldest),
            dates::years_later(today, -18),
            rng,
        );
        Self::born(birth, split, rng)
    }

    /// A person born on that day.
    pub fn born(birth: Date, split: Split, rng: &mut ChaCha8Rng) -> Self {
        let male = chance(rng, 0.5);
        let nation = names::nation(rng);
        let region = places::region(split, rng);
        // Numbers never change after a move, so some begin with another region than the address.
        let origin = if chance(rng, 0.12) { places::region(split, rng) } else { region };
        Self {
            name: names::name(nation, male, split, rng),
            male,
            nation: nation.to_owned(),
            birth,
            address: address::address(&region, split, rng),
            id_number: id_number(origin.code, birth, male, rng),
            phone: format!("1{}{:09}", ["3", "5", "7", "8", "9"][rng.random_range(0..5)], rng.random_range(0..1_000_000_000_u32)),
            region,
        }
    }

    pub fn sex(&self) -> &'static str {
        if self.male { "男" } else { "女" }
    }
}

/// A valid number of GB 11643-1999.
pub fn id_number(region: &str, birth: Date, male: bool, rng: &mut ChaCha8Rng) -> String {
    let mut order = rng.random_range(0..500) * 2 + i32::from(male);
    if order == 0 {
        order = 2;
    }
    let body = format!("{region}{:04}{:02}{:02}{order:03}", birth.year(), birth.month(), birth.day());
    let check = check_digit(&body);
    format!("{body}{check}")
}

/// The check character of GB 11643-1999 (ISO 7064 MOD 11-2) for 17 digits.
pub fn check_digit(body: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    char::from(b"10X98765432"[(sum % 11) as usize])
}

/// First day on which cards of the second generation were issued.
pub const FIRST_CARDS: Date = date(2004, 1, 1);
