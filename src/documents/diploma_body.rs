//! The sentence of a graduation certificate: who studied what, when and how.

use std::sync::LazyLock;

use crate::ocr::PageText;

use super::{
    frames::{self, Frame},
    passage::Passage,
    reading::FieldReading,
    values::{
        Parsed,
        date::{self, Moment},
        education, numeral, person_name, sex, text_norm,
    },
};

/// A frame with one of its fixed words missing.
const WEAK: f32 = 0.9;

/// A frame that would also fit other text.
const WEAKEST: f32 = 0.75;

static NAME: LazyLock<[Frame; 7]> = LazyLock::new(|| {
    let lead = r"(?:学生|学员|学[主牛]|姓名)[:,，]?";
    let name = r"(?P<v>[\p{Han}·.]{2,20}?)[,，。.、:]*";
    [
        Frame::new(&format!("{lead}{name}性[别剐刷]"), 1.0),
        Frame::new(&format!("{lead}{name}[男女][,，。.]"), WEAK),
        Frame::new(&format!(r"{lead}{name}(?:参加|[系于证（]|身份证|\d)"), WEAK),
        Frame::new(
            &format!(r"(?:[证証證][书書]|[,，。:])(?:学\p{{Han}}|\p{{Han}}生|学|生)?{name}性[别剐刷]"),
            WEAK,
        ),
        Frame::new(&format!("(?:[证証證][书書]|[,，。:]){name}(?:参加|[男女][,，。.])"), WEAKEST),
        // 性 lost or misread: where the name ends is a guess.
        Frame::new(&format!("{lead}{name}.?别[男女]"), WEAKEST * WEAKEST),
        Frame::new(r"(?P<v>[\p{Han}·.]{2,4})[,，。.、:]*性[别剐刷]", WEAKEST * WEAKEST),
    ]
});

/// Words of titles and labels that no name holds.
const NOT_IN_NAMES: [&str; 9] = ["证书", "書", "学校", "学院", "教育", "考试", "大学", "性", "别"];

/// A line that begins with the name: the end of the title above it was lost.
static NAME_FIRST: LazyLock<[Frame; 1]> = LazyLock::new(|| {
    [Frame::new(
        r"^(?:学生|学员)?(?P<v>[\p{Han}·.]{2,20}?)[,，。.、:]*(?:性[别剐刷])?[:,，]*[男女][,，。.]",
        WEAK,
    )]
});

/// What is left of the title before a name in joined text.
const TITLE_RESTS: [&str; 11] =
    ["考试", "试", "毕业证书", "业证书", "证书", "毕业证", "业证", "毕业", "业", "书", "证"];

pub fn name(pages: &[PageText], text: &Passage, rows: &[Passage]) -> Option<FieldReading> {
    let parse = |chars: &[char]| {
        let rest = TITLE_RESTS
            .iter()
            .map(|rest| rest.chars().collect::<Vec<_>>())
            .find(|rest| chars.starts_with(rest))
            .map_or(0, |rest| rest.len());
        let name = person_name::parse(chars.get(rest..)?)?.shifted(rest);
        (!NOT_IN_NAMES.iter().any(|word| name.value.contains(word))).then_some(name)
    };
    frames::read(pages, text, "name", &*NAME, parse)
        .or_else(|| rows.iter().find_map(|row| frames::read(pages, row, "name", &*NAME_FIRST, parse)))
}

static SEX: LazyLock<[Frame; 3]> = LazyLock::new(|| {
    [
        Frame::new(r"性[别剐刷][:,，.、]*(?P<v>[男女])", 1.0),
        Frame::new(r"[,，。.、:别](?P<v>[男女])[,，。.、:]", WEAK),
        Frame::new(r"[,，。.、:别]?(?P<v>[男女])(?:[,，。.、:]|[12一二])", WEAKEST),
    ]
});

pub fn sex(pages: &[PageText], text: &Passage) -> Option<FieldReading> {
    frames::read(pages, text, "sex", &*SEX, sex::find)
}

/// Text before 生 (or 出生) that may hold a date; or after 生于.
static BIRTH: LazyLock<[Frame; 4]> = LazyLock::new(|| {
    [
        Frame::new(r"(?P<v>[^,，]{6,20}?[日月号])(?:出生|生(?:[,，。.、:于]|$))", 1.0),
        Frame::new(r"(?:出生日期|出生年月|出生于|生于)[:,，]?(?P<v>.{6,14})", 1.0),
        Frame::new(r"[男女][,，。.、:]*(?P<v>[^,，]{6,14}?[日号])", WEAK),
        Frame::new(r"[男女][,，。.、:]*(?P<v>[^,，]{6,14}?月)[生,，。]", WEAK),
    ]
});

pub fn birth_date(pages: &[PageText], text: &Passage) -> Option<FieldReading> {
    // The last date before the word: names and sex stand before it in the same clause.
    frames::read(pages, text, "birth_date", &*BIRTH, |chars| date::find_all(chars).into_iter().next_back())
}

/// Between `于` and `在`, two months joined by 至.
static PERIOD: LazyLock<[Frame; 3]> = LazyLock::new(|| {
    [
        Frame::new(r"[于自千干](?P<v>[^于在，,]{5,14}[至到-][^在，,]{5,14})(?:[,，。.]|在|$)", 1.0),
        Frame::new(r"(?P<v>[12一二][^,，生]{4,11}[月日][至到-][12一二][^,，生]{4,11}[月日])", 1.0),
        Frame::new(r"(?P<v>[12一二][^,，生]{4,11}月.{0,2}[12一二][^,，生]{4,11}月)", WEAK),
    ]
});

