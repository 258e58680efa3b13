//! `POST /auth/password`: sets the first password with the token that `user_create` answered.

use crate::{
    fault::{self, BUSY, LOGIN_TAKEN, PASSWORD_REFUSED, TOKEN_INVALID},
    routes::session_delete::SignedOut,
    session::{check_length, secret_schema},
};
use cws_cloud::{
    Port,
    identity::{Identity, Secret},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use cws_store::kind;
use schemars::JsonSchema;
use serde::Deserialize;

/// A one-time token and the password it sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordNew {
    /// The token.
    #[schemars(schema_with = "secret_schema")]
    pub token: Secret,
    /// 12 to 128 characters, not the user name, not one of the most common.
    #[schemars(schema_with = "secret_schema")]
    pub password: Secret,
}

/// Names the route; never constructed.
pub enum PasswordSet {}

impl Route for PasswordSet {
    const SPEC: Spec = Spec::post("password_set", "/auth/password")
        .summary("Set the first password")
        .public("the setup token is the credential")
        .status(204)
        .errors(&[TOKEN_INVALID, PASSWORD_REFUSED, LOGIN_TAKEN, BUSY])
        .writes(&[kind::AUDIT])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::None("a setup token works once"))
        .audit(AuditRule::Record("password.set"));

    type Input = Input<Nothing, Nothing, PasswordNew>;
    type Output = SignedOut;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<SignedOut>, Problem> {
        let PasswordNew { token, password } = input.body;
        check_length(&token, "/token")?;
        check_length(&password, "/password")?;
        let set = ctx.port::<dyn Identity>()?.set_password(&token, &password).await;
        let account = set.map_err(|error| fault::identity(error, "/password", ctx.now()))?;
        let user_id = account.user_id.to_string();
        Ok(Answer::empty().by(account.institution, user_id.clone()).about(user_id, serde_json::Value::Null))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"token": "the setup token", "password": "glacier otter maps 42"}))
    }
}
