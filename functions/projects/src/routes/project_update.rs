//! `PATCH /projects/{project_id}`: changes name, description or labels. A new name moves the claim.

use crate::{
    fault::{ARCHIVED, NAME_TAKEN},
    find::{self, ProjectPath},
    names, tags,
};
use cws_authz::Action;
use cws_model::{
    project::Project,
    text::{Line, Prose},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What changes; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChange {
    /// Unique among the institution's open projects, in whatever case.
    #[serde(default)]
    pub name: Option<Line<100>>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<Prose<1000>>,
    /// Free labels, all of them, at most 40.
    #[serde(default)]
    #[schemars(schema_with = "tags::schema")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// Names the route; never constructed.
pub enum ProjectUpdate {}

impl Route for ProjectUpdate {
    const SPEC: Spec = Spec::patch("project_update", "/projects/{project_id}")
        .summary("Change a project")
        .requires(Action::ProjectUpdate)
        .errors(&[ARCHIVED, NAME_TAKEN])
        .reads(&[kind::MEMBER])
        .writes(&[kind::PROJECT, kind::PROJECT_NAME])
        .audit(AuditRule::Record("project.updated"))
        .emits(&["project.updated.v1"]);

    type Input = Input<ProjectPath, Nothing, ProjectChange>;
    type Output = Project;
    type Target = Slot<Project>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find::open_project(ctx, &input.path.project_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, slot: Self::Target) -> Result<Answer<Project>, Problem> {
        ctx.check_match(&slot)?;
        let before = slot.value().ok_or_else(Problem::not_found)?;
        let mut project = before.clone();
        let fields = apply(&mut project, input.body)?;
        project.updated_at = ctx.now();
        let mut writes = Writes::new();
        if names::folded(&project.name) != names::folded(&before.name) {
            let store = ctx.store()?;
            names::claim(&store, &mut writes, &project.id, &project.name).await?;
            names::release(&store, &mut writes, &project.id, &before.name).await?;
        }
        writes.put(&slot, &project)?;
        let id = project.id.to_string();
        let data = serde_json::json!({"project_id": id, "fields": fields});
        let answer = Answer::json(project).writes(writes).etag(Some(&ctx.revision()));
        Ok(answer.event("project.updated.v1", id.clone(), data.clone()).about(id, data))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"description": "Sequencing of the samples of 2026 and 2027"}))
    }
}

/// Applies a change and answers the names of the fields in it.
fn apply(project: &mut Project, change: ProjectChange) -> Result<Vec<&'static str>, Problem> {
    let mut fields = Vec::new();
    if let Some(name) = change.name {
        project.name = name;
        fields.push("name");
    }
    if let Some(description) = change.description {
        project.description = description;
        fields.push("description");
    }
    if let Some(tags) = change.tags {
        tags::check(&tags)?;
        project.tags = tags;
        fields.push("tags");
    }
    Ok(fields)
}
