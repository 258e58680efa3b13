//! `POST /auth/password/reset/confirm`: sets a new password with a reset token and ends every session.

use crate::{
    fault::{self, BUSY, PASSWORD_REFUSED, TOKEN_INVALID},
    routes::session_delete::SignedOut,
    session::{check_length, secret_schema, without_tokens},
};
use cws_cloud::{
    Port,
    identity::{Identity, Login, Secret},
};
use cws_model::{InstitutionId, identity::User};
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// A reset token and the password it sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetConfirm {
    /// Institution; needed where the provider mails short codes.
    #[serde(default)]
    pub institution: Option<InstitutionId>,
    /// User name or e-mail address; needed where the provider mails short codes.
    #[serde(default)]
    #[schemars(length(min = 1, max = 254))]
    pub login: Option<String>,
    /// The token.
    #[schemars(schema_with = "secret_schema")]
    pub token: Secret,
    /// 12 to 128 characters.
    #[schemars(schema_with = "secret_schema")]
    pub password: Secret,
}

/// Names the route; never constructed.
pub enum PasswordResetConfirm {}

impl Route for PasswordResetConfirm {
    const SPEC: Spec = Spec::post("password_reset_confirm", "/auth/password/reset/confirm")
        .summary("Reset a password")
        .public("the reset token is the credential")
        .status(204)
        .errors(&[TOKEN_INVALID, PASSWORD_REFUSED, BUSY])
        .writes(&[kind::USER, kind::AUDIT])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::None("a reset token works once"))
        .audit(AuditRule::Record("password.reset"));

    type Input = Input<Nothing, Nothing, ResetConfirm>;
    type Output = SignedOut;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<SignedOut>, Problem> {
        let ResetConfirm { institution, login, token, password } = input.body;
        check_length(&token, "/token")?;
        check_length(&password, "/password")?;
        let login = institution.zip(login).map(|(institution, name)| Login { institution, name });
        let reset = ctx.port::<dyn Identity>()?.reset_confirm(login.as_ref(), &token, &password).await;
        let account = reset.map_err(|error| fault::identity(error, "/password", ctx.now()))?;
        let slot = ctx.store_of(&account.institution)?.get::<User>(None, account.user_id.as_str()).await?;
        let mut writes = Writes::new();
        if let Some(record) = slot.value() {
            writes.put(&slot, &without_tokens(ctx, record))?;
        }
        let user_id = account.user_id.to_string();
        let answer = Answer::empty().writes(writes).by(account.institution, user_id.clone());
        Ok(answer.about(user_id, serde_json::Value::Null))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"token": "the reset token", "password": "glacier otter maps 42"}))
    }
}
