//! The verification code of a CHSI report: print, PDF text and QR code held against each other.

use jiff::{ToSpan, civil::Date};

use crate::{
    domain::{FieldName, Finding, FindingCode, Reader, Severity},
    ocr::PageText,
};

use super::{
    checks::about,
    chsi_report::is_pdf_text,
    labelled::Labelled,
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    values::{
        chsi_code::{self, Format},
        chsi_qr::{self, Payload},
    },
};

/// A code far from its label, told by its form.
const LOOSE_FACTOR: f32 = 0.95;

/// The code is known from the QR code alone.
const QR_ONLY_SCORE: f32 = 0.97;

/// Print and QR code agree: 16 characters do not agree by chance.
const AGREED_SCORE: f32 = 0.9999;

/// A printed character that disagrees with the QR code counts as misread below this probability.
/// Higher: altered prints that happen to be blurred pass as misread; lower: noise raises mismatches.
const UNSURE_SYMBOL: f32 = 0.80;

/// At most so many unsure characters are put down to reading; more of them is another code.
const MAX_MISREAD: usize = 3;

/// A report that was updated longer ago than this many months does not show today's state.
const STALE_AFTER_MONTHS: i32 = 6;

/// Reads the code and the QR code and adds their fields and findings.
pub fn run(pages: &[PageText], labelled: &Labelled, lines: &[Passage], reading: &mut DocumentReading) {
    let qr = qr_payload(pages);
    let prints = printed_codes(pages, labelled, lines);
    let linked = qr.as_ref().and_then(|(field, payload)| match payload {
        Payload::Report { code: Some(code) } => Some((field.clone(), code.clone())),
        _ => None,
    });
    let best = prints.iter().find(|field| is_pdf_text(field)).or_else(|| prints.first()).cloned();

    match (best, linked) {
        (Some(print), Some((_, code))) => agree(pages, print, &code, reading),
        (Some(print), None) => {
            report_format(pages, &print, reading);
            reading.fields.push(print);
        }
        (None, Some((qr_field, code))) => {
            let field = FieldReading {
                name: FieldName::new("verification_code"),
                text: code.clone(),
                value: code,
                score: QR_ONLY_SCORE,
                ..qr_field
            };
            report_format(pages, &field, reading);
            reading.fields.push(field);
        }
        (None, None) => reading.findings.push(
            Finding::new(
                FindingCode::ChsiCodeMissing,
                Severity::Review,
                "未找到在线验证码",
                "No online verification code was found",
            )
            .about("verification_code"),
        ),
    }
    // A PDF's own text against what is drawn on the page.
    if let (Some(pdf), Some(drawn)) =
        (prints.iter().find(|f| is_pdf_text(f)), prints.iter().find(|f| !is_pdf_text(f)))
        && !same_print(pages, drawn, &pdf.value)
    {
        reading.findings.push(about(
            mismatch("页面显示的在线验证码与PDF文字不一致", "The drawn code differs from the PDF's text"),
            drawn,
            pages,
        ));
    }
    if let Some((field, payload)) = qr {
        report_payload(pages, &field, &payload, reading);
        reading.fields.push(field);
    }
}

/// Adds `chsi.stale` when the report is old.
pub fn staleness(pages: &[PageText], today: Date, reading: &mut DocumentReading) {
    let Some(field) = reading.field("updated_on") else { return };
    let Ok(updated) = field.value.parse::<Date>() else { return };
    let Ok(limit) = updated.checked_add(STALE_AFTER_MONTHS.months()) else { return };
    if today <= limit {
        return;
    }
    let months = i32::from(today.year() - updated.year()) * 12 + i32::from(today.month() - updated.month());
    let finding = Finding::new(
        FindingCode::ChsiStale,
        Severity::Review,
        "报告更新日期距今已超过6个月",
        "The report was updated more than six months ago",
    )
    .with_evidence("age_months", months)
    .with_evidence("limit_months", STALE_AFTER_MONTHS);
    let finding = about(finding, field, pages);
    reading.findings.push(finding);
}

/// The page's QR code as a field, CHSI's own first.
fn qr_payload(pages: &[PageText]) -> Option<(FieldReading, Payload)> {
    let mut all: Vec<(FieldReading, Payload)> = pages
        .iter()
        .enumerate()
        .flat_map(|(page, text)| text.codes.iter().map(move |code| (page, code)))
        .filter(|(_, code)| code.symbology.to_ascii_lowercase().contains("qr"))
        .map(|(page, code)| {
            let field = FieldReading {
                name: FieldName::new("qr_url"),
                value: code.text.trim().to_owned(),
                text: code.text.clone(),
                sources: Vec::new(),
                quad: Some(code.quad),
                page,
                score: AGREED_SCORE,
                readers: vec![Reader::Barcode],
                alternatives: Vec::new(),
            };
            (field, chsi_qr::parse(&code.text))
        })
        .collect();
    // A code for the app's download or a mini program may stand beside the report's own.
    all.sort_by_key(|(_, payload)| match payload {
        Payload::Report { code: Some(_) } => 0,
        Payload::ForeignHost => 1,
        Payload::Report { code: None } | Payload::OtherPage => 2,
        Payload::NotALink => 3,
    });
    all.into_iter().next()
}

