//! `POST /users/registry/{user_id}/setup-token`: another setup token, for one that was lost or has expired.
//!
//! The one before stops working. Who has a password resets it instead.

use crate::{
    fault::{self, NOTHING_TO_SET_UP},
    session::still_open,
    view::{UserPath, find_user},
};
use cws_authz::Action;
use cws_cloud::{Port, identity::Identity};
use cws_model::{
    Timestamp,
    identity::{User, UserStatus},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Problem, Route, Spec};
use cws_store::{Slot, kind};
use schemars::JsonSchema;
use serde::Serialize;

/// The token.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SetupToken {
    /// Shown once: send it with a password to `/auth/password`. Null where the provider sends it itself.
    pub setup_token: Option<String>,
    /// When the token stops working.
    pub setup_token_expires_at: Option<Timestamp>,
}

/// Names the route; never constructed.
pub enum UserSetupTokenCreate {}

impl Route for UserSetupTokenCreate {
    const SPEC: Spec = Spec::post("user_setup_token_create", "/users/registry/{user_id}/setup-token")
        .summary("Issue another setup token")
        .requires(Action::UserCredentialReset)
        .status(201)
        .errors(&[NOTHING_TO_SET_UP])
        .reads(&[kind::USER, kind::DIRECTORY])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::SecretOnce)
        .audit(AuditRule::Record("user.setup_token_created"));

    type Input = Input<UserPath>;
    type Output = SetupToken;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_user(ctx, &input.path.user_id).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, slot: Self::Target) -> Result<Answer<SetupToken>, Problem> {
        still_open(ctx).await?;
        let user = slot.into_value().ok_or_else(Problem::not_found)?;
        let problem = |error| fault::identity(error, "", ctx.now());
        if user.status != UserStatus::Active {
            return Err(problem(cws_cloud::identity::IdentityError::SetUp));
        }
        let setup = ctx.port::<dyn Identity>()?.setup_again(&user.subject).await.map_err(problem)?;
        let out = SetupToken {
            setup_token_expires_at: setup.as_ref().map(|setup| setup.expires_at),
            setup_token: setup.map(|setup| setup.token.expose().to_owned()),
        };
        Ok(Answer::json(out).about(user.id.as_str(), serde_json::Value::Null))
    }
}
