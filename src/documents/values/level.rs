//! Skill levels: 五级/初级工 = 5 … 一级/高级技师 = 1.

use super::Parsed;

/// A rank and a name that say different levels (五级/高级工): one of them was misread or changed.
const CONTRADICTION_FACTOR: f32 = 0.4;

/// Names of levels, longest first so that 高级技师 is not taken for 技师.
const NAMES: [(&str, u8); 11] = [
    ("高级技师", 1),
    ("高级技能", 3),
    ("中级技能", 4),
    ("初级技能", 5),
    ("高级工", 3),
    ("中级工", 4),
    ("初级工", 5),
    ("技师", 2),
    ("高级", 3),
    ("中级", 4),
    ("初级", 5),
];

/// The level that `chars` name, 1 to 5.
pub fn find(chars: &[char]) -> Option<Parsed<u8>> {
    let rank = chars.windows(2).enumerate().find_map(|(at, pair)| {
        let level = match pair[0] {
            '一' | '壹' | '1' => 1,
            '二' | '贰' | '2' => 2,
            '三' | '叁' | '3' => 3,
            '四' | '肆' | '4' => 4,
            '五' | '伍' | '5' => 5,
            _ => return None,
        };
        (pair[1] == '级').then(|| (level, at..at + 2))
    });
    let name = NAMES.iter().find_map(|&(name, level)| {
        let pattern: Vec<char> = name.chars().collect();
        let at = chars.windows(pattern.len()).position(|window| window == pattern)?;
        Some((level, at..at + pattern.len()))
    });
    match (rank, name) {
        (Some((rank, r)), Some((name, n))) => {
            let range = r.start.min(n.start)..r.end.max(n.end);
            if rank == name {
                return Some(Parsed::certain(rank, range));
            }
            Some(Parsed {
                value: rank,
                range,
                factor: CONTRADICTION_FACTOR,
                alternatives: vec![(name, CONTRADICTION_FACTOR)],
            })
        }
        (Some((level, range)), None) | (None, Some((level, range))) => Some(Parsed::certain(level, range)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(u8, f32)> {
        let chars: Vec<char> = text.chars().collect();
        find(&chars).map(|p| (p.value, p.factor))
    }

    #[test]
    fn printed_forms() {
        for (text, level) in [
            ("五级/初级工", 5),
            ("四级/中级工", 4),
            ("三级／高级工", 3),
            ("二级/技师", 2),
            ("一级/高级技师", 1),
            ("国家职业资格四级", 4),
            ("四级（中级技能）", 4),
            ("电子商务师三级", 3),
            ("高级工", 3),
            ("职业技能五级", 5),
        ] {
            assert_eq!(read(text), Some((level, 1.0)), "{text}");
        }
        assert_eq!(read("电子商务师"), None);
    }

    #[test]
    fn rank_against_name_is_doubtful() {
        assert_eq!(read("五级/高级工"), Some((5, CONTRADICTION_FACTOR)));
    }
}
