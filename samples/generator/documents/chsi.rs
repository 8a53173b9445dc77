//! CHSI reports (DOMAIN.md §4): registration form and enrolment verification report.

use jiff::{ToSpan, civil::date};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{Brief, Drawn, paper};
use crate::{
    canvas::{Canvas, TextStyle},
    draw::qr,
    fonts::{self, Style},
    spec::{between, chance, one_of},
    truth::Truth,
    words::{
        dates,
        education::{Education, Family, chsi_code},
    },
};

/// Draws one of the two reports; a tampered one has a code, host or age that must be noticed.
pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let family = one_of(&[Family::Regular, Family::Regular, Family::Adult], rng);
    let education = match brief.education.filter(|e| e.family.is_higher()) {
        Some(education) => education.clone(),
        None => Education::invent(family, brief.person, brief.split, brief.today, rng),
    };
    let registration = brief.education.is_some() || chance(rng, 0.5);
    let (w, h) = paper::A4;
    let mut canvas = Canvas::new(w, h);
    canvas.rect(0.0, 0.0, w, h, "#fff");
    if chance(rng, 0.6) {
        watermark(&mut canvas, brief, rng);
    }
    let font = fonts::pick(one_of(&[Style::Song, Style::Hei], rng), brief.split, rng);
    let label_font = if chance(rng, 0.5) { font.clone() } else { fonts::pick(Style::Hei, brief.split, rng) };
    let label = TextStyle::new(&label_font, between(rng, 3.7, 4.3), one_of(&["#333", "#555", "#222"], rng));
    let value = TextStyle::new(&font, label.size, "#111");
    let mut page = Page { canvas, truth: Truth::default(), label, value };
    let stale = brief.tampered && chance(rng, 0.3);
    let age = if stale { rng.random_range(200..700) } else { rng.random_range(0..150) };
    let updated = brief.today.saturating_sub(age.days()).max(education.graduated);
    if stale && updated < brief.today.saturating_sub(6.months()) {
        page.truth.finding("chsi.stale");
    }
    let title = page.label.clone().sized(between(rng, 6.0, 7.4)).bold(0.02);
    let name = if registration {
        "教育部学历证书电子注册备案表"
    } else {
        "教育部学籍在线验证报告"
    };
    page.canvas.text_centred(w / 2.0, 23.0 + between(rng, -2.0, 2.0), &title, name);
    page.truth
        .field("report_type", if registration { "education_registration" } else { "enrolment_verification" });
    let date_label = page.label.clone().sized(3.6);
    let text = format!("更新日期：{}", dates::zh(updated));
    let rect = page.canvas.text_centred(w / 2.0, 33.0, &date_label, &text);
    page.canvas.field("updated_on", rect);
    page.truth.field("updated_on", dates::iso(updated));
    if registration {
        registration_rows(&mut page, brief, &education, rng)
    } else {
        enrolment_rows(&mut page, brief, &education, rng)
    }
    code_block(&mut page, brief, &education, stale, rng);
    notes(&mut page, rng);
    let text_mm = page.value.size * 0.95;
    Drawn {
        canvas: page.canvas,
        kind: DocumentKind::ChsiReport,
        truth: page.truth,
        layout: if registration { "chsi_registration" } else { "chsi_enrolment" }.to_owned(),
        font: format!("{}+{}", label_font.name, font.name),
        text_mm,
    }
}

struct Page {
    canvas: Canvas,
    truth: Truth,
    label: TextStyle,
    value: TextStyle,
}

impl Page {
    fn row(&mut self, x: f32, gap: f32, y: f32, label: &str, text: &str, field: Option<(&str, &str)>) {
        self.canvas.text(x, y, &self.label, label);
        let rect = self.canvas.text(x + gap, y, &self.value, text);
        if let Some((name, normal)) = field {
            self.canvas.field(name, rect);
            self.truth.field(name, normal);
        }
    }
}

/// Label, printed value, and the truth's field with its value.
type Row<'a> = (&'a str, &'a str, Option<(&'a str, &'a str)>);

/// The faint slanted words behind the print.
fn watermark(canvas: &mut Canvas, brief: &Brief<'_>, rng: &mut ChaCha8Rng) {
    let style = TextStyle::new(&fonts::pick(Style::Hei, brief.split, rng), 7.0, "#9ab").faded(0.16);
    for row in 0..7 {
        for column in 0..3 {
            canvas.text_turned(
                column as f32 * 72.0 + 6.0,
                row as f32 * 44.0 + 30.0,
                -28.0,
                &style,
                "学信网 CHSI",
            );
        }
    }
}

fn category(education: &Education) -> &'static str {
    match education.family {
        Family::Adult => "成人高等教育",
        Family::SelfStudy => "高等教育自学考试",
        _ => "普通高等教育",
    }
}

