//! What an applicant writes into a form: each field as it is written and its normal form.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::super::Brief;
use crate::{
    spec::{chance, one_of},
    words::{
        address::company,
        career::{Career, Prior},
        dates,
        education::{Education, Family},
        names,
    },
};

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What is written: one string, or one for each part of the field (year, month, day).
    pub written: Vec<String>,
    /// The contract's normal form.
    pub normal: String,
}

/// Entries by field name; a choice's entry holds the value of the box to tick.
pub type Entries = BTreeMap<String, Entry>;

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
    "广告设计师",
    "商业摄影师",
    "客户服务管理员",
    "呼叫中心服务员",
    "网约配送员",
    "易货师",
    "网商",
    "跨境电子商务师",
    "商务策划专业人员",
    "摊商",
    "市场营销专业人员",
];

/// Occupations that no list of the plan holds.
const UNLISTED: &[&str] = &["保安员", "中式烹调师", "仓库保管", "行政文员", "汽车维修工", "美容师"];

const MAJORS: &[&str] = &[
    "电子商务",
    "跨境电子商务",
    "移动商务",
    "市场营销",
    "网络营销",
    "直播电商服务",
    "连锁经营与管理",
    "国际贸易",
    "工商企业管理",
    "客户信息服务",
    "物流服务与管理",
    "旅游服务与管理",
    "酒店服务与管理",
    "计算机应用",
];

struct Scribe<'a> {
    entries: Entries,
    rng: &'a mut ChaCha8Rng,
    /// Writes dates in Chinese numerals.
    han: bool,
}

impl Scribe<'_> {
    fn text(&mut self, field: impl Into<String>, text: impl Into<String>) {
        let text = text.into();
        self.put(field, vec![text.clone()], text);
    }

    fn put(&mut self, field: impl Into<String>, written: Vec<String>, normal: impl Into<String>) {
        self.entries.insert(field.into(), Entry { written, normal: normal.into() });
    }

    fn year(&self, date: Date) -> String {
        if self.han { dates::year_in_han(date.year(), '〇') } else { date.year().to_string() }
    }

    fn number(&mut self, n: i8) -> String {
        match (self.han, chance(self.rng, 0.35)) {
            (true, _) => dates::number_in_han(n),
            (false, true) => format!("{n:02}"),
            (false, false) => n.to_string(),
        }
    }

    fn date(&mut self, field: &str, date: Date) {
        let parts = vec![self.year(date), self.number(date.month()), self.number(date.day())];
        self.put(field, parts, dates::iso(date));
    }

    fn month(&mut self, field: &str, date: Date) {
        let parts = vec![self.year(date), self.number(date.month())];
        self.put(field, parts, dates::iso_month(date));
    }

    fn level(&mut self, field: &str, level: usize) {
        let (number, name) = [
            ("一级", "高级技师"),
            ("二级", "技师"),
            ("三级", "高级工"),
            ("四级", "中级工"),
            ("五级", "初级工"),
        ][level - 1];
        let written = match self.rng.random_range(0..10) {
            0..=4 => number.to_owned(),
            5 | 6 => format!("{number}/{name}"),
            7 => format!("{number}（{name}）"),
            8 => name.to_owned(),
            _ => format!("{level}级"),
        };
        self.put(field, vec![written], level.to_string());
    }

    fn years(&mut self, field: &str, years: f32) {
        let normal = format!("{years}");
        let written = match self.rng.random_range(0..10) {
            0 if years.fract() == 0.0 => dates::number_in_han(years as i8),
            1 => format!("{normal}年"),
            _ => normal.clone(),
        };
        self.put(field, vec![written], normal);
    }
}

