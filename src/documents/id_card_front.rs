//! Resident ID card, portrait side, out of the lines of a rectified card.
//!
//! Lines may hold a label with its value, or the value alone: where no label is found, the item's place
//! on the card (GA 461) tells what it is. Lines in another script are ignored.

use jiff::civil::Date;

use crate::{domain::DocumentKind, ocr::PageText};

use super::{
    checks::{all_lines, labelled_field, loose_field, report_missing},
    flow, id_check,
    labelled::Labelled,
    labels::{Label, label, wrapping},
    overprint,
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    values::{Parsed, date, id_number, nation, person_name, region, sex, text_norm},
};

const LABELS: [Label; 10] = [
    label("name", "姓名"),
    label("sex", "性别"),
    label("nation", "民族"),
    label("birth_date", "出生"),
    wrapping("address", "住址"),
    label("id_number", "公民身份号码"),
    label("id_number", "公民身份证号码"),
    label("id_number", "身份号码"),
    label("id_number", "公民身份"),
    label("id_number", "身份证号码"),
];

/// A value told by its place or form, its label not read.
const UNLABELLED_FACTOR: f32 = 0.93;

/// Width and height of a card in millimetres (ISO/IEC 7810 ID-1).
const CARD_MM: (f32, f32) = (85.6, 54.0);

/// A page whose width ÷ height is off a card's by more than this factor is no rectified card (a card
/// that was not cut out of its picture): places say nothing on it.
const CARD_SHAPE_SLACK: f32 = 1.15;

/// Where an item's value stands on the card in millimetres: (left, top, right, bottom), with the ±2 mm
/// that prints vary by.
type Place = (f32, f32, f32, f32);
const NAME: Place = (12.0, 7.0, 52.0, 14.5);
const SEX_AND_NATION: Place = (12.0, 13.5, 52.0, 21.0);
const BIRTH: Place = (12.0, 19.8, 52.0, 27.5);
const ADDRESS: Place = (13.0, 26.5, 54.0, 45.2);
const NUMBER: Place = (27.0, 42.5, 78.0, 51.0);

/// Of name, sex and address, how many must stand at their places beside the number.
const MIN_PLACED: usize = 2;

/// Whether the values stand where the card has them, whatever became of its labels: they are printed in pale blue, and
/// go first in bad light.
pub fn is_laid_out_like_one(pages: &[PageText]) -> bool {
    let lines = all_lines(pages);
    let at = |place: Place| lines.iter().filter(move |line| stands_in(pages, line, place));
    let has_number = at(NUMBER).any(|line| {
        id_number::find(line.chars()).is_some_and(|found| id_number::birth_date(&found.value).is_some())
    });
    let placed = [
        at(NAME).any(|line| person_name::parse(line.chars()).is_some()),
        at(SEX_AND_NATION).any(|line| sex::find(line.chars()).is_some()),
        at(ADDRESS).any(|line| line.len() >= MIN_ADDRESS_LEN && text_norm::is_han(line.chars()[0])),
    ];
    has_number && placed.into_iter().filter(|&is_there| is_there).count() >= MIN_PLACED
}

/// Reads the side.
pub fn read(pages: &[PageText], _today: Date) -> DocumentReading {
    let pages = &overprint::removed(pages, &[overprint::SPECIMEN])[..];
    let labelled = Labelled::read(pages, &LABELS);
    let lines = all_lines(pages);
    let mut fields: Vec<FieldReading> = Vec::new();
    let number = labelled_field(pages, &labelled, "id_number", id_number::find)
        .or_else(|| loose_field(pages, &lines, "id_number", 1.0, id_number::find));
    fields.extend(
        labelled_field(pages, &labelled, "name", person_name::parse)
            .or_else(|| placed(pages, &labelled, NAME, "name", person_name::parse)),
    );
    fields.extend(
        labelled_field(pages, &labelled, "sex", sex::find)
            .or_else(|| placed(pages, &labelled, SEX_AND_NATION, "sex", sex::find)),
    );
    fields.extend(
        labelled_field(pages, &labelled, "nation", nation::parse)
            .or_else(|| placed(pages, &labelled, SEX_AND_NATION, "nation", nation_after_sex)),
    );
    fields.extend(
        labelled_field(pages, &labelled, "birth_date", date::find_day)
            .or_else(|| placed(pages, &labelled, BIRTH, "birth_date", date::find_day))
            .or_else(|| loose_field(pages, &lines, "birth_date", UNLABELLED_FACTOR, birth_row))
            .or_else(|| loose_field(pages, &rows(pages), "birth_date", UNLABELLED_FACTOR, birth_row)),
    );
    fields.extend(address(pages, &labelled, number.as_ref().map(|field| field.value.as_str())));
    fields.extend(number);
    let mut reading = DocumentReading { fields, findings: Vec::new() };
    id_check::number(pages, &mut reading);
    id_check::birth(pages, &mut reading);
    id_check::sex(pages, &mut reading);
    report_missing(&mut reading, DocumentKind::IdCardFront);
    reading
}

