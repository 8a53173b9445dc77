//! Names and free text.

use crate::ocr::{Hypothesis, Lattice};

use super::{Decoded, alphabet, code::decoded_of};

/// Prefixes kept while decoding.
const BEAM: usize = 24;
/// Longest name without a dot; minority names with one are longer.
const LONGEST_NAME: usize = 4;
/// Surnames that nine in ten bear; another one is `RARE_SURNAME` rarer (natural log).
const SURNAMES: &str = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛岳柴阮左季耿卜詹柳路纪宁裴兰焦谷欧关祝游辛管舒翁司占闵涂冉岑尤车卞房单符包苗时穆项童盛甘饶麦骆祁";
const RARE_SURNAME: f32 = -2.0;
/// A name of one character, or of five and more without a dot.
const ODD_LENGTH: f32 = -4.0;

/// A person's name.
pub fn name(lattice: &Lattice) -> Option<Decoded> {
    let lattice = lattice.mapped(alphabet::han);
    let mut hypotheses: Vec<Hypothesis> = lattice
        .decode(BEAM, |prefix, _| prefix.len() < 16)
        .into_iter()
        .filter(|h| !h.text.is_empty())
        .map(|h| Hypothesis { log_probability: h.log_probability + name_prior(&h.text), ..h })
        .collect();
    hypotheses.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    (!hypotheses.is_empty()).then(|| decoded_of(&hypotheses))
}

fn name_prior(name: &str) -> f32 {
    let length = name.chars().count();
    let surname = name.chars().next().is_some_and(|ch| SURNAMES.contains(ch));
    let odd = !(2..=LONGEST_NAME).contains(&length) && !name.contains('·');
    (if surname { 0.0 } else { RARE_SURNAME }) + (if odd { ODD_LENGTH } else { 0.0 })
}

/// Free text: employers, schools, addresses.
pub fn text(lattice: &Lattice) -> Option<Decoded> {
    let hypotheses = lattice.mapped(alphabet::text).decode(BEAM, |prefix, _| prefix.len() < 60);
    let hypotheses: Vec<Hypothesis> = hypotheses.into_iter().filter(|h| !h.text.is_empty()).collect();
    (!hypotheses.is_empty()).then(|| decoded_of(&hypotheses))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::decode::testing::lattice;

    #[test]
    fn a_known_surname_decides_between_equals() {
        let l = lattice("弓三", &[(0, '张', 0.48)]);
        assert_eq!(name(&l).unwrap().value, "张三");
    }

    #[test]
    fn brackets_are_normal() {
        assert_eq!(text(&lattice("电子（电子）", &[])).unwrap().value, "电子（电子）");
    }
}
