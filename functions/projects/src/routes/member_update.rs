//! `PATCH /projects/{project_id}/members/{user_id}`: changes somebody's role in a project.

use crate::{
    fault::{self, ARCHIVED, LAST_OWNER},
    find::{self, MemberPath, Seat},
    roster,
};
use cws_authz::Action;
use cws_model::{
    identity::User,
    project::{Member, ProjectRole},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// The role that somebody gets.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// Role in the project. An external collaborator is at most a member.
    pub role: ProjectRole,
}

/// Names the route; never constructed.
pub enum MemberUpdate {}

impl Route for MemberUpdate {
    const SPEC: Spec = Spec::patch("member_update", "/projects/{project_id}/members/{user_id}")
        .summary("Change somebody's role in a project")
        .requires(Action::MemberUpdate)
        .errors(&[ARCHIVED, LAST_OWNER])
        .reads(&[kind::USER])
        .writes(&[kind::PROJECT, kind::MEMBER, kind::USER_PROJECT, kind::USER_STANDING])
        .audit(AuditRule::Record("project.member_updated"))
        .emits(&["project.member_updated.v1"]);

    type Input = Input<MemberPath, Nothing, MemberChange>;
    type Output = Member;
    type Target = Seat;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Seat>, Problem> {
        let found = find::seat(ctx, &input.path, Some(input.body.role)).await?;
        if found.value.role().is_none() {
            return Err(Problem::not_found());
        }
        Ok(found)
    }

    async fn call(ctx: &Ctx, input: Self::Input, seat: Seat) -> Result<Answer<Member>, Problem> {
        ctx.check_match(&seat.member)?;
        let to = input.body.role;
        let person = ctx.store()?.get::<User>(None, input.path.user_id.as_str()).await?;
        let held = person.value().map(|user| user.role).ok_or_else(Problem::not_found)?;
        roster::check_role(held, to).map_err(fault::roster)?;
        let project = seat.project.value().ok_or_else(Problem::not_found)?;
        let project = roster::changed(project, seat.role(), Some(to), ctx.now()).map_err(fault::roster)?;
        let mut member = seat.member.value().cloned().ok_or_else(Problem::not_found)?;
        let mut index = seat.index.value().cloned().ok_or_else(Problem::not_found)?;
        let from = member.role;
        member.role = to;
        member.updated_at = ctx.now();
        index.role = to;
        let mut writes = Writes::new();
        find::still_answered(ctx, &mut writes, &seat, Some(to)).await?;
        // A person who becomes an external collaborator, or is shut out, at this moment gets no role.
        writes.check(&person);
        find::gains(&ctx.store()?, &mut writes, member.user_id.as_str(), to)?;
        writes.put(&seat.project, &project)?;
        writes.put(&seat.member, &member)?;
        writes.put(&seat.index, &index)?;
        let id = project.id.to_string();
        let data =
            serde_json::json!({"project_id": id, "user_id": member.user_id, "role": to, "role_before": from});
        let answer = Answer::json(member).writes(writes).etag(Some(&ctx.revision()));
        Ok(answer.event("project.member_updated.v1", id.clone(), data.clone()).about(id, data))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"role": "manager"}))
    }
}
