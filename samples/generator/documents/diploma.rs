//! Graduation certificates of all families (DOMAIN.md §3).

use jiff::civil::Date;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{
    Brief, Drawn,
    flow::{Column, Flow},
    paper,
};
use crate::{
    canvas::TextStyle,
    draw::seal,
    fonts::{self, Style},
    spec::{between, chance, one_of},
    truth::Truth,
    words::{
        dates,
        education::{self, Education, Family},
    },
};

/// Sheet, photo's left edge and top, column of text, title's place.
#[derive(Clone, Copy)]
struct Layout {
    name: &'static str,
    size: (f32, f32),
    photo: (f32, f32),
    column: (f32, f32, f32),
    title_y: f32,
}

/// Every third is held out.
const LAYOUTS: &[Layout] = &[
    Layout {
        name: "diploma_photo_left",
        size: (297.0, 210.0),
        photo: (28.0, 70.0),
        column: (80.0, 76.0, 190.0),
        title_y: 48.0,
    },
    Layout {
        name: "diploma_photo_right",
        size: (297.0, 210.0),
        photo: (232.0, 66.0),
        column: (30.0, 76.0, 190.0),
        title_y: 46.0,
    },
    Layout {
        name: "diploma_top_photo",
        size: (210.0, 297.0),
        photo: (88.0, 72.0),
        column: (28.0, 142.0, 154.0),
        title_y: 54.0,
    },
    Layout {
        name: "diploma_small_landscape",
        size: (260.0, 185.0),
        photo: (24.0, 54.0),
        column: (74.0, 62.0, 164.0),
        title_y: 40.0,
    },
    Layout {
        name: "diploma_spread",
        size: (260.0, 182.0),
        photo: (48.0, 46.0),
        column: (140.0, 62.0, 108.0),
        title_y: 40.0,
    },
    Layout {
        name: "diploma_corner_photo",
        size: (285.0, 210.0),
        photo: (226.0, 26.0),
        column: (36.0, 88.0, 214.0),
        title_y: 62.0,
    },
    Layout {
        name: "diploma_portrait",
        size: (210.0, 285.0),
        photo: (24.0, 70.0),
        column: (30.0, 136.0, 150.0),
        title_y: 50.0,
    },
];

/// How this school writes its dates.
#[derive(Clone, Copy, PartialEq)]
enum DateHand {
    Arabic,
    Padded,
    Han(char),
}

