//! Papers that are none of the wanted ones, several of them look-alikes.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{
    Brief, Drawn,
    flow::Flow,
    paper::{self, Row, Rows},
};
use crate::{
    canvas::{Canvas, TextStyle},
    draw::{emblem, seal},
    fonts::{self, Style},
    spec::{between, one_of},
    truth::Truth,
    words::{
        address, dates,
        education::{Education, Family},
    },
};

/// Every third is held out.
const PAPERS: &[&str] =
    &["bank_statement", "degree", "high_school", "driving_licence", "completion", "receipt", "training", "scenery", "employment_contract"];

/// Draws one of them.
pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let paper = brief.split.pick(PAPERS, rng);
    let font = fonts::pick(one_of(&[Style::Song, Style::Hei], rng), brief.split, rng);
    let style = TextStyle::new(&font, 4.2, "#1a1a1a");
    let canvas = match paper {
        "bank_statement" => statement(brief, &style, rng),
        "driving_licence" => licence(brief, &style, rng),
        "receipt" => receipt(brief, &style, rng),
        "scenery" => scenery(rng),
        "employment_contract" => contract(brief, &style, rng),
        _ => look_alike(paper, brief, &style, rng),
    };
    let mut truth = Truth::default();
    truth.finding("kind.mismatch");
    Drawn { canvas, kind: DocumentKind::Other, truth, layout: paper.to_owned(), font: font.name.to_owned(), text_mm: 3.2 }
}

fn sheet() -> Canvas {
    let (w, h) = paper::A4;
    let mut canvas = Canvas::new(w, h);
    canvas.rect(0.0, 0.0, w, h, "#fefefe");
    canvas
}

fn statement(brief: &Brief<'_>, style: &TextStyle, rng: &mut ChaCha8Rng) -> Canvas {
    let mut canvas = sheet();
    canvas.text_centred(105.0, 26.0, &style.clone().sized(7.0).bold(0.02), "个人账户交易明细");
    canvas.text(20.0, 40.0, style, &format!("户名：{}    账号：6222{:015}", brief.person.name, rng.random_range(0..1_000_000_000_000_000_u64)));
    for (i, head) in ["交易日期", "摘要", "交易金额", "余额"].iter().enumerate() {
        canvas.text(22.0 + i as f32 * 44.0, 54.0, style, head);
    }
    let mut balance = rng.random_range(1_000..90_000);
    for row in 0..18 {
        let y = 64.0 + row as f32 * 11.0;
        let amount = rng.random_range(-900..3000);
        balance = (balance + amount).max(12);
        canvas.line(20.0, y - 7.0, 190.0, y - 7.0, 0.2, "#999");
        let cells = [dates::iso(brief.today), one_of(&["消费", "转账", "工资", "利息", "缴费"], rng).to_owned(), format!("{amount}.00"), format!("{balance}.00")];
        for (i, text) in cells.iter().enumerate() {
            canvas.text(22.0 + i as f32 * 44.0, y, style, text);
        }
    }
    canvas
}

fn licence(brief: &Brief<'_>, style: &TextStyle, rng: &mut ChaCha8Rng) -> Canvas {
    let mut canvas = Canvas::new(88.0, 60.0);
    canvas.corner_radius = 2.5;
    canvas.rect(0.0, 0.0, 88.0, 60.0, "#f4f7f1");
    let style = style.clone().sized(2.8);
    canvas.text_centred(44.0, 9.0, &style.clone().sized(4.0).bold(0.03), "中华人民共和国机动车驾驶证");
    let person = brief.person;
    let rows = [
        ("证号", person.id_number.clone()),
        ("姓名", person.name.clone()),
        ("住址", person.region.prefix()),
        ("出生日期", dates::iso(person.birth)),
        ("初次领证日期", dates::iso(dates::years_later(person.birth, 20))),
        ("准驾车型", one_of(&["C1", "C2", "B2"], rng).to_owned()),
    ];
    for (i, (label, value)) in rows.iter().enumerate() {
        let y = 17.0 + i as f32 * 7.0;
        canvas.text(5.0, y, &style, label);
        canvas.text(24.0, y, &style, value);
    }
    paper::photo(&mut canvas, 63.0, 24.0, 20.0, 28.0, brief, rng);
    canvas
}

fn receipt(brief: &Brief<'_>, style: &TextStyle, rng: &mut ChaCha8Rng) -> Canvas {
    let mut canvas = Canvas::new(80.0, 160.0);
    canvas.rect(0.0, 0.0, 80.0, 160.0, "#fbfaf6");
    canvas.text_centred(40.0, 14.0, &style.clone().sized(5.0), "购物小票");
    for i in 0..9 {
        let y = 28.0 + i as f32 * 10.0;
        canvas.text(6.0, y, style, one_of(&["矿泉水", "面包", "牛奶", "打印纸", "签字笔", "洗衣液"], rng));
        canvas.text(56.0, y, style, &format!("{}.{:02}", rng.random_range(1..90), rng.random_range(0..100)));
    }
    canvas.text(6.0, 132.0, style, &format!("日期 {}", dates::iso(brief.today)));
    canvas
}