/// Everything that is written into the form of that kind, without flaws.
pub fn compose(kind: DocumentKind, brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Entries {
    let person = brief.person;
    let signed = brief.today.saturating_sub(rng.random_range(1..60).days());
    let signed = brief.career.map_or(signed, |career| career.signed);
    let condition = match (brief.career, brief.education) {
        (Some(career), _) => career.condition,
        (None, Some(_)) => 3,
        (None, None) => rng.random_range(1..=3),
    };
    let own;
    let education = match brief.education {
        Some(education) => education,
        None => {
            let family = one_of(&[Family::Secondary, Family::Technical, Family::Regular], rng);
            let mut invented = Education::invent(family, person, brief.split, brief.today, rng);
            if chance(rng, 0.7) {
                invented.major = one_of(MAJORS, rng).to_owned();
            }
            own = invented;
            &own
        }
    };
    let han = chance(rng, 0.12);
    let mut scribe = Scribe { entries: Entries::new(), rng, han };
    scribe.text("name", person.name.clone());
    scribe.text("id_number", person.id_number.clone());
    scribe.text("occupation", "电子商务师");
    scribe.level("level", 4);
    scribe.put("signature", vec![person.name.clone()], "present");
    scribe.date("signed_on", signed);
    match kind {
        DocumentKind::WorkCommitment => {
            work_history(&mut scribe, 5, signed, brief, true);
        }
        DocumentKind::EducationCommitment => {
            education_rows(&mut scribe, education, signed);
        }
        _ => {
            personal(&mut scribe, brief);
            scribe.put("condition", vec![condition.to_string()], condition.to_string());
            if condition < 3 {
                work_history(&mut scribe, 4, signed, brief, false);
            } else {
                school(&mut scribe, education);
            }
            if condition == 1 {
                match brief.career {
                    Some(career) => stated_certificate(&mut scribe, &career.prior),
                    None => prior_certificate(&mut scribe, signed),
                }
            }
        }
    }
    scribe.entries.retain(|name, _| !brief.left_out.contains(name));
    scribe.entries
}

fn personal(scribe: &mut Scribe<'_>, brief: &Brief<'_>) {
    let person = brief.person;
    scribe.text("sex", person.sex());
    let birth = person.birth;
    let written = match scribe.rng.random_range(0..6) {
        0..=2 => dates::zh(birth),
        3 => dates::dotted(birth),
        4 => dates::iso(birth),
        _ => format!("{}.{}.{}", birth.year(), birth.month(), birth.day()),
    };
    scribe.put("birth_date", vec![written], dates::iso(birth));
    let level = one_of(&["大专", "本科", "高中", "中专", "高职", "技工", "专科"], scribe.rng);
    scribe.text("education_level", level);
    let nation = person.nation.clone();
    let written = if chance(scribe.rng, 0.4) { format!("{nation}族") } else { nation.clone() };
    scribe.put("nation", vec![written], nation);
    scribe.text("phone", person.phone.clone());
    scribe.text("address", person.address.clone());
    let employer = company(brief.split, scribe.rng);
    scribe.text("employer", employer);
}

fn prior_certificate(scribe: &mut Scribe<'_>, signed: Date) {
    let issued = signed.saturating_sub(scribe.rng.random_range(1500..3000).days());
    let occupation = *one_of(&[&"电子商务师", &"互联网营销师", &"营销员"], scribe.rng);
    scribe.text("prior_certificate_occupation", occupation);
    scribe.level("prior_certificate_level", 5);
    let serial = scribe.rng.random_range(1..999_999);
    let number = if chance(scribe.rng, 0.6) {
        let body = scribe.rng.random_range(0..9999);
        format!("S{body:04}11{:06}{:02}5{serial:06}", body * 7 % 999_983, issued.year() % 100)
    } else {
        format!("{:02}01003011{serial:06}", issued.year() % 100).replacen("3011", "3015", 1)
    };
    scribe.text("prior_certificate_number", number);
    scribe.date("prior_certificate_issued_on", issued);
}

fn stated_certificate(scribe: &mut Scribe<'_>, prior: &Prior) {
    scribe.text("prior_certificate_occupation", prior.occupation);
    scribe.level("prior_certificate_level", usize::from(prior.level));
    scribe.text("prior_certificate_number", prior.number.clone());
    scribe.date("prior_certificate_issued_on", prior.issued);
}

/// The rows that all papers of an application state.
fn stated_work(scribe: &mut Scribe<'_>, career: &Career, brief: &Brief<'_>, witnesses: bool) {
    for (row, work) in career.work.iter().enumerate() {
        let name = |part: &str| format!("work_history[{row}].{part}");
        scribe.month(&name("from"), work.from);
        if work.until_now {
            scribe.put(name("to"), vec!["至今".to_owned()], dates::iso_month(career.signed));
        } else {
            scribe.month(&name("to"), work.to);
        }
        scribe.text(name("employer"), work.employer.clone());
        scribe.text(name("occupation"), work.occupation.clone());
        if witnesses {
            let witness = witness(brief, scribe.rng);
            scribe.text(name("witness"), witness);
        }
    }
    scribe.years("work_years", career.years);
}

fn witness(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> String {
    format!("{}{}", names::name("汉", true, brief.split, rng), phone(rng))
}

fn work_history(scribe: &mut Scribe<'_>, most: usize, signed: Date, brief: &Brief<'_>, witnesses: bool) {
    if let Some(career) = brief.career {
        return stated_work(scribe, career, brief, witnesses);
    }
    let rows = scribe.rng.random_range(1..=most.min(3));
    let mut from = signed.saturating_sub(scribe.rng.random_range(2400..3600).days());
    let start = from;
    for row in 0..rows {
        let last = row + 1 == rows;
        let to = if last {
            signed
        } else {
            from.saturating_add(scribe.rng.random_range(300..700).days()).min(signed)
        };
        let name = |part: &str| format!("work_history[{row}].{part}");
        scribe.month(&name("from"), from);
        if last && chance(scribe.rng, 0.6) {
            scribe.put(name("to"), vec!["至今".to_owned()], dates::iso_month(signed));
        } else {
            scribe.month(&name("to"), to);
        }
        let employer = company(brief.split, scribe.rng);
        scribe.text(name("employer"), employer);
        let occupation =
            if chance(scribe.rng, 0.93) { one_of(LISTED, scribe.rng) } else { one_of(UNLISTED, scribe.rng) };
        scribe.text(name("occupation"), occupation);
        if witnesses {
            let witness = witness(brief, scribe.rng);
            scribe.text(name("witness"), witness);
        }
        from = to.saturating_add(scribe.rng.random_range(20..90).days()).min(signed);
    }
    let years = (start.until(signed).map_or(0, |span| span.get_days()) as f32 / 365.25).floor();
    scribe.years("work_years", years);
}

fn phone(rng: &mut ChaCha8Rng) -> String {
    let prefix = one_of(&["138", "139", "150", "186", "177", "199"], rng);
    format!("{prefix}{:08}", rng.random_range(0..99_999_999))
}

fn school(scribe: &mut Scribe<'_>, education: &Education) {
    scribe.text("school", education.school.clone());
    scribe.text("major", education.major.clone());
    scribe.month("enrolled_on", education.enrolled);
    scribe.month("graduated_on", education.graduated);
    if !education.number.is_empty() {
        scribe.text("diploma_number", education.number.clone());
    }
    if education.family.is_higher() {
        scribe.text("chsi_code", education.code.clone());
    }
}

fn education_rows(scribe: &mut Scribe<'_>, education: &Education, signed: Date) {
    scribe.text("school", education.school.clone());
    scribe.text("major", education.major.clone());
    scribe.month("enrolled_on", education.enrolled);
    scribe.month("graduated_on", education.graduated);
    let level = match education.family {
        Family::Secondary => "中专",
        Family::Technical => "技工",
        _ if education.level == "本科" => "本科",
        _ => one_of(&["大专", "专科", "高职"], scribe.rng),
    };
    scribe.text("education_level", level);
    if education.graduated <= signed {
        scribe.put("graduation_status", vec!["graduated".to_owned()], "graduated");
        scribe.month("graduated_on_stated", education.graduated);
        if !education.number.is_empty() {
            scribe.text("certificate_number", education.number.clone());
        }
    } else {
        scribe.put("graduation_status", vec!["student".to_owned()], "student");
    }
}
