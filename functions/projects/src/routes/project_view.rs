//! `GET /projects/{project_id}`: one project. One read of the store beyond authentication.

use crate::find::{self, ProjectPath};
use cws_authz::Action;
use cws_model::project::Project;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum ProjectView {}

impl Route for ProjectView {
    const SPEC: Spec = Spec::get("project_view", "/projects/{project_id}")
        .summary("View a project")
        .requires(Action::ProjectView)
        .answers(&["ETag"])
        .reads(&[kind::PROJECT, kind::MEMBER]);

    type Input = Input<ProjectPath>;
    type Output = Project;
    type Target = Slot<Project>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find::project(ctx, &input.path.project_id).await
    }

    async fn call(_: &Ctx, _: Self::Input, slot: Self::Target) -> Result<Answer<Project>, Problem> {
        let revision = slot.revision().cloned();
        Ok(Answer::json(slot.into_value().ok_or_else(Problem::not_found)?).etag(revision.as_ref()))
    }
}