/// `男汉`: what follows the sex; without a sex before it only a listed nation alone counts.
fn nation_after_sex(chars: &[char]) -> Option<Parsed<String>> {
    let start = chars.iter().position(|c| matches!(c, '男' | '女')).map_or(0, |at| at + 1);
    // The label half read: 民汉, 族汉.
    let start = start + chars.get(start..)?.iter().take_while(|c| matches!(c, '民' | '族' | ':')).count();
    nation::parse(chars.get(start..)?).map(|parsed| parsed.shifted(start))
}

/// Rows of the card, each joined: the birth row is printed with gaps that the detector takes for columns.
fn rows(pages: &[PageText]) -> Vec<Passage> {
    (0..pages.len()).flat_map(|page| flow::rows(pages, page)).collect()
}

/// A date as the card prints it, with 年 and 月.
fn birth_row(chars: &[char]) -> Option<Parsed<Date>> {
    chars.contains(&'年').then(|| date::find_day(chars)).flatten()
}

/// Shorter is no address: a village's name at the least.
const MIN_ADDRESS_LEN: usize = 4;

/// Taking the only county of the province that is one character away from what was read: likely, but
/// new counties are in no table.
const NEAREST_COUNTY_FACTOR: f32 = 0.8;

/// The part of the address row that is printed in Chinese: no label, no other script.
fn address(pages: &[PageText], labelled: &Labelled, number: Option<&str>) -> Option<FieldReading> {
    let mut value = labelled.of("address").next().map(|entry| entry.value.clone()).unwrap_or_default();
    let mut factor = 1.0;
    if value.is_empty() {
        factor = UNLABELLED_FACTOR;
    }
    // Lines that no label claimed but that stand where the address does (all of it without a label,
    // the last line of one or two characters with it).
    for passage in &labelled.loose {
        if stands_in(pages, passage, ADDRESS) && passage.chars().iter().any(|&c| text_norm::is_han(c)) {
            value.append(passage);
        }
    }
    let value = Passage::new(value.glyphs.into_iter().filter(|g| is_address_char(g.ch)).collect());
    let value = value.trimmed();
    if value.len() < MIN_ADDRESS_LEN {
        return None;
    }
    let text = value.text();
    if has_long_number(&text) {
        factor *= LONG_NUMBER_FACTOR;
    }
    match region::nearest_county(value.chars(), number.and_then(|number| number.get(..6)))
        .filter(|_| !region::names_county(&text))
    {
        None => value.text_field(pages, "address", factor),
        Some((at, county)) => {
            let len = county.chars().count();
            let part = |range: std::ops::Range<usize>| value.slice(range).text();
            let parsed = Parsed {
                value: part(0..at) + county + &part(at + len..value.len()),
                range: 0..value.len(),
                factor: factor * NEAREST_COUNTY_FACTOR,
                alternatives: vec![(text, 1.0 - NEAREST_COUNTY_FACTOR)],
            };
            value.field(pages, "address", &parsed)
        }
    }
}

/// Digits of an address's longest numbers: rooms have four.
const MOST_DIGITS: usize = 4;

/// A longer number has lost the dash between a building and a room (57栋4-1206).
const LONG_NUMBER_FACTOR: f32 = 0.6;

/// Whether `address` has a longer number than addresses have.
pub fn has_long_number(address: &str) -> bool {
    address.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > MOST_DIGITS)
}

