//! From the file as it is written to a plan that rules can rely on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::{
    domain::{DocumentKind, FindingCode, Message, hex},
    rules::{
        RULES,
        rule::{Words, holes},
    },
};

use super::{
    CertificateRequirement, Condition, EducationRequirement, List, PLAN_SCHEMA, PhotoThresholds, Plan,
    PlanFaults, Reason, SchoolKind, Slot, Thresholds, WorkRequirement,
    fault::Faults,
    raw::{RawCondition, RawEducation, RawList, RawPlan, RawReason, RawSlot, RawThresholds, RawWords},
};

/// Holes of a draft reason.
const REASON_HOLES: &[&str] = &["document", "field", "message"];

impl Plan {
    /// Reads a plan's file.
    ///
    /// # Errors
    /// Every fault of it, with its line, what is wrong, why that matters and what to do.
    pub fn parse(text: &str) -> Result<Self, PlanFaults> {
        let mut faults = Faults::new(text);
        let raw: RawPlan = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => {
                let at = error.span().map(|span| span.start);
                let why = "a plan is only used whole: nothing of this file is";
                let fix =
                    "compare the place with models/plans/dianzishangwushi-4.toml and docs/ADDING-A-PLAN.md";
                faults.add(at, error.message().trim().replace('\n', " "), why, fix);
                return faults.or(None);
            }
        };
        let plan = Reader { faults: &mut faults, lists: raw.list.keys().cloned().collect() }.plan(raw, text);
        faults.or(Some(plan))
    }
}

struct Reader<'f, 't> {
    faults: &'f mut Faults<'t>,
    /// Names of the lists that the file has.
    lists: BTreeSet<String>,
}

fn at<T>(value: &Spanned<T>) -> Option<usize> {
    Some(value.span().start)
}

impl Reader<'_, '_> {
    fn plan(&mut self, raw: RawPlan, text: &str) -> Plan {
        if raw.schema.get_ref() != PLAN_SCHEMA {
            let what = format!("schema is {:?}", raw.schema.get_ref());
            let why = "the format of plans has versions, and this program reads one";
            self.faults.add(at(&raw.schema), what, why, format!("write schema = {PLAN_SCHEMA:?}"));
        }
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if raw.id.get_ref().is_empty() || !raw.id.get_ref().chars().all(is_name) {
            let why = "applications, files and addresses carry the name";
            self.faults.add(
                at(&raw.id),
                "id is no plain name",
                why,
                "use lower-case letters, digits and hyphens",
            );
        }
        let version = self.filled(&raw.version, "version");
        let valid_from = self.date(&raw.valid_from);
        let valid_until = raw.valid_until.as_ref().map(|until| self.date(until));
        if let (Some(until), Some(place)) = (valid_until, &raw.valid_until)
            && until < valid_from
        {
            let why = "no application could ever be filed under this version";
            self.faults.add(at(place), "valid_until lies before valid_from", why, "put the dates in order");
        }
        let title = self.words(&raw.title, &[], "title");
        let occupation = self.filled(&raw.occupation, "occupation");
        self.list_is_known(&raw.applied);
        self.level(&raw.level);
        let thresholds = self.thresholds(&raw.thresholds);
        let lists = raw.list.iter().map(|(name, list)| (name.clone(), self.list(name, list))).collect();
        let conditions = self.conditions(&raw.condition);
        let numbers: BTreeSet<u8> = conditions.iter().map(|condition| condition.number).collect();
        let slots = self.slots(&raw.slot, &numbers);
        let messages = self.messages(&raw.message);
        let reasons = raw.reason.iter().map(|reason| self.reason(reason)).collect();
        Plan {
            id: raw.id.into_inner(),
            version,
            valid_from,
            valid_until,
            aliases: raw.aliases,
            sha256: hex(&Sha256::digest(text.as_bytes())),
            title,
            occupation,
            applied: raw.applied.into_inner(),
            level: raw.level.into_inner(),
            unjudged: raw.unjudged,
            thresholds,
            lists,
            slots,
            conditions,
            messages,
            reasons,
        }
    }

    fn filled(&mut self, text: &Spanned<String>, what: &str) -> String {
        if text.get_ref().trim().is_empty() {
            let why = "an empty text tells nobody anything";
            self.faults.add(at(text), format!("{what} is empty"), why, format!("write the {what}"));
        }
        text.get_ref().clone()
    }

