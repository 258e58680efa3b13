//! `DELETE /projects/{project_id}/members/{user_id}`: removes somebody from a project, or leaves it.

use crate::{
    fault::{self, ARCHIVED, LAST_OWNER},
    find::{self, MemberPath, Seat},
    roster,
};
use cws_authz::Action;
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Serialize;

/// No answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Removed {}

/// Names the route; never constructed.
pub enum MemberRemove {}

impl Route for MemberRemove {
    const SPEC: Spec = Spec::delete("member_remove", "/projects/{project_id}/members/{user_id}")
        .summary("Remove somebody from a project, or leave it")
        .requires(Action::MemberRemove)
        .errors(&[ARCHIVED, LAST_OWNER])
        .reads(&[kind::USER])
        .writes(&[kind::PROJECT, kind::MEMBER, kind::USER_PROJECT])
        .audit(AuditRule::Record("project.member_removed"))
        .emits(&["project.member_removed.v1"]);

    type Input = Input<MemberPath>;
    type Output = Removed;
    type Target = Seat;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Seat>, Problem> {
        let found = find::seat(ctx, &input.path, None).await?;
        if found.value.role().is_none() {
            return Err(Problem::not_found());
        }
        Ok(found)
    }

    async fn call(ctx: &Ctx, input: Self::Input, seat: Seat) -> Result<Answer<Removed>, Problem> {
        ctx.check_match(&seat.member)?;
        let project = seat.project.value().ok_or_else(Problem::not_found)?;
        let project = roster::changed(project, seat.role(), None, ctx.now()).map_err(fault::roster)?;
        let mut writes = Writes::new();
        find::still_answered(ctx, &mut writes, &seat, None).await?;
        writes.put(&seat.project, &project)?;
        writes.delete(&seat.member);
        writes.delete(&seat.index);
        let id = project.id.to_string();
        let data =
            serde_json::json!({"project_id": id, "user_id": input.path.user_id, "role_before": seat.role()});
        let answer = Answer::empty().writes(writes);
        Ok(answer.event("project.member_removed.v1", id.clone(), data.clone()).about(id, data))
    }
}
