//! A form read: registration, ink, entries decoded under their types, findings.

use image::RgbImage;

use crate::{
    documents::{DocumentReading, FieldReading},
    domain::{Point, Quad, Reader, Rect},
    inference::InferenceError,
    ocr::{Lattice, PageReader, TextLine},
};

use super::{
    burnt_print::BurntPrint,
    choice::{self, Mark},
    decode::{
        self, Decoded,
        claim::{self, Weight, Writing},
        code::CodeForm,
        date, free, number, vocabulary,
    },
    definition::{FieldDefinition, FieldType, Part, Vocabulary},
    findings::{self, EntryState},
    ink::{InkLayer, InkParams, Piece},
    print_likeness::PrintLikeness,
    registration::{self, Registration, RegistrationParams},
    sheet::{Alignment, PX_PER_MM, Sheet, luma},
    slots::{self, Look, Slot},
    template::Template,
};

/// Everything that was made of a form.
#[derive(Debug)]
pub struct FormReading {
    /// The page on its blank; quads of `reading` are in its pixels.
    pub sheet: Sheet,
    pub residual_mm: f32,
    pub agreement: f32,
    pub reading: DocumentReading,
    /// How dark the blank is at each pixel of the sheet, 0 to 1.
    pub blank: Vec<f32>,
    /// Where something is written.
    pub written: Vec<WrittenField>,
    /// Where ink lies, in pixels of the page.
    pub ink: Vec<Point>,
    /// What the ink says about each claim, in their order; `None` where nothing can be said.
    pub weights: Vec<Option<Weight>>,
}

/// A field with ink in it.
#[derive(Debug, Clone)]
pub struct WrittenField {
    pub name: String,
    /// How the form calls it.
    pub label: String,
    /// The field with all of its ink, in pixels of the sheet.
    pub place: Rect,
}

/// What another paper says stands in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub field: String,
    pub value: String,
}

/// A page laid on its blank, its ink dealt out to the fields, nothing read yet.
#[derive(Debug)]
pub struct Laid {
    pub sheet: Sheet,
    pub ink: InkLayer,
    slots: Vec<Slot>,
}

impl Laid {
    fn new(page: &RgbImage, template: &Template, alignment: Alignment) -> Self {
        let definition = &template.definition;
        let sheet = Sheet::cut(page, definition.width_mm, definition.height_mm, alignment, PX_PER_MM);
        let ink = InkLayer::separate(&sheet, template, &InkParams::default());
        let slots = slots::distribute(definition, &ink);
        Self { sheet, ink, slots }
    }

    /// The pictures of each line of an entry, as the recogniser gets them; a date's parts apart. None for a field
    /// that the form does not have.
    pub fn pictures(&self, template: &Template, field: &str, look: Look) -> Vec<RgbImage> {
        let fields = &template.definition.fields;
        let Some(index) = fields.iter().position(|f| f.name == field) else { return Vec::new() };
        let own = self.slots.iter().filter(|slot| slot.field == index);
        own.filter(|slot| slot.is_filled(self.ink.px_per_mm))
            .flat_map(|slot| {
                let pieces: Vec<&Piece> = slot.pieces.iter().collect();
                slots::line_pictures(&self.ink, &pieces, fields[index].multiline, look)
            })
            .collect()
    }

    /// The fields that something is written in.
    pub fn written(&self, template: &Template) -> Vec<WrittenField> {
        let fields = template.definition.fields.iter().enumerate();
        fields
            .filter(|(_, field)| field.field_type != FieldType::Choice)
            .filter_map(|(index, field)| {
                let own = || self.slots.iter().filter(|slot| slot.field == index);
                let ink = own().filter_map(Slot::bounds).reduce(Rect::union)?;
                let place = self.sheet.in_px(field.place).union(ink);
                Some(WrittenField { name: field.name.clone(), label: field.label.clone(), place })
            })
            .collect()
    }
}

/// Lays `page` on the blank of `template`; `None` when it does not fit. `lines` are what was read on
/// the page, in its pixels.
pub fn lay_out(page: &RgbImage, lines: &[TextLine], template: &Template) -> Option<Laid> {
    let found = registration::register(page, lines, template, &RegistrationParams::default())?;
    fits(&found).then(|| Laid::new(page, template, found.alignment))
}

fn fits(found: &Registration) -> bool {
    found.agreement >= MIN_AGREEMENT && found.residual_mm <= MAX_RESIDUAL_MM
}

