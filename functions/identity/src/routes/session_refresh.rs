//! `POST /auth/sessions/refresh`: trades a refresh token for the next pair.

use crate::{
    fault::{self, BUSY, REFRESH_REJECTED, REFRESH_REUSED, REJECTED},
    session::{SessionOut, admit, check_length, secret_schema},
};
use cws_cloud::{
    Port,
    identity::{Identity, Secret},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use cws_store::kind;
use schemars::JsonSchema;
use serde::Deserialize;

/// What is traded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token of the last answer.
    #[schemars(schema_with = "secret_schema")]
    pub refresh_token: Secret,
}

/// Names the route; never constructed.
pub enum SessionRefresh {}

impl Route for SessionRefresh {
    const SPEC: Spec = Spec::post("session_refresh", "/auth/sessions/refresh")
        .summary("Get the next pair of tokens")
        .public("the refresh token is the credential")
        .errors(&[REFRESH_REJECTED, REFRESH_REUSED, REJECTED, BUSY])
        .reads(&[kind::USER])
        .writes(&[kind::USER_ACTIVE])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::None("the same token answers the same successor for ten seconds"))
        .audit(AuditRule::None("happens every quarter of an hour and changes nothing but tokens"));

    type Input = Input<Nothing, Nothing, Refresh>;
    type Output = SessionOut;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<SessionOut>, Problem> {
        check_length(&input.body.refresh_token, "/refresh_token")?;
        let identity = ctx.port::<dyn Identity>()?;
        let tokens = identity.refresh(&input.body.refresh_token).await.map_err(fault::refresh)?;
        let writes = admit(ctx, &tokens.account, None).await?;
        Ok(Answer::json(tokens.into()).writes(writes))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"refresh_token": "the refresh token of the last answer"}))
    }
}