fn level(education: &Education, rng: &mut ChaCha8Rng) -> &'static str {
    if education.level == "专科" { one_of(&["专科", "高职（专科）"], rng) } else { "本科" }
}

fn registration_rows(page: &mut Page, brief: &Brief<'_>, education: &Education, rng: &mut ChaCha8Rng) {
    let person = brief.person;
    let (left, right) = (22.0 + between(rng, -2.0, 2.0), 112.0 + between(rng, -3.0, 3.0));
    let gap = between(rng, 29.0, 33.0);
    let pitch = between(rng, 11.0, 13.5);
    let mut y = 50.0;
    page.canvas.text(left, y, &page.label.clone(), "姓名");
    // The name is a picture on the real page: no text layer holds it.
    let style = page.value.clone();
    page.canvas.glyphs(left + gap, y, &style, &person.name);
    let rect =
        vouch::domain::Rect::new(left + gap, y - style.size, left + gap + style.width(&person.name), y + 0.6);
    page.canvas.field("name", rect);
    page.truth.field("name", &person.name);
    paper::photo(&mut page.canvas, 160.0, 33.0, 26.0, 34.6, brief, rng);
    let study = education.years;
    let level = level(education, rng);
    let birth = dates::zh(person.birth);
    let (enrolled, graduated) = (dates::zh(education.enrolled), dates::zh(education.graduated));
    let spaced: String = education
        .number
        .chars()
        .enumerate()
        .flat_map(|(i, c)| (i > 0 && i % 4 == 0).then_some(' ').into_iter().chain([c]))
        .collect();
    let number = if chance(rng, 0.8) { spaced } else { education.number.clone() };
    let years = format!("{study}{}", one_of(&["", "年", " 年"], rng));
    let (enrolled_iso, graduated_iso) = (dates::iso(education.enrolled), dates::iso(education.graduated));
    let birth_iso = dates::iso(person.birth);
    y += pitch;
    page.row(left, gap, y, "性别", person.sex(), Some(("sex", person.sex())));
    page.row(right - 14.0, gap - 6.0, y, "出生日期", &birth, Some(("birth_date", &birth_iso)));
    y += pitch * 1.25;
    let form = if education.form.is_empty() { "业余" } else { education.form };
    let pairs: [[Row<'_>; 2]; 5] = [
        [
            ("入学日期", &enrolled, Some(("enrolled_on", &enrolled_iso))),
            (
                one_of(&["毕（结）业日期", "毕(结)业日期"], rng),
                &graduated,
                Some(("graduated_on", &graduated_iso)),
            ),
        ],
        [("学历类别", category(education), None), ("层次", level, Some(("education_level", level)))],
        [
            ("学校名称", &education.school, Some(("school", &education.school))),
            ("学制", &years, Some(("study_years", study))),
        ],
        [
            ("专业", &education.major, Some(("major", &education.major))),
            ("学习形式", form, Some(("study_form", form))),
        ],
        [
            ("证书编号", &number, Some(("certificate_number", &education.number))),
            (one_of(&["毕（结）业", "毕(结)业"], rng), "毕业", None),
        ],
    ];
    for [a, b] in pairs {
        page.row(left, gap, y, a.0, a.1, a.2);
        let shift = if b.0.chars().count() > 5 { 4.0 } else { 0.0 };
        page.row(right, gap + shift, y, b.0, b.1, b.2);
        y += pitch;
    }
    page.row(
        left,
        gap + 6.0,
        y,
        one_of(&["校（院）长姓名", "校(院)长姓名"], rng),
        &education.principal,
        Some(("principal", &education.principal)),
    );
}

fn enrolment_rows(page: &mut Page, brief: &Brief<'_>, education: &Education, rng: &mut ChaCha8Rng) {
    let person = brief.person;
    let (x, gap) = (21.0 + between(rng, -2.0, 2.0), 42.0 + between(rng, -3.0, 3.0));
    let pitch = between(rng, 9.2, 10.2);
    let enrolled = date(brief.today.year() - rng.random_range(1..4), 9, 1);
    let study: i16 = education.years.parse::<f32>().map_or(3, |y| y.ceil() as i16);
    let expected = date(enrolled.year() + study, one_of(&[6, 7], rng), 1);
    let enrolled_text = dates::zh(enrolled);
    let expected_text = dates::zh(expected);
    let level = level(education, rng);
    let form = if education.form.is_empty() { "全日制" } else { education.form };
    let years = format!("{} 年", education.years);
    let (birth, birth_iso) = (dates::zh(person.birth), dates::iso(person.birth));
    let (e_iso, x_iso) = (dates::iso(enrolled), dates::iso(expected));
    let nation = if chance(rng, 0.7) { format!("{}族", person.nation) } else { person.nation.clone() };
    let status =
        one_of(&["在籍（注册学籍）", "在籍（注册学籍）", "在籍（注册学籍）", "休学", "保留学籍"], rng);
    let with_id = chance(rng, 0.4);
    let mut rows: Vec<Row<'_>> = vec![
        ("姓名", &person.name, Some(("name", &person.name))),
        ("性别", person.sex(), Some(("sex", person.sex()))),
        ("出生日期", &birth, Some(("birth_date", &birth_iso))),
        ("民族", &nation, Some(("nation", &person.nation))),
    ];
    if with_id {
        rows.push(("证件号码", &person.id_number, None));
    }
    rows.extend([
        (one_of(&["学校名称", "院校"], rng), &*education.school, Some(("school", &*education.school))),
        ("层次", level, Some(("education_level", level))),
        ("专业", &*education.major, Some(("major", &*education.major))),
        ("学制", &*years, Some(("study_years", education.years))),
        ("学历类别", category(education), None),
        ("学习形式", form, Some(("study_form", form))),
        ("分院", "商学院", None),
        ("系所", "", None),
        ("入学日期", &*enrolled_text, Some(("enrolled_on", &*e_iso))),
        ("学籍状态", status, Some(("student_status", status))),
        ("预计毕业日期", &*expected_text, Some(("expected_graduation", &*x_iso))),
    ]);
    let mut y = 46.0 + between(rng, -1.0, 2.0);
    for (name, text, field) in rows {
        page.row(x, gap, y, name, text, field);
        y += pitch;
    }
    paper::photo(&mut page.canvas, 158.0, 44.0, 28.0, 37.4, brief, rng);
}

