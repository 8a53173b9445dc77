//! A photo for a slot: looked at while the applicant waits, kept when it will do.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde::Deserialize;

use super::{
    ACTOR, Applicant,
    page::{Frame, answer, label_of, plan_of},
    verdict::{Verdict, is_unfit},
};
use crate::{
    server::{
        api::{
            check,
            documents::{self, NewUpload},
            upload::{self, Interruption},
            views::Slot,
        },
        app::App,
        console::session::check_origin,
        extract::{Id, Path, Query, idempotency_key},
        problem::Problem,
    },
    store::{ApplicationStatus, Conflict, Priority, StoreError},
};

#[derive(Deserialize)]
pub(super) struct UploadQuery {
    /// The applicant was told what is wrong and sends it all the same.
    #[serde(default)]
    anyway: bool,
}

pub(super) async fn upload(
    State(app): State<Arc<App>>,
    applicant: Applicant,
    Path((_, slot)): Path<(Id, Slot)>,
    Query(UploadQuery { anyway }): Query<UploadQuery>,
    request: Request,
) -> Result<Response, Problem> {
    check_origin(request.headers())?;
    app.admit()?;
    check::admit(&app)?;
    let application = applicant.application.as_str();
    // Before the bytes are taken in, not after.
    if app.store.application_row(application).await?.status == ApplicationStatus::Approved {
        return Err(StoreError::Conflict(Conflict::Decided).into());
    }
    let key = idempotency_key(request.headers())?.map(ToOwned::to_owned);
    let (name, pieces) = upload::open(&app, request).await?;
    let bytes = Bytes::from(upload::collect(&app, pieces).await?);
    if !anyway {
        let (report, pictures) = check::read_now(&app, name.clone(), Some(slot.into()), &bytes, true).await?;
        if is_unfit(&report) {
            let declared = app.store.application(application).await?;
            let label = label_of(plan_of(&app, &declared)?, slot.into(), applicant.language);
            let language = applicant.language;
            let frame = Frame::of(&applicant);
            let verdict = tokio::task::spawn_blocking(move || {
                Verdict::of(frame, &report, pictures.pages, slot.into(), label, language)
            });
            let verdict = verdict.await.map_err(|_| Problem::internal())?;
            return answer(StatusCode::UNPROCESSABLE_ENTITY, &verdict);
        }
    }
    let new = NewUpload {
        application,
        slot: slot.into(),
        name: &name,
        idempotency_key: key.as_deref(),
        priority: Priority::Applicant,
        actor: ACTOR,
    };
    let pieces =
        stream::iter([Ok::<_, Infallible>(bytes)]).map(|piece| piece.map_err(|_| Interruption::Broken));
    documents::keep(&app, &new, pieces.boxed()).await?;
    Ok(Redirect::to(&applicant.home).into_response())
}
