//! The OpenAPI document is a golden file: every change of the API is a visible diff.

use std::path::Path;

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
