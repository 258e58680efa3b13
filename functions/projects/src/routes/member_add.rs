//! `POST /projects/{project_id}/members`: adds somebody of the institution to a project.

use crate::{
    fault::{self, ARCHIVED, MEMBER_EXISTS},
    find::{self, MemberPath, ProjectPath, Seat},
    roster,
};
use cws_authz::Action;
use cws_model::{
    id::UserId,
    identity::{User, UserProject, UserStatus},
    project::{Member, ProjectRole},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// Who is added, and as what.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberNew {
    /// The person: of the same institution, and active.
    pub user_id: UserId,
    /// Role in the project. An external collaborator is at most a member.
    pub role: ProjectRole,
}

/// Names the route; never constructed.
pub enum MemberAdd {}

impl Route for MemberAdd {
    const SPEC: Spec = Spec::post("member_add", "/projects/{project_id}/members")
        .summary("Add somebody to a project")
        .requires(Action::MemberAdd)
        .answers(&["ETag", "Location"])
        .status(201)
        .errors(&[ARCHIVED, MEMBER_EXISTS])
        .reads(&[kind::USER])
        .writes(&[kind::PROJECT, kind::MEMBER, kind::USER_PROJECT, kind::USER_STANDING])
        .audit(AuditRule::Record("project.member_added"))
        .emits(&["project.member_added.v1"]);

    type Input = Input<ProjectPath, Nothing, MemberNew>;
    type Output = Member;
    type Target = Seat;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Seat>, Problem> {
        let (project_id, user_id) = (input.path.project_id.clone(), input.body.user_id.clone());
        find::seat(ctx, &MemberPath { project_id, user_id }, Some(input.body.role)).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, seat: Seat) -> Result<Answer<Member>, Problem> {
        let MemberNew { user_id, role } = input.body;
        if seat.role().is_some() {
            return Err(fault::member_exists());
        }
        let person = person(ctx, &user_id).await?;
        let held = person.value().map(|user| user.role).ok_or_else(Problem::not_found)?;
        roster::check_role(held, role).map_err(fault::roster)?;
        let project = seat.project.value().ok_or_else(Problem::not_found)?;
        let project = roster::changed(project, None, Some(role), ctx.now()).map_err(fault::roster)?;
        let member = Member {
            project_id: project.id.clone(),
            user_id: user_id.clone(),
            role,
            added_by: added_by(ctx)?,
            added_at: ctx.now(),
            updated_at: ctx.now(),
        };
        let index = UserProject { project_id: project.id.clone(), role, since: ctx.now() };
        let mut writes = Writes::new();
        // A person who becomes an external collaborator, or is shut out, at this moment gets no role.
        writes.check(&person);
        find::gains(&ctx.store()?, &mut writes, user_id.as_str(), role)?;
        writes.put(&seat.project, &project)?;
        writes.put(&seat.member, &member)?;
        writes.put(&seat.index, &index)?;
        let id = project.id.to_string();
        let data = serde_json::json!({"project_id": id, "user_id": user_id, "role": role});
        let answer = Answer::json(member).writes(writes).etag(Some(&ctx.revision()));
        let answer = answer.header("location", format!("/api/v2/projects/{id}/members/{user_id}"));
        Ok(answer.event("project.member_added.v1", id.clone(), data.clone()).about(id, data))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"user_id": "usr_01kar2b3c4d5e6f7g8h9jkmnpq", "role": "member"}))
    }
}

/// The record of somebody who may be added. INVARIANT (no oracle): a person of another
/// institution, a deactivated one and one that never was are refused in the same words.
async fn person(ctx: &Ctx, user_id: &UserId) -> Result<Slot<User>, Problem> {
    let slot = ctx.store()?.get::<User>(None, user_id.as_str()).await?;
    let open = |user: &User| user.access_expires_at.is_none_or(|at| ctx.now() < at);
    if slot.value().is_some_and(|user| user.status == UserStatus::Active && open(user)) {
        return Ok(slot);
    }
    Err(Problem::field("/user_id", "names no active person of the institution"))
}

fn added_by(ctx: &Ctx) -> Result<UserId, Problem> {
    ctx.caller().user.as_ref().map(|user| user.id.clone()).ok_or_else(Problem::not_found)
}
