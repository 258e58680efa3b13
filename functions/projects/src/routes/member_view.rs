//! `GET /projects/{project_id}/members/{user_id}`: one person's place in a project, with the ETag that a
//! change of it asks for.

use crate::find::{self, MemberPath};
use cws_authz::Action;
use cws_model::project::{Member, Project};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum MemberView {}

impl Route for MemberView {
    const SPEC: Spec = Spec::get("member_view", "/projects/{project_id}/members/{user_id}")
        .summary("View a member of a project")
        .requires(Action::MemberList)
        .answers(&["ETag"])
        .reads(&[kind::PROJECT, kind::MEMBER]);

    type Input = Input<MemberPath>;
    type Output = Member;
    type Target = Slot<Project>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find::project(ctx, &input.path.project_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, _: Self::Target) -> Result<Answer<Member>, Problem> {
        let MemberPath { project_id, user_id } = input.path;
        let slot = ctx.store()?.get::<Member>(Some(project_id.as_str()), user_id.as_str()).await?;
        let revision = slot.revision().cloned();
        Ok(Answer::json(slot.into_value().ok_or_else(Problem::not_found)?).etag(revision.as_ref()))
    }
}