/// Agreement below which a page does not fit a blank: another edition. The official forms have 0.7
/// and more even under strong blur; rows of other heights leave less than 0.4.
const MIN_AGREEMENT: f32 = 0.42;
/// Residual in mm above which a page does not fit its blank.
const MAX_RESIDUAL_MM: f32 = 0.6;

/// Places of printed texts from which a form's print counts as read: when so many lie in no order
/// that the blank explains, it is another edition; when fewer were read, nothing can be said.
const ENOUGH_TEXTS: usize = 24;

/// What came of the attempt to read a page as a form.
#[derive(Debug)]
pub enum Outcome {
    Read(Box<FormReading>),
    /// None of the known editions fits; with the best measures that were reached.
    NoTemplate {
        agreement: f32,
        residual_mm: Option<f32>,
    },
    /// Too little of the print could be read to say so.
    Illegible,
}

/// Reads `page` as the form whose editions are given. `lines` are what was read on the page, in its
/// pixels.
///
/// # Errors
/// When a network fails.
pub fn read<'a>(
    page: &RgbImage,
    lines: &[TextLine],
    editions: impl Iterator<Item = &'a Template>,
    reader: &PageReader,
    claims: &[Claim],
) -> Result<Outcome, InferenceError> {
    let mut texts = 0;
    let best = editions
        .filter_map(|template| {
            texts = texts.max(registration::texts_found(lines, template));
            let found = registration::register(page, lines, template, &RegistrationParams::default())?;
            Some((template, found))
        })
        .max_by(|a, b| a.1.agreement.total_cmp(&b.1.agreement));
    let Some((template, found)) = best else {
        let illegible = texts < ENOUGH_TEXTS;
        let nothing = Outcome::NoTemplate { agreement: 0.0, residual_mm: None };
        return Ok(if illegible { Outcome::Illegible } else { nothing });
    };
    if !fits(&found) {
        return Ok(Outcome::NoTemplate { agreement: found.agreement, residual_mm: Some(found.residual_mm) });
    }
    read_registered(page, template, found, reader, claims).map(|reading| Outcome::Read(Box::new(reading)))
}

fn read_registered(
    page: &RgbImage,
    template: &Template,
    found: Registration,
    reader: &PageReader,
    claims: &[Claim],
) -> Result<FormReading, InferenceError> {
    let definition = &template.definition;
    let laid = Laid::new(page, template, found.alignment);
    let written = laid.written(template);
    let Laid { sheet, ink, slots } = laid;
    let mut entries: Vec<EntryState> = Vec::with_capacity(definition.fields.len());
    let mut weights: Vec<Option<Weight>> = vec![None; claims.len()];
    for (index, field) in definition.fields.iter().enumerate() {
        let own: Vec<&Slot> = slots.iter().filter(|slot| slot.field == index).collect();
        if is_visible(field, &sheet, page) {
            let entry = Entry { field, own, ink: &ink, reader };
            for (weight, claim) in weights.iter_mut().zip(claims) {
                if claim.field == field.name {
                    *weight = entry.weigh(&claim.value)?;
                }
            }
            let mut state = entry.read()?;
            entry.look_again(&mut state, claims)?;
            entries.push(state);
        } else {
            entries.push(EntryState {
                filled: false,
                visible: false,
                ambiguous: false,
                print: None,
                place: sheet.in_px(field.place),
                decoded: None,
            });
        }
    }
    settle_present(definition, &mut entries);
    let mut reading = DocumentReading::default();
    for (field, entry) in definition.fields.iter().zip(&entries) {
        if !field.reported {
            continue;
        }
        if let Some(decoded) = &entry.decoded {
            reading.fields.push(field_reading(field, entry, decoded));
        }
    }
    reading.findings = findings::judge(definition, &entries);
    let blank = template.darkness(sheet.pixels.width(), sheet.pixels.height());
    let burnt = BurntPrint::of(&luma(&sheet.pixels), &blank, sheet.px_per_mm);
    findings::settle_burnt(definition, &mut reading.findings, |place| {
        burnt.within(sheet.in_px(place), sheet.px_per_mm)
    });
    let ink = ink.pieces.iter().flat_map(|piece| &piece.pixels);
    let ink = ink.map(|&(x, y)| sheet.to_page(Point::new(x as f32 + 0.5, y as f32 + 0.5))).collect();
    Ok(FormReading {
        sheet,
        ink,
        blank,
        residual_mm: found.residual_mm,
        agreement: found.agreement,
        reading,
        written,
        weights,
    })
}

/// How far a field may reach beyond the picture, in mm: its edge is seldom written to.
const OUTSIDE_MM: f32 = 1.5;

