//! `DELETE /projects/{project_id}`: archives a project. Its rows, members and history stay to be read;
//! its name becomes free for another project.

use crate::{
    fault::ARCHIVED,
    find::{self, ProjectPath},
    names,
};
use cws_authz::Action;
use cws_model::project::{Project, ProjectStatus};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};

/// Names the route; never constructed.
pub enum ProjectArchive {}

impl Route for ProjectArchive {
    const SPEC: Spec = Spec::delete("project_archive", "/projects/{project_id}")
        .summary("Archive a project; nothing is deleted")
        .requires(Action::ProjectArchive)
        .answers(&["ETag"])
        .status(200)
        .errors(&[ARCHIVED])
        .reads(&[kind::MEMBER])
        .writes(&[kind::PROJECT, kind::PROJECT_NAME])
        .audit(AuditRule::Record("project.archived"))
        .emits(&["project.archived.v1"]);

    type Input = Input<ProjectPath>;
    type Output = Project;
    type Target = Slot<Project>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find::open_project(ctx, &input.path.project_id).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, slot: Self::Target) -> Result<Answer<Project>, Problem> {
        ctx.check_match(&slot)?;
        let mut project = slot.value().cloned().ok_or_else(Problem::not_found)?;
        project.status = ProjectStatus::Archived;
        project.archived_at = Some(ctx.now());
        project.updated_at = ctx.now();
        let mut writes = Writes::new();
        names::release(&ctx.store()?, &mut writes, &project.id, &project.name).await?;
        writes.put(&slot, &project)?;
        let id = project.id.to_string();
        let data = serde_json::json!({"project_id": id});
        let answer = Answer::json(project).writes(writes).etag(Some(&ctx.revision()));
        Ok(answer.event("project.archived.v1", id.clone(), data.clone()).about(id, data))
    }
}
