//! `POST /projects`: opens a project; the caller becomes its first owner.

use crate::{fault::NAME_TAKEN, find, names, tags};
use cws_authz::{Action, Resource, resource};
use cws_model::{
    id::{ProjectId, UserId},
    identity::{User, UserProject},
    project::{Member, Project, ProjectRole, ProjectStatus},
    text::{Line, Prose},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Scoped, Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A new project.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectNew {
    /// Unique among the institution's open projects, in whatever case.
    pub name: Line<100>,
    /// What it is for.
    #[serde(default)]
    pub description: Prose<1000>,
    /// Free labels, at most 40.
    #[serde(default)]
    #[schemars(schema_with = "tags::schema")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// Names the route; never constructed.
pub enum ProjectCreate {}

impl Route for ProjectCreate {
    const SPEC: Spec = Spec::post("project_create", "/projects")
        .summary("Open a project")
        .requires(Action::ProjectCreate)
        .answers(&["ETag", "Location"])
        .status(201)
        .errors(&[NAME_TAKEN])
        .reads(&[kind::USER])
        .writes(&[kind::PROJECT, kind::PROJECT_NAME, kind::MEMBER, kind::USER_PROJECT, kind::USER_STANDING])
        .audit(AuditRule::Record("project.created"))
        .emits(&["project.created.v1"]);

    type Input = Input<Nothing, Nothing, ProjectNew>;
    type Output = Project;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        let id = ctx.institution()?.clone();
        Ok(Found::new(Resource::Institution(resource::Institution { id }), ()))
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<Project>, Problem> {
        let tags = input.body.tags.unwrap_or_default();
        tags::check(&tags)?;
        let owner = ctx.caller().user.as_ref().map(|user| user.id.clone()).ok_or_else(Problem::not_found)?;
        let store = ctx.store()?;
        let project = Project {
            id: ctx.id(),
            institution: ctx.institution()?.clone(),
            name: input.body.name,
            description: input.body.description,
            tags,
            status: ProjectStatus::Active,
            created_by: owner.clone(),
            owner_count: 1,
            member_count: 1,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            archived_at: None,
        };
        let mut writes = Writes::new();
        names::claim(&store, &mut writes, &project.id, &project.name).await?;
        writes.create(store.key::<Project>(None, project.id.as_str())?, &project)?;
        still_themself(ctx, &store, &mut writes, &owner).await?;
        seat_owner(ctx, &store, &mut writes, &project.id, &owner)?;
        let id = project.id.to_string();
        let data = serde_json::json!({"project_id": id, "owner_id": owner});
        let answer = Answer::json(project).writes(writes).etag(Some(&ctx.revision()));
        let answer = answer.header("location", format!("/api/v2/projects/{id}"));
        Ok(answer.event("project.created.v1", id.clone(), data.clone()).about(id, data))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({
            "name": "Coral reef genomics", "description": "Sequencing of the 2026 samples",
            "tags": {"grant": "SNF-200021", "cost-centre": "4711"},
        }))
    }
}

/// Whoever loses the role that opens projects at this moment opens none.
async fn still_themself(
    ctx: &Ctx,
    store: &Scoped,
    writes: &mut Writes,
    owner: &UserId,
) -> Result<(), Problem> {
    let slot = store.get::<User>(None, owner.as_str()).await?;
    let as_before = slot
        .value()
        .zip(ctx.caller().user.as_ref())
        .is_some_and(|(now, before)| now.role == before.role && now.status == before.status);
    if !as_before {
        return Err(Problem::new("conflict", "your own record changed at this moment; try again"));
    }
    writes.check(&slot);
    find::gains(store, writes, owner.as_str(), ProjectRole::Owner)
}

fn seat_owner(
    ctx: &Ctx,
    store: &Scoped,
    writes: &mut Writes,
    project_id: &ProjectId,
    owner: &UserId,
) -> Result<(), Problem> {
    let role = ProjectRole::Owner;
    let member = Member {
        project_id: project_id.clone(),
        user_id: owner.clone(),
        role,
        added_by: owner.clone(),
        added_at: ctx.now(),
        updated_at: ctx.now(),
    };
    let index = UserProject { project_id: project_id.clone(), role, since: ctx.now() };
    writes.create(store.key::<Member>(Some(project_id.as_str()), owner.as_str())?, &member)?;
    writes.create(store.key::<UserProject>(Some(owner.as_str()), project_id.as_str())?, &index)?;
    Ok(())
}