/// Whether a field's place is in the picture.
fn is_visible(field: &FieldDefinition, sheet: &Sheet, page: &RgbImage) -> bool {
    let place = field
        .place
        .inflate(-OUTSIDE_MM.min(field.place.width() / 3.0), -OUTSIDE_MM.min(field.place.height() / 3.0));
    let (width, height) = (page.width() as f32, page.height() as f32);
    let corners = sheet.quad_on_page(&Quad::from_rect(sheet.in_px(place)));
    corners.0.iter().all(|p| (0.0..=width).contains(&p.x) && (0.0..=height).contains(&p.y))
}

fn field_reading(field: &FieldDefinition, entry: &EntryState, decoded: &Decoded) -> FieldReading {
    FieldReading {
        name: field.name.clone().into(),
        value: decoded.value.clone(),
        text: decoded.text.clone(),
        sources: Vec::new(),
        quad: Some(Quad::from_rect(entry.place)),
        page: 0,
        score: decoded.probability.clamp(0.0, 1.0),
        readers: vec![Reader::Ppocr],
        alternatives: decoded.alternatives.clone(),
    }
}

/// The value of 至今 until the signature's month is known.
const UNTIL_NOW: &str = "至今";

/// 至今 has the month of the signature as its value.
fn settle_present(definition: &super::definition::FormDefinition, entries: &mut [EntryState]) {
    let signed = definition
        .fields
        .iter()
        .zip(entries.iter())
        .find(|(field, _)| field.name == "signed_on")
        .and_then(|(_, entry)| entry.decoded.clone());
    for entry in entries {
        let Some(decoded) = &mut entry.decoded else { continue };
        if decoded.value == UNTIL_NOW
            && let Some(signed) = &signed
            && let Some(month) = signed.value.get(..7)
        {
            decoded.value = month.to_owned();
            decoded.probability *= signed.probability;
        }
    }
}

/// One field being read.
struct Entry<'a> {
    field: &'a FieldDefinition,
    own: Vec<&'a Slot>,
    ink: &'a InkLayer,
    reader: &'a PageReader,
}