    fn date(&mut self, text: &Spanned<String>) -> Date {
        text.get_ref().parse().unwrap_or_else(|_| {
            let what = format!("{:?} is no date", text.get_ref());
            let why = "the version that an application was filed under is found by its day";
            self.faults.add(at(text), what, why, "write a day as YYYY-MM-DD, in quotes");
            Date::constant(1, 1, 1)
        })
    }

    fn level(&mut self, level: &Spanned<u8>) {
        if !(1..=5).contains(level.get_ref()) {
            let why = "certificates and forms know 1 (一级/高级技师) to 5 (五级/初级工)";
            self.faults.add(at(level), "level is none of 1 to 5", why, "write the number of the level");
        }
    }

    fn words(&mut self, words: &RawWords, allowed: &[&str], what: &str) -> Message {
        for (text, language) in [(&words.zh, "zh"), (&words.en, "en")] {
            self.filled(text, &format!("{what}.{language}"));
            let names = match holes(text.get_ref()) {
                Ok(names) => names,
                Err(_) => {
                    let why = "what stands in braces is replaced";
                    self.faults.add(
                        at(text),
                        "an opening brace has no end",
                        why,
                        "close the brace or leave it out",
                    );
                    continue;
                }
            };
            for name in names.into_iter().filter(|name| !allowed.contains(name)) {
                let known = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
                let why = "the applicant would read the braces";
                let fix = format!("use one of these: {known}");
                self.faults.add(at(text), format!("nothing is known as {{{name}}} in {what}"), why, fix);
            }
        }
        words.message()
    }

    fn thresholds(&mut self, raw: &RawThresholds) -> Thresholds {
        let photo = &raw.photo;
        if photo.minimum_bytes.get_ref() >= photo.maximum_bytes.get_ref() {
            let why = "no photo could ever be of that size";
            let what = "minimum_bytes is not below maximum_bytes";
            self.faults.add(at(&photo.minimum_bytes), what, why, "put the smaller number first");
        }
        if *photo.aspect.get_ref() <= 0.0 || !(0.0..1.0).contains(photo.aspect_tolerance.get_ref()) {
            let why = "aspect is width over height, its tolerance a share of it";
            self.faults.add(
                at(&photo.aspect),
                "the photo's proportions cannot be",
                why,
                "e.g. 0.714 and 0.05",
            );
        }
        if !(0..=30).contains(raw.minimum_working_age_years.get_ref()) {
            let why = "no work before that age counts";
            let what = "minimum_working_age_years is no likely age";
            self.faults.add(at(&raw.minimum_working_age_years), what, why, "the law's age is 16");
        }
        Thresholds {
            minimum_working_age_years: *raw.minimum_working_age_years.get_ref(),
            edge_months: *raw.edge_months.get_ref(),
            total_tolerance_months: *raw.total_tolerance_months.get_ref(),
            final_year_months: *raw.final_year_months.get_ref(),
            photo: PhotoThresholds {
                minimum_bytes: *photo.minimum_bytes.get_ref(),
                maximum_bytes: *photo.maximum_bytes.get_ref(),
                aspect: *photo.aspect.get_ref(),
                aspect_tolerance: *photo.aspect_tolerance.get_ref(),
            },
        }
    }

    fn list(&mut self, name: &str, raw: &RawList) -> List {
        if raw.items.get_ref().is_empty() {
            let why = "nothing would be accepted";
            self.faults.add(at(&raw.items), format!("list {name} has no items"), why, "name its items");
        }
        let mut seen = BTreeSet::new();
        for item in raw.items.get_ref() {
            if item.get_ref().chars().any(char::is_whitespace) || item.get_ref().is_empty() {
                let why = "names are compared whole, without spaces";
                self.faults.add(
                    at(item),
                    format!("{:?} is no name", item.get_ref()),
                    why,
                    "write it without spaces",
                );
            }
            if !seen.insert(item.get_ref()) {
                let why = "somebody may have meant another name";
                self.faults.add(at(item), format!("{:?} stands twice", item.get_ref()), why, "keep one");
            }
        }
        List {
            name: name.to_owned(),
            title: self.words(&raw.title, &[], "title"),
            items: raw.items.get_ref().iter().map(|item| item.get_ref().clone()).collect(),
            open: raw.open,
            guide: self.filled(&raw.guide, "guide"),
        }
    }

    fn list_is_known(&mut self, name: &Spanned<String>) {
        if !self.lists.contains(name.get_ref()) {
            let known: Vec<&str> = self.lists.iter().map(String::as_str).collect();
            let what = format!("there is no list {:?}", name.get_ref());
            let fix = format!("add [list.{}] or name one of: {}", name.get_ref(), known.join(", "));
            self.faults.add(at(name), what, "a rule looks names up in it", fix);
        }
    }

