//! Whether an entry is on a plan's lists.

use crate::{
    documents::values::{fuzzy, lists::OCCUPATIONS},
    domain::{Field, Listing},
};

use super::{case::SURE, plan::Plan};

/// Probability from which another reading of an entry counts as a likely one.
const LIKELY_ALTERNATIVE: f64 = 0.05;

/// Characters that a reading may differ by from a listed name. Names of occupations on one list
/// differ by more; two would make 营销员 an 采购员.
const SLIPS: usize = 1;

/// Shortest name that a doubtful reading is held against with a slip.
const SHORTEST_FOR_SLIP: usize = 3;

/// Whether `field` names something on `lists`. Whole names are compared: 档案数字化管理师 is no
/// 数字化管理师. What is not listed may still be a listed name misread: where the reading is doubtful, or
/// where it is one slip away and no other occupation is called so.
pub fn listing(plan: &Plan, lists: &[String], field: Option<&Field>) -> Listing {
    let Some(field) = field else { return Listing::Unknown };
    if is_listed(plan, lists, &field.value) {
        return Listing::Listed;
    }
    let is_doubtful = field.confidence < SURE;
    if is_occupation(&field.value) && !is_doubtful {
        return Listing::Unlisted;
    }
    let is_alternative =
        |value: &str, confidence: f64| confidence >= LIKELY_ALTERNATIVE && is_listed(plan, lists, value);
    let other =
        is_doubtful && field.alternatives.iter().any(|other| is_alternative(&other.value, other.confidence));
    let chars: Vec<char> = field.value.chars().collect();
    let near = plan.items(lists).any(|item| {
        let item: Vec<char> = item.chars().collect();
        item.len() >= SHORTEST_FOR_SLIP
            && chars.len() >= item.len()
            && fuzzy::distance(&chars, &item) <= SLIPS
    });
    if other || near { Listing::Likely } else { Listing::Unlisted }
}

/// Whether the national list (职业大典) or a plan has an occupation of that name.
pub fn is_occupation(text: &str) -> bool {
    OCCUPATIONS.contains(text)
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
    fn a_misread_name_may_be_a_listed_one() {
        assert_eq!(of("数字化营理师", 0.7), Listing::Likely);
        assert_eq!(of("数字化营理师", 0.95), Listing::Likely);
        assert_eq!(of("司采购员", 0.99), Listing::Likely);
        // An occupation of its own, one character from 营销员.
        assert_eq!(
            of("推销员", 0.99),
            if is_occupation("推销员") { Listing::Unlisted } else { Listing::Likely }
        );
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
