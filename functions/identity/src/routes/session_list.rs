//! `GET /auth/sessions`: where the caller is signed in.

use crate::{
    fault,
    view::{my_subject, myself},
};
use cws_authz::Action;
use cws_cloud::{Port, identity::Identity};
use cws_model::{Timestamp, identity::User};
use cws_route::{Answer, Ctx, Found, Input, ListOf, Problem, Route, Spec};
use schemars::JsonSchema;
use serde::Serialize;

/// An open session.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OpenSession {
    /// Id.
    pub id: String,
    /// When it began.
    pub signed_in_at: Timestamp,
    /// Last refresh.
    pub last_used_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether a second factor was shown.
    pub mfa: bool,
    /// Whether this request belongs to it.
    pub current: bool,
}

/// Names the route; never constructed.
pub enum SessionList {}

impl Route for SessionList {
    const SPEC: Spec = Spec::get("session_list", "/auth/sessions")
        .summary("List one's open sessions")
        .requires(Action::SessionManage)
        .calls(&[<dyn Identity as Port>::NAME]);

    type Input = Input;
    type Output = ListOf<OpenSession>;
    type Target = User;

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found<User>, Problem> {
        myself(ctx)
    }

    async fn call(ctx: &Ctx, _: Self::Input, _: User) -> Result<Answer<Self::Output>, Problem> {
        let identity = ctx.port::<dyn Identity>()?;
        let open =
            identity.sessions(&my_subject(ctx)?).await.map_err(|e| fault::identity(e, "", ctx.now()))?;
        let current = ctx.caller().session_id.clone();
        let items = open.into_iter().map(|session| OpenSession {
            current: current.as_deref() == Some(session.id.as_str()),
            id: session.id,
            signed_in_at: session.signed_in_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            mfa: session.mfa,
        });
        Ok(Answer::json(ListOf { items: items.collect(), next: None }))
    }
}
