//! `POST /users/registry/{user_id}/factor/reset`: takes a second factor off that its owner lost.
//!
//! Every session of the person ends; the next sign-in asks for the password alone, until another factor is
//! set up.

use crate::{
    fault,
    session::still_open,
    session::without_tokens,
    view::{UserOut, UserPath, beside, find_user},
};
use cws_authz::Action;
use cws_cloud::{Port, identity::Identity};
use cws_model::identity::User;
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};

/// Names the route; never constructed.
pub enum UserFactorReset {}

impl Route for UserFactorReset {
    const SPEC: Spec = Spec::post("user_factor_reset", "/users/registry/{user_id}/factor/reset")
        .summary("Take a lost second factor off")
        .requires(Action::UserCredentialReset)
        .answers(&["ETag"])
        .reads(&[kind::DIRECTORY, kind::USER_PROJECT, kind::USER_ACTIVE])
        .writes(&[kind::USER])
        .calls(&[<dyn Identity as Port>::NAME])
        .audit(AuditRule::Record("user.factor_reset"));

    type Input = Input<UserPath>;
    type Output = UserOut;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_user(ctx, &input.path.user_id).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, slot: Self::Target) -> Result<Answer<UserOut>, Problem> {
        still_open(ctx).await?;
        let before = slot.value().ok_or_else(Problem::not_found)?;
        let done = ctx.port::<dyn Identity>()?.mfa_reset(&before.subject).await;
        done.map_err(|error| fault::identity(error, "", ctx.now()))?;
        let user = User { mfa_enrolled: false, updated_at: ctx.now(), ..without_tokens(ctx, before) };
        let mut writes = Writes::new();
        writes.put(&slot, &user)?;
        let subject = user.id.to_string();
        let beside = beside(ctx, &user).await?;
        let answer = Answer::json(UserOut::new(user, beside)).writes(writes).etag(Some(&ctx.revision()));
        Ok(answer.about(subject, serde_json::Value::Null))
    }
}