/// The months of enrolment and of graduation.
pub fn period(pages: &[PageText], text: &Passage) -> Vec<FieldReading> {
    let pick = |field: &'static str, index: usize| {
        frames::read(pages, text, field, &*PERIOD, |chars| {
            let found = date::find_all(chars);
            let [from, until] = found.as_slice() else { return None };
            (from.value.month() < until.value.month())
                .then(|| [from, until][index].clone().map(Moment::month))
        })
    };
    let until_only = || -> Option<FieldReading> {
        frames::read(pages, text, "graduated_on", &*GRADUATED, date::find_month)
    };
    let enrolled = pick("enrolled_on", 0);
    let graduated = pick("graduated_on", 1).or_else(until_only);
    enrolled.into_iter().chain(graduated).collect()
}

static GRADUATED: LazyLock<[Frame; 1]> =
    LazyLock::new(|| [Frame::new(r"[至到](?P<v>[12一二][^,，]{4,11}?月)", WEAK)]);

static MAJOR: LazyLock<[Frame; 6]> = LazyLock::new(|| {
    [
        Frame::new(r"在[本我该木]?[校院][,，]?(?P<v>[\p{Han}（）()、/A-Za-z]{2,30}?)专业", 1.0),
        Frame::new(r"参加(?P<v>[\p{Han}（）、]{2,30}?)专业", 1.0),
        Frame::new(r"[本我该木][校院]?[,，]?(?P<v>[\p{Han}（）、]{2,30}?)专业", WEAK),
        Frame::new(r"(?:学院|大学|学校)(?P<v>[\p{Han}（）、]{2,30}?)专业", WEAK),
        Frame::new(
            r"在[本我该木]?校(?P<v>[\p{Han}（）、]{2,24}?)(?:专|业|普通全日制|全日制|脱产|业余|函授)",
            WEAK,
        ),
        Frame::new(r"专业[:,，](?P<v>[\p{Han}（）、]{2,24})", WEAK),
    ]
});

pub fn major(pages: &[PageText], text: &Passage) -> Option<FieldReading> {
    frames::read(pages, text, "major", &*MAJOR, |chars| {
        let mut range = text_norm::trim(chars);
        // 在本校XX系YY专业: the department is not the major.
        let department = chars[range.clone()].iter().position(|&c| c == '系');
        if let Some(at) = department
            && at >= 2
            && range.start + at + 3 <= range.end
        {
            range.start += at + 1;
        }
        let value: String = chars.get(range.clone())?.iter().collect();
        (value.chars().count() >= 2).then(|| Parsed::certain(value, range))
    })
}

static LEVEL: LazyLock<[Frame; 5]> = LazyLock::new(|| {
    [
        Frame::new(r"年制?(?P<v>[\p{Han}（）]{2,12}?)(?:教学计划|教育教学|教学|人才培养|培养)", 1.0),
        Frame::new(r"专业(?P<v>[\p{Han}（）]{2,8}?)高等教育自学", 1.0),
        Frame::new(r"修[完业](?P<v>[\p{Han}（）]{2,12}?)(?:教学计划|教学)", WEAK),
        Frame::new(
            r"(?P<v>专科起点本科|专升本|第二学士学位|高职（专科）|本科|专科|高职|中专|高级工|中级工|预备技师)",
            WEAK,
        ),
        Frame::new(r"(?P<v>硕士研究生|博士研究生|研究生)", WEAK),
    ]
});

pub fn education_level(pages: &[PageText], text: &Passage) -> Option<FieldReading> {
    frames::read(pages, text, "education_level", &*LEVEL, education::level)
}

static FORM: LazyLock<[Frame; 3]> = LazyLock::new(|| {
    [
        Frame::new(r"专业[,，]?(?P<v>[\p{Han}]{2,8}?)(?:学习|形式)", 1.0),
        Frame::new(r"(?:学习形式|形式)[:：为]?(?P<v>[\p{Han}]{2,6})", 1.0),
        Frame::new(
            r"(?P<v>普通全日制|非全日制|全日制|半脱产|脱产|业余|函授|夜大学|夜大|网络教育|远程教育|开放教育)",
            WEAK,
        ),
    ]
});

pub fn study_form(pages: &[PageText], text: &Passage) -> Option<FieldReading> {
    frames::read(pages, text, "study_form", &*FORM, education::study_form)
}

static YEARS: LazyLock<[Frame; 3]> = LazyLock::new(|| {
    [
        Frame::new(r"(?P<v>[一二两三四五六七八\d.点]{1,3}(?:年半)?)年?制", 1.0),
        Frame::new(r"学制[:：为]?(?P<v>[一二两三四五六七八\d.点]{1,3}(?:年半)?)年?", 1.0),
        Frame::new(r"修[完业](?P<v>[一二两三四五六七八])年", WEAK),
    ]
});

pub fn study_years(pages: &[PageText], text: &Passage) -> Option<FieldReading> {
    frames::read(pages, text, "study_years", &*YEARS, |chars| {
        let (value, taken) = numeral::years(chars)?;
        Some(Parsed::certain(value, 0..taken))
    })
}
