//! Signing: from the newest checkpoint to the stored head, kept in the second place before it is served.

use super::{
    Sequencer,
    rows::{CHECKPOINT, Head, Log, StoredCheckpoint, checkpoint_sort, head_key},
    sequence::{SequenceError, Step},
};
use cws_store::{Slot, StoreError, Writes};
use cws_translog::{Checkpoint, Unsigned, VerifierKey, advance, consistency_needs, consistency_proof};

impl Sequencer {
    /// Signs the head that is stored. After a crash between appending and signing this is all that is left
    /// to do; Ed25519 gives the same signature again.
    ///
    /// INVARIANT (no fork): a head is signed only if it is proven to contain the checkpoint that was stored
    /// last and the one that the second place kept last. A database that was rolled back is not signed.
    pub(super) async fn sign(&self, log: Log, head: &Head) -> Result<Step, SequenceError> {
        let slot = self.reader(log).checkpoint().await?;
        if slot.value().is_some_and(|stored| stored.size >= head.size) {
            return Ok(if slot.value().is_some_and(|stored| stored.size == head.size) {
                Step::Done(0)
            } else {
                Step::Raced
            });
        }
        let key = VerifierKey::ed25519(&head.origin, &self.signer.public_key(log.key()).await?)?;
        let kept = self.kept_elsewhere(log, &key).await?;
        if kept.as_ref().is_some_and(|kept| kept.size() > head.size) && self.is_overtaken(log, head).await? {
            return Ok(Step::Raced);
        }
        let unsigned = self.advance(log, head, (&slot, kept), &key).await?;
        let signature = self.signer.sign(log.key(), &unsigned.to_be_signed()).await?;
        let note = unsigned.attach(&key, &signature)?;
        if let Some(mirror) = &self.mirror {
            mirror.keep(log.as_str(), &note).await?;
        }
        self.store_checkpoint(log, &slot, StoredCheckpoint { size: head.size, note, at: self.now }).await
    }

    async fn advance(
        &self,
        log: Log,
        head: &Head,
        (slot, kept): (&Slot<StoredCheckpoint>, Option<Checkpoint>),
        key: &VerifierKey,
    ) -> Result<Unsigned, SequenceError> {
        let stored = match slot.value() {
            Some(stored) => Checkpoint::open(&stored.note, std::slice::from_ref(key))?,
            None => Checkpoint::empty(&head.origin)?,
        };
        if let Some(kept) = kept.filter(|kept| *kept != stored) {
            self.advance_from(log, head, &kept).await?;
        }
        self.advance_from(log, head, &stored).await
    }

    /// Whether another sequencer, whose lease began as this one's ran out, has gone on from this head.
    async fn is_overtaken(&self, log: Log, head: &Head) -> Result<bool, SequenceError> {
        Ok(self.reader(log).head().await?.value().is_some_and(|stored| stored.size > head.size))
    }

    async fn kept_elsewhere(&self, log: Log, key: &VerifierKey) -> Result<Option<Checkpoint>, SequenceError> {
        let Some(mirror) = &self.mirror else { return Ok(None) };
        let Some(note) = mirror.latest(log.as_str()).await? else { return Ok(None) };
        Ok(Some(Checkpoint::open(&note, std::slice::from_ref(key))?))
    }

    async fn advance_from(&self, log: Log, head: &Head, old: &Checkpoint) -> Result<Unsigned, SequenceError> {
        let name = log.as_str();
        if old.size() > head.size {
            let source = cws_translog::AdvanceError::Rollback { old: old.size(), new: head.size };
            return Err(SequenceError::Advance { log: name, source });
        }
        let unprovable = |source| SequenceError::Proof { log: name, source };
        let needs = consistency_needs(old.size(), head.size).map_err(unprovable)?;
        let tiles = self.reader(log).tiles(&needs).await?;
        let proof = consistency_proof(old.size(), head.size, &tiles).map_err(unprovable)?;
        advance(old, head.tree(), &proof).map_err(|source| SequenceError::Advance { log: name, source })
    }

    async fn store_checkpoint(
        &self,
        log: Log,
        slot: &Slot<StoredCheckpoint>,
        checkpoint: StoredCheckpoint,
    ) -> Result<Step, SequenceError> {
        debug_assert_eq!(slot.key(), &head_key(log, CHECKPOINT));
        let mut writes = Writes::new();
        writes.put(slot, &checkpoint)?;
        writes.overwrite(head_key(log, &checkpoint_sort(checkpoint.size)), &checkpoint, None)?;
        match self.send(writes, self.id()).await {
            Ok(()) => Ok(Step::Done(checkpoint.size)),
            Err(StoreError::Conflict { .. }) => Ok(Step::Raced),
            Err(error) => Err(error.into()),
        }
    }
}
