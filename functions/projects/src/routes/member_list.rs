//! `GET /projects/{project_id}/members`: who is in a project.

use crate::find::{self, ProjectPath};
use cws_authz::Action;
use cws_model::project::{Member, Project};
use cws_route::{Answer, Ctx, Found, Input, ListOf, Listing, PageQuery, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum MemberList {}

impl Route for MemberList {
    const SPEC: Spec = Spec::get("member_list", "/projects/{project_id}/members")
        .summary("List a project's members")
        .requires(Action::MemberList)
        .reads(&[kind::PROJECT, kind::MEMBER]);

    type Input = Input<ProjectPath, PageQuery>;
    type Output = ListOf<Member>;
    type Target = Slot<Project>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find::project(ctx, &input.path.project_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, _: Self::Target) -> Result<Answer<Self::Output>, Problem> {
        let store = ctx.store()?;
        let id = input.path.project_id;
        let query = input.query;
        let listing = Listing::new(&store, query.limit, query.cursor.as_deref(), &id).part(id.as_str());
        let page = listing.page::<Member>(ctx, |_| true).await?;
        Ok(Answer::json(ListOf {
            items: page.items.into_iter().filter_map(Slot::into_value).collect(),
            next: page.next,
        }))
    }
}