fn contract(brief: &Brief<'_>, style: &TextStyle, rng: &mut ChaCha8Rng) -> Canvas {
    let mut canvas = sheet();
    canvas.text_centred(105.0, 34.0, &style.clone().sized(8.0).bold(0.03), "劳动合同书");
    let text = format!(
        "甲方：{}。乙方：{}，身份证号码{}。根据《中华人民共和国劳动法》的规定，甲乙双方经平等协商一致，自愿签订本合同，共同遵守本合同所列条款。合同期限自{}起，乙方同意根据甲方工作需要，担任业务员岗位工作。",
        address::company(brief.split, rng),
        brief.person.name,
        brief.person.id_number,
        dates::zh(brief.today)
    );
    Flow::default().say(&text).set(&mut canvas, 25.0, 60.0, 160.0, 11.0, style, style, false);
    canvas
}

fn scenery(rng: &mut ChaCha8Rng) -> Canvas {
    let mut canvas = Canvas::new(160.0, 120.0);
    canvas.rect(0.0, 0.0, 160.0, 70.0, one_of(&["#9cc7ee", "#e8b98a", "#b8c4cc"], rng));
    canvas.rect(0.0, 66.0, 160.0, 54.0, one_of(&["#4f7d3c", "#8a7a50", "#35607a"], rng));
    for _ in 0..14 {
        let (x, y, r) = (between(rng, 0.0, 160.0), between(rng, 40.0, 90.0), between(rng, 4.0, 18.0));
        let colour = one_of(&["#2f5a2c", "#6c5a3c", "#c9c3b6", "#88462f"], rng);
        canvas.svg(&format!(r#"<ellipse cx="{x}" cy="{y}" rx="{r}" ry="{}" fill="{colour}"/>"#, r * 1.3));
    }
    canvas
}

/// Certificates that are not graduation certificates of the wanted kinds.
fn look_alike(paper_name: &str, brief: &Brief<'_>, style: &TextStyle, rng: &mut ChaCha8Rng) -> Canvas {
    let person = brief.person;
    let education = Education::invent(Family::Regular, person, brief.split, brief.today, rng);
    let mut canvas = paper::certificate_stock(285.0, 200.0, brief, rng);
    let style = style.clone().sized(5.6);
    let (title, text) = match paper_name {
        "degree" => ("学士学位证书", format!("{}，{}，{}生。在{}{}专业完成了本科学习计划，业已毕业，经审核符合《中华人民共和国学位条例》的规定，授予管理学学士学位。", person.name, person.sex(), dates::zh(person.birth), education.school, education.major)),
        "high_school" => ("普通高中毕业证书", format!("学生{}，性别{}，{}生，于{}年九月至{}年六月在本校高中学习，修业期满，成绩合格，准予毕业。", person.name, person.sex(), dates::zh(person.birth), person.birth.year() + 15, person.birth.year() + 18)),
        "training" => ("培训合格证书", format!("{}同志于{}参加网络营销培训班学习，修完规定课程，成绩合格，特发此证。", person.name, dates::zh(brief.today))),
        _ => ("结业证书", format!("学生{}，性别{}，{}生，于{}年九月至{}年六月在本校{}专业学习，学完教学计划规定的全部课程，有一门课程成绩不合格，准予结业。", person.name, person.sex(), dates::zh(person.birth), education.enrolled.year(), education.graduated.year(), education.major)),
    };
    canvas.text_centred(142.0, 50.0, &style.clone().sized(12.0).bold(0.02), title);
    Flow::default().say(&text).set(&mut canvas, 84.0, 78.0, 170.0, 11.0, &style, &style, false);
    if rng.random_bool(0.3) {
        emblem::emblem(&mut canvas, 142.0, 24.0, 8.0);
    }
    paper::photo(&mut canvas, 32.0, 74.0, 34.0, 47.0, brief, rng);
    let rows = [Row::plain("证书编号", &*education.number)];
    Rows { label_x: 34.0, value_x: 62.0, y: 160.0, pitch: 9.0, value_width: 90.0, label: style.clone().sized(4.6), value: style.clone().sized(4.6), justify: 0.0, colon: "：", underline: false }
        .set(&mut canvas, &mut Truth::default(), &rows);
    canvas.text(180.0, 160.0, &style, &education.school);
    seal::round(&mut canvas, 205.0, 160.0, 19.0, &education.school, None, &style, rng);
    canvas
}
