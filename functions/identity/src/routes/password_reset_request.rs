//! `POST /auth/password/reset`: asks for a reset token. The answer is the same for everybody, whether or
//! not the login exists. On AWS the identity provider mails the token; on a laptop, which sends no
//! mail, it goes to the operator's log file.

use crate::fault::{self, BUSY};
use cws_cloud::{
    Port,
    identity::{Delivery, Identity, Login},
    mail::{Letter, Mail},
};
use cws_model::InstitutionId;
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose password was forgotten.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    /// Institution.
    pub institution: InstitutionId,
    /// User name or e-mail address.
    #[schemars(length(min = 1, max = 254))]
    pub login: String,
}

/// What is answered to everybody.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ResetAsked {
    /// What happens now.
    pub message: String,
}

/// Names the route; never constructed.
pub enum PasswordResetRequest {}

impl Route for PasswordResetRequest {
    const SPEC: Spec = Spec::post("password_reset_request", "/auth/password/reset")
        .summary("Ask for a password reset")
        .public("whoever forgot a password cannot sign in")
        .errors(&[BUSY])
        .calls(&[<dyn Identity as Port>::NAME, <dyn Mail as Port>::NAME])
        .idempotency(Idempotency::None("at most one letter a minute is sent anyway"))
        .audit(AuditRule::None("anybody can ask; the reset itself is recorded"));

    type Input = Input<Nothing, Nothing, Forgotten>;
    type Output = ResetAsked;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<ResetAsked>, Problem> {
        let login = Login { institution: input.body.institution, name: input.body.login };
        let asked = ctx.port::<dyn Identity>()?.reset_request(&login).await;
        let delivery = asked.map_err(|error| fault::identity(error, "", ctx.now()))?;
        if let Delivery::Handed { email, reset, .. } = delivery {
            let letter = Letter {
                to: email,
                subject: "Reset your CloudWorkstation password".to_owned(),
                secret: Some(reset.token),
                about: format!(
                    "Send it with a new password to /api/v2/auth/password/reset/confirm before {}.",
                    reset.expires_at
                ),
            };
            ctx.port::<dyn Mail>()?.send(&letter).await.map_err(Problem::internal)?;
        }
        let message = "If this login exists, a reset token is on its way.".to_owned();
        Ok(Answer::json(ResetAsked { message }))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"institution": "local", "login": "ada@example.org"}))
    }
}
