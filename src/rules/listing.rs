//! Whether an entry is on a plan's lists.

use crate::{
    documents::values::fuzzy,
    domain::{Field, Listing},
};

use super::{case::SURE, plan::Plan};

/// Probability from which another reading of an entry counts as a likely one.
const LIKELY_ALTERNATIVE: f64 = 0.05;

/// Characters that a doubtful reading may differ by from a listed name. Names of occupations on one list
/// differ by more; two would make 营销员 an 采购员.
const SLIPS: usize = 1;

/// Shortest name that a doubtful reading is held against with a slip.
const SHORTEST_FOR_SLIP: usize = 3;

/// Whether `field` names something on `lists`. Whole names are compared: 档案数字化管理师 is no
/// 数字化管理师. Only a doubtful reading may stand for a listed name that it is not.
pub fn listing(plan: &Plan, lists: &[String], field: Option<&Field>) -> Listing {
    let Some(field) = field else { return Listing::Unknown };
    if is_listed(plan, lists, &field.value) {
        return Listing::Listed;
    }
    if field.confidence >= SURE {
        return Listing::Unlisted;
    }
    let other = field
        .alternatives
        .iter()
        .any(|other| other.confidence >= LIKELY_ALTERNATIVE && is_listed(plan, lists, &other.value));
    let chars: Vec<char> = field.value.chars().collect();
    let near = plan.items(lists).any(|item| {
        let item: Vec<char> = item.chars().collect();
        item.len() >= SHORTEST_FOR_SLIP && fuzzy::distance(&chars, &item) <= SLIPS
    });
    if other || near { Listing::Likely } else { Listing::Unlisted }
}

/// A whole name on a list, also as `甲（乙）` where both are, the occupation with its trade.
fn is_listed(plan: &Plan, lists: &[String], text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is = |part: &str| plan.lists_name(lists, part);
    is(&text)
        || text
            .strip_suffix('）')
            .and_then(|text| text.split_once('（'))
            .is_some_and(|(occupation, trade)| is(occupation) && is(trade))
}

#[cfg(test)]
mod tests {
    use super::super::{plan::PlanLibrary, testing::field};
    use super::*;
    use crate::domain::Alternative;

    fn of(value: &str, confidence: f64) -> Listing {
        let library = PlanLibrary::built_in().unwrap();
        let plan = library.get("dianzishangwushi-4").unwrap();
        let lists = ["own_occupations".to_owned(), "related_occupations".to_owned()];
        listing(plan, &lists, Some(&field(value, confidence)))
    }

    #[test]
    fn whole_names_are_compared() {
        assert_eq!(of("数字化管理师", 0.99), Listing::Listed);
        assert_eq!(of("档案数字化管理师", 0.99), Listing::Unlisted);
        assert_eq!(of("营销", 0.99), Listing::Unlisted);
        assert_eq!(of("电子商务师（网商）", 0.99), Listing::Listed);
        assert_eq!(of("电子商务师（保安员）", 0.99), Listing::Unlisted);
    }

    #[test]
    fn only_a_doubtful_reading_may_be_another() {
        assert_eq!(of("数字化营理师", 0.7), Listing::Likely);
        assert_eq!(of("数字化营理师", 0.95), Listing::Unlisted);
        assert_eq!(of("保安员", 0.7), Listing::Unlisted);
    }

    #[test]
    fn likely_alternatives_count() {
        let library = PlanLibrary::built_in().unwrap();
        let plan = library.get("dianzishangwushi-4").unwrap();
        let mut doubtful = field("来购只", 0.5);
        doubtful.alternatives = vec![Alternative { value: "采购员".to_owned(), confidence: 0.3 }];
        let lists = ["related_occupations".to_owned()];
        assert_eq!(listing(plan, &lists, Some(&doubtful)), Listing::Likely);
        assert_eq!(listing(plan, &lists, None), Listing::Unknown);
    }
}
