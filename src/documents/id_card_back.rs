//! Resident ID card, emblem side, out of the lines of a rectified card.

use jiff::civil::Date;

use crate::{
    domain::{DocumentKind, Finding, FindingCode, Severity},
    ocr::PageText,
};

use super::{
    checks::{all_lines, report_missing},
    id_check,
    labelled::Labelled,
    labels::{Label, label, wrapping},
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    values::{Parsed, date, fuzzy, region, text_norm, validity},
};

const LABELS: [Label; 6] = [
    wrapping("issuing_authority", "签发机关"),
    wrapping("issuing_authority", "发证机关"),
    label("validity", "有效期限"),
    label("validity", "有效期"),
    label("", "中华人民共和国"),
    label("", "居民身份证"),
];

/// Told by its form, its label not read.
const UNLABELLED_FACTOR: f32 = 0.93;

/// An authority of no place that the table of regions knows: a rare character of its name was lost or misread.
const UNKNOWN_PLACE_FACTOR: f32 = 0.6;

/// Reads the side; `today` judges its validity.
pub fn read(pages: &[PageText], today: Date) -> DocumentReading {
    let labelled = Labelled::read(pages, &LABELS);
    let lines = all_lines(pages);
    let mut fields: Vec<FieldReading> = Vec::new();
    fields.extend(issuing_authority(pages, &labelled));
    let found = labelled
        .of("validity")
        .map(|entry| (&entry.value, entry.factor))
        .chain(lines.iter().map(|line| (line, UNLABELLED_FACTOR)))
        .filter_map(|(passage, factor)| Some((passage, factor, validity::parse(passage.chars())?)));
    let dates = joined_dates(&lines);
    // One date alone is half of a row that the detector cut in two.
    let found = found
        .chain(validity::parse(dates.chars()).map(|parsed| (&dates, UNLABELLED_FACTOR, parsed)))
        .reduce(|first, next| if first.2.until.is_none() && next.2.until.is_some() { next } else { first });
    if let Some((passage, factor, found)) = found {
        let mut from = found.from;
        from.factor *= factor;
        fields.extend(passage.field(pages, "valid_from", &from));
        if let Some(mut until) = found.until {
            until.factor *= factor;
            fields.extend(passage.field(pages, "valid_until", &until));
        }
    }
    let mut reading = DocumentReading { fields, findings: Vec::new() };
    temporary(pages, &lines, &mut reading);
    if !reading.findings.iter().any(|finding| finding.code == FindingCode::IdTemporary) {
        id_check::validity(pages, today, &mut reading);
    }
    report_missing(&mut reading, DocumentKind::IdCardBack);
    reading
}

/// Everything that holds a date, in reading order: the validity row when it was cut in two.
fn joined_dates(lines: &[Passage]) -> Passage {
    let mut joined = Passage::default();
    for line in lines.iter().filter(|line| !date::find_all(line.chars()).is_empty()) {
        joined.append(line);
    }
    joined
}

/// Behind its label, else the line that ends like one: …公安局, …分局.
fn issuing_authority(pages: &[PageText], labelled: &Labelled) -> Option<FieldReading> {
    let han = |passage: &Passage, factor: f32| {
        let chars = passage.chars();
        let start = chars.iter().position(|&c| text_norm::is_han(c))?;
        let run =
            chars[start..].iter().take_while(|&&c| text_norm::is_han(c) || matches!(c, '（' | '）')).count();
        // Every issuer is a bureau (…局): what follows is a watermark that the detector joined to it.
        let bureau = chars[start..start + run].iter().rposition(|&c| c == '局');
        let len = bureau.map_or(run, |at| at + 1);
        let value: String = chars[start..start + len].iter().collect();
        let place = if region::names_place(&value) { 1.0 } else { UNKNOWN_PLACE_FACTOR };
        let parsed =
            Parsed { value, range: start..start + len, factor: factor * place, alternatives: Vec::new() };
        (len >= 4).then(|| passage.field(pages, "issuing_authority", &parsed)).flatten()
    };
    labelled.of("issuing_authority").find_map(|entry| han(&entry.value, entry.factor)).or_else(|| {
        labelled
            .loose
            .iter()
            .filter(|passage| {
                let text = passage.text();
                text.contains("公安") || text.ends_with("分局")
            })
            .find_map(|passage| han(passage, UNLABELLED_FACTOR))
    })
}

/// A temporary card says so in its title; it is valid for three months only.
fn temporary(pages: &[PageText], lines: &[Passage], reading: &mut DocumentReading) {
    let title: Vec<char> = "临时居民身份证".chars().collect();
    let found = lines.iter().find_map(|line| {
        let found = fuzzy::search(line.chars(), &title, 1)?;
        let glyphs = line.slice(found.start..found.end);
        // 居民身份证 with a speck before it is no temporary card: both characters must stand there.
        (glyphs.text().contains("临时") || glyphs.text().contains('临')).then_some(glyphs)
    });
    let Some(glyphs) = found else { return };
    let mut finding = Finding::new(
        FindingCode::IdTemporary,
        Severity::Review,
        "这是临时居民身份证",
        "This is a temporary ID card",
    );
    if let Some(quad) = super::passage::quad_of(pages, &glyphs.sources()) {
        finding = finding.at(quad);
    }
    let page = glyphs.glyphs.first().and_then(|glyph| pages.get(glyph.page)).map(|page| page.page);
    if let Some(page) = page {
        finding = finding.on_page(page);
    }
    reading.findings.push(finding);
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::documents::layout::drawn;

    const TODAY: Date = date(2026, 6, 1);
    const CARD: &str =
        "中华人民共和国\n居民身份证\n签发机关  北京市公安局朝阳分局\n有效期限  2016.05.18-2036.05.18";

    fn codes(reading: &DocumentReading) -> Vec<FindingCode> {
        reading.findings.iter().map(|f| f.code).collect()
    }

    #[test]
    fn many_layouts() {
        for drawing in [
            CARD.to_owned(),
            CARD.replace("  ", ""),
            CARD.replace("签发机关  ", ""),
            CARD.replace("有效期限  ", ""),
            CARD.replace("2016.05.18-2036.05.18", "2016.05.182036.05.18"),
            CARD.replace("签发机关", "签发机夫"),
            CARD.replace("-2036", "-  2036"),
        ] {
            let reading = read(&[drawn(&drawing)], TODAY);
            for (field, value) in [
                ("issuing_authority", "北京市公安局朝阳分局"),
                ("valid_from", "2016-05-18"),
                ("valid_until", "2036-05-18"),
            ] {
                assert_eq!(reading.value(field), Some(value), "{field} in\n{drawing}");
            }
            assert_eq!(codes(&reading), []);
        }
        let long = read(&[drawn(&CARD.replace("2036.05.18", "长期"))], TODAY);
        assert_eq!(long.value("valid_until"), Some("长期"));
    }

    #[test]
    fn expired_inconsistent_and_temporary() {
        assert_eq!(codes(&read(&[drawn(CARD)], date(2036, 5, 19))), [FindingCode::IdExpired]);
        assert_eq!(codes(&read(&[drawn(CARD)], date(2036, 5, 18))), []);
        let wrong = CARD.replace("2036.05", "2033.05");
        assert_eq!(codes(&read(&[drawn(&wrong)], TODAY)), [FindingCode::IdValidityInconsistent]);
        let temporary = CARD.replace("居民身份证", "临时居民身份证").replace("2036.05.18", "2016.08.18");
        assert_eq!(codes(&read(&[drawn(&temporary)], date(2016, 6, 1))), [FindingCode::IdTemporary]);
    }
}
