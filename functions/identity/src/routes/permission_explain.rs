//! `POST /authz/explain`: which policy decided, and what would have to be different for a yes.

use crate::{
    question::{Posed, Question, READS},
    routes::permission_check::asked,
};
use cws_authz::Action;
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use schemars::JsonSchema;
use serde::Serialize;

/// A policy that decided.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Policy {
    /// Id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Whether it permits or forbids.
    pub permits: bool,
}

/// The answer with its reasons.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Explained {
    /// Whether the person may.
    pub allowed: bool,
    /// The policies that decided; empty when nothing permits it.
    pub policies: Vec<Policy>,
    /// What each would lead to a yes, such as a role or a fresh sign-in.
    pub missing: Vec<String>,
}

/// Names the route; never constructed.
pub enum PermissionExplain {}

impl Route for PermissionExplain {
    const SPEC: Spec = Spec::post("permission_explain", "/authz/explain")
        .summary("Explain a permission")
        .requires(Action::PermissionCheck)
        .reads(READS)
        .idempotency(Idempotency::None("it changes nothing"))
        .audit(AuditRule::None("it changes nothing"));

    type Input = Input<Nothing, Nothing, Question>;
    type Output = Explained;
    type Target = Posed;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Posed>, Problem> {
        asked(ctx, &input.body).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, posed: Posed) -> Result<Answer<Explained>, Problem> {
        let why = ctx.authorizer().explain(&posed.request());
        let policies = why.policies.into_iter();
        Ok(Answer::json(Explained {
            allowed: why.allowed,
            policies: policies.map(|it| Policy { id: it.id, text: it.text, permits: it.permits }).collect(),
            missing: why.missing,
        }))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"action": "user_create", "role": "researcher"}))
    }
}
