//! What is kept of a refusal: its record in the audit log, and the rows that change because of it.
//!
//! What anybody can cause again and again is coalesced: one record a minute, held by a row that expires.

use super::{
    ShellParts,
    commit::{self, Doer},
};
use crate::{Ctx, Problem, Spec, audit::Outcome, problem::Kept};
use cws_store::{Expect, Key, Op, StoreError, Value, Writes, kind};

/// How long the row that coalesces is kept, seconds.
const COALESCED_S: i64 = 120;

/// Records a refusal to a known caller, once a minute for each caller and route.
///
/// # Errors
/// What the store says; the refusal stands all the same.
pub(super) async fn record_denial(
    parts: &ShellParts,
    ctx: &Ctx,
    spec: &Spec,
    subject: String,
) -> Result<(), Problem> {
    let Some(doer) = commit::doer(ctx, None) else { return Ok(()) };
    let mut writes = Writes::new();
    once_a_minute(&mut writes, ctx, spec, &doer, &doer.id);
    commit::record(&mut writes, ctx, spec, "access.denied", &doer, (Outcome::Denied, Some(subject), None))?;
    match parts.store.commit(&writes.into_commit(ctx.id())).await {
        Ok(()) | Err(StoreError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Keeps of a refusal what its handler wants kept, in one commit with what the ports hold back for it.
/// Answers the refusal; or a conflict, after which the handler decides again.
pub(super) async fn keep(parts: &ShellParts, ctx: &Ctx, spec: &Spec, mut problem: Problem) -> Problem {
    let Some(kept) = problem.kept.take() else { return problem };
    match write(parts, ctx, spec, *kept).await {
        Ok(()) => problem,
        Err(instead) => instead,
    }
}

async fn write(parts: &ShellParts, ctx: &Ctx, spec: &Spec, kept: Kept) -> Result<(), Problem> {
    let Kept { action, institution, subject, change, mut writes, coalesced } = kept;
    commit::check_declared(spec, &writes)?;
    writes.extend(ctx.stage().take());
    let doer = Doer { institution, kind: ctx.caller().kind(), id: ctx.caller().id().to_owned() };
    if coalesced {
        once_a_minute(&mut writes, ctx, spec, &doer, subject.as_deref().unwrap_or("nobody"));
    }
    commit::record(&mut writes, ctx, spec, action, &doer, (Outcome::Denied, subject, change))?;
    match parts.store.commit(&writes.into_commit(ctx.commit_id().clone())).await {
        Err(StoreError::Conflict { .. }) if coalesced => Ok(()),
        outcome => outcome.map_err(Problem::from),
    }
}

/// Lets a commit through once a minute for each name and route.
fn once_a_minute(writes: &mut Writes, ctx: &Ctx, spec: &Spec, doer: &Doer, name: &str) {
    let minute: String = ctx.now().to_string().chars().take(16).collect();
    let key =
        Key::new(kind::AUDIT_DENIAL.of(&doer.institution), format!("{minute}/{name}/{}", spec.operation_id));
    let expires_at = Some(ctx.now().plus_seconds(COALESCED_S));
    let value = Value::Json("{}".to_owned());
    writes.op(Op::Put { key, expect: Expect::Absent, value, schema: 1, expires_at });
}
