//! `POST /users/registry/{user_id}/deactivate`: keeps a person out, from the next request on.

use crate::{
    fault::{self, LAST_ADMINISTRATOR, LAST_OWNER},
    standing,
    view::{UserOut, UserPath, beside, find_user},
};
use cws_authz::Action;
use cws_cloud::{Port, identity::Identity};
use cws_model::identity::{User, UserStatus};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};

/// Names the route; never constructed.
pub enum UserDeactivate {}

impl Route for UserDeactivate {
    const SPEC: Spec = Spec::post("user_deactivate", "/users/registry/{user_id}/deactivate")
        .summary("Keep a person out; nothing is deleted")
        .requires(Action::UserDeactivate)
        .answers(&["ETag"])
        .errors(&[LAST_ADMINISTRATOR, LAST_OWNER])
        .reads(standing::READS)
        .writes(&[kind::USER, kind::USER_ADMIN])
        .calls(&[<dyn Identity as Port>::NAME])
        .audit(AuditRule::Record("user.deactivated"))
        .emits(&["user.deactivated.v1"]);

    type Input = Input<UserPath>;
    type Output = UserOut;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_user(ctx, &input.path.user_id).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, slot: Self::Target) -> Result<Answer<UserOut>, Problem> {
        let before = slot.value().ok_or_else(Problem::not_found)?;
        let mut user = before.clone();
        user.status = UserStatus::Deactivated;
        let mut writes = Writes::new();
        standing::administrators(ctx, &mut writes, Some(before), &user).await?;
        standing::leaves_no_project_alone(ctx, &mut writes, before).await?;
        let done = ctx.port::<dyn Identity>()?.disable(&user.subject).await;
        done.map_err(|error| fault::identity(error, "", ctx.now()))?;
        user.valid_after = Some(ctx.instant());
        user.updated_at = ctx.now();
        writes.put(&slot, &user)?;
        let subject = user.id.to_string();
        let beside = beside(ctx, &user).await?;
        let answer = Answer::json(UserOut::new(user, beside)).writes(writes).etag(Some(&ctx.revision()));
        let data = serde_json::json!({"user_id": subject});
        Ok(answer.event("user.deactivated.v1", subject.clone(), data).about(subject, serde_json::Value::Null))
    }
}
