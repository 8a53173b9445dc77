//! Vocational certificates (DOMAIN.md §2): 职业技能等级证书 in several layouts, and the bilingual
//! 国家职业资格证书.

use jiff::civil::{Date, date};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{
    Brief, Drawn,
    paper::{self, Row, Rows},
};
use crate::{
    canvas::{Canvas, TextStyle},
    draw::{qr, seal},
    fonts::{self, Style},
    spec::{Split, between, chance, one_of},
    truth::Truth,
    words::{address, dates},
};

const OCCUPATIONS: &[(&str, &[&str])] = &[
    ("电子商务师", &["网商", "跨境电子商务师"]),
    ("营销员", &[]),
    ("互联网营销师", &["选品员", "直播销售员", "视频创推员", "平台管理员"]),
    ("连锁经营管理师", &[]),
    ("采购员", &[]),
    ("全媒体运营师", &[]),
    ("数字化管理师", &[]),
    ("物流服务师", &[]),
    ("广告设计师", &[]),
    ("客户服务管理员", &[]),
    ("呼叫中心服务员", &[]),
    ("网约配送员", &[]),
    ("保育师", &[]),
    ("养老护理员", &[]),
    ("中式烹调师", &[]),
    ("西式面点师", &[]),
    ("汽车维修工", &["汽车机械维修工", "汽车电器维修工"]),
    ("电工", &[]),
    ("企业人力资源管理师", &[]),
    ("健康管理师", &[]),
    ("茶艺师", &[]),
];

/// Level digit, rank, and its trade name.
const LEVELS: &[(u8, &str, &str)] = &[
    (5, "五级", "初级工"),
    (4, "四级", "中级工"),
    (3, "三级", "高级工"),
    (2, "二级", "技师"),
    (1, "一级", "高级技师"),
];

/// The shape of a layout.
#[derive(Clone, Copy)]
struct Layout {
    name: &'static str,
    size: (f32, f32),
    /// Left edge of labels and of values, first baseline, pitch.
    rows: (f32, f32, f32, f32),
    photo: (f32, f32, f32, f32),
    qr: (f32, f32, f32),
    /// Baseline of the issuer; its left edge.
    foot: (f32, f32),
    title_y: f32,
    justify: f32,
    colon: &'static str,
    underline: bool,
}

/// Every third is held out.
const LAYOUTS: &[Layout] = &[
    Layout {
        name: "grade_landscape",
        size: (297.0, 210.0),
        rows: (38.0, 82.0, 72.0, 12.6),
        photo: (210.0, 58.0, 35.0, 49.0),
        qr: (36.0, 162.0, 28.0),
        foot: (168.0, 172.0),
        title_y: 44.0,
        justify: 34.0,
        colon: "：",
        underline: false,
    },
    Layout {
        name: "grade_portrait",
        size: (210.0, 297.0),
        rows: (36.0, 80.0, 146.0, 13.2),
        photo: (88.0, 78.0, 34.0, 47.0),
        qr: (30.0, 252.0, 26.0),
        foot: (110.0, 262.0),
        title_y: 58.0,
        justify: 32.0,
        colon: "：",
        underline: true,
    },
    Layout {
        name: "grade_spread_right",
        size: (260.0, 182.0),
        rows: (138.0, 178.0, 40.0, 12.0),
        photo: (46.0, 50.0, 33.0, 45.0),
        qr: (18.0, 138.0, 26.0),
        foot: (52.0, 150.0),
        title_y: 32.0,
        justify: 0.0,
        colon: "：",
        underline: false,
    },
    Layout {
        name: "grade_card",
        size: (190.0, 130.0),
        rows: (20.0, 56.0, 42.0, 8.6),
        photo: (146.0, 34.0, 27.0, 37.0),
        qr: (148.0, 78.0, 24.0),
        foot: (84.0, 112.0),
        title_y: 26.0,
        justify: 28.0,
        colon: "",
        underline: false,
    },
    Layout {
        name: "grade_electronic",
        size: (150.0, 230.0),
        rows: (16.0, 58.0, 100.0, 11.5),
        photo: (60.0, 44.0, 30.0, 41.0),
        qr: (16.0, 196.0, 24.0),
        foot: (72.0, 206.0),
        title_y: 30.0,
        justify: 0.0,
        colon: ":",
        underline: false,
    },
    Layout {
        name: "grade_two_tone",
        size: (210.0, 148.0),
        rows: (82.0, 124.0, 46.0, 9.6),
        photo: (26.0, 44.0, 32.0, 44.0),
        qr: (28.0, 98.0, 26.0),
        foot: (122.0, 132.0),
        title_y: 30.0,
        justify: 36.0,
        colon: "",
        underline: true,
    },
];

