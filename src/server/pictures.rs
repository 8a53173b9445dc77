//! Pictures of pages and parts of them, for the API and the console.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use image::{ImageFormat, ImageReader};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{app::App, problem::Problem};
use crate::{
    domain::{Point, Quad},
    imaging::{LayerKind, jpeg_of, rectify},
    store::{PictureRow, StoreError},
    worker::now,
};

/// How long a browser may keep a cut or a layer, for going back and forth within a review; nobody else may.
const CACHE: &str = "private, max-age=300";
/// The picture of a page may be kept, and is asked for again each time it is shown: it may have been fetched in advance, and
/// the look is the showing.
const CACHE_OF_PAGE: &str = "private, no-cache";
/// The header of requests for what nobody has asked to see yet. What a browser prefetches by itself is shown without another
/// request, so the console's script fetches in advance.
const ADVANCE: &str = "vouch-advance";
/// Room around a place, in its own heights: enough of what stands beside it to tell where it is.
const MARGIN: f32 = 0.6;
/// Longest side of a cut, pixels.
const CUT_SIDE: f32 = 1400.0;
/// How much a small place is magnified at most; beyond it there is nothing more to be seen.
const MAGNIFIED: f32 = 2.0;

/// Which part of a document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Where this field of the report stands.
    field: Option<String>,
    /// With `quad`: the page, from 0.
    page: Option<usize>,
    /// Four corners in the report's pixels, upright top-left first: `x,y,x,y,x,y,x,y`.
    quad: Option<String>,
}

/// What a picture is given out for, as the audit has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Look,
    /// A browser fetches it before anybody asked to see it.
    Advance,
}

impl Purpose {
    /// What the browser says.
    fn of(headers: &HeaderMap) -> Self {
        let said = headers.get("sec-purpose").and_then(|value| value.to_str().ok());
        let is_advance =
            headers.contains_key(ADVANCE) || said.is_some_and(|said| said.starts_with("prefetch"));
        if is_advance { Self::Advance } else { Self::Look }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Look => "picture.viewed",
            Self::Advance => "picture.prefetched",
        }
    }
}

/// The picture of a page, or 304 for a browser that has it. `headers` are those of the request.
pub async fn page(
    app: &App,
    document: &str,
    page: usize,
    actor: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let purpose = Purpose::of(headers);
    // What was derived from an upload stays as it is.
    let tag = HeaderValue::try_from(format!("\"{document}-{page}\"")).map_err(|_| Problem::internal())?;
    let mut response = if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        app.store.document(document).await?;
        let look = (purpose.action(), &*what(page, None));
        let shown = app.store.picture_shown(document, number(page), actor, look, now()).await;
        shown.map_err(unpictured)?;
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (_, bytes) = stored(app, (document, page), actor, None, purpose).await?;
        picture("image/jpeg", bytes)
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE_OF_PAGE));
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// What can be laid over the picture of a page.
pub async fn layer(
    app: &App,
    document: &str,
    (page, kind): (usize, LayerKind),
    actor: &str,
) -> Result<Response, Problem> {
    app.store.document(document).await?;
    let what = json!({ "page": page, "layer": kind }).to_string();
    let look = (Purpose::Look.action(), &*what);
    let png = app.store.layer(document, (number(page), kind), actor, look, now()).await?;
    Ok(picture("image/png", png))
}

/// The upright cut of a part.
pub async fn part(app: &App, document: &str, part: &Part, actor: &str) -> Result<Response, Problem> {
    let report = app.store.report(document).await?;
    let invalid =
        || Problem::bad_request("part.invalid", "Name a field, or a page and a quad of eight numbers");
    let (page, quad) = match (&part.field, part.page, &part.quad) {
        (Some(name), None, None) => {
            let field = report.fields.iter().find(|(known, _)| known.as_str() == name.as_str());
            let (_, field) = field.ok_or_else(|| Problem::not_found("field"))?;
            (field.page, field.quad.ok_or_else(|| Problem::not_found("place of this field"))?)
        }
        (None, Some(page), Some(text)) => (page, quad_of(text).ok_or_else(invalid)?),
        _ => return Err(invalid()),
    };
    let size = report.pages.iter().find(|known| known.index == page).map(|known| (known.width, known.height));
    let (width, height) = size.filter(|(w, h)| *w > 0 && *h > 0).ok_or_else(|| Problem::not_found("page"))?;
    let (row, bytes) = stored(app, (document, page), actor, part.field.as_deref(), Purpose::Look).await?;
    let (sx, sy) = (row.width as f32 / width as f32, row.height as f32 / height as f32);
    let quad = quad.map(|p| Point::new(p.x * sx, p.y * sy));
    let cut = tokio::task::spawn_blocking(move || cut(&bytes, &quad));
    let cut = cut.await.map_err(|_| Problem::internal())?;
    let cut = cut.ok_or_else(|| Problem::unprocessable("part.empty", "There is nothing at this place"))?;
    Ok(picture("image/jpeg", cut))
}

