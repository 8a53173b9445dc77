//! What an invented person studied, and where.

use jiff::civil::{Date, date};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{names, person::Person, places};
use crate::spec::{Split, chance, one_of};

/// Families of schools, each with its own certificate text (DOMAIN.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// 普通高等教育.
    Regular,
    /// 成人高等教育.
    Adult,
    /// 高等教育自学考试.
    SelfStudy,
    /// 中等职业学校.
    Secondary,
    /// 技工院校.
    Technical,
}

impl Family {
    pub const ALL: [Self; 5] =
        [Self::Regular, Self::Adult, Self::SelfStudy, Self::Secondary, Self::Technical];

    pub const fn is_higher(self) -> bool {
        matches!(self, Self::Regular | Self::Adult | Self::SelfStudy)
    }
}

/// One course of study.
#[derive(Debug, Clone)]
pub struct Education {
    pub family: Family,
    pub school: String,
    pub major: String,
    /// 本科 or 专科; empty below higher education.
    pub level: &'static str,
    pub form: &'static str,
    /// Years as the contract writes them: `4`, `2.5`.
    pub years: &'static str,
    pub enrolled: Date,
    pub graduated: Date,
    pub number: String,
    pub principal: String,
    /// CHSI verification code.
    pub code: String,
}

const HIGHER_MAJORS: &[&str] = &[
    "电子商务",
    "市场营销",
    "国际经济与贸易",
    "计算机科学与技术",
    "会计学",
    "工商管理",
    "物流管理",
    "软件工程",
    "汉语言文学",
    "学前教育",
    "护理学",
    "土木工程",
    "法学",
    "旅游管理",
    "人力资源管理",
    "机械设计制造及其自动化",
    "数据科学与大数据技术",
    "环境设计",
    "跨境电子商务",
    "网络营销与直播电商",
    "连锁经营与管理",
    "工程造价",
    "机电一体化技术",
    "酒店管理与数字化运营",
];
const SECONDARY_MAJORS: &[&str] = &[
    "电子商务",
    "跨境电子商务",
    "移动商务",
    "网络营销",
    "直播电商服务",
    "连锁经营与管理",
    "市场营销",
    "客户信息服务",
    "物流服务与管理",
    "旅游服务与管理",
    "计算机应用",
    "汽车运用与维修",
    "中餐烹饪",
    "幼儿保育",
    "数控技术应用",
];
const PLACES: &[&str] =
    &["北京市", "石家庄", "天津市", "济南", "郑州", "太原", "沈阳", "成都", "长沙", "广州市", "杭州", "西安"];
const SECONDARY: &[&str] =
    &["商业学校", "经济管理学校", "信息工程学校", "电子科技职业中专", "财贸职业学校", "职业技术教育中心"];
const TECHNICAL: &[&str] =
    &["技师学院", "高级技工学校", "工贸技师学院", "商务技工学校", "交通高级技工学校", "工业技师学院"];

impl Education {
    /// A course of study of that family that ended between 2003 and `today`.
    pub fn invent(family: Family, person: &Person, split: Split, today: Date, rng: &mut ChaCha8Rng) -> Self {
        let bachelor = family.is_higher() && chance(rng, 0.5);
        let (school, code) = if family.is_higher() {
            let school = places::school(split, bachelor, rng);
            (school.name.to_owned(), school.code.to_owned())
        } else {
            let kinds = if family == Family::Secondary { SECONDARY } else { TECHNICAL };
            (format!("{}{}", split.pick(PLACES, rng), split.pick(kinds, rng)), String::new())
        };
        let years = match family {
            Family::Regular if bachelor => "4",
            Family::Regular => "3",
            Family::Adult | Family::SelfStudy if bachelor => one_of(&["2.5", "5", "3"], rng),
            Family::Adult | Family::SelfStudy => one_of(&["2.5", "3"], rng),
            Family::Secondary => "3",
            Family::Technical => one_of(&["3", "2", "5"], rng),
        };
        let months = (years.parse::<f32>().unwrap_or(3.0) * 12.0) as i16;
        // Whoever is too young for the years of study began as late as they allow.
        let latest = today.year() - (months + 11) / 12;
        let start_year = (person.birth.year() + rng.random_range(16..21)).max(2001).min(latest);
        let winter = family == Family::Adult || family == Family::SelfStudy;
        let enrolled = date(start_year, if winter { 3 } else { 9 }, 1);
        let end_months =
            enrolled.year() * 12 + i16::from(enrolled.month()) - 1 + months - if winter { 2 } else { 3 };
        let last = if winter && months % 12 != 0 {
            7
        } else if winter {
            1
        } else {
            one_of(&[6, 7], rng)
        };
        let graduated = date(end_months / 12, last, rng.random_range(1..29));
        let graduated = if graduated > today { date(today.year(), 7, 1) } else { graduated };
        let form = match family {
            Family::Regular => one_of(&["普通全日制", "全日制", "全日制"], rng),
            Family::Adult => one_of(&["函授", "业余", "脱产"], rng),
            _ => "",
        };
        let kind = match family {
            Family::Regular => 1,
            Family::Adult => 5,
            _ => 6,
        };
        let number = if family.is_higher() {
            let level = if bachelor { "05" } else { "06" };
            format!("{code}{kind}{:04}{level}{:06}", graduated.year(), rng.random_range(0..1_000_000))
        } else {
            secondary_number(graduated, rng)
        };
        Self {
            family,
            school,
            major: split
                .pick(if family.is_higher() { HIGHER_MAJORS } else { SECONDARY_MAJORS }, rng)
                .to_owned(),
            level: match (family.is_higher(), bachelor) {
                (false, _) => "",
                (true, true) => "本科",
                (true, false) => "专科",
            },
            form,
            years,
            enrolled,
            graduated,
            number,
            principal: names::name("汉", chance(rng, 0.7), split, rng),
            code: chsi_code(rng),
        }
    }
}

fn secondary_number(graduated: Date, rng: &mut ChaCha8Rng) -> String {
    let year = graduated.year();
    match rng.random_range(0..4) {
        0 => format!("{year}{:08}", rng.random_range(0..100_000_000)),
        1 => format!("ZZ{year}{:06}", rng.random_range(0..1_000_000)),
        2 => format!("{year}-{:02}-{:05}", rng.random_range(1..40), rng.random_range(0..100_000)),
        _ => format!("JG11{year}{:06}", rng.random_range(0..1_000_000)),
    }
}

/// A code of sixteen characters that begins with A and never holds I or O.
pub fn chsi_code(rng: &mut ChaCha8Rng) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut code = String::from("A");
    for _ in 0..15 {
        code.push(char::from(one_of(ALPHABET, rng)));
    }
    code
}

/// `四年制` and the like for `4`; `二年半制` for `2.5`.
pub fn years_in_han(years: &str) -> &'static str {
    match years {
        "2" => "二年",
        "2.5" => "二年半",
        "4" => "四年",
        "5" => "五年",
        _ => "三年",
    }
}
