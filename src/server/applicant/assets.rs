//! Files of the applicant's page, in the program itself. The example pictures are of invented people
//! (`samples/generator`) and carry 样张.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    domain::DocumentKind,
    server::{extract::Path, problem::Problem},
};

const STYLE: &str = include_str!("assets/applicant.css");
const SCRIPT: &str = include_str!("assets/applicant.js");

/// What a good picture of a slot looks like.
const EXAMPLES: [(DocumentKind, &[u8]); 10] = [
    (DocumentKind::IdCardFront, include_bytes!("examples/id_card_front.jpg")),
    (DocumentKind::IdCardBack, include_bytes!("examples/id_card_back.jpg")),
    (DocumentKind::PortraitPhoto, include_bytes!("examples/portrait_photo.jpg")),
    (DocumentKind::DeclarationForm, include_bytes!("examples/declaration_form.jpg")),
    (DocumentKind::WorkCommitment, include_bytes!("examples/work_commitment.jpg")),
    (DocumentKind::EducationCommitment, include_bytes!("examples/education_commitment.jpg")),
    (DocumentKind::PriorCertificate, include_bytes!("examples/prior_certificate.jpg")),
    (DocumentKind::Diploma, include_bytes!("examples/diploma.jpg")),
    (DocumentKind::EnrollmentForm, include_bytes!("examples/enrollment_form.jpg")),
    (DocumentKind::ChsiReport, include_bytes!("examples/chsi_report.jpg")),
];

pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let example = |(kind, _): &&(DocumentKind, &[u8])| {
        name.strip_suffix(".jpg").is_some_and(|name| name == kind.as_str())
    };
    let (media_type, bytes): (&str, &'static [u8]) = match name.as_str() {
        "applicant.css" => ("text/css; charset=utf-8", STYLE.as_bytes()),
        "applicant.js" => ("text/javascript; charset=utf-8", SCRIPT.as_bytes()),
        _ => match EXAMPLES.iter().find(example) {
            Some((_, bytes)) => ("image/jpeg", bytes),
            None => return Err(Problem::not_found("file")),
        },
    };
    // Asked for again after an update of the program, else not.
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, bytes).into_response())
}
