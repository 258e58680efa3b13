//! One commit for everything that a request changes: rows, audit record, stored answer, events.

use super::idempotency::Claim;
use crate::{
    Answer, Ctx, Problem, Response, ShellParts, Spec,
    answer::log_leaf,
    audit::{self, AUDIT_LOG, AuditRecord, Outcome},
    spec::AuditRule,
};
use cws_model::InstitutionId;
use cws_store::{
    Expect, Op, Value, Writes,
    limits::{COMMIT_MAX_OPS, SHELL_OPS},
    outbox,
};

/// What the shell may write besides what a SPEC names, as prefixes.
const SHELL_KINDS: [&str; 1] = ["lgp"];

/// Who is named in the audit record of a call, and where.
pub(super) struct Doer {
    pub(super) institution: InstitutionId,
    pub(super) kind: &'static str,
    pub(super) id: String,
}

/// Puts a handler's answer together with what the shell adds, and commits it.
///
/// # Errors
/// A conflict, which the caller retries, or what the store says.
pub(super) async fn settle<T>(
    parts: &ShellParts,
    ctx: &Ctx,
    spec: &Spec,
    claim: Option<&Claim>,
    mut answer: Answer<T>,
    response: &Response,
) -> Result<(), Problem> {
    let mut writes = std::mem::take(&mut answer.writes);
    check_declared(spec, &writes)?;
    writes.extend(ctx.stage().take());
    check_room(&writes)?;
    let doer = doer(ctx, answer.actor.take());
    if let (AuditRule::Record(action), Some(doer)) = (spec.audit, &doer) {
        let subject = answer.subject.take();
        record(&mut writes, ctx, spec, action, doer, (Outcome::Done, subject, answer.change.take()))?;
    } else if matches!(spec.audit, AuditRule::Record(_)) && spec.is_write() {
        return Err(Problem::internal("an audited route answered without saying who did it"));
    }
    for draft in answer.events {
        if !spec.emits.contains(&draft.kind) {
            let kind = draft.kind;
            return Err(Problem::internal(format!("the route does not declare that it emits `{kind}`")));
        }
        let institution = doer.as_ref().map_or_else(|| parts.home.clone(), |doer| doer.institution.clone());
        writes.op(outbox::put(&draft.into_event(ctx.id(), institution, ctx.now()))?);
    }
    if let Some(claim) = claim {
        claim.store(&mut writes, response, ctx.now())?;
    }
    if writes.is_empty() {
        return Ok(());
    }
    Ok(parts.store.commit(&writes.into_commit(ctx.commit_id().clone())).await?)
}

pub(super) fn doer(ctx: &Ctx, named: Option<(InstitutionId, String)>) -> Option<Doer> {
    if let Some((institution, id)) = named {
        return Some(Doer { institution, kind: "user", id });
    }
    let caller = ctx.caller();
    let institution = caller.institution()?.clone();
    Some(Doer { institution, kind: caller.kind(), id: caller.id().to_owned() })
}

/// INVARIANT (exact grants): a route writes only the kinds that its SPEC names, and events only where it
/// names some, since its role on AWS is made from them.
pub(super) fn check_declared(spec: &Spec, writes: &Writes) -> Result<(), Problem> {
    let reach = spec.reach();
    for op in writes.ops() {
        let prefix = op.key().kind();
        let declared = match op {
            Op::Check { .. } => reach.checks_prefix(prefix),
            _ => reach.writes_prefix(prefix),
        };
        if !declared && !SHELL_KINDS.contains(&prefix) {
            return Err(Problem::internal(format!("the route does not declare that it writes `{prefix}`")));
        }
    }
    Ok(())
}

fn check_room(writes: &Writes) -> Result<(), Problem> {
    if writes.ops().len() <= COMMIT_MAX_OPS - SHELL_OPS {
        return Ok(());
    }
    Err(Problem::internal("the route leaves the shell no room in the commit"))
}

pub(super) fn record(
    writes: &mut Writes,
    ctx: &Ctx,
    spec: &Spec,
    action: &str,
    doer: &Doer,
    (outcome, subject, change): (Outcome, Option<String>, Option<serde_json::Value>),
) -> Result<(), Problem> {
    let record = AuditRecord {
        id: ctx.id(),
        at: ctx.now(),
        institution: doer.institution.clone(),
        actor_kind: doer.kind.to_owned(),
        actor: doer.id.clone(),
        action: action.to_owned(),
        route: spec.operation_id.to_owned(),
        subject,
        outcome,
        change,
        request_id: ctx.request_id().clone(),
    };
    let (row, leaf) = audit::texts(&record)?;
    let key = audit::record_key(&doer.institution, record.id.as_str());
    writes.op(Op::Put { key, expect: Expect::Absent, value: Value::Json(row), schema: 1, expires_at: None });
    log_leaf(writes, AUDIT_LOG, record.id.as_str(), leaf)
}
