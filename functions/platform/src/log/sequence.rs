//! The sequencer: gives leaves that wait their place in a log, and signs what has become of the log.
//!
//! One run: take the lease, append what waits in batches, sign. A run that was cut short leaves the log
//! whole: appending is one commit, and signing starts from the head that is stored.

use super::{
    LogReader,
    lease::Held,
    rows::{HEAD, Head, Log, REACH, StoredCheckpoint, head_key},
};
use cws_cloud::{
    mirror::{CheckpointMirror, MirrorError},
    signer::{SignError, Signer},
};
use cws_model::{InstitutionId, Timestamp, id::CommitId};
use cws_store::{Scoped, Slot, Store, StoreError, Writes};
use cws_translog::{AdvanceError, AppendError, CheckpointError, KeyError, NoteError, ProofError, TreeHead};
use std::sync::Arc;
use thiserror::Error;

/// Most leaves between two checkpoints.
pub const UNSIGNED_MAX_LEAVES: u64 = 256;
/// Least time between two checkpoints when signing is paced, seconds: every checkpoint is kept for ever,
/// and one every two seconds is soon enough for whoever waits for a proof.
pub const PACE_S: i64 = 2;
/// Batches in one run, so that a run ends well within its lease.
const BATCHES_MAX: u32 = 32;

/// Why a log did not grow. What waits goes on waiting; nothing is lost.
#[derive(Debug, Error)]
pub enum SequenceError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored log is damaged.
    #[error("log `{log}` is damaged and does not grow: {source}")]
    Append {
        /// Log.
        log: &'static str,
        /// What is wrong.
        source: AppendError,
    },
    /// The stored log cannot show that it only grew.
    #[error("log `{log}` is damaged and is not signed: {source}")]
    Proof {
        /// Log.
        log: &'static str,
        /// What is wrong.
        source: ProofError,
    },
    /// The log is not the one that was signed before.
    #[error(
        "log `{log}` is not signed: {source}; if the database was restored from a backup on purpose, restore \
         the copy of its checkpoints from the same backup"
    )]
    Advance {
        /// Log.
        log: &'static str,
        /// What is wrong.
        source: AdvanceError,
    },
    /// A checkpoint that was kept cannot be believed.
    #[error("a kept checkpoint cannot be believed: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The signature is not the log's.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The log's name is none for a key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nothing was signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The second place did not keep the checkpoint, so it is not served either.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// The deployment signs nothing.
    #[error("port `{0}` is not offered")]
    NotOffered(&'static str),
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// Leaves that got their place.
    pub appended: u64,
    /// Checkpoints that were signed.
    pub signed: u32,
    /// Whether leaves still wait that another run can take at once.
    pub more: bool,
    /// Whether another sequencer was at work.
    pub busy: bool,
    /// Whether leaves have their place and wait for the next checkpoint, whose time has not come.
    pub unsigned: bool,
}

/// When what was appended is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// At the end of the run.
    Now,
    /// Not sooner than [`PACE_S`] after the last time, unless too many leaves wait for it.
    Paced,
}

/// How one step ended.
pub(super) enum Step {
    /// This many leaves were appended, or the checkpoint was signed.
    Done(u64),
    /// Another sequencer was faster; whatever it did is whole.
    Raced,
}

/// Sequences logs: one for each run, since it has the run's time.
pub struct Sequencer {
    pub(super) store: Arc<dyn Store>,
    pub(super) signer: Arc<dyn Signer>,
    pub(super) mirror: Option<Arc<dyn CheckpointMirror>>,
    pub(super) now: Timestamp,
    ids: Box<dyn Fn() -> CommitId + Send + Sync>,
    home: InstitutionId,
    signing: Signing,
}

impl Sequencer {
    /// A sequencer. `ids` gives a new commit id each time; `home` only completes the handle on the
    /// catalogue, no row of an institution is read.
    pub fn new(
        store: Arc<dyn Store>,
        signer: Arc<dyn Signer>,
        mirror: Option<Arc<dyn CheckpointMirror>>,
        (now, home): (Timestamp, InstitutionId),
        ids: Box<dyn Fn() -> CommitId + Send + Sync>,
    ) -> Self {
        Self { store, signer, mirror, now, ids, home, signing: Signing::Now }
    }

    /// With signing at another time.
    #[must_use]
    pub fn signing(self, signing: Signing) -> Self {
        Self { signing, ..self }
    }

    /// Appends what waits and signs the result, as far as one run goes. Safe to call at any time and from
    /// several places at once.
    ///
    /// # Errors
    /// The store, the signer, or a log that is damaged.
    pub async fn run(&self, log: Log) -> Result<Pass, SequenceError> {
        if let Some(idle) = self.idle(log).await? {
            return Ok(idle);
        }
        let Some(held) = Held::take(self, log).await? else {
            return Ok(Pass { busy: true, ..Pass::default() });
        };
        let outcome = self.work(log).await;
        held.release(self).await?;
        outcome
    }