struct Facts {
    occupation: &'static str,
    specialty: Option<&'static str>,
    level: u8,
    level_text: String,
    issued: Date,
    issuer: String,
    number: String,
}

/// Draws one of the layouts of the split.
pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    // The old booklets have other numbers than the form of an application states.
    if brief.career.is_none() && chance(rng, 0.22) { qualification(brief, rng) } else { grade(brief, rng) }
}

/// Chinese label, English label, printed value, and the truth's field with its value.
type BilingualEntry<'a> = (&'a str, &'a str, String, Option<(&'static str, String)>);

fn facts(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Facts {
    let (occupation, specialties) = brief.split.pick(OCCUPATIONS, rng);
    let (level, rank, trade) = one_of(LEVELS, rng);
    let prior = brief.career.map(|career| &career.prior);
    let (occupation, specialties) = prior.map_or((occupation, specialties), |prior| (prior.occupation, &[]));
    let stated = prior.and_then(|prior| LEVELS.iter().find(|(level, ..)| *level == prior.level));
    let (level, rank, trade) = stated.copied().unwrap_or((level, rank, trade));
    let level_text = match rng.random_range(0..5) {
        0..3 => format!("{rank}/{trade}"),
        3 => format!("{trade}/{rank}"),
        _ => format!("{rank}（{trade}）"),
    };
    let issued = dates::day_between(date(2020, 3, 1), brief.today, rng);
    let issued = prior.map_or(issued, |prior| prior.issued);
    let social = chance(rng, 0.7);
    let issuer = if social && chance(rng, 0.4) {
        format!("{}职业技能鉴定指导中心", brief.person.region.province)
    } else {
        address::company(brief.split, rng)
    };
    let body = if chance(rng, 0.6) { 0 } else { rng.random_range(1..200) };
    let number = format!(
        "{}{body:04}{}{:06}{:02}{level}{:06}",
        if social { 'S' } else { 'Y' },
        &brief.person.region.code[..2],
        rng.random_range(1..2000),
        issued.year() % 100,
        rng.random_range(1..100_000)
    );
    let number = prior.map_or(number, |prior| prior.number.clone());
    let specialty = (!specialties.is_empty()).then(|| one_of(specialties, rng));
    Facts { occupation, specialty, level, level_text, issued, issuer, number }
}

fn grade(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let layout = brief.split.pick(LAYOUTS, rng);
    let facts = facts(brief, rng);
    let person = brief.person;
    let (w, h) = layout.size;
    let mut canvas = paper::certificate_stock(w, h, brief, rng);
    let mut truth = Truth::default();
    let ink = paper::ink(rng);
    let styles = [Style::Song, Style::Hei, Style::Kai];
    let label_font = fonts::pick(one_of(&styles, rng), brief.split, rng);
    let value_font = fonts::pick(one_of(&styles, rng), brief.split, rng);
    let size = (layout.rows.3 * between(rng, 0.38, 0.46)).clamp(3.4, 5.4);
    let label = TextStyle::new(&label_font, size, ink);
    let value =
        TextStyle::new(&value_font, size * between(rng, 0.94, 1.06), ink).bold(between(rng, 0.0, 0.025));

    let title_font = fonts::pick(Style::Song, brief.split, rng);
    let title = TextStyle::new(
        &title_font,
        w.min(h) * 0.062,
        one_of(&["#8a1c1c", "#1c1c1e", "#9a6a1c", "#1d3f72"], rng),
    )
    .bold(0.03)
    .spaced(0.2);
    let title_x = if layout.name == "grade_spread_right" { w * 0.25 } else { w / 2.0 };
    canvas.text_centred(title_x, layout.title_y, &title, "职业技能等级证书");

    let with_id_type = chance(rng, 0.7);
    let mut rows = vec![Row::new(one_of(&["姓名", "姓  名"], rng), &*person.name, "name", &*person.name)];
    if chance(rng, 0.3) {
        rows.push(Row::new("性别", person.sex(), "sex", person.sex()));
    }
    if chance(rng, 0.25) {
        rows.push(Row::new("出生日期", dates::zh(person.birth), "birth_date", dates::iso(person.birth)));
    }
    if with_id_type {
        rows.push(Row::plain("证件类型", one_of(&["居民身份证", "身份证"], rng)));
    }
    rows.push(Row::new("证件号码", &*person.id_number, "id_number", &*person.id_number));
    rows.push(Row::new(one_of(&["职业名称", "职业"], rng), facts.occupation, "occupation", facts.occupation));
    let specialty_label = one_of(&["工种/职业方向", "职业方向", "工种名称", "工种"], rng);
    match facts.specialty {
        Some(specialty) => rows.push(Row::new(specialty_label, specialty, "specialty", specialty)),
        None if chance(rng, 0.6) => rows.push(Row::plain(specialty_label, one_of(&["--", "", "——"], rng))),
        None => {}
    }
    let level_label = one_of(&["职业技能等级", "技能等级", "等级"], rng);
    rows.push(Row::new(level_label, &*facts.level_text, "level", facts.level.to_string()));
    let number_row = Row::new("证书编号", &*facts.number, "certificate_number", &*facts.number);
    if chance(rng, 0.25) {
        rows.insert(0, number_row)
    } else {
        rows.push(number_row)
    }

    let right = if layout.photo.0 > layout.rows.1 { layout.photo.0 - 4.0 } else { w - 12.0 };
    // A photo above or left of the rows leaves them the whole width.
    let clear = layout.photo.1 + layout.photo.3 < layout.rows.2 || layout.photo.0 < layout.rows.0;
    let value_width = if clear { w - 14.0 - layout.rows.1 } else { right - layout.rows.1 };
    let foot_y = layout.foot.1.min(h - paper::CLEAR - size * 1.9);
    let available = foot_y - size * 2.2 - layout.rows.2;
    let (dx, dy) = (between(rng, -2.0, 2.0), between(rng, -2.0, 2.0));
    Rows {
        label_x: layout.rows.0 + dx,
        value_x: layout.rows.1 + dx,
        y: layout.rows.2 + dy,
        pitch: layout.rows.3.min(available / rows.len() as f32),
        value_width,
        justify: if rows.iter().any(|r| r.label.contains('/')) {
            0.0
        } else {
            layout.justify.min(label.size * 6.4)
        },
        label: label.clone(),
        value: value.clone(),
        colon: layout.colon,
        underline: layout.underline,
    }
    .set(&mut canvas, &mut truth, &rows);

    foot(&mut canvas, &mut truth, &layout, &facts, &label, &value, rng);
    let (x, y, pw, ph) = layout.photo;
    paper::photo(&mut canvas, x + dx, y + dy, pw, ph, brief, rng);
    if chance(rng, 0.8) {
        let host = one_of(&["http://jndj.osta.org.cn", "https://pjjg.osta.org.cn"], rng);
        qr::draw(
            &mut canvas,
            layout.qr.0,
            layout.qr.1,
            layout.qr.2,
            &format!("{host}/cert?no={}", facts.number),
        );
        canvas.text(
            layout.qr.0,
            layout.qr.1 + layout.qr.2 + 3.0,
            &label.clone().sized(2.4),
            "扫码查询 jndj.osta.org.cn",
        );
    }
    paper::specimen(&mut canvas, &value, rng);
    Drawn {
        canvas,
        kind: DocumentKind::PriorCertificate,
        truth,
        layout: layout.name.to_owned(),
        font: format!("{}+{}", label_font.name, value_font.name),
        text_mm: size * 0.94,
    }
}

/// Issuer, date and the seal over them.
fn foot(
    canvas: &mut Canvas,
    truth: &mut Truth,
    layout: &Layout,
    facts: &Facts,
    label: &TextStyle,
    value: &TextStyle,
    rng: &mut ChaCha8Rng,
) {
    let (x, y) = layout.foot;
    let y = y.min(canvas.height - paper::CLEAR - label.size * 1.9);
    let labelled = chance(rng, 0.6);
    let lead = if labelled {
        one_of(&["评价机构：", "发证机构：", "评价机构（盖章）："], rng)
    } else {
        ""
    };
    // Long names begin further left, up to the code where that stands beside them.
    let (qr_x, qr_y, qr_side) = layout.qr;
    let beside_code = qr_x < x && y > qr_y - label.size && y < qr_y + qr_side + 8.0;
    let left = if beside_code { qr_x + qr_side + 5.0 } else { paper::CLEAR };
    let needed = label.width(lead) + value.width(&facts.issuer);
    let x = x.min(canvas.width - paper::CLEAR - needed).max(left.min(x));
    let room = canvas.width - paper::CLEAR - x;
    let lead_end = if labelled { canvas.text(x, y, label, lead).right } else { x };
    let natural = value.width(&facts.issuer);
    let style = value.clone().sized(value.size * ((room - (lead_end - x)) / natural).min(1.0));
    let issuer = canvas.text(lead_end, y, &style, &facts.issuer);
    canvas.field("issuer", issuer);
    truth.field("issuer", &facts.issuer);
    let below = y + label.size * 1.9;
    let lead = if labelled || chance(rng, 0.5) { "发证日期：" } else { "" };
    let date_x = if lead.is_empty() { x } else { canvas.text(x, below, label, lead).right };
    let text = match rng.random_range(0..3) {
        0 => dates::zh(facts.issued),
        1 => format!("{:04}年{:02}月{:02}日", facts.issued.year(), facts.issued.month(), facts.issued.day()),
        _ => dates::iso(facts.issued),
    };
    let rect = canvas.text(date_x, below, value, &text);
    canvas.field("issued_on", rect);
    truth.field("issued_on", dates::iso(facts.issued));
    let r = between(rng, 0.085, 0.1) * canvas.width.max(canvas.height).min(220.0);
    let cx = (x + between(rng, 0.35, 0.7) * room).min(canvas.width - r - 4.0);
    let cy = (y + label.size * between(rng, 0.0, 1.4)).min(canvas.height - r - 2.0);
    seal::round(canvas, (cx, cy, r), &facts.issuer, None, label, rng);
}

/// The bilingual booklet with a number of 16 digits.
fn qualification(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let person = brief.person;
    let facts = facts(brief, rng);
    let issued = dates::day_between(date(2006, 1, 1), date(2020, 12, 1), rng);
    let (w, h) = (250.0, 175.0);
    let mut canvas = paper::certificate_stock(w, h, brief, rng);
    let mut truth = Truth::default();
    let ink = paper::ink(rng);
    let label_font =
        fonts::pick(if brief.split == Split::Dev { Style::Song } else { Style::Hei }, brief.split, rng);
    let value_font = fonts::pick(one_of(&[Style::Song, Style::Kai, Style::Hei], rng), brief.split, rng);
    let latin = TextStyle::new(&label_font, 2.7, ink);
    let label = TextStyle::new(&label_font, 4.0, ink);
    let value = TextStyle::new(&value_font, between(rng, 4.0, 4.5), ink);
    canvas.line(w / 2.0, 4.0, w / 2.0, h - 4.0, 0.25, "#bbb");
    let number = format!(
        "{:02}{:02}{:02}{:04}{}{:05}",
        issued.year() % 100,
        rng.random_range(0..40),
        rng.random_range(0..20),
        rng.random_range(0..10_000),
        facts.level,
        rng.random_range(0..100_000)
    );
    let trade = LEVELS.iter().find(|l| l.0 == facts.level).map_or("", |l| l.2);
    let mark = match trade {
        "初级工" => "初级",
        "中级工" => "中级",
        "高级工" => "高级",
        other => other,
    };
    let occupation_and_level = format!("{}{}{mark}", facts.occupation, one_of(&["", " ", "／"], rng));
    paper::photo(&mut canvas, 46.0, 40.0, 30.0, 41.0, brief, rng);
    let title = label.clone().sized(6.6).bold(0.03);
    canvas.text_centred(w * 0.25, 26.0, &title, "国家职业资格证书");
    let entries: [BilingualEntry<'_>; 7] = [
        ("姓名", "Name", person.name.clone(), Some(("name", person.name.clone()))),
        ("性别", "Sex", person.sex().to_owned(), Some(("sex", person.sex().to_owned()))),
        ("出生日期", "Birth Date", dates::zh(person.birth), Some(("birth_date", dates::iso(person.birth)))),
        ("文化程度", "Educational Level", one_of(&["大专", "本科", "高中", "中专"], rng).to_owned(), None),
        ("证件号码", "ID No.", person.id_number.clone(), Some(("id_number", person.id_number.clone()))),
        ("职业及等级", "Occupation & Skill Level", occupation_and_level, None),
        ("证书编号", "Certificate No.", number.clone(), Some(("certificate_number", number))),
    ];
    let mut y = 30.0 + between(rng, -2.0, 2.0);
    for (zh, en, text, field) in entries {
        canvas.text(w / 2.0 + 8.0, y, &label, zh);
        canvas.text(w / 2.0 + 8.0, y + 3.8, &latin, en);
        let rect = canvas.text(w / 2.0 + 46.0, y + 1.0, &value, &text);
        canvas.line(w / 2.0 + 45.0, y + 2.6, w - 10.0, y + 2.6, 0.15, "#777");
        if let Some((name, normal)) = field {
            canvas.field(name, rect);
            truth.field(name, normal);
        } else if zh == "职业及等级" {
            canvas.field("occupation", rect);
            truth.field("occupation", facts.occupation);
            truth.field("level", facts.level.to_string());
        }
        y += 12.4;
    }
    for (i, name) in ["理论知识考试成绩", "操作技能考核成绩", "评定成绩"].iter().enumerate()
    {
        let y = y + i as f32 * 9.0;
        canvas.text(w / 2.0 + 8.0, y, &label, name);
        let score = if i == 2 { "合格".to_owned() } else { rng.random_range(60..99).to_string() };
        canvas.text(w / 2.0 + 46.0, y, &value, &score);
    }
    let issuer = format!("{}职业技能鉴定（指导）中心", brief.person.region.province);
    canvas.text(24.0, 120.0, &label, "发证机构");
    let rect = canvas.text(24.0, 128.0, &value.clone().sized(3.8), &issuer);
    canvas.field("issuer", rect);
    truth.field("issuer", &issuer);
    let rect = canvas.text(24.0, 140.0, &value, &dates::zh(issued));
    canvas.field("issued_on", rect);
    truth.field("issued_on", dates::iso(issued));
    let seal_y = between(rng, 126.0, 138.0);
    seal::round(&mut canvas, (62.0, seal_y, 19.0), &issuer, Some("专用章"), &label, rng);
    paper::specimen(&mut canvas, &value, rng);
    Drawn {
        canvas,
        kind: DocumentKind::PriorCertificate,
        truth,
        layout: "qualification_booklet".to_owned(),
        font: format!("{}+{}", label_font.name, value_font.name),
        text_mm: 3.8,
    }
}
