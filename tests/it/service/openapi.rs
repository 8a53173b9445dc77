//! The OpenAPI document is a golden file: every change of the API is a visible diff.

use std::path::Path;

use serde_json::{Map, Value};

#[test]
fn the_committed_document_is_that_of_the_routes() {
    let made = ::vouch::server::openapi().to_pretty_json().unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    if std::env::var_os("VOUCH_UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        made == committed,
        "docs/openapi.json is not what the routes say; after a wanted change run \
         VOUCH_UPDATE_OPENAPI=1 cargo test --release --test it openapi"
    );
}

#[test]
fn it_is_openapi_3_1_and_every_operation_has_its_errors() {
    let document = serde_json::to_value(::vouch::server::openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let open = path == "/healthz" || path == "/readyz";
            let responses = operation["responses"].as_object().unwrap();
            assert!(open || responses.contains_key("4XX"), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
        }
    }
}

/// Every object below a value, itself included.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    let mut found = Vec::new();
    match value {
        Value::Object(object) => {
            found.push(object);
            found.extend(object.values().flat_map(objects));
        }
        Value::Array(items) => found.extend(items.iter().flat_map(objects)),
        _ => {}
    }
    found
}

#[test]
fn what_it_speaks_of_is_there_and_under_the_names_that_travel() {
    let document = serde_json::to_value(::vouch::server::openapi()).unwrap();
    let mut references = 0;
    for object in objects(&document) {
        if let Some(Value::String(reference)) = object.get("$ref") {
            let target = document.pointer(reference.strip_prefix('#').unwrap());
            assert!(target.is_some(), "{reference} is not there");
            references += 1;
        }
        for name in object.get("enum").and_then(Value::as_array).into_iter().flatten() {
            let name = name.as_str().unwrap();
            let travels = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
            assert!(name.chars().all(travels), "{name} is a name of the source");
        }
        for response in object.get("responses").and_then(Value::as_object).into_iter().flat_map(Map::values) {
            assert!(response["description"].is_string(), "{response}");
        }
    }
    assert!(references > 50, "{references}");
}