    /// What a run would come to that has nothing to do; it takes no lease and writes nothing.
    async fn idle(&self, log: Log) -> Result<Option<Pass>, SequenceError> {
        let reader = self.reader(log);
        let (checkpoint, head) = (reader.checkpoint().await?, reader.head().await?);
        let (Some(checkpoint), Some(head)) = (checkpoint.value(), head.value()) else { return Ok(None) };
        let unsigned = head.size != checkpoint.size;
        if unsigned && (self.pace_is_over(checkpoint) || head.size < checkpoint.size) {
            return Ok(None);
        }
        Ok(self.batch(log).await?.is_empty().then(|| Pass { unsigned, ..Pass::default() }))
    }

    fn pace_is_over(&self, last: &StoredCheckpoint) -> bool {
        // A clock that was set back does not stop the log.
        self.signing == Signing::Now || self.now < last.at || last.at.plus_seconds(PACE_S) <= self.now
    }

    async fn work(&self, log: Log) -> Result<Pass, SequenceError> {
        let mut pass = Pass::default();
        for _ in 0..BATCHES_MAX {
            let head = self.head(log).await?;
            let Some(head_now) = head.value() else { return Ok(Pass { busy: true, ..pass }) };
            let batch = self.batch(log).await?;
            if self.is_due(log, head_now, batch.len()).await?
                && !self.sign_and_count(log, head_now, &mut pass).await?
            {
                return Ok(pass);
            }
            if batch.is_empty() {
                pass.unsigned = !self.is_signed(log, head_now).await?;
                return Ok(pass);
            }
            match self.append(log, &head, batch).await? {
                Step::Done(appended) => pass.appended += appended,
                Step::Raced => return Ok(Pass { busy: true, ..pass }),
            }
        }
        let head = self.head(log).await?;
        if let Some(head) = head.value()
            && self.is_due(log, head, 0).await?
        {
            self.sign_and_count(log, head, &mut pass).await?;
        }
        Ok(Pass { more: true, ..pass })
    }

    async fn is_signed(&self, log: Log, head: &Head) -> Result<bool, SequenceError> {
        Ok(self.reader(log).checkpoint().await?.value().is_some_and(|signed| signed.size >= head.size))
    }

    /// INVARIANT (at most 256 records between checkpoints): what is stored is signed before a batch that
    /// would pass it, and at the end of a run whose time to sign has come.
    async fn is_due(&self, log: Log, head: &Head, waiting: usize) -> Result<bool, SequenceError> {
        let checkpoint = self.reader(log).checkpoint().await?;
        let Some(signed) = checkpoint.value() else { return Ok(true) };
        let unsigned = head.size.saturating_sub(signed.size);
        let waiting = u64::try_from(waiting).unwrap_or(u64::MAX);
        let over = unsigned.saturating_add(waiting) > UNSIGNED_MAX_LEAVES;
        Ok(unsigned > 0 && (over || waiting == 0 && self.pace_is_over(signed)))
    }

    async fn sign_and_count(&self, log: Log, head: &Head, pass: &mut Pass) -> Result<bool, SequenceError> {
        match self.sign(log, head).await? {
            Step::Done(_) => {
                pass.signed += 1;
                Ok(true)
            }
            Step::Raced => {
                pass.busy = true;
                Ok(false)
            }
        }
    }

    /// The head as it is stored; a log that has none begins here.
    async fn head(&self, log: Log) -> Result<Slot<Head>, SequenceError> {
        let found = self.reader(log).head().await?;
        if found.value().is_some() {
            return Ok(found);
        }
        let id = self.id();
        let random: String = id.as_str().chars().rev().take(16).collect();
        let tree = TreeHead::empty();
        let origin = format!("cloudworkstation/{random}/{}", log.as_str());
        let mut writes = Writes::new();
        writes.create(head_key(log, HEAD), &Head { origin, size: tree.size, root: tree.root })?;
        match self.send(writes, id).await {
            Ok(()) | Err(StoreError::Conflict { .. }) => Ok(self.reader(log).head().await?),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn reader(&self, log: Log) -> LogReader {
        LogReader::new(Scoped::catalogue(self.store.clone(), self.home.clone(), REACH, self.now), log)
    }

    pub(super) fn id(&self) -> CommitId {
        (self.ids)()
    }

    /// Commits.
    pub(super) async fn send(&self, writes: Writes, id: CommitId) -> Result<(), StoreError> {
        self.store.commit(&writes.into_commit(id)).await
    }
}
