//! `GET /users/registry/{user_id}`: one person.

use crate::view::{UserOut, UserPath, beside, find_user};
use cws_authz::Action;
use cws_model::identity::User;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum UserView {}

impl Route for UserView {
    const SPEC: Spec = Spec::get("user_view", "/users/registry/{user_id}")
        .summary("View a person")
        .requires(Action::UserView)
        .answers(&["ETag"])
        .reads(&[kind::USER, kind::DIRECTORY, kind::USER_PROJECT, kind::USER_ACTIVE]);

    type Input = Input<UserPath>;
    type Output = UserOut;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_user(ctx, &input.path.user_id).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, slot: Self::Target) -> Result<Answer<UserOut>, Problem> {
        let revision = slot.revision().cloned();
        let user = slot.into_value().ok_or_else(Problem::not_found)?;
        let beside = beside(ctx, &user).await?;
        Ok(Answer::json(UserOut::new(user, beside)).etag(revision.as_ref()))
    }
}
