//! `POST /audit/verify`: holds the institution's records and the log against each other, a part at a time.

use super::audit_list::about;
use crate::{
    audit::{
        Fault, FaultKind,
        check::{AuditCheck, Counts},
        heads::{check_copy, check_kept, check_top},
        rows::Window,
    },
    log::{Log, LogReader, read::ReadError},
};
use cws_authz::Action;
use cws_cloud::{Port, mirror::CheckpointCopies, signer::PublicKeys};
use cws_model::Timestamp;
use cws_route::{
    Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec,
    audit::{AUDIT_PARTS, AuditLeaf},
};
use cws_store::{Scoped, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names the route; never constructed.
pub enum AuditVerify {}

/// Bundles of 256 leaves that one request looks at.
const BUNDLES_A_CALL: u64 = 4;
/// Records after which a request looks at no further page of a hundred.
const RECORDS_A_CALL: u64 = 500;

/// Which records.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditVerifyIn {
    /// Records from this time on.
    pub since: Option<Timestamp>,
    /// Records before this time.
    pub until: Option<Timestamp>,
    /// `next` of the last answer, to go on from there, with the same times.
    #[schemars(length(max = 4096))]
    pub cursor: Option<String>,
}

/// What one call looked at and found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AuditVerifyOut {
    /// Whether nothing is wrong in what this call looked at.
    pub intact: bool,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// Leaves of the log, of all institutions, that this call held against the checkpoint.
    pub leaves_checked: u64,
    /// Records of the institution that this call held against the log.
    pub records_checked: u64,
    /// Of these, records that wait for the next checkpoint; at most 60 seconds.
    pub records_pending: u64,
    /// The signed checkpoint that it was checked against; null while the log has none.
    pub checkpoint: Option<String>,
    /// Leaves that the checkpoint covers.
    pub checkpoint_size: u64,
    /// The key that signs the log.
    pub verifier_key: Option<String>,
    /// Whether a checkpoint that was kept elsewhere was read and held against the log, so that a rollback
    /// would show.
    pub copy_checked: bool,
    /// Send it as `cursor` to go on; null when everything has been looked at.
    pub next: Option<String>,
}

impl Route for AuditVerify {
    const SPEC: Spec = Spec::post("audit_verify", "/audit/verify")
        .summary("Verify audit records against the log, a part at a time")
        .requires(Action::AuditRead)
        .reads(&[kind::AUDIT, kind::LOG_HEAD, kind::LOG_TILE, kind::LOG_INDEX, kind::LOG_PENDING])
        .calls(&[<dyn PublicKeys>::NAME, <dyn CheckpointCopies>::NAME])
        .idempotency(Idempotency::None("it changes nothing"))
        .audit(AuditRule::None("it changes nothing"));

    type Input = Input<Nothing, Nothing, AuditVerifyIn>;
    type Output = AuditVerifyOut;
    type Target = ();

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"since": "2026-01-01T00:00:00Z", "until": null, "cursor": null}))
    }

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(about(ctx.institution()?))
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<AuditVerifyOut>, Problem> {
        let body = input.body;
        let window = Window { since: body.since, until: body.until };
        let bound = ("verify", window.since, window.until);
        let position = ctx.open_cursor(body.cursor.as_deref(), &bound)?;
        let mut at = Position::read(position.as_deref()).map_err(Problem::internal)?;
        let mut faults = Vec::new();
        let (check, copy_checked) = begin(ctx, &mut faults).await.map_err(problem)?;
        let mut counts = Counts::default();
        let next = step(ctx, &check, &window, &mut at, (&mut counts, &mut faults)).await?;
        let top = check.top.as_ref();
        Ok(Answer::json(AuditVerifyOut {
            intact: faults.is_empty(),
            faults,
            leaves_checked: counts.leaves,
            records_checked: counts.records,
            records_pending: counts.pending,
            checkpoint: top.map(|top| top.note.clone()),
            checkpoint_size: check.signed(),
            verifier_key: top.map(|top| top.key.to_string()),
            copy_checked,
            next: ctx.seal_cursor(next, &bound)?,
        }))
    }
}

/// Where a call begins: in the log, then in the records. Keeps how large the log was, which must not shrink.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    bundle: Option<u64>,
    part: u32,
    after: Option<String>,
    size: u64,
}

