//! The part of JSON Schema (draft 2020-12) that our schemas use; an unknown keyword is a fault, so that
//! nothing in them goes unchecked.

use std::{fs, path::Path};

use regex::Regex;
use serde_json::Value;

/// A schema of `docs/schemas`.
pub fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schemas/{name}.schema.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Keywords that say nothing about a value.
const NOTES: [&str; 5] = ["$schema", "$id", "title", "description", "$defs"];

/// Everything in `value` that breaks `schema`, each with its place.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Checker { root: schema, found: &mut found }.check(schema, value, "$");
    found
}

struct Checker<'a> {
    root: &'a Value,
    found: &'a mut Vec<String>,
}

impl Checker<'_> {
    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
            match keyword.as_str() {
                keyword if NOTES.contains(&keyword) => {}
                "$ref" => {
                    let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                    let target = self.root.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}")).clone();
                    self.check(&target, value, at);
                }
                "const" => self.must(value == wanted, at, wanted),
                "enum" => self.must(wanted.as_array().unwrap().contains(value), at, wanted),
                "type" => {
                    let is = |name: &Value| is_type(name.as_str().unwrap(), value);
                    let ok = wanted.as_array().map_or_else(|| is(wanted), |names| names.iter().any(is));
                    self.must(ok, at, wanted);
                }
                "pattern" => {
                    let pattern = Regex::new(wanted.as_str().unwrap()).unwrap();
                    self.must(value.as_str().is_none_or(|text| pattern.is_match(text)), at, wanted);
                }
                "required" => {
                    for name in wanted.as_array().unwrap().iter().filter(|_| value.is_object()) {
                        self.must(value.get(name.as_str().unwrap()).is_some(), at, name);
                    }
                }
                "properties" => {
                    for (name, part) in wanted.as_object().unwrap() {
                        if let Some(own) = value.get(name) {
                            self.check(part, own, &format!("{at}.{name}"));
                        }
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(wanted, item, &format!("{at}[{index}]"));
                    }
                }
                other => self.found.push(format!("{at}: keyword {other} is not known")),
            }
        }
    }

    fn must(&mut self, ok: bool, at: &str, wanted: &Value) {
        if !ok {
            self.found.push(format!("{at}: {wanted}"));
        }
    }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("no type {other}"),
    }
}

#[test]
fn the_schema_of_events_has_every_kind_and_no_other() {
    let text = include_str!("../../docs/schemas/event.schema.json");
    let schema: Value = serde_json::from_str(text).unwrap();
    let mut told: Vec<&str> =
        schema["properties"]["kind"]["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let mut known: Vec<&str> = ::vouch::store::EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    told.sort_unstable();
    known.sort_unstable();
    assert_eq!(told, known);
}
