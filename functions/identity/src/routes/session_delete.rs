//! `DELETE /auth/sessions/current`: signs out, here or everywhere.
//!
//! Signing out everywhere sets `valid_after`, so every access token stops at once. Signing out of one
//! session ends its refresh token; its access token ends by itself within a quarter of an hour.

use crate::{
    fault,
    session::without_tokens,
    view::{my_subject, myself},
};
use cws_authz::Action;
use cws_cloud::{Port, identity::Identity};
use cws_model::identity::User;
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which sessions end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    /// All of them, not only this one.
    #[serde(default)]
    pub everywhere: bool,
}

/// No answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SignedOut {}

/// Names the route; never constructed.
pub enum SessionDelete {}

impl Route for SessionDelete {
    const SPEC: Spec = Spec::delete("session_delete", "/auth/sessions/current")
        .summary("Sign out")
        .requires(Action::SessionManage)
        .writes(&[kind::USER])
        .calls(&[<dyn Identity as Port>::NAME])
        .audit(AuditRule::Record("session.ended"));

    type Input = Input<Nothing, SignOut>;
    type Output = SignedOut;
    type Target = User;

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found<User>, Problem> {
        myself(ctx)
    }

    async fn call(ctx: &Ctx, input: Self::Input, user: User) -> Result<Answer<SignedOut>, Problem> {
        let identity = ctx.port::<dyn Identity>()?;
        let subject = my_subject(ctx)?;
        let mut writes = Writes::new();
        let problem = |error| fault::identity(error, "", ctx.now());
        if input.query.everywhere {
            identity.sign_out_everywhere(&subject).await.map_err(problem)?;
            let slot = ctx.store()?.get::<User>(None, user.id.as_str()).await?;
            let record = without_tokens(ctx, slot.value().ok_or_else(Problem::not_found)?);
            writes.put(&slot, &record)?;
        } else {
            let session_id = ctx.caller().session_id.clone().ok_or_else(Problem::not_found)?;
            identity.sign_out(&subject, &session_id).await.map_err(problem)?;
        }
        let change = serde_json::json!({"everywhere": input.query.everywhere});
        Ok(Answer::empty().writes(writes).about(user.id.as_str(), change))
    }
}