impl Position {
    fn read(text: Option<&str>) -> Result<Self, serde_json::Error> {
        let Some(text) = text else { return Ok(Self { bundle: Some(0), part: 0, after: None, size: 0 }) };
        serde_json::from_str(text)
    }
}

/// Checks the top of the log: every call does, so that the parts add up.
async fn begin(ctx: &Ctx, faults: &mut Vec<Fault>) -> Result<(AuditCheck, bool), ReadOrProblem> {
    let reader = LogReader::new(ctx.catalogue(), Log::Audit);
    let public =
        ctx.port::<dyn PublicKeys>()?.public_key(Log::Audit.key()).await.map_err(Problem::internal)?;
    let mirror = ctx.port::<dyn CheckpointCopies>().ok();
    let seen = check_top(&reader, Log::Audit, &public, mirror.as_deref(), faults).await?;
    if let Some(top) = &seen.top {
        if mirror.is_some() {
            faults.extend(check_copy(top, seen.kept.as_deref()));
        }
        if let Some(note) = &seen.kept {
            faults.extend(check_kept(&reader, top, note).await?);
        }
    }
    let copy_checked = seen.top.is_some() && seen.kept.is_some();
    let top = seen.top;
    Ok((AuditCheck { pending: ctx.system(), reader, top }, copy_checked))
}

/// One part of the work; answers where the next part begins.
async fn step(
    ctx: &Ctx,
    check: &AuditCheck,
    window: &Window,
    at: &mut Position,
    (counts, faults): (&mut Counts, &mut Vec<Fault>),
) -> Result<Option<String>, Problem> {
    if check.signed() < at.size {
        let detail = format!("the log had {} leaves a moment ago and has {} now", at.size, check.signed());
        faults.push(Fault::new(FaultKind::RolledBack, detail));
    }
    at.size = check.signed();
    let store = ctx.store()?;
    if let Some(first) = at.bundle {
        let end = check.bundles().min(first.saturating_add(BUNDLES_A_CALL));
        for bundle in first..end {
            let leaves = check.bundle(bundle, faults).await.map_err(problem)?;
            own_leaves(check, &store, leaves, window, (counts, faults)).await.map_err(problem)?;
        }
        at.bundle = (end < check.bundles()).then_some(end);
        if at.bundle.is_none() {
            let tail = check.tail(faults).await.map_err(problem)?;
            own_leaves(check, &store, tail, window, (counts, faults)).await.map_err(problem)?;
        }
        return serde_json::to_string(at).map(Some).map_err(Problem::internal);
    }
    while counts.records < RECORDS_A_CALL {
        let from = (at.part, at.after.take());
        at.after = check.records(&store, window, from, (counts, faults)).await.map_err(problem)?;
        at.part += u32::from(at.after.is_none());
        if at.part >= AUDIT_PARTS {
            return Ok(None);
        }
    }
    serde_json::to_string(at).map(Some).map_err(Problem::internal)
}

/// INVARIANT (tenancy): of the leaves of the log only the institution's own are looked up and named.
async fn own_leaves(
    check: &AuditCheck,
    store: &Scoped,
    leaves: Vec<(u64, String)>,
    window: &Window,
    (counts, faults): (&mut Counts, &mut Vec<Fault>),
) -> Result<(), ReadError> {
    counts.leaves += leaves.len() as u64;
    let parsed = leaves
        .iter()
        .filter_map(|(index, text)| Some((*index, serde_json::from_str::<AuditLeaf>(text).ok()?)));
    let own: Vec<(u64, AuditLeaf)> = parsed
        .filter(|(_, leaf)| leaf.institution == *store.institution_id() && window.holds(leaf.id.as_str()))
        .collect();
    check.leaves(store, &own, faults).await
}

enum ReadOrProblem {
    Read(ReadError),
    Problem(Problem),
}

impl From<ReadError> for ReadOrProblem {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<Problem> for ReadOrProblem {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

fn problem(error: impl Into<ReadOrProblem>) -> Problem {
    match error.into() {
        ReadOrProblem::Problem(problem) => problem,
        ReadOrProblem::Read(ReadError::Store(error)) => error.into(),
        ReadOrProblem::Read(error) => Problem::internal(error),
    }
}
