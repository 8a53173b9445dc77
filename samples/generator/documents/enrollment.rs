//! Admission approval forms (招生录取审批表): ruled tables with printed values.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{Brief, Drawn, paper};
use crate::{
    canvas::{Canvas, TextStyle},
    draw::seal,
    fonts::{self, Style},
    spec::{between, chance, one_of},
    truth::Truth,
    words::{
        dates,
        education::{Education, Family},
    },
};

/// One cell: label or value; a value may name its field.
struct Cell {
    text: String,
    field: Option<(&'static str, String)>,
    /// Width in twelfths of the table.
    span: f32,
    is_label: bool,
}

fn label(text: &str, span: f32) -> Cell {
    Cell { text: text.to_owned(), field: None, span, is_label: true }
}

fn value(text: impl Into<String>, field: Option<(&'static str, String)>, span: f32) -> Cell {
    Cell { text: text.into(), field, span, is_label: false }
}

/// Every third is held out.
const LAYOUTS: &[&str] = &["enrollment_grid", "enrollment_list", "enrollment_wide"];

/// Draws a form for the brief's education.
pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let person = brief.person;
    let family = one_of(&[Family::Secondary, Family::Technical, Family::Secondary, Family::Adult], rng);
    let education = match brief.education {
        Some(education) => education.clone(),
        None => Education::invent(family, person, brief.split, brief.today, rng),
    };
    let layout = brief.split.pick(LAYOUTS, rng);
    let (w, h) = paper::A4;
    let mut canvas = Canvas::new(w, h);
    canvas.rect(0.0, 0.0, w, h, "#fff");
    let label_font = fonts::pick(one_of(&[Style::Song, Style::Hei], rng), brief.split, rng);
    let value_font = fonts::pick(one_of(&[Style::Song, Style::Kai, Style::Hei], rng), brief.split, rng);
    let size = between(rng, 3.9, 4.5);
    let print = TextStyle::new(&label_font, size, "#1a1a1a");
    let filled = TextStyle::new(&value_font, size, one_of(&["#111", "#1a1a2a"], rng));
    let title = if education.family.is_higher() {
        "新生录取审批表".to_owned()
    } else {
        one_of(&["招生录取审批表", "新生录取审批表", "学生招生录取审批表"], rng).to_owned()
    };
    canvas.text_centred(
        w / 2.0,
        26.0,
        &print.clone().sized(6.6).bold(0.03),
        &format!("{}{title}", education.school),
    );
    if chance(rng, 0.5) {
        canvas.text(
            22.0,
            35.0,
            &print,
            &format!("编号：{}{:06}", education.enrolled.year(), rng.random_range(0..1_000_000)),
        );
    }
    // The precision of the truth is the printed one.
    let with_day = chance(rng, 0.3);
    let month = if with_day {
        dates::zh(education.enrolled)
    } else if chance(rng, 0.5) {
        format!("{}年{}月", education.enrolled.year(), education.enrolled.month())
    } else {
        format!("{:04}.{:02}", education.enrolled.year(), education.enrolled.month())
    };
    let enrolled_iso =
        if with_day { dates::iso(education.enrolled) } else { dates::iso_month(education.enrolled) };
    let name = value(&*person.name, Some(("name", person.name.clone())), 2.0);
    let sex = value(person.sex(), Some(("sex", person.sex().to_owned())), 1.5);
    let id = value(&*person.id_number, Some(("id_number", person.id_number.clone())), 5.0);
    let school = value(&*education.school, Some(("school", education.school.clone())), 5.0);
    let major = value(&*education.major, Some(("major", education.major.clone())), 3.5);
    let enrolled = value(month, Some(("enrolled_on", enrolled_iso)), 3.0);
    let score = value(rng.random_range(260..560).to_string(), None, 2.0);
    let rows: Vec<Vec<Cell>> = match layout {
        "enrollment_grid" => vec![
            vec![
                label("姓名", 1.5),
                name,
                label("性别", 1.2),
                sex,
                label("民族", 1.2),
                value(&*person.nation, None, 1.6),
            ],
            vec![label("身份证号", 2.0), id, label("成绩", 1.2), score],
            vec![
                label("毕业学校", 2.0),
                value("第三初级中学", None, 4.0),
                label("政治面貌", 1.8),
                value("群众", None, 1.4),
            ],
            vec![
                label("录取学校", 2.0),
                school,
                label("学制", 1.2),
                value(format!("{}年", education.years), None, 1.0),
            ],
            vec![
                label("录取专业", 2.0),
                major,
                label("入学时间", 1.8),
                value(enrolled.text.clone(), enrolled.field.clone(), 2.0),
            ],
        ],
        "enrollment_list" => vec![
            vec![label("考生姓名", 3.0), Cell { span: 6.2, ..name }],
            vec![label("性    别", 3.0), Cell { span: 6.2, ..sex }],
            vec![label("身份证号码", 3.0), Cell { span: 6.2, ..id }],
            vec![label("录取院校", 3.0), Cell { span: 6.2, ..school }],
            vec![label("录取专业", 3.0), Cell { span: 6.2, ..major }],
            vec![label("入学年月", 3.0), Cell { span: 6.2, ..enrolled }],
        ],
        _ => vec![
            vec![
                label("学生姓名", 1.8),
                name,
                label("性别", 1.2),
                sex,
                label("出生年月", 1.8),
                value(format!("{}.{:02}", person.birth.year(), person.birth.month()), None, 1.4),
            ],
            vec![label("公民身份号码", 2.4), Cell { span: 6.9, ..id }],
            vec![label("招生专业", 1.8), major, label("入学日期", 1.8), Cell { span: 2.2, ..enrolled }],
            vec![label("学校名称", 1.8), Cell { span: 7.5, ..school }],
        ],
    };
    let mut truth = Truth::default();
    let (x0, mut y, table) = (20.0, 40.0, 170.0);
    let height = between(rng, 12.0, 15.0);
    let unit = table / 12.0;
    let top = y;
    for row in rows {
        let mut x = x0;
        let count = row.len();
        for (i, cell) in row.into_iter().enumerate() {
            let last = i + 1 == count;
            let width = if last { x0 + unit * 9.6 - x } else { cell.span * unit };
            canvas.frame(x, y, width, height, 0.3, "#222");
            let style = if cell.is_label { &print } else { &filled };
            let fit = (width - 2.0) / style.width(&cell.text).max(1.0);
            let style = style.clone().sized(style.size * fit.min(1.0));
            let rect = if cell.is_label || width < 26.0 {
                canvas.text_centred(x + width / 2.0, y + height * 0.62, &style, &cell.text)
            } else {
                canvas.text(x + 2.5, y + height * 0.62, &style, &cell.text)
            };
            if let Some((field, normal)) = cell.field {
                canvas.field(field, rect);
                truth.field(field, normal);
            }
            x += width;
        }
        y += height;
    }
    canvas.frame(x0 + unit * 9.6, top, unit * 2.4, (height * 3.4).min(y - top), 0.3, "#222");
    paper::photo(&mut canvas, x0 + unit * 9.6 + 3.0, top + 3.0, 27.0, 37.0, brief, rng);
    for (title, text) in [("招生学校意见", "同意录取"), ("主管部门审批意见", "同意")] {
        canvas.frame(x0, y, unit * 2.4, 44.0, 0.3, "#222");
        canvas.frame(x0 + unit * 2.4, y, table - unit * 2.4, 44.0, 0.3, "#222");
        for (i, line) in paper::wrap(&print, title, unit * 2.0).iter().enumerate() {
            canvas.text_centred(x0 + unit * 1.2, y + 16.0 + i as f32 * 7.0, &print, line);
        }
        canvas.text(x0 + unit * 3.2, y + 14.0, &filled, text);
        canvas.text(
            x0 + unit * 6.5,
            y + 38.0,
            &print,
            &format!("{}    （盖章）", dates::zh(education.enrolled)),
        );
        let owner = if text == "同意" { "教育考试招生办公室" } else { &*education.school };
        seal::round(&mut canvas, (x0 + unit * 8.8, y + 25.0, 17.0), owner, None, &print, rng);
        y += 44.0;
    }
    paper::specimen(&mut canvas, &filled, rng);
    Drawn {
        canvas,
        kind: DocumentKind::EnrollmentForm,
        truth,
        layout: layout.to_owned(),
        font: format!("{}+{}", label_font.name, value_font.name),
        text_mm: size * 0.85,
    }
}
