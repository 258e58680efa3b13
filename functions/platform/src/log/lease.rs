//! The lease on a log: keeps two sequencers from doing the same work twice.

use super::{
    Sequencer,
    rows::{LEASE, Lease, Log, head_key},
    sequence::SequenceError,
};
use cws_store::{Consistency, Expect, Op, Revision, Slot, StoreError, Writes};

/// How long a run may take before another one may start, seconds. A run that was killed holds up the log
/// this long at most.
const LEASE_S: i64 = 20;

/// A lease that is held.
pub(super) struct Held {
    log: Log,
    revision: Revision,
}

impl Held {
    /// Takes the lease; `None` when somebody holds it.
    pub(super) async fn take(sequencer: &Sequencer, log: Log) -> Result<Option<Self>, SequenceError> {
        let key = head_key(log, LEASE);
        let items = sequencer.store.get(std::slice::from_ref(&key), Consistency::Strong).await?;
        let slot = Slot::<Lease>::read(key, items.into_iter().next().flatten(), sequencer.now)?;
        if slot.value().is_some() {
            return Ok(None);
        }
        let holder = sequencer.id();
        let until = sequencer.now.plus_seconds(LEASE_S);
        let mut writes = Writes::new();
        writes.put_until(&slot, &Lease { holder: holder.clone() }, Some(until))?;
        match sequencer.send(writes, holder.clone()).await {
            Ok(()) => Ok(Some(Self { log, revision: Revision(holder.to_string()) })),
            Err(StoreError::Conflict { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives it back, if it is still held; one that expired and went to another is left alone.
    pub(super) async fn release(self, sequencer: &Sequencer) -> Result<(), SequenceError> {
        let mut writes = Writes::new();
        writes.op(Op::Delete { key: head_key(self.log, LEASE), expect: Expect::Revision(self.revision) });
        match sequencer.send(writes, sequencer.id()).await {
            Ok(()) | Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
