//! The plans that applications can be filed under.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    rules::Plan,
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Path},
        problem::{Problem, ProblemDetails},
    },
    store::Scope,
};

/// One version of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    id: String,
    version: String,
    title_zh: String,
    title_en: String,
    /// First day of filing under this version, `YYYY-MM-DD`.
    valid_from: String,
    /// Last day; `null`: open.
    valid_until: Option<String>,
    conditions: Vec<ConditionView>,
    slots: Vec<SlotView>,
}

/// A condition under which one may apply.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionView {
    number: u8,
    title_zh: String,
    title_en: String,
    guide: String,
}

/// A document that a plan asks for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotView {
    slot: &'static str,
    label_zh: String,
    label_en: String,
    required: bool,
    /// Numbers of the conditions that need it; empty: all.
    conditions: Vec<u8>,
    guide: String,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        let conditions = plan.conditions.iter().map(|condition| ConditionView {
            number: condition.number,
            title_zh: condition.title.zh.clone(),
            title_en: condition.title.en.clone(),
            guide: condition.guide.clone(),
        });
        let slots = plan.slots.iter().map(|slot| SlotView {
            slot: slot.kind.as_str(),
            label_zh: slot.label.zh.clone(),
            label_en: slot.label.en.clone(),
            required: slot.required,
            conditions: slot.conditions.clone(),
            guide: slot.guide.clone(),
        });
        Self {
            id: plan.id.clone(),
            version: plan.version.clone(),
            title_zh: plan.title.zh.clone(),
            title_en: plan.title.en.clone(),
            valid_from: plan.valid_from.to_string(),
            valid_until: plan.valid_until.map(|day| day.to_string()),
            conditions: conditions.collect(),
            slots: slots.collect(),
        }
    }
}

const SCOPES: [Scope; 3] = [Scope::Portal, Scope::Reviewer, Scope::Operator];

/// Every version of every plan.
#[utoipa::path(
    get, path = "/v1/plans", tag = "plans",
    responses(
        (status = 200, body = Vec<PlanView>),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<axum::Json<Vec<PlanView>>, Problem> {
    caller.may(&SCOPES)?;
    Ok(axum::Json(app.plans.all().iter().map(PlanView::from).collect()))
}

/// The newest version of a plan.
#[utoipa::path(
    get, path = "/v1/plans/{plan}", tag = "plans",
    params(("plan" = String, Path, description = "Its name or one of its aliases")),
    responses(
        (status = 200, body = PlanView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(plan)): Path<Id>,
) -> Result<axum::Json<PlanView>, Problem> {
    caller.may(&SCOPES)?;
    let plan = app.plans.get(&plan).ok_or_else(|| Problem::not_found("plan"))?;
    Ok(axum::Json(plan.into()))
}