/// Code in print and QR; the tampered ones disagree.
fn code_block(page: &mut Page, brief: &Brief<'_>, education: &Education, stale: bool, rng: &mut ChaCha8Rng) {
    let code = education.code.clone();
    let mut payload_code = code.clone();
    let mut host = one_of(&["www.chsi.com.cn", "www.chsi.com.cn", "chsi.com.cn"], rng);
    let mut printed = true;
    if brief.tampered && !stale {
        match rng.random_range(0..3) {
            0 => {
                payload_code = chsi_code(rng);
                page.truth.finding("chsi.qr_mismatch");
            }
            1 => {
                host = one_of(
                    &["www.chsi-com.cn", "www.chsi.com.cn.xlcx.top", "chsi.wang", "www.chssi.com.cn"],
                    rng,
                );
                page.truth.finding("chsi.qr_foreign_host");
            }
            _ => {
                printed = false;
                page.truth.finding("chsi.code_missing");
            }
        }
    }
    let scheme = one_of(&["https", "https", "http"], rng);
    let query = match rng.random_range(0..4) {
        0 | 1 => format!("vcode={payload_code}&srcid=bgcx"),
        2 => format!("srcid=archive&trnd={}&vcode={payload_code}", rng.random_range(10_000..99_999)),
        _ => format!("lang=CN&vcode={payload_code}&srcid=bgcx&from=wxxcx"),
    };
    let url = format!("{scheme}://{host}/xlcx/bg.do?{query}");
    let (x, y, side) =
        (27.0 + between(rng, -2.0, 3.0), 228.0 + between(rng, -3.0, 3.0), between(rng, 23.0, 27.0));
    if printed {
        qr::draw(&mut page.canvas, x, y, side, &url);
        page.truth.field("qr_url", &url);
        page.canvas.text(x + side + 7.0, y + 9.0, &page.label.clone(), "在线验证码");
        let spacing = if chance(rng, 0.4) { 0.15 } else { 0.0 };
        let code_style = TextStyle::new(&page.value.font, page.value.size, "#111").spaced(spacing);
        let rect = page.canvas.text(x + side + 31.0, y + 9.0, &code_style, &code);
        page.canvas.field("verification_code", rect);
        page.truth.field("verification_code", &code);
    }
}

fn notes(page: &mut Page, rng: &mut ChaCha8Rng) {
    let style = page.label.clone().sized(2.9);
    let lines = [
        "注意事项：",
        "1、报告内容如有修改，请以最新在线验证的内容为准。",
        "2、使用者可通过扫描二维码或登录学信网在线验证系统查验，网址 https://www.chsi.com.cn/xlcx/bgcx.jsp",
        "3、未经学历信息权属人同意，不得将报告用于违背权属人意愿之用途。",
        "4、报告在线验证有效期由报告权属人设置，报告权属人可延长有效期。",
    ];
    let y = 265.0 + between(rng, -2.0, 1.0);
    for (i, line) in lines.iter().enumerate() {
        page.canvas.text(21.0, y + i as f32 * 5.0, &style, line);
    }
}
