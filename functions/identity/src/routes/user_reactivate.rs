//! `POST /users/registry/{user_id}/reactivate`: lets a person in again; sessions that ended stay ended.

use crate::{
    fault, standing,
    view::{UserOut, UserPath, beside, find_user},
};
use cws_authz::Action;
use cws_cloud::{Port, identity::Identity};
use cws_model::identity::{User, UserStatus};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};

/// Names the route; never constructed.
pub enum UserReactivate {}

impl Route for UserReactivate {
    const SPEC: Spec = Spec::post("user_reactivate", "/users/registry/{user_id}/reactivate")
        .summary("Let a person in again")
        .requires(Action::UserDeactivate)
        .answers(&["ETag"])
        .reads(&[kind::DIRECTORY, kind::USER_PROJECT, kind::USER_ACTIVE])
        .writes(&[kind::USER, kind::USER_ADMIN])
        .calls(&[<dyn Identity as Port>::NAME])
        .audit(AuditRule::Record("user.reactivated"))
        .emits(&["user.reactivated.v1"]);

    type Input = Input<UserPath>;
    type Output = UserOut;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_user(ctx, &input.path.user_id).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, slot: Self::Target) -> Result<Answer<UserOut>, Problem> {
        let mut user = slot.value().cloned().ok_or_else(Problem::not_found)?;
        let done = ctx.port::<dyn Identity>()?.enable(&user.subject).await;
        done.map_err(|error| fault::identity(error, "", ctx.now()))?;
        user.status = UserStatus::Active;
        user.valid_after = Some(ctx.instant());
        user.updated_at = ctx.now();
        let mut writes = Writes::new();
        writes.put(&slot, &user)?;
        standing::administrators(ctx, &mut writes, slot.value(), &user).await?;
        let subject = user.id.to_string();
        let beside = beside(ctx, &user).await?;
        let answer = Answer::json(UserOut::new(user, beside)).writes(writes).etag(Some(&ctx.revision()));
        let data = serde_json::json!({"user_id": subject});
        Ok(answer.event("user.reactivated.v1", subject.clone(), data).about(subject, serde_json::Value::Null))
    }
}