/// The printed codes: one for every kind of reader, the best by its label and form.
fn printed_codes(pages: &[PageText], labelled: &Labelled, lines: &[Passage]) -> Vec<FieldReading> {
    let beside_label = labelled.of("verification_code").filter_map(|entry| {
        let mut parsed = chsi_code::find(entry.value.chars())?;
        parsed.factor *= entry.factor;
        entry.value.field(pages, "verification_code", &parsed)
    });
    let by_form = lines.iter().filter_map(|line| {
        let mut parsed = chsi_code::find(line.chars())?;
        parsed.factor *= LOOSE_FACTOR;
        // Far from a label only the full form counts: numbers of every kind stand on these pages.
        (chsi_code::format(&parsed.value) == Format::Strict)
            .then(|| line.field(pages, "verification_code", &parsed))
            .flatten()
    });
    let mut codes: Vec<FieldReading> = Vec::new();
    for field in beside_label.chain(by_form) {
        let strict = |f: &FieldReading| chsi_code::format(&f.value) == Format::Strict;
        match codes.iter().position(|known| is_pdf_text(known) == is_pdf_text(&field)) {
            Some(at) if strict(&field) && !strict(&codes[at]) => codes[at] = field,
            Some(_) => {}
            None => codes.push(field),
        }
    }
    codes
}

/// Print and QR code: one field when they say the same, else a finding and both readings.
fn agree(pages: &[PageText], mut print: FieldReading, code: &str, reading: &mut DocumentReading) {
    if same_print(pages, &print, code) {
        if print.value != code {
            print.alternatives.retain(|(value, _)| value != code);
            let misread = std::mem::replace(&mut print.value, code.to_owned());
            print.alternatives.insert(0, (misread, 1.0 - QR_ONLY_SCORE));
            print.score = QR_ONLY_SCORE;
        } else {
            print.score = AGREED_SCORE;
            print.alternatives.clear();
        }
        print.readers.push(Reader::Barcode);
        report_format(pages, &print, reading);
    } else {
        print.alternatives.insert(0, (code.to_owned(), print.score.min(0.5)));
        reading.findings.push(about(
            mismatch("印刷的在线验证码与二维码不一致", "The printed code differs from the QR code's"),
            &print,
            pages,
        ));
        print.score *= 0.5;
    }
    reading.fields.push(print);
}

fn mismatch(zh: &str, en: &str) -> Finding {
    Finding::new(FindingCode::ChsiQrMismatch, Severity::Review, zh, en)
}

/// Whether the print may say `code`: it reads so, or differs only where it was not read surely or
/// where two look-alikes stand.
fn same_print(pages: &[PageText], print: &FieldReading, code: &str) -> bool {
    if print.value == code {
        return true;
    }
    let symbols: Vec<f32> = print
        .sources
        .iter()
        .filter_map(|s| pages.get(s.page)?.lines.get(s.line)?.symbols.get(s.symbols.clone()))
        .flatten()
        .filter(|symbol| !symbol.ch.is_whitespace())
        .map(|symbol| symbol.probability)
        .collect();
    let (a, b): (Vec<char>, Vec<char>) = (print.value.chars().collect(), code.chars().collect());
    if a.len() != b.len() {
        // A repeat that the recogniser merged, or a speck that it read: the print as a whole was unsure.
        let edits = super::values::fuzzy::distance(&a, &b);
        return edits == 1 && a.len().abs_diff(b.len()) == 1;
    }
    let mut differing = 0;
    for (at, (x, y)) in a.iter().zip(&b).enumerate() {
        if x == y {
            continue;
        }
        differing += 1;
        let unsure = symbols.get(at).is_some_and(|&p| p < UNSURE_SYMBOL);
        if !unsure && !chsi_code::are_lookalikes(*x, *y) {
            return false;
        }
    }
    differing <= MAX_MISREAD
}

fn report_format(pages: &[PageText], field: &FieldReading, reading: &mut DocumentReading) {
    let (zh, en) = match chsi_code::format(&field.value) {
        Format::Strict => return,
        Format::Legacy => ("在线验证码为旧版12位数字，请人工核验", "The code is of the old 12-digit kind"),
        Format::Unusual => ("在线验证码格式不常见，请人工核验", "The code has an unusual form"),
        Format::Malformed => ("在线验证码格式不正确", "The code is malformed"),
    };
    let finding = Finding::new(FindingCode::ChsiCodeMalformed, Severity::Review, zh, en)
        .with_evidence("length", field.value.chars().count());
    reading.findings.push(about(finding, field, pages));
}

fn report_payload(
    pages: &[PageText],
    field: &FieldReading,
    payload: &Payload,
    reading: &mut DocumentReading,
) {
    let finding = match payload {
        Payload::Report { code: Some(_) } => return,
        Payload::ForeignHost => Finding::new(
            FindingCode::ChsiQrForeignHost,
            Severity::Review,
            "二维码指向的网址不是学信网官方网站",
            "The QR code does not point to CHSI's official site",
        ),
        Payload::Report { code: None } | Payload::OtherPage => {
            mismatch("二维码不含在线验证码", "The QR code holds no verification code")
        }
        Payload::NotALink => mismatch("二维码内容不是学信网链接", "The QR code is no link to CHSI"),
    };
    reading.findings.push(about(finding, field, pages));
}
