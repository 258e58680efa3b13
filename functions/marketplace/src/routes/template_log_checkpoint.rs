//! `GET /marketplace/log/checkpoint`: the newest signed head of the template log.

use crate::log::checkpoint;
use cws_route::{Answer, Ctx, Found, Input, Problem, Raw, Route, Spec};
use cws_store::kind;

/// Names the route; never constructed.
pub enum TemplateLogCheckpoint {}

impl Route for TemplateLogCheckpoint {
    const SPEC: Spec = Spec::get("template_log_checkpoint", "/marketplace/log/checkpoint")
        .summary("Read the newest signed checkpoint of the template log (C2SP tlog-checkpoint)")
        .public("whoever verifies a template offline needs it, and it names nothing")
        .reads(&[kind::LOG_HEAD])
        .produces("text/plain; charset=utf-8");

    type Input = Input;
    type Output = Raw;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, _: Self::Input, (): ()) -> Result<Answer<Raw>, Problem> {
        let row = checkpoint(&ctx.catalogue()).await?.ok_or_else(Problem::not_found)?;
        Ok(Answer::bytes(row.note.into_bytes()))
    }
}
