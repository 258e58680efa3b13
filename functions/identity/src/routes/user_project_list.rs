//! `GET /users/registry/{user_id}/projects`: which projects a person is in.

use crate::view::{UserPath, find_user};
use cws_authz::Action;
use cws_model::identity::{User, UserProject};
use cws_route::{Answer, Ctx, Found, Input, ListOf, Listing, PageQuery, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum UserProjectList {}

impl Route for UserProjectList {
    const SPEC: Spec = Spec::get("user_project_list", "/users/registry/{user_id}/projects")
        .summary("List a person's projects")
        .requires(Action::UserProjectsView)
        .reads(&[kind::USER, kind::DIRECTORY, kind::USER_PROJECT]);

    type Input = Input<UserPath, PageQuery>;
    type Output = ListOf<UserProject>;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_user(ctx, &input.path.user_id).await
    }

    async fn call(
        ctx: &Ctx,
        input: Self::Input,
        slot: Self::Target,
    ) -> Result<Answer<Self::Output>, Problem> {
        let store = ctx.store_of(&slot.value().ok_or_else(Problem::not_found)?.institution)?;
        let user_id = input.path.user_id;
        let query = input.query;
        let listing =
            Listing::new(&store, query.limit, query.cursor.as_deref(), &user_id).part(user_id.as_str());
        let page = listing.page::<UserProject>(ctx, |_| true).await?;
        let items = page.items.into_iter().filter_map(Slot::into_value).collect();
        Ok(Answer::json(ListOf { items, next: page.next }))
    }
}