/// Draws a certificate for the brief's education.
pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let family = one_of(&Family::ALL, rng);
    let education = match brief.education {
        Some(education) => education.clone(),
        None => Education::invent(family, brief.person, brief.split, brief.today, rng),
    };
    let layout = brief.split.pick(LAYOUTS, rng);
    let (w, h) = layout.size;
    let mut canvas = paper::certificate_stock(w, h, brief, rng);
    let mut truth = Truth::default();
    let ink = paper::ink(rng);
    let styles = [Style::Song, Style::Kai, Style::Song, Style::Hei];
    let print_font = fonts::pick(one_of(&styles, rng), brief.split, rng);
    let value_font = if chance(rng, 0.5) {
        print_font.clone()
    } else {
        fonts::pick(one_of(&styles, rng), brief.split, rng)
    };
    let (x, y, width) = layout.column;
    let size = between(rng, 5.8, 7.2) * (width / 190.0).clamp(0.74, 1.0);
    let print = TextStyle::new(&print_font, size, ink).spaced(between(rng, 0.0, 0.08));
    let value =
        TextStyle::new(&value_font, size, ink).bold(between(rng, 0.0, 0.025)).spaced(between(rng, 0.0, 0.06));
    let title = TextStyle::new(
        &fonts::pick(one_of(&[Style::Kai, Style::Song], rng), brief.split, rng),
        size * 2.1,
        one_of(&["#1c1c1e", "#8c1a1a", "#a07820"], rng),
    )
    .bold(0.02)
    .spaced(0.3);
    let title_x = if layout.name == "diploma_spread" { w * 0.25 } else { w / 2.0 };
    let title_y = if layout.name == "diploma_spread" { layout.title_y - 8.0 } else { layout.title_y };
    let words = title_text(&education, rng);
    let room = if layout.name == "diploma_spread" { w * 0.42 } else { w * 0.8 };
    let title = title.clone().sized(title.size * (room / title.width(&words)).min(1.0));
    canvas.text_centred(title_x, title_y, &title, &words);

    let hand = one_of(
        &[
            DateHand::Arabic,
            DateHand::Han('〇'),
            DateHand::Padded,
            DateHand::Han('○'),
            DateHand::Arabic,
            DateHand::Han('零'),
        ],
        rng,
    );
    let text = body(brief, &education, hand, &mut truth, rng);
    let pitch = size * between(rng, 1.75, 2.1);
    let end =
        text.set(&mut canvas, Column { x, y, width, pitch, underline: chance(rng, 0.4) }, &print, &value);

    let foot = (end + pitch * 1.5).max(h * 0.66).min(h - paper::CLEAR - pitch * 2.9).max(end + pitch);
    let small = print.clone().sized(size * 0.92).spaced(0.0);
    let rect = canvas.text(x, foot, &small, one_of(&["证书编号：", "证书编号: ", "编号："], rng));
    let number =
        canvas.text(rect.right, foot, &value.clone().sized(size * 0.92).spaced(0.0), &education.number);
    canvas.field("certificate_number", number);
    truth.field("certificate_number", &education.number);

    let second = foot + pitch;
    let head = match education.family {
        Family::SelfStudy => "主考学校校长：",
        Family::Regular | Family::Adult => one_of(&["校（院）长：", "校长：", "院长：", "校 长："], rng),
        _ => one_of(&["校长：", "校（院）长：", "校  长："], rng),
    };
    let rect = canvas.text(x, second, &small, head);
    let signature =
        if chance(rng, 0.3) { fonts::pick(Style::Kai, brief.split, rng) } else { value_font.clone() };
    let principal =
        canvas.text(rect.right, second, &TextStyle::new(&signature, size * 1.05, ink), &education.principal);
    canvas.field("principal", principal);
    truth.field("principal", &education.principal);
    let school_x = (x + width * 0.52).min(w - paper::CLEAR - value.width(&education.school));
    // Beside the principal where there is room, else below.
    let school_y =
        if principal.right + size > school_x { second + pitch * 0.9 } else { second - pitch * 0.1 };
    let school = canvas.text(school_x, school_y, &value, &education.school);
    canvas.field("school", school);
    truth.field("school", &education.school);
    let issued = education.graduated;
    let day = day_text(issued, hand);
    let plain = value.clone().spaced(0.0);
    let date_x = (school_x + size).min(w - paper::CLEAR - plain.width(&day));
    let date = canvas.text(date_x, school_y + pitch * 0.95, &plain, &day);
    canvas.field("issued_on", date);
    truth.field("issued_on", dates::iso(issued));
    let r = 20.0 * (w / 297.0).max(0.8);
    let (sx, sy) = (school_x + between(rng, 14.0, 32.0), (second + between(rng, 0.0, 6.0)).min(h - r - 2.0));
    seal::round(&mut canvas, (sx.min(w - r - 3.0), sy, r), &education.school, None, &print, rng);

    let (px, py) = layout.photo;
    let pw = between(rng, 32.0, 36.0);
    paper::photo(&mut canvas, px, py, pw, pw * 1.38, brief, rng);
    if chance(rng, 0.5) && education.family.is_higher() {
        canvas.text(
            14.0,
            h - 9.0,
            &print.clone().sized(2.9).spaced(0.0),
            "中华人民共和国教育部学历证书查询网址：http://www.chsi.com.cn",
        );
    }
    paper::specimen(&mut canvas, &value, rng);
    Drawn {
        canvas,
        kind: DocumentKind::Diploma,
        truth,
        layout: format!("{}:{:?}", layout.name, education.family),
        font: format!("{}+{}", print_font.name, value_font.name),
        text_mm: size * 0.9,
    }
}

