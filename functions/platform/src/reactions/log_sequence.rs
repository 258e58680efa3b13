//! Sequencing the logs: every leaf that a commit left waiting gets its place, and the log is signed.

use crate::log::{Log, Pass, SequenceError, Sequencer, Signing, sequence::PACE_S};
use cws_cloud::{Port, clock, mirror::CheckpointMirror, signer::Signer};
use cws_model::{Event, id::CommitKind};
use cws_route::{ConsumeError, Consumer, ConsumerSpec, ShellParts, SystemCtx};
use cws_store::{Writes, kind};
use std::{sync::Arc, time::Duration};

/// Runs over one log before the next one has its turn.
const RUNS_MAX: u32 = 8;

/// Appends everything that waits, in every log, and signs it, now or when its time has come. What a laptop
/// calls every few seconds; a log that is damaged does not hold up the other.
///
/// # Errors
/// The first failure; what it left waiting goes on waiting.
pub async fn sequence_all(parts: &Arc<ShellParts>, signing: Signing) -> Result<Pass, SequenceError> {
    let signer = parts.ports.get::<dyn Signer>().ok_or(SequenceError::NotOffered(<dyn Signer>::NAME))?;
    let mirror = parts.ports.get::<dyn CheckpointMirror>();
    let sequencer = || {
        let of_ids = parts.clone();
        let ids = move || clock::new_id::<CommitKind>(of_ids.clock.now(), of_ids.entropy.as_ref());
        let at = (parts.clock.now(), parts.home.clone());
        Sequencer::new(parts.store.clone(), signer.clone(), mirror.clone(), at, Box::new(ids))
            .signing(signing)
    };
    let mut total = Pass::default();
    let mut failed = None;
    for log in Log::ALL {
        match drain(log, &sequencer).await {
            Ok(pass) => add(&mut total, pass),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(total), Err)
}

/// Runs until nothing waits, another sequencer is at work, or others should have their turn.
async fn drain(log: Log, sequencer: &(dyn Fn() -> Sequencer + Sync)) -> Result<Pass, SequenceError> {
    let mut total = Pass::default();
    for _ in 0..RUNS_MAX {
        let pass = sequencer().run(log).await?;
        add(&mut total, pass);
        total.more = pass.more;
        total.unsigned = pass.unsigned;
        if !pass.more || pass.busy {
            break;
        }
    }
    Ok(total)
}

fn add(total: &mut Pass, pass: Pass) {
    total.appended += pass.appended;
    total.signed += pass.signed;
    total.more |= pass.more;
    total.busy |= pass.busy;
    total.unsigned |= pass.unsigned;
}

/// The sequencer as a consumer: `log.due.v1` is sent to it when leaves wait.
///
/// An audited write need not send any event, so no event type stands for "a leaf waits". On AWS a record
/// of the table's stream whose partition starts with `lgp#`, and a schedule of one minute, call this
/// consumer with such an event; `subject` is the name of the log, and any other subject means all logs. The
/// schedule is what holds the 60 seconds when a stream record is lost. On a laptop [`sequence_all`] is called
/// directly.
pub enum LogSequence {}

impl Consumer for LogSequence {
    const SPEC: ConsumerSpec = ConsumerSpec {
        name: "log_sequence",
        summary: "Gives waiting leaves their place in a Merkle log and signs the log",
        listens: &["log.due.v1"],
        reads: &[kind::LOG_PENDING, kind::LOG_HEAD, kind::LOG_TILE, kind::LOG_INDEX],
        writes: &[kind::LOG_PENDING, kind::LOG_HEAD, kind::LOG_TILE, kind::LOG_INDEX],
        calls: &[<dyn Signer>::NAME, <dyn CheckpointMirror>::NAME],
    };

    async fn handle(ctx: &SystemCtx, event: &Event) -> Result<Writes, ConsumeError> {
        let signer = ctx.port::<dyn Signer>()?;
        let mirror = ctx.port::<dyn CheckpointMirror>().ok();
        let home = &event.institution;
        let sequencer = |signing: Signing| {
            let of_ids = ctx.clone();
            let at = (ctx.now(), home.clone());
            let ids = Box::new(move || of_ids.commit_id());
            Sequencer::new(ctx.store().clone(), signer.clone(), mirror.clone(), at, ids).signing(signing)
        };
        let named = Log::ALL.into_iter().find(|log| log.as_str() == event.subject);
        for log in Log::ALL.into_iter().filter(|log| named.is_none_or(|named| named == *log)) {
            let mut pass = drain(log, &|| sequencer(Signing::Paced)).await?;
            if pass.unsigned && !pass.busy {
                // Nobody else may come by soon, and what has its place is to be signed soon.
                tokio::time::sleep(Duration::from_secs(PACE_S.unsigned_abs())).await;
                pass = drain(log, &|| sequencer(Signing::Now)).await?;
            }
            if pass.more {
                return Err(ConsumeError::Away(format!("log `{}` has more to do", log.as_str())));
            }
        }
        Ok(Writes::new())
    }
}

impl From<SequenceError> for ConsumeError {
    fn from(error: SequenceError) -> Self {
        match error {
            SequenceError::Store(error) => error.into(),
            SequenceError::Sign(_) | SequenceError::Mirror(_) => Self::Away(error.to_string()),
            error => Self::Other(error.to_string()),
        }
    }
}