impl Entry<'_> {
    fn read(&self) -> Result<EntryState, InferenceError> {
        let scale = self.ink.px_per_mm;
        let mm = self.field.place;
        let place = Rect::new(mm.left * scale, mm.top * scale, mm.right * scale, mm.bottom * scale);
        let filled = self.own.iter().any(|slot| slot.is_filled(scale));
        let written = self.own.iter().filter_map(|slot| slot.bounds()).reduce(Rect::union);
        let mut state = EntryState {
            filled,
            visible: true,
            ambiguous: false,
            print: None,
            place: if filled { written.unwrap_or(place) } else { place },
            decoded: None,
        };
        match self.field.field_type {
            FieldType::Choice => match choice::read(self.field, self.ink) {
                Mark::One(decoded) => (state.filled, state.decoded) = (true, Some(decoded)),
                Mark::Several(decoded) => {
                    (state.filled, state.ambiguous, state.decoded) = (true, true, Some(decoded));
                }
                Mark::None => {}
            },
            FieldType::Signature => {
                // A name has height; the rest of a line or a stroke of another entry has none.
                let filled = filled && written.is_some_and(|ink| ink.height() >= MIN_SIGNATURE_MM * scale);
                state.filled = filled;
                let value = if filled { "present" } else { "absent" };
                state.decoded = Some(Decoded {
                    value: value.to_owned(),
                    text: String::new(),
                    probability: self.signature_certainty(filled),
                    alternatives: Vec::new(),
                });
            }
            _ if !filled => {}
            FieldType::Date => state.decoded = self.dated(true, Look::Ink)?,
            FieldType::Month => state.decoded = self.dated(false, Look::Ink)?,
            _ => {
                let pieces: Vec<&Piece> = self.own.iter().flat_map(|slot| &slot.pieces).collect();
                state.decoded = self.looked_at(&pieces)?;
                if let Some(decoded) = &state.decoded
                    && matches!(
                        self.field.field_type,
                        FieldType::IdNumber | FieldType::Phone | FieldType::Code
                    )
                {
                    state.print = PrintLikeness::measure(&pieces, &decoded.value);
                }
            }
        }
        Ok(state)
    }

    /// How clearly there is a signature, or none: by how far its ink is from the least entry.
    fn signature_certainty(&self, filled: bool) -> f32 {
        let px = self.own.iter().flat_map(|slot| &slot.pieces).map(|piece| piece.pixels.len()).sum::<usize>();
        let mm2 = px as f32 / (self.ink.px_per_mm * self.ink.px_per_mm);
        if filled { (0.7 + mm2 * 0.05).min(0.999) } else { (0.999 - mm2 * 0.4).max(0.6) }
    }

    /// Decodes an entry that is no date: free text by two looks together, what has a type by the ink
    /// alone, with a second look only where that leaves a doubt.
    fn looked_at(&self, pieces: &[&Piece]) -> Result<Option<Decoded>, InferenceError> {
        let Some(lattice) = self.lattice(pieces, Look::Ink)? else { return Ok(None) };
        let is_free = self.field.field_type == FieldType::Name
            || self.field.field_type == FieldType::Text && self.field.vocabulary.is_none();
        if is_free {
            let mut looks = vec![lattice];
            looks.extend(self.lattice(pieces, Look::Place)?);
            return Ok(self.free(&looks));
        }
        let first = self.typed(&lattice);
        if first.as_ref().is_some_and(|decoded| decoded.probability >= SURE_AT_FIRST_LOOK) {
            return Ok(first);
        }
        let second = match self.lattice(pieces, Look::Place)? {
            Some(lattice) => self.typed(&lattice),
            None => None,
        };
        Ok(combined(first, second))
    }

    fn typed(&self, lattice: &Lattice) -> Option<Decoded> {
        match self.field.field_type {
            FieldType::IdNumber => number::id(lattice),
            FieldType::Phone => number::phone(lattice),
            FieldType::Code => decode::code::decode(lattice, CodeForm::of_field(&self.field.name)),
            FieldType::Number => number::years(lattice),
            _ => vocabulary::decode(lattice, self.field.vocabulary?),
        }
    }

    fn free(&self, looks: &[Lattice]) -> Option<Decoded> {
        let name = self.field.name.as_str();
        if self.field.field_type == FieldType::Name {
            free::name(looks)
        } else if name == "school" {
            free::school(looks)
        } else if name.ends_with(".witness") {
            free::witness(looks)
        } else {
            free::text(looks)
        }
    }

    /// What the ink says about a claim; `None` where something is written that is compared by its value.
    fn weigh(&self, claim: &str) -> Result<Option<Weight>, InferenceError> {
        let Some(writing) = self.writing() else { return Ok(None) };
        let pieces: Vec<&Piece> = self.own.iter().flat_map(|slot| &slot.pieces).collect();
        if !self.own.iter().any(|slot| slot.is_filled(self.ink.px_per_mm)) {
            return Ok(None);
        }
        let mut looks = Vec::new();
        for look in [Look::Ink, Look::Place] {
            looks.extend(self.lattice(&pieces, look)?);
        }
        Ok(claim::weigh(&looks, writing, claim))
    }

    /// How an entry is written whose claims are weighed on the lattice.
    fn writing(&self) -> Option<Writing> {
        match self.field.field_type {
            FieldType::Name => Some(Writing::Name),
            FieldType::IdNumber => Some(Writing::IdNumber),
            FieldType::Phone => Some(Writing::Digits),
            FieldType::Code if self.field.name == "chsi_code" => Some(Writing::ChsiCode),
            FieldType::Code => Some(Writing::Code),
            // Names of lists are written as they are claimed; levels, sexes and nations in several ways.
            FieldType::Text => match self.field.vocabulary {
                None | Some(Vocabulary::Occupations | Vocabulary::Majors) => Some(Writing::Text),
                Some(_) => None,
            },
            _ => None,
        }
    }

    /// The recogniser's view of some ink; lines of an entry follow each other.
    fn lattice(&self, pieces: &[&Piece], look: Look) -> Result<Option<Lattice>, InferenceError> {
        let mut whole: Option<Lattice> = None;
        for picture in slots::line_pictures(self.ink, pieces, self.field.multiline, look) {
            let line = self.reader.read_hand(&picture)?;
            whole = Some(match whole {
                Some(before) => before.followed_by(&line),
                None => line,
            });
        }
        Ok(whole)
    }

    /// A date that says otherwise than every paper is looked at once more, with its surroundings: a digit
    /// alone in its gap is soon misread.
    fn look_again(&self, state: &mut EntryState, claims: &[Claim]) -> Result<(), InferenceError> {
        let with_day = self.field.field_type == FieldType::Date;
        let Some(decoded) =
            state.decoded.as_ref().filter(|_| with_day || self.field.field_type == FieldType::Month)
        else {
            return Ok(());
        };
        let own = || claims.iter().filter(|claim| claim.field == self.field.name);
        let says = |claim: &Claim| {
            claim.value.starts_with(&decoded.value) || decoded.value.starts_with(&claim.value)
        };
        if decoded.value == UNTIL_NOW || own().next().is_none() || own().any(says) {
            return Ok(());
        }
        let second = self.dated(with_day, Look::Place)?;
        state.decoded = combined(state.decoded.take(), second);
        Ok(())
    }

    fn dated(&self, with_day: bool, look: Look) -> Result<Option<Decoded>, InferenceError> {
        let scale = self.ink.px_per_mm;
        let pieces: Vec<&Piece> = self.own.iter().flat_map(|slot| &slot.pieces).collect();
        if self.own.iter().all(|slot| slot.part.is_none()) {
            return Ok(self.lattice(&pieces, look)?.and_then(|lattice| date::whole(&lattice, with_day)));
        }
        let mut parts: [Option<Decoded>; 3] = [None, None, None];
        for slot in &self.own {
            if !slot.is_filled(scale * SMALL_ENTRY) {
                continue;
            }
            let own: Vec<&Piece> = slot.pieces.iter().collect();
            let Some(lattice) = self.lattice(&own, look)? else { continue };
            let (index, decoded) = match slot.part {
                Some(Part::Year) => (0, date::year(&lattice)),
                Some(Part::Month) => (1, date::small(&lattice, 12)),
                _ => (2, date::small(&lattice, 31)),
            };
            parts[index] = decoded.map(|(decoded, _)| decoded);
        }
        let joined = match &parts {
            [Some(year), Some(month), day] if day.is_some() || !with_day => {
                date::joined(year, month, day.as_ref().filter(|_| with_day))
            }
            _ => None,
        };
        // Written across its gaps: 至今, or a date in one piece.
        let sure = joined.as_ref().is_some_and(|decoded| decoded.probability >= SURE_BY_PARTS);
        if sure || pieces.is_empty() {
            return Ok(joined);
        }
        let Some(whole) = self.lattice(&pieces, look)? else { return Ok(joined) };
        if !with_day && self.field.name.ends_with(".to") && date::says_until_now(&whole) {
            let probability = 0.97;
            return Ok(Some(Decoded {
                value: UNTIL_NOW.to_owned(),
                text: UNTIL_NOW.to_owned(),
                probability,
                alternatives: Vec::new(),
            }));
        }
        Ok(joined.or_else(|| date::whole(&whole, with_day)))
    }
}

