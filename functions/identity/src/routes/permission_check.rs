//! `POST /authz/check`: may this person do that to this thing.

use crate::question::{Posed, Question, READS, pose};
use cws_authz::{Action, Resource, resource};
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use schemars::JsonSchema;
use serde::Serialize;

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Verdict {
    /// Whether the person may.
    pub allowed: bool,
}

/// Asking is an action on the caller's institution.
///
/// # Errors
/// 401 when nobody is signed in; what `pose` answers.
pub async fn asked(ctx: &Ctx, question: &Question) -> Result<Found<Posed>, Problem> {
    let id = ctx.institution()?.clone();
    let posed = pose(ctx, question).await?;
    Ok(Found::new(Resource::Institution(resource::Institution { id }), posed))
}

/// Names the route; never constructed.
pub enum PermissionCheck {}

impl Route for PermissionCheck {
    const SPEC: Spec = Spec::post("permission_check", "/authz/check")
        .summary("Check a permission")
        .requires(Action::PermissionCheck)
        .reads(READS)
        .idempotency(Idempotency::None("it changes nothing"))
        .audit(AuditRule::None("it changes nothing"));

    type Input = Input<Nothing, Nothing, Question>;
    type Output = Verdict;
    type Target = Posed;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Posed>, Problem> {
        asked(ctx, &input.body).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, posed: Posed) -> Result<Answer<Verdict>, Problem> {
        Ok(Answer::json(Verdict { allowed: ctx.authorizer().decide(&posed.request()).allowed }))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"action": "project_create"}))
    }
}
