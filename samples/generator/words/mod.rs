//! Word lists and the invented people, places and dates made of them.

pub mod address;
pub mod career;
pub mod dates;
pub mod education;
pub mod names;
pub mod person;
pub mod places;
