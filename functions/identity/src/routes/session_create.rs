//! `POST /auth/sessions`: signs in with a password.

use crate::{
    fault::{self, BUSY, LOCKED, MFA_REQUIRED, REJECTED},
    names,
    session::{SessionOut, admit, check_length, secret_schema},
};
use cws_cloud::identity::{Identity, Login, Secret, SignInError};
use cws_model::{InstitutionId, identity::Institution};
use cws_route::{
    Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec, problem::Kept,
};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// Who signs in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Institution; `local` on a laptop.
    pub institution: InstitutionId,
    /// User name or e-mail address.
    #[schemars(length(min = 1, max = 254))]
    pub login: String,
    /// Password.
    #[schemars(schema_with = "secret_schema")]
    pub password: Secret,
    /// Code of the second factor, or a recovery code.
    #[schemars(with = "Option<String>", length(min = 1, max = 4096), extend("format" = "password"))]
    #[serde(default)]
    pub code: Option<Secret>,
}

/// Names the route; never constructed.
pub enum SessionCreate {}

impl Route for SessionCreate {
    const SPEC: Spec = Spec::post("session_create", "/auth/sessions")
        .summary("Sign in")
        .public("signing in is how a caller gets a token")
        .status(201)
        .errors(&[REJECTED, MFA_REQUIRED, LOCKED, BUSY])
        .reads(&[kind::USER, kind::USER_NAME, kind::INSTITUTION])
        .writes(&[kind::USER_ACTIVE, kind::AUDIT, kind::AUDIT_DENIAL])
        .calls(&[<dyn Identity as cws_cloud::Port>::NAME])
        .idempotency(Idempotency::None("each sign-in opens a session of its own"))
        .audit(AuditRule::Record("session.created"));

    type Input = Input<Nothing, Nothing, SignIn>;
    type Output = SessionOut;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<SessionOut>, Problem> {
        let SignIn { institution, login, password, code } = input.body;
        check_length(&password, "/password")?;
        if login.is_empty() || login.len() > 254 {
            return Err(Problem::field("/login", "must have 1 to 254 characters"));
        }
        let login = Login { institution, name: login };
        let identity = ctx.port::<dyn Identity>()?;
        let tokens = match identity.sign_in(&login, &password, code.as_ref()).await {
            Ok(tokens) => tokens,
            Err(error) => return Err(refused(ctx, &login, error).await?),
        };
        let writes = admit(ctx, &tokens.account, Some(&login.name)).await?;
        let (institution, user_id) = (tokens.account.institution.clone(), tokens.account.user_id.clone());
        let change = serde_json::json!({"session_id": tokens.session_id, "mfa": tokens.mfa});
        Ok(Answer::json(tokens.into())
            .writes(writes)
            .by(institution, user_id.as_str())
            .about(user_id.as_str(), change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"institution": "local", "login": "ada", "password": "glacier otter maps 42"}))
    }
}

/// A sign-in that failed, kept in the institution's audit log: one record a minute for each person, and one
/// for all the names that nobody has.
///
/// INVARIANT (no oracle): a name that nobody has is looked up and recorded like a known one.
async fn refused(ctx: &Ctx, login: &Login, error: SignInError) -> Result<Problem, Problem> {
    let action = match &error {
        SignInError::Rejected | SignInError::NotConfirmed => "session.refused",
        SignInError::Locked { .. } => "session.locked",
        _ => return Ok(fault::sign_in(error, ctx.now())),
    };
    let problem = fault::sign_in(error, ctx.now());
    let institution = login.institution.clone();
    if ctx.system().get::<Institution>(None, institution.as_str()).await?.value().is_none() {
        return Ok(problem);
    }
    let subject = names::holder(&ctx.store_of(&institution)?, &login.name).await?;
    let subject = subject.map(|user_id| user_id.to_string());
    let kept = Kept { action, institution, subject, change: None, writes: Writes::new(), coalesced: true };
    Ok(problem.keep(kept))
}
