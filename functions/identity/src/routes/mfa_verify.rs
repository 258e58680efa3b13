//! `POST /auth/mfa/verify`: activates the enrolled second factor with a code of it, and ends every other
//! session. The caller's session goes on as one that has shown the factor: a refresh answers its next tokens,
//! those before it stop working.

use crate::{
    fault::{self, CODE_REJECTED, LOCKED, MFA_NOT_ENROLLED},
    session::still_open,
    session::{check_length, secret_schema, without_tokens},
    view::{my_subject, myself},
};
use cws_authz::Action;
use cws_cloud::{
    Port,
    identity::{Identity, MfaVerified, Secret},
};
use cws_model::identity::User;
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Six digits.
    #[schemars(schema_with = "secret_schema")]
    pub code: Secret,
}

/// What the code did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Verified {
    /// The second factor is active.
    pub active: bool,
    /// Codes that work once each in place of a code; shown now and never again.
    pub recovery_codes: Vec<String>,
}

/// Names the route; never constructed.
pub enum MfaVerify {}

impl Route for MfaVerify {
    const SPEC: Spec = Spec::post("mfa_verify", "/auth/mfa/verify")
        .summary("Activate the second factor")
        .requires(Action::FactorManage)
        .errors(&[CODE_REJECTED, MFA_NOT_ENROLLED, LOCKED])
        .writes(&[kind::USER])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::SecretOnce)
        .audit(AuditRule::Record("mfa.activated"));

    type Input = Input<Nothing, Nothing, Code>;
    type Output = Verified;
    type Target = User;

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found<User>, Problem> {
        myself(ctx)
    }

    async fn call(ctx: &Ctx, input: Self::Input, user: User) -> Result<Answer<Verified>, Problem> {
        still_open(ctx).await?;
        check_length(&input.body.code, "/code")?;
        let (identity, session_id) = (ctx.port::<dyn Identity>()?, ctx.caller().session_id.as_deref());
        let verified = identity.mfa_verify(&my_subject(ctx)?, &input.body.code, session_id).await;
        let verified = verified.map_err(|error| fault::identity(error, "/code", ctx.now()))?;
        let slot = ctx.store()?.get::<User>(None, user.id.as_str()).await?;
        let record = slot.value().ok_or_else(Problem::not_found)?;
        let mut writes = Writes::new();
        let recovery_codes = match verified {
            MfaVerified::Activated { recovery_codes } => {
                writes.put(&slot, &User { mfa_enrolled: true, ..without_tokens(ctx, record) })?;
                recovery_codes
            }
            MfaVerified::Confirmed => Vec::new(),
        };
        let recovery_codes = recovery_codes.iter().map(|code| code.expose().to_owned()).collect();
        let answer = Answer::json(Verified { active: true, recovery_codes }).writes(writes);
        Ok(answer.about(user.id.as_str(), serde_json::Value::Null))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"code": "123456"}))
    }
}