fn title_text(education: &Education, rng: &mut ChaCha8Rng) -> String {
    match education.family {
        Family::Regular => {
            one_of(&["普通高等学校毕业证书", "毕业证书", "普通高等学校\u{3000}毕业证书"], rng).to_owned()
        }
        Family::Adult => "成人高等教育毕业证书".to_owned(),
        Family::SelfStudy => "高等教育自学考试毕业证书".to_owned(),
        Family::Secondary => {
            one_of(&["中等职业学校毕业证书", "中等专业学校毕业证书", "毕业证书"], rng).to_owned()
        }
        Family::Technical if education.school.contains("技师") => "技师学院毕业证书".to_owned(),
        Family::Technical => {
            one_of(&["技工学校毕业证书", "高级技工学校毕业证书", "毕业证书"], rng).to_owned()
        }
    }
}

/// The paragraph of that family.
fn body(
    brief: &Brief<'_>,
    education: &Education,
    hand: DateHand,
    truth: &mut Truth,
    rng: &mut ChaCha8Rng,
) -> Flow {
    let person = brief.person;
    truth.field("name", &person.name);
    truth.field("sex", person.sex());
    truth.field("major", &education.major);
    let has_birth = education.family != Family::Technical || chance(rng, 0.3);
    let mut flow = Flow::default();
    flow = if education.family == Family::SelfStudy {
        flow
    } else {
        flow.say(one_of(&["学生", "学生 ", "学员"], rng))
    };
    flow = flow
        .value("name", &*person.name)
        .say(one_of(&["，性别", " 性别 ", "，"], rng))
        .value("sex", person.sex());
    if has_birth {
        flow = flow
            .say("，")
            .value(
                "birth_date",
                if education.family == Family::Secondary {
                    month_text(person.birth, hand)
                } else {
                    day_text(person.birth, hand)
                },
            )
            .say("生");
        let normal = if education.family == Family::Secondary {
            dates::iso_month(person.birth)
        } else {
            dates::iso(person.birth)
        };
        truth.field("birth_date", normal);
    } else {
        flow = flow.say("，证件号码").say(&person.id_number);
    }
    if education.family == Family::SelfStudy {
        truth.field("education_level", education.level);
        return flow
            .say("，参加")
            .value("major", &*education.major)
            .say("专业")
            .value("education_level", education.level)
            .say("高等教育自学考试，全部课程成绩合格，经审定，准予毕业。");
    }
    truth.field("enrolled_on", dates::iso_month(education.enrolled));
    truth.field("graduated_on", dates::iso_month(education.graduated));
    truth.field("study_years", education.years);
    flow = flow
        .say("，于")
        .value("enrolled_on", month_text(education.enrolled, hand))
        .say("至")
        .value("graduated_on", month_text(education.graduated, hand))
        .say(if education.family == Family::Technical { "在我校" } else { "在本校" })
        .value("major", &*education.major)
        .say("专业");
    if education.family == Family::Technical {
        return flow
            .say("学习，学制")
            .value("study_years", education::years_in_han(education.years))
            .say("，修完教学计划规定的全部课程，成绩合格，准予毕业。");
    }
    if !education.form.is_empty() && chance(rng, 0.6) {
        flow = flow.value("study_form", education.form);
        truth.field("study_form", education.form);
    }
    flow = flow.say("学习，修完").value("study_years", education::years_in_han(education.years)).say("制");
    if education.family.is_higher() {
        flow = flow.value("education_level", education.level);
        truth.field("education_level", education.level);
    }
    flow.say("教学计划规定的全部课程，成绩合格，准予毕业。")
}

fn day_text(date: Date, hand: DateHand) -> String {
    match hand {
        DateHand::Arabic => dates::zh(date),
        DateHand::Padded => format!("{:04}年{:02}月{:02}日", date.year(), date.month(), date.day()),
        DateHand::Han(zero) => format!(
            "{}年{}月{}日",
            dates::year_in_han(date.year(), zero),
            dates::number_in_han(date.month()),
            dates::number_in_han(date.day())
        ),
    }
}

fn month_text(date: Date, hand: DateHand) -> String {
    let day = day_text(date, hand);
    day.split_inclusive('月').next().unwrap_or_default().to_owned()
}
