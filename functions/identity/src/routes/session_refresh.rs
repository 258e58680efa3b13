//! `POST /auth/sessions/refresh`: trades a refresh token for the next pair.

use crate::{
    fault::{self, BUSY, REFRESH_REJECTED, REFRESH_REUSED, REJECTED},
    session::{SessionOut, admit, check_length, secret_schema, without_tokens},
};
use cws_cloud::{
    Port,
    identity::{Identity, RefreshError, Secret},
};
use cws_model::identity::User;
use cws_route::{
    Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec, problem::Kept,
};
use cws_store::{Writes, kind};
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
        .writes(&[kind::USER, kind::USER_ACTIVE, kind::AUDIT, kind::LOG_PENDING])
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
        let tokens = match identity.refresh(&input.body.refresh_token).await {
            Ok(tokens) => tokens,
            Err(error) => return Err(refused(ctx, error).await?),
        };
        let writes = admit(ctx, &tokens.account, None).await?;
        Ok(Answer::json(tokens.into()).writes(writes))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"refresh_token": "the refresh token of the last answer"}))
    }
}

/// INVARIANT (a copied token ends): a refresh token that comes a second time was copied, so session, access
/// tokens and the record of it change in one commit, whoever of the two holds which.
async fn refused(ctx: &Ctx, error: RefreshError) -> Result<Problem, Problem> {
    let RefreshError::Reused { account, session_id } = &error else { return Ok(fault::refresh(error)) };
    let slot = ctx.store_of(&account.institution)?.get::<User>(None, account.user_id.as_str()).await?;
    let mut writes = Writes::new();
    if let Some(user) = slot.value() {
        writes.put(&slot, &without_tokens(ctx, user))?;
    }
    let kept = Kept {
        action: "session.refresh_reused",
        institution: account.institution.clone(),
        subject: Some(account.user_id.to_string()),
        change: Some(serde_json::json!({"session_id": session_id})),
        writes,
        coalesced: false,
    };
    Ok(fault::refresh(error).keep(kept))
}