/// Characters of addresses: Chinese, digits, letters of blocks, dashes and brackets.
fn is_address_char(ch: char) -> bool {
    text_norm::is_han(ch)
        || ch.is_ascii_alphanumeric()
        || matches!(ch, '-' | '（' | '）' | '·' | '#' | '、' | '.' | '/')
}

/// The first loose line at `place` in which `parse` finds something.
fn placed<T: ToString>(
    pages: &[PageText],
    labelled: &Labelled,
    place: Place,
    field: &'static str,
    parse: impl Fn(&[char]) -> Option<Parsed<T>>,
) -> Option<FieldReading> {
    labelled.loose.iter().filter(|passage| stands_in(pages, passage, place)).find_map(|passage| {
        let mut parsed = parse(passage.chars())?;
        parsed.factor *= UNLABELLED_FACTOR;
        passage.field(pages, field, &parsed)
    })
}

/// Whether the centre of a passage stands within `place`, the page being the card.
fn stands_in(pages: &[PageText], passage: &Passage, place: Place) -> bool {
    let sources = passage.sources();
    let (Some(first), Some(quad)) = (sources.first(), super::passage::quad_of(pages, &sources)) else {
        return false;
    };
    let Some(page) = pages.get(first.page).filter(|page| page.width > 0.0 && page.height > 0.0) else {
        return false;
    };
    let shape = page.width / page.height * CARD_MM.1 / CARD_MM.0;
    if !(1.0 / CARD_SHAPE_SLACK..=CARD_SHAPE_SLACK).contains(&shape) {
        return false;
    }
    let center = quad.center();
    let (x, y) = (center.x / page.width * CARD_MM.0, center.y / page.height * CARD_MM.1);
    let (left, top, right, bottom) = place;
    (left..=right).contains(&x) && (top..=bottom).contains(&y)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        documents::layout::{EM, drawn, page},
        domain::{FindingCode, Quad, Reader, Rect},
        ocr::TextLine,
    };

    const TODAY: Date = date(2026, 6, 1);
    /// A man, born 31 December 1949: the number of the published example with another order.
    const MAN: &str = "110105194912310038";

    fn card(number: &str) -> String {
        format!(
            "姓名  张三\n性别  男  民族  汉\n出生  1949年12月31日\n住址  北京市朝阳区某某街道某某\n      小区3号楼2单元101室\n公民身份号码  {number}"
        )
    }

    const WANTED: [(&str, &str); 5] = [
        ("name", "张三"),
        ("sex", "男"),
        ("nation", "汉"),
        ("birth_date", "1949-12-31"),
        ("address", "北京市朝阳区某某街道某某小区3号楼2单元101室"),
    ];

    /// The values of a card at their places, in a page of ten pixels a millimetre.
    fn unlabelled(number: &str) -> PageText {
        let line = |text: &str, left: f32, top: f32| {
            let rect = Rect::new(
                left * 10.0,
                top * 10.0,
                (left + 2.6 * text.chars().count() as f32) * 10.0,
                top * 10.0 + 26.0,
            );
            TextLine::plain(text, Quad::from_rect(rect), 0.99, Reader::Ppocr)
        };
        PageText {
            page: 0,
            width: 856.0,
            height: 540.0,
            lines: vec![
                line("张三", 14.0, 9.0),
                line("男", 14.0, 16.0),
                line("北京市朝阳区某某街道", 14.0, 29.0),
                TextLine::plain(
                    number,
                    Quad::from_rect(Rect::new(290.0, 440.0, 700.0, 470.0)),
                    0.99,
                    Reader::Ppocr,
                ),
            ],
            codes: Vec::new(),
        }
    }

    #[test]
    fn a_room_of_five_digits_has_lost_its_dash() {
        assert!(has_long_number("翠湖小区57栋41206"));
        assert!(!has_long_number("翠湖小区57栋4-1206") && !has_long_number("和平街2410号"));
    }

    #[test]
    fn values_at_their_places_make_a_card() {
        assert!(is_laid_out_like_one(&[unlabelled(MAN)]));
        assert!(!is_laid_out_like_one(&[unlabelled("202612345678901234")]));
        let upside_down = {
            let mut page = unlabelled(MAN);
            for line in &mut page.lines {
                line.quad = line.quad.map(|p| crate::domain::Point::new(856.0 - p.x, 540.0 - p.y));
            }
            page
        };
        assert!(!is_laid_out_like_one(&[upside_down]));
    }

    #[test]
    fn labels_apart_glued_and_cut() {
        let base = card(MAN);
        for drawing in [
            base.clone(),
            base.replace("名  ", "名").replace("别  ", "别").replace("男  ", "男").replace("族  ", "族"),
            base.replace("性别  男  民族  汉", "性别男民族汉"),
            base.replace("姓名", "姓|  |名").replace("住址", "住|  |址"),
            base.replace("公民身份号码  ", "公民身份号码"),
            base.replace("公民身份号码", "公民身份号吗"),
        ] {
            let reading = read(&[drawn(&drawing)], TODAY);
            for (field, value) in WANTED {
                assert_eq!(reading.value(field), Some(value), "{field} in\n{drawing}");
            }
            assert_eq!(reading.value("id_number"), Some(MAN), "{drawing}");
        }
    }

    /// Lines as crops of known places give them: no labels at all.
    #[test]
    fn values_by_their_places() {
        let scale = 1000.0 / CARD_MM.0;
        let at = |x: f32, y: f32, text: &'static str| (x * scale, y * scale - EM / 2.0, text);
        let mut card = page(&[
            at(15.6, 11.0, "买买提·艾力"),
            at(15.6, 17.3, "男"),
            at(33.7, 17.3, "维吾尔"),
            at(15.6, 23.6, "1949年12月31日"),
            at(15.6, 29.8, "新疆某某市某某区"),
            at(15.6, 34.4, "某某街道101"),
            at(15.6, 39.0, "号"),
            at(30.1, 46.3, "110105194912310038"),
        ]);
        card.height = CARD_MM.1 * scale;
        let reading = read(&[card], TODAY);
        for (field, value) in [
            ("name", "买买提·艾力"),
            ("sex", "男"),
            ("nation", "维吾尔"),
            ("birth_date", "1949-12-31"),
            ("address", "新疆某某市某某区某某街道101号"),
            ("id_number", MAN),
        ] {
            assert_eq!(reading.value(field), Some(value), "{field}");
        }
    }

    #[test]
    fn a_number_of_no_province_is_no_broken_checksum() {
        let codes = |number: &str| -> Vec<FindingCode> {
            read(&[drawn(&card(number))], TODAY).findings.into_iter().map(|f| f.code).collect()
        };
        // The check character of 00000019491231003.
        assert_eq!(codes("000000194912310035"), [FindingCode::IdRegionUnknown]);
        assert_eq!(
            codes("000000194912310031"),
            [FindingCode::IdChecksumFailed, FindingCode::IdRegionUnknown]
        );
    }

    #[test]
    fn a_misread_county_is_the_nearest_one_and_both_are_kept() {
        let reading = read(&[drawn(&card(MAN).replace("北京市朝阳区", "河北省石家庄市井隆县"))], TODAY);
        let field = reading.field("address").unwrap();
        assert_eq!(field.value, "河北省石家庄市井陉县某某街道某某小区3号楼2单元101室");
        assert_eq!(field.alternatives[0].0, "河北省石家庄市井隆县某某街道某某小区3号楼2单元101室");
    }

    #[test]
    fn a_broken_number_is_reported_and_kept() {
        let reading = read(&[drawn(&card("110105194912310039"))], TODAY);
        assert_eq!(reading.value("id_number"), Some("110105194912310039"));
        assert!(reading.findings.iter().any(|f| f.code == FindingCode::IdChecksumFailed));
    }

    #[test]
    fn rows_are_held_against_the_number() {
        let codes = |drawing: &str| -> Vec<FindingCode> {
            read(&[drawn(drawing)], TODAY).findings.into_iter().map(|f| f.code).collect()
        };
        assert_eq!(codes(&card(MAN)), []);
        assert_eq!(codes(&card(MAN).replace("12月31日", "12月30日")), [FindingCode::IdBirthMismatch]);
        assert_eq!(codes(&card(MAN).replace("男", "女")), [FindingCode::IdSexMismatch]);
        assert_eq!(
            codes(&card(MAN).replace("住址  北京市朝阳区某某街道某某\n      小区3号楼2单元101室\n", "")),
            [FindingCode::FieldMissing]
        );
    }
}