/// A stored picture; the look is audited.
async fn stored(
    app: &App,
    (document, page): (&str, usize),
    actor: &str,
    field: Option<&str>,
    purpose: Purpose,
) -> Result<(PictureRow, Vec<u8>), Problem> {
    app.store.document(document).await?;
    let look = (purpose.action(), &*what(page, field));
    app.store.picture(document, number(page), actor, look, now()).await.map_err(unpictured)
}

/// What was looked at, for the audit.
fn what(page: usize, field: Option<&str>) -> String {
    json!({ "page": page, "field": field }).to_string()
}

fn number(page: usize) -> i64 {
    i64::try_from(page).unwrap_or(i64::MAX)
}

/// Why there is no picture of a page of a document that there is.
fn unpictured(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound { .. } => Problem::new(
            StatusCode::NOT_FOUND,
            "picture.none",
            "There is no picture of this page: it is not read yet, cannot be opened, or was read before pictures were kept",
        ),
        other => other.into(),
    }
}

/// Cuts a place out of a picture, upright and with some room around.
fn cut(picture: &[u8], quad: &Quad) -> Option<Vec<u8>> {
    let picture = ImageReader::with_format(std::io::Cursor::new(picture), ImageFormat::Jpeg);
    let picture = picture.decode().ok()?.into_rgb8();
    let [tl, tr, br, bl] = quad.lengthened(MARGIN).0;
    let grown =
        Quad([tl.lerp(bl, -MARGIN), tr.lerp(br, -MARGIN), br.lerp(tr, -MARGIN), bl.lerp(tl, -MARGIN)]);
    let (width, height) = (grown.width().max(1.0), grown.height().max(1.0));
    let scale = (CUT_SIDE / width.max(height)).min(MAGNIFIED);
    let side = |length: f32| ((length * scale).round() as u32).max(1);
    jpeg_of(&rectify(&picture, &grown, side(width), side(height))?.pixels)
}

/// Eight finite numbers as corners.
fn quad_of(text: &str) -> Option<Quad> {
    let numbers: Vec<f32> = text.split(',').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let numbers: [f32; 8] = numbers.try_into().ok()?;
    // Pages have at most 65,535 pixels a side.
    if numbers.iter().any(|n| !n.is_finite() || n.abs() > 70_000.0) {
        return None;
    }
    Some(Quad([0, 2, 4, 6].map(|at| Point::new(numbers[at], numbers[at + 1]))))
}

fn picture(media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    response
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    #[test]
    fn a_cut_is_upright_and_shows_the_place() {
        // Red to the left and blue to the right of a line that runs up the page.
        let page =
            RgbImage::from_fn(200, 300, |_, y| if y > 150 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
        let quad = quad_of("90,250,90,50,110,50,110,250").unwrap();
        let cut = cut(&jpeg_of(&page).unwrap(), &quad).unwrap();
        let cut = image::load_from_memory(&cut).unwrap().into_rgb8();
        assert!(cut.width() > 4 * cut.height());
        let at = |share: u32| *cut.get_pixel(cut.width() * share / 8, cut.height() / 2);
        assert!(at(1)[0] > 200 && at(7)[2] > 200);
    }

    #[test]
    fn places_are_eight_plain_numbers() {
        for text in ["", "1,2,3", "1,2,3,4,5,6,7,NaN", "1,2,3,4,5,6,7,1e30", "1,2,3,4,5,6,7,8,9"] {
            assert_eq!(quad_of(text), None, "{text}");
        }
        assert!(cut(b"no picture", &quad_of("0,0,9,0,9,9,0,9").unwrap()).is_none());
    }
}