/// Probability from which a typed entry is believed at the first look. Higher looks twice at more
/// entries, 20 to 80 ms each.
const SURE_AT_FIRST_LOOK: f32 = 0.93;

/// Two looks at one entry: when they agree the doubts multiply, when they differ the surer one stands
/// with what the other leaves of it.
fn combined(first: Option<Decoded>, second: Option<Decoded>) -> Option<Decoded> {
    match (first, second) {
        (Some(a), Some(b)) if a.value == b.value => {
            let probability = 1.0 - (1.0 - a.probability) * (1.0 - b.probability);
            Some(Decoded { probability, ..a })
        }
        (Some(a), Some(b)) => {
            let (mut high, low) = if a.probability >= b.probability { (a, b) } else { (b, a) };
            high.probability *= 1.0 - 0.5 * low.probability;
            high.alternatives.insert(0, (low.value, low.probability * 0.5));
            Some(high)
        }
        (one, other) => one.or(other),
    }
}

/// Least height of a signature in mm.
const MIN_SIGNATURE_MM: f32 = 1.6;

/// A single digit in a date's gap has less ink than the least entry elsewhere: lengths count this
/// much less.
const SMALL_ENTRY: f32 = 0.6;
/// Probability from which the parts of a date are believed without a look at the whole.
const SURE_BY_PARTS: f32 = 0.9;

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(value: &str, probability: f32) -> Decoded {
        Decoded { value: value.to_owned(), text: value.to_owned(), probability, alternatives: Vec::new() }
    }

    #[test]
    fn two_looks_that_agree_are_surer_than_one() {
        let both = combined(Some(decoded("7", 0.8)), Some(decoded("7", 0.6))).unwrap();
        assert!((both.probability - 0.92).abs() < 1e-5);
    }

    #[test]
    fn of_two_looks_that_differ_the_surer_one_stands_and_the_other_is_kept() {
        let both = combined(Some(decoded("1", 0.5)), Some(decoded("7", 0.9))).unwrap();
        assert_eq!(both.value, "7");
        assert!(both.probability < 0.9);
        assert_eq!(both.alternatives[0].0, "1");
    }
}