    fn lists(&mut self, names: &Spanned<Vec<Spanned<String>>>) -> Vec<String> {
        if names.get_ref().is_empty() {
            let why = "nothing would be accepted";
            self.faults.add(at(names), "no list is named", why, "name at least one list");
        }
        for name in names.get_ref() {
            self.list_is_known(name);
        }
        names.get_ref().iter().map(|name| name.get_ref().clone()).collect()
    }

    fn kind(&mut self, name: &Spanned<String>) -> Option<DocumentKind> {
        let kind = name.get_ref().parse().ok().filter(|kind| *kind != DocumentKind::Other);
        if kind.is_none() {
            let known: Vec<&str> =
                DocumentKind::ALL.iter().map(|kind| kind.as_str()).filter(|k| *k != "other").collect();
            let what = format!("{:?} is no kind of document", name.get_ref());
            self.faults.add(
                at(name),
                what,
                "it could never be uploaded",
                format!("use one of: {}", known.join(", ")),
            );
        }
        kind
    }

    fn kinds(&mut self, names: &[Spanned<String>]) -> Vec<DocumentKind> {
        names.iter().filter_map(|name| self.kind(name)).collect()
    }

    fn conditions(&mut self, raw: &[RawCondition]) -> Vec<Condition> {
        if raw.is_empty() {
            let why = "nobody could ever qualify";
            self.faults.add(None, "the plan has no condition", why, "add a [[condition]]");
        }
        let mut seen = BTreeSet::new();
        for condition in raw {
            if !seen.insert(*condition.number.get_ref()) {
                let what = format!("condition {} stands twice", condition.number.get_ref());
                let why = "the form's number says which one is meant";
                self.faults.add(at(&condition.number), what, why, "number the conditions as the form does");
            }
            if condition.work.is_none() && condition.certificate.is_none() && condition.education.is_none() {
                let what = format!("condition {} asks for nothing", condition.number.get_ref());
                let why = "everybody would qualify";
                self.faults.add(at(&condition.number), what, why, "add work, certificate or education");
            }
            let after = condition.work.as_ref().and_then(|work| work.after_certificate.as_ref());
            if let Some(after) = after.filter(|after| *after.get_ref())
                && condition.certificate.is_none()
            {
                let why = "the months are counted from its date of issue";
                let what = "after_certificate without a certificate";
                self.faults.add(at(after), what, why, "add [condition.certificate] or leave it out");
            }
        }
        raw.iter().map(|condition| self.condition(condition)).collect()
    }

    fn condition(&mut self, raw: &RawCondition) -> Condition {
        Condition {
            number: *raw.number.get_ref(),
            title: self.words(&raw.title, &[], "title"),
            guide: self.filled(&raw.guide, "guide"),
            work: raw.work.as_ref().map(|work| {
                if *work.months.get_ref() == 0 {
                    let why = "a requirement of no months is none";
                    self.faults.add(
                        at(&work.months),
                        "months is 0",
                        why,
                        "write the months or leave work out",
                    );
                }
                WorkRequirement {
                    months: *work.months.get_ref(),
                    after_certificate: work.after_certificate.as_ref().is_some_and(|after| *after.get_ref()),
                    lists: self.lists(&work.lists),
                }
            }),
            certificate: raw.certificate.as_ref().map(|certificate| {
                self.level(&certificate.level);
                CertificateRequirement {
                    level: *certificate.level.get_ref(),
                    lists: self.lists(&certificate.lists),
                }
            }),
            education: raw.education.as_ref().map(|education| self.education(education, &raw.number)),
        }
    }

    fn education(&mut self, raw: &RawEducation, condition: &Spanned<u8>) -> EducationRequirement {
        if !raw.school.last().is_some_and(|school| school.words.get_ref().is_empty()) {
            let why = "a school that no words tell would be of no kind";
            let what = "the last school of the condition does not take all others";
            self.faults.add(
                at(condition),
                what,
                why,
                "end with a [[condition.education.school]] with words = []",
            );
        }
        let early = raw.school.iter().rev().skip(1).find(|school| school.words.get_ref().is_empty());
        if let Some(school) = early {
            let why = "it takes all schools, so that those after it are never looked at";
            self.faults.add(at(&school.words), "a school without words is not the last", why, "put it last");
        }
        let schools = raw
            .school
            .iter()
            .map(|school| {
                self.list_is_known(&school.majors);
                SchoolKind {
                    title: self.words(&school.title, &[], "title"),
                    words: school.words.get_ref().clone(),
                    majors: school.majors.get_ref().clone(),
                    chsi: school.chsi,
                    student_papers: self.kinds(&school.student_papers),
                    guide: self.filled(&school.guide, "guide"),
                }
            })
            .collect();
        EducationRequirement { students: raw.students, schools }
    }

