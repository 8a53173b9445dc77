//! Bytes of an upload, raw or as a multipart form, streamed under limits.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, StatusCode, header},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::BoxStream};
use utoipa::ToSchema;

use crate::{
    server::{app::App, problem::Problem},
    store::vault::ReceiveError,
};

/// Name of an upload that has none.
const NAMELESS: &str = "upload";
/// Longest file name that is kept, in characters.
const MAX_NAME: usize = 200;

/// A multipart form with one file.
#[derive(ToSchema)]
pub struct UploadForm {
    /// The document; the first part of the form that is a file.
    #[schema(content_media_type = "application/octet-stream")]
    #[expect(dead_code, reason = "it describes the form in the OpenAPI document")]
    file: String,
}

/// What stops an upload on its way in.
#[derive(Debug)]
pub enum Interruption {
    /// The sender broke the protocol or went away.
    Broken,
    /// Nothing came for too long.
    Paused,
}

/// Pieces of an upload.
pub type Pieces = BoxStream<'static, Result<Bytes, Interruption>>;

/// The name and the bytes of the upload that a request carries.
///
/// # Errors
/// When a form has no file.
pub async fn open(app: &App, request: Request) -> Result<(String, Pieces), Problem> {
    let pause = app.limits.upload_pause;
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(|media_type| media_type.starts_with("multipart/form-data")) {
        let name = raw_name(request.headers());
        let stream = request.into_body().into_data_stream().map(|piece| piece.map_err(|_| ()));
        return Ok((name, unpaused(stream, pause)));
    }
    let malformed = || Problem::bad_request("form.malformed", "The form cannot be read or has no file");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    let (named, first) = tokio::sync::oneshot::channel();
    // Fields borrow the form, so the form travels inside the stream.
    let stream = async_stream::stream! {
        let mut named = Some(named);
        loop {
            match form.next_field().await {
                Ok(Some(mut field)) if field.file_name().is_some() => {
                    let name = field.file_name().unwrap_or(NAMELESS).to_owned();
                    // Nobody waits for the name of an upload that was given up.
                    let _ = named.take().map(|named| named.send(name));
                    loop {
                        match field.chunk().await {
                            Ok(Some(piece)) => yield Ok(piece),
                            Ok(None) => return,
                            Err(_) => { yield Err(()); return; }
                        }
                    }
                }
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(_) => { yield Err(()); return; }
            }
        }
    };
    let mut stream = unpaused(stream, pause).peekable();
    // The name is there as soon as the first piece of the file is, or the form ended.
    let mut pinned = std::pin::Pin::new(&mut stream);
    let _ = pinned.as_mut().peek().await;
    let mut first = first;
    match first.try_recv() {
        Ok(name) => Ok((tidy(&name), stream.boxed())),
        Err(_) => Err(malformed()),
    }
}

/// Ends a stream with an error when nothing comes for `pause`.
fn unpaused(
    stream: impl Stream<Item = Result<Bytes, ()>> + Send + 'static,
    pause: std::time::Duration,
) -> Pieces {
    async_stream::stream! {
        let mut stream = std::pin::pin!(stream);
        loop {
            match tokio::time::timeout(pause, stream.next()).await {
                Ok(Some(piece)) => yield piece.map_err(|()| Interruption::Broken),
                Ok(None) => return,
                Err(_) => { yield Err(Interruption::Paused); return; }
            }
        }
    }
    .boxed()
}

/// The `File-Name` header of a raw upload, percent-encoded UTF-8.
fn raw_name(headers: &HeaderMap) -> String {
    let text = headers.get("file-name").and_then(|value| value.to_str().ok()).unwrap_or(NAMELESS);
    tidy(&percent_encoding::percent_decode_str(text).decode_utf8_lossy())
}

/// A name to be shown: without folders, control characters and excess.
fn tidy(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    if name.is_empty() { NAMELESS.to_owned() } else { name }
}

/// All bytes of an upload in memory, under the limit: for what is read at once and not kept.
///
/// # Errors
/// As for uploads that are kept.
pub async fn collect(app: &Arc<App>, mut pieces: Pieces) -> Result<Vec<u8>, Problem> {
    let max_bytes = app.limits.max_upload_bytes;
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| refused(&ReceiveError::BrokenOff))?;
        if bytes.len() as u64 + piece.len() as u64 > max_bytes {
            return Err(refused(&ReceiveError::TooLarge { max_bytes }));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Why an upload was not taken.
pub fn refused(error: &ReceiveError) -> Problem {
    match error {
        ReceiveError::TooLarge { max_bytes } => {
            let detail = format!("An upload has at most {} MiB", max_bytes >> 20);
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "upload.too_large", detail)
        }
        ReceiveError::BrokenOff => {
            Problem::bad_request("upload.broken_off", "The upload broke off; please send it again")
        }
        ReceiveError::Vault(error) => {
            tracing::error!(error = error as &dyn std::error::Error, "an upload cannot be written");
            if error.is_full() {
                return Problem::full();
            }
            Problem::unavailable("The upload cannot be stored at the moment")
        }
    }
}

/// Names a body in handlers' signatures.
pub type Upload = Request<Body>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_and_no_paths() {
        for (sent, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\照片\\front.jpg", "front.jpg"),
            ("a\r\nb\u{0}", "ab"),
            ("", "upload"),
            ("folder/", "upload"),
            (&"长".repeat(500), &"长".repeat(MAX_NAME)),
        ] {
            assert_eq!(tidy(sent), kept);
        }
    }
}
