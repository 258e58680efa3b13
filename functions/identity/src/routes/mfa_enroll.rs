//! `POST /auth/mfa`: begins enrolling a second factor (TOTP, RFC 6238).

use crate::{
    fault::{self, MFA_REQUIRED},
    session::still_open,
    view::{my_subject, myself},
};
use cws_authz::Action;
use cws_cloud::{Port, identity::Identity};
use cws_model::identity::User;
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Problem, Route, Spec};
use schemars::JsonSchema;
use serde::Serialize;

/// What an authenticator is set up with. Shown once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Enrollment {
    /// The key in base 32, to be typed.
    pub secret: String,
    /// The same as an address, to be scanned as a QR code.
    pub otpauth_uri: String,
}

/// Names the route; never constructed.
pub enum MfaEnroll {}

impl Route for MfaEnroll {
    const SPEC: Spec = Spec::post("mfa_enroll", "/auth/mfa")
        .summary("Begin enrolling a second factor")
        .requires(Action::FactorManage)
        .errors(&[MFA_REQUIRED])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::SecretOnce)
        .audit(AuditRule::Record("mfa.enrolled"));

    type Input = Input;
    type Output = Enrollment;
    type Target = User;

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found<User>, Problem> {
        myself(ctx)
    }

    async fn call(ctx: &Ctx, _: Self::Input, user: User) -> Result<Answer<Enrollment>, Problem> {
        still_open(ctx).await?;
        let identity = ctx.port::<dyn Identity>()?;
        let begun = identity.mfa_enroll(&my_subject(ctx)?, ctx.caller().principal.mfa).await;
        let enrollment = begun.map_err(|error| fault::identity(error, "", ctx.now()))?;
        let out = Enrollment {
            secret: enrollment.secret.expose().to_owned(),
            otpauth_uri: enrollment.otpauth_uri.expose().to_owned(),
        };
        Ok(Answer::json(out).about(user.id.as_str(), serde_json::Value::Null))
    }
}