    fn slots(&mut self, raw: &[RawSlot], conditions: &BTreeSet<u8>) -> Vec<Slot> {
        if raw.is_empty() {
            let why = "nothing would have to be uploaded";
            self.faults.add(None, "the plan has no slot", why, "add a [[slot]] for each document");
        }
        let mut slots: Vec<Slot> = Vec::new();
        for slot in raw {
            for number in slot.conditions.iter().filter(|number| !conditions.contains(number.get_ref())) {
                let what = format!("there is no condition {}", number.get_ref());
                let why = "the slot would never be asked for";
                self.faults.add(at(number), what, why, "name a condition of this plan");
            }
            let Some(kind) = self.kind(&slot.kind) else { continue };
            if slots.iter().any(|known| known.kind == kind) {
                let why = "an upload names its slot by its kind";
                let what = format!("slot {kind} stands twice");
                self.faults.add(at(&slot.kind), what, why, "join the two: list their conditions");
            }
            let mut accepts = vec![kind];
            accepts.extend(self.kinds(&slot.accepts).into_iter().filter(|other| *other != kind));
            slots.push(Slot {
                kind,
                label: self.words(&slot.label, &[], "label"),
                conditions: slot.conditions.iter().map(|number| *number.get_ref()).collect(),
                required: slot.required,
                accepts,
                guide: self.filled(&slot.guide, "guide"),
            });
        }
        slots
    }

    fn messages(
        &mut self,
        raw: &BTreeMap<String, Spanned<BTreeMap<String, Spanned<RawWords>>>>,
    ) -> BTreeMap<String, BTreeMap<String, Message>> {
        let mut messages = BTreeMap::new();
        for rule in RULES {
            let own = raw.get(rule.id);
            let mut texts = BTreeMap::new();
            for word in rule.words {
                match own.and_then(|own| own.get_ref().get(word.id)) {
                    Some(text) => _ = texts.insert(word.id.to_owned(), self.message(rule.id, *word, text)),
                    None => {
                        let what = format!("message.{}.{} is missing", rule.id, word.id);
                        let why = "a rule raises it, and the applicant would read nothing";
                        let fix =
                            format!("add {} = {{ zh = …, en = … }} below [message.{}]", word.id, rule.id);
                        self.faults.add(own.map(|own| own.span().start), what, why, fix);
                    }
                }
            }
            messages.insert(rule.id.to_owned(), texts);
        }
        for (id, texts) in raw {
            let rule = RULES.iter().find(|rule| rule.id == id);
            let Some(rule) = rule else {
                let what = format!("there is no rule {id:?}");
                let known: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
                self.faults.add(
                    at(texts),
                    what,
                    "nothing would ever say it",
                    format!("rules are: {}", known.join(", ")),
                );
                continue;
            };
            for (word, text) in texts.get_ref() {
                if !rule.words.iter().any(|known| known.id == word) {
                    let known: Vec<&str> = rule.words.iter().map(|word| word.id).collect();
                    let what = format!("rule {id} has no words {word:?}");
                    self.faults.add(
                        at(text),
                        what,
                        "nothing would ever say it",
                        format!("it has: {}", known.join(", ")),
                    );
                }
            }
        }
        messages
    }

    fn message(&mut self, rule: &str, word: Words, text: &Spanned<RawWords>) -> Message {
        self.words(text.get_ref(), word.holes, &format!("message.{rule}.{}", word.id))
    }

    fn reason(&mut self, raw: &RawReason) -> Reason {
        let mut codes: Vec<FindingCode> = Vec::new();
        for code in raw.codes.get_ref() {
            match code.get_ref().parse() {
                Ok(known) => codes.push(known),
                Err(_) => {
                    let what = format!("{:?} is no finding code", code.get_ref());
                    self.faults.add(at(code), what, "nothing would ever raise it", "see docs/FINDINGS.md");
                }
            }
        }
        if codes.is_empty() {
            let why = "nothing would ever raise it";
            self.faults.add(at(&raw.codes), "a reason has no codes", why, "name the findings that it is for");
        }
        Reason {
            codes,
            kinds: self.kinds(&raw.kinds),
            text: self.words(&raw.text, REASON_HOLES, "text"),
            action: self.words(&raw.action, REASON_HOLES, "action"),
            guide: self.filled(&raw.guide, "guide"),
        }
    }
}
