//! `POST /auth/password/change`: replaces one's own password and ends every session.

use crate::{
    fault::{self, BUSY, LOCKED, PASSWORD_REFUSED, REJECTED},
    routes::session_delete::SignedOut,
    session::{check_length, secret_schema, without_tokens},
    view::{my_subject, myself},
};
use cws_authz::Action;
use cws_cloud::{
    Port,
    identity::{Identity, Secret},
};
use cws_model::identity::User;
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// The old password and the new.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordSwap {
    /// The one in use.
    #[schemars(schema_with = "secret_schema")]
    pub current_password: Secret,
    /// 12 to 128 characters.
    #[schemars(schema_with = "secret_schema")]
    pub password: Secret,
}

/// Names the route; never constructed.
pub enum PasswordChange {}

impl Route for PasswordChange {
    const SPEC: Spec = Spec::post("password_change", "/auth/password/change")
        .summary("Change one's own password")
        .requires(Action::SessionManage)
        .status(204)
        .errors(&[REJECTED, PASSWORD_REFUSED, LOCKED, BUSY])
        .writes(&[kind::USER])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::None("the old password works once"))
        .audit(AuditRule::Record("password.changed"));

    type Input = Input<Nothing, Nothing, PasswordSwap>;
    type Output = SignedOut;
    type Target = User;

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found<User>, Problem> {
        myself(ctx)
    }

    async fn call(ctx: &Ctx, input: Self::Input, user: User) -> Result<Answer<SignedOut>, Problem> {
        let PasswordSwap { current_password, password } = input.body;
        check_length(&current_password, "/current_password")?;
        check_length(&password, "/password")?;
        let identity = ctx.port::<dyn Identity>()?;
        let subject = my_subject(ctx)?;
        let problem = |error| fault::identity(error, "/password", ctx.now());
        identity.change_password(&subject, &current_password, &password).await.map_err(problem)?;
        let slot = ctx.store()?.get::<User>(None, user.id.as_str()).await?;
        let record = without_tokens(ctx, slot.value().ok_or_else(Problem::not_found)?);
        let mut writes = Writes::new();
        writes.put(&slot, &record)?;
        Ok(Answer::empty().writes(writes).about(user.id.as_str(), serde_json::Value::Null))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({
            "current_password": "glacier otter maps 42", "password": "otter glacier 42 maps",
        }))
    }
}
