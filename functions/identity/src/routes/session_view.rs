//! `GET /auth/sessions/current`: whether the token is good, and whose it is.

use crate::view::myself;
use cws_authz::Action;
use cws_model::{
    InstitutionId, Timestamp,
    id::UserId,
    identity::{Role, User},
};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use schemars::JsonSchema;
use serde::Serialize;

/// The session of this request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CurrentSession {
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub institution: InstitutionId,
    /// Role there.
    pub role: Role,
    /// Id of the session.
    pub session_id: Option<String>,
    /// When the person signed in.
    pub auth_time: Option<Timestamp>,
    /// Whether a second factor was shown.
    pub mfa: bool,
}

/// Names the route; never constructed.
pub enum SessionView {}

impl Route for SessionView {
    const SPEC: Spec = Spec::get("session_view", "/auth/sessions/current")
        .summary("View the current session")
        .requires(Action::SessionManage);

    type Input = Input;
    type Output = CurrentSession;
    type Target = User;

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found<User>, Problem> {
        myself(ctx)
    }

    async fn call(ctx: &Ctx, _: Self::Input, user: User) -> Result<Answer<Self::Output>, Problem> {
        let caller = ctx.caller();
        Ok(Answer::json(CurrentSession {
            user_id: user.id,
            institution: user.institution,
            role: user.role,
            session_id: caller.session_id.clone(),
            auth_time: caller.principal.auth_time,
            mfa: caller.principal.mfa,
        }))
    }
}
