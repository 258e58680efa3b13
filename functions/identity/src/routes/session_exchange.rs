//! `POST /auth/sessions/exchange`: signs in with a code of the institution's own login service.

use crate::{
    fault::{self, BUSY, NOT_CONFIGURED, REJECTED},
    session::{SessionOut, admit, check_length, secret_schema},
};
use cws_cloud::{
    Port,
    identity::{Identity, Secret},
};
use cws_model::InstitutionId;
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use cws_store::kind;
use schemars::JsonSchema;
use serde::Deserialize;

/// An authorization code with proof of who asked for it (PKCE, RFC 7636).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Institution whose login service gave the code.
    pub institution: InstitutionId,
    /// The code.
    #[schemars(schema_with = "secret_schema")]
    pub code: Secret,
    /// The address that the code was sent to.
    #[schemars(length(min = 1, max = 2048))]
    pub redirect_uri: String,
    /// The verifier whose hash the login began with.
    #[schemars(schema_with = "secret_schema")]
    pub code_verifier: Secret,
}

/// Names the route; never constructed.
pub enum SessionExchange {}

impl Route for SessionExchange {
    const SPEC: Spec = Spec::post("session_exchange", "/auth/sessions/exchange")
        .summary("Sign in through the institution's login service")
        .public("signing in is how a caller gets a token")
        .status(201)
        .errors(&[NOT_CONFIGURED, REJECTED, BUSY])
        .reads(&[kind::USER])
        .writes(&[kind::USER_ACTIVE, kind::AUDIT])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::None("a code works once"))
        .audit(AuditRule::Record("session.created"));

    type Input = Input<Nothing, Nothing, Exchange>;
    type Output = SessionOut;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<SessionOut>, Problem> {
        let Exchange { institution, code, redirect_uri, code_verifier } = input.body;
        check_length(&code, "/code")?;
        check_length(&code_verifier, "/code_verifier")?;
        let identity = ctx.port::<dyn Identity>()?;
        let tokens = identity
            .exchange_code(&institution, &code, &redirect_uri, &code_verifier)
            .await
            .map_err(fault::exchange)?;
        let writes = admit(ctx, &tokens.account, None).await?;
        let user_id = tokens.account.user_id.clone();
        let change = serde_json::json!({"session_id": tokens.session_id, "external": true});
        Ok(Answer::json(tokens.into())
            .writes(writes)
            .by(institution, user_id.as_str())
            .about(user_id.as_str(), change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({
            "institution": "local", "code": "SplxlOBeZQQYbYS6WxSbIA",
            "redirect_uri": "http://localhost:3000/signed-in",
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        }))
    }
}
