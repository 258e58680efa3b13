//! `GET /audit/checkpoint`: the newest signed checkpoint of the audit log.

use super::audit_list::about;
use crate::{
    document::Document,
    log::{Log, LogReader},
};
use cws_authz::Action;
use cws_route::{Answer, Ctx, ErrorCode, Found, Input, Problem, Raw, Route, Spec};
use cws_store::kind;

/// Names the route; never constructed.
pub enum AuditCheckpoint {}

/// What audit routes answer before the log has a checkpoint.
pub(crate) const NO_CHECKPOINT: ErrorCode = ErrorCode::new(
    404,
    "no_checkpoint",
    "The log has no signed checkpoint yet; there is one within 60 seconds.",
);

impl Route for AuditCheckpoint {
    const SPEC: Spec = Spec::get("audit_checkpoint", "/audit/checkpoint")
        .summary("Read the newest signed checkpoint of the audit log")
        .requires(Action::AuditRead)
        .answers(&["ETag"])
        .errors(&[NO_CHECKPOINT])
        .reads(&[kind::LOG_HEAD])
        .produces("text/plain; charset=utf-8");

    type Input = Input;
    type Output = Raw;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(about(ctx.institution()?))
    }

    async fn call(ctx: &Ctx, _: Self::Input, (): ()) -> Result<Answer<Raw>, Problem> {
        let stored = LogReader::new(ctx.catalogue(), Log::Audit).checkpoint().await?.into_value();
        let stored = stored.ok_or_else(|| Problem::new("no_checkpoint", "try again in a minute"))?;
        let Document { bytes, etag } = Document::new(stored.note.into_bytes());
        Ok(Answer::bytes(bytes).header("etag", etag))
    }
}
