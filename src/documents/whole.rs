//! Values whose own form tells that nothing of them is missing.

use super::values::{
    certificate_number, chsi_code, diploma_number, id_number, lists::OCCUPATIONS, nation, organisation,
    school,
};

/// Last words of schools' names.
const SCHOOL_ENDINGS: [&str; 3] = ["大学", "学院", "学校"];

/// Whether `value` of the field `name` has the length, or the ending, or is one of the list, that whole ones have. Names of
/// people, addresses and majors end anywhere.
pub fn is_whole(name: &str, value: &str) -> bool {
    match name {
        "id_number" => value.len() == id_number::LENGTH,
        "birth_date"
        | "issued_on"
        | "valid_from"
        | "valid_until"
        | "enrolled_on"
        | "graduated_on"
        | "expected_graduation"
        | "updated_on"
        | "sex"
        | "level"
        | "study_years"
        | "education_level" => true,
        "nation" => nation::is_listed(value),
        "occupation" => OCCUPATIONS.contains(value),
        "certificate_number" => {
            certificate_number::format(value) != certificate_number::Format::Malformed
                || diploma_number::format(value) == diploma_number::Format::HigherEducation
        }
        "verification_code" => value.len() == chsi_code::LENGTH,
        "issuer" => organisation::has_ending(value),
        "school" => SCHOOL_ENDINGS.iter().any(|ending| value.ends_with(ending)) || school::is_listed(value),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_whole_by_its_own_form() {
        for (name, value) in [
            ("id_number", "11010519491231002X"),
            ("certificate_number", "S000011000012255000001"),
            ("certificate_number", "109991202106001234"),
            ("issuer", "青岛博远数字科技有限公司"),
            ("school", "太原工贸技师学院"),
            ("issued_on", "2025-07-08"),
        ] {
            assert!(is_whole(name, value), "{name} {value}");
        }
        for (name, value) in [
            ("id_number", "1101051949123100"),
            ("certificate_number", "S00001100001225500"),
            ("issuer", "青岛博远数字科技有限"),
            ("school", "太原工贸技师"),
            ("name", "张三"),
            ("occupation", "电子商"),
        ] {
            assert!(!is_whole(name, value), "{name} {value}");
        }
    }
}
