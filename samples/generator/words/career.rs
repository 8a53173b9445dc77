//! What an applicant applies under, and the work and certificate that all papers of the application state.

use jiff::{ToSpan, civil::Date};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{address::company, dates, person::Person};
use crate::spec::{Split, chance, one_of};

/// Occupations that the plan lists, and those whose certificates lead to it.
const LISTED: &[&str] = &[
    "电子商务师",
    "营销员",
    "商品营业员",
    "互联网营销师",
    "连锁经营管理师",
    "采购员",
    "全媒体运营师",
    "数字化管理师",
    "物流服务师",
    "客户服务管理员",
    "网约配送员",
];
const CERTIFIED: &[&str] = &["电子商务师", "互联网营销师", "营销员"];

/// What the forms, the certificate and the portal say alike.
#[derive(Debug, Clone)]
pub struct Career {
    /// 1 to 3.
    pub condition: u8,
    pub signed: Date,
    pub work: Vec<Work>,
    /// The total that is stated.
    pub years: f32,
    pub prior: Prior,
}

/// One row of work.
#[derive(Debug, Clone)]
pub struct Work {
    pub from: Date,
    pub to: Date,
    /// Written as 至今.
    pub until_now: bool,
    pub employer: String,
    pub occupation: String,
}

/// The lower-level certificate.
#[derive(Debug, Clone)]
pub struct Prior {
    pub occupation: &'static str,
    pub level: u8,
    pub number: String,
    pub issued: Date,
}

impl Career {
    /// A career that qualifies under `condition` with months to spare.
    pub fn invent(condition: u8, person: &Person, split: Split, today: Date, rng: &mut ChaCha8Rng) -> Self {
        let signed = today.saturating_sub(rng.random_range(4..40).days());
        let issued = signed.saturating_sub(rng.random_range(2000..2400).days());
        let prior = Prior {
            occupation: one_of(CERTIFIED, rng),
            level: 5,
            number: prior_number(person, issued, 5, rng),
            issued,
        };
        // Four years after the certificate, or six.
        let start = if condition == 1 {
            issued.saturating_add(rng.random_range(40..90).days())
        } else {
            signed.saturating_sub(rng.random_range(2800..3300).days())
        };
        let rows = rng.random_range(1..=3);
        let mut work: Vec<Work> = Vec::new();
        let mut from = start;
        for row in 0..rows {
            let last = row + 1 == rows;
            let to = if last { signed } else { from.saturating_add(rng.random_range(400..640).days()) };
            let until_now = last && chance(rng, 0.5);
            let to =
                if last && !until_now { signed.saturating_sub(rng.random_range(5..50).days()) } else { to };
            work.push(Work {
                from,
                to,
                until_now,
                employer: company(split, rng),
                occupation: one_of(LISTED, rng).to_owned(),
            });
            from = dates::first_of_next_month(to);
        }
        let mut career = Self { condition, signed, work, years: 0.0, prior };
        career.total();
        career
    }

    /// States the total that the rows come to, in whole years.
    pub fn total(&mut self) {
        let months: i32 = self.work.iter().map(|row| dates::months_between(row.from, row.to) + 1).sum();
        self.years = (months / 12) as f32;
    }
}

/// A number of 22 characters for a certificate of that day and level.
pub fn prior_number(person: &Person, issued: Date, level: u8, rng: &mut ChaCha8Rng) -> String {
    format!(
        "S0000{}{:06}{:02}{level}{:06}",
        &person.region.code[..2],
        rng.random_range(1..2000),
        issued.year() % 100,
        rng.random_range(1..100_000)
    )
}
