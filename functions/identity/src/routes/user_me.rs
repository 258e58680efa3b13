//! `GET /users/me`: the caller's own record.

use crate::view::{UserOut, beside, myself};
use cws_authz::Action;
use cws_model::identity::User;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum UserMe {}

impl Route for UserMe {
    const SPEC: Spec = Spec::get("user_me", "/users/me")
        .summary("View oneself")
        .requires(Action::UserView)
        .answers(&["ETag"])
        .reads(&[kind::USER, kind::USER_PROJECT, kind::USER_ACTIVE]);

    type Input = Input;
    type Output = UserOut;
    type Target = User;

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found<User>, Problem> {
        myself(ctx)
    }

    async fn call(ctx: &Ctx, _: Self::Input, user: User) -> Result<Answer<UserOut>, Problem> {
        let store = ctx.store()?;
        let slot: Slot<User> = store.get(None, user.id.as_str()).await?;
        let revision = slot.revision().cloned();
        let user = slot.into_value().ok_or_else(Problem::not_found)?;
        let beside = beside(ctx, &user).await?;
        Ok(Answer::json(UserOut::new(user, beside)).etag(revision.as_ref()))
    }
}
