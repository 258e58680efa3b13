//! The top of a log: stored head, newest checkpoint, and checkpoints that were kept elsewhere.

use super::{Fault, FaultKind};
use crate::log::{Log, LogReader, read::ReadError, rows::Head};
use cws_translog::{Checkpoint, TreeHead, VerifierKey, root_at, root_needs};

/// A log whose top was checked.
#[derive(Debug, Clone)]
pub struct Top {
    /// The head as it is stored; may be ahead of the checkpoint.
    pub head: Head,
    /// The newest checkpoint.
    pub checkpoint: Checkpoint,
    /// Its signed note.
    pub note: String,
    /// The key that signed it.
    pub key: VerifierKey,
}

/// Reads the top of a log and holds head, checkpoint and tiles against each other. `None` when the log has
/// not begun, or has no checkpoint that can be believed; the latter is a fault.
///
/// # Errors
/// What the store says.
pub async fn check_top(
    reader: &LogReader,
    log: Log,
    public: &[u8; 32],
    faults: &mut Vec<Fault>,
) -> Result<Option<Top>, ReadError> {
    let Some(head) = reader.head().await?.into_value() else { return Ok(None) };
    let Some(stored) = reader.checkpoint().await?.into_value() else {
        if head.size > 0 {
            let detail = format!("log `{}` has {} leaves and no checkpoint yet", log.as_str(), head.size);
            faults.push(Fault::new(FaultKind::CheckpointWrong, detail));
        }
        return Ok(None);
    };
    let opened =
        VerifierKey::ed25519(&head.origin, public).map_err(|error| error.to_string()).and_then(|key| {
            match Checkpoint::open(&stored.note, std::slice::from_ref(&key)) {
                Ok(checkpoint) => Ok((key, checkpoint)),
                Err(error) => Err(error.to_string()),
            }
        });
    let (key, checkpoint) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let detail =
                format!("the newest checkpoint of log `{}` cannot be believed: {error}", log.as_str());
            faults.push(Fault::new(FaultKind::CheckpointWrong, detail));
            return Ok(None);
        }
    };
    let top = Top { head, checkpoint, note: stored.note, key };
    check_head(reader, &top, faults).await?;
    Ok(Some(top))
}

/// The head must be what the tiles hash to, and must contain the checkpoint.
async fn check_head(reader: &LogReader, top: &Top, faults: &mut Vec<Fault>) -> Result<(), ReadError> {
    if top.head.size < top.checkpoint.size() {
        let detail = format!(
            "the stored head has {} leaves, the checkpoint was signed over {}",
            top.head.size,
            top.checkpoint.size()
        );
        faults.push(Fault::new(FaultKind::RolledBack, detail));
        return Ok(());
    }
    faults.extend(check_root(reader, top.head.size, &top.head.tree(), "the stored head").await?);
    faults.extend(check_root(reader, top.head.size, &top.checkpoint.head(), "the newest checkpoint").await?);
    Ok(())
}

/// Whether the tiles of a log of `size` leaves hash to a head of the same or an earlier time.
async fn check_root(
    reader: &LogReader,
    size: u64,
    head: &TreeHead,
    name: &str,
) -> Result<Option<Fault>, ReadError> {
    let tiles = reader.tiles(&root_needs(head.size, size)?).await?;
    Ok(match root_at(head.size, size, &tiles) {
        Ok(root) if root == head.root => None,
        Ok(_) => {
            let detail = format!("the tiles do not hash to {name}, which covers {} leaves", head.size);
            Some(Fault::new(FaultKind::LogDamaged, detail))
        }
        Err(error) => Some(Fault::new(FaultKind::LogDamaged, error.to_string())),
    })
}

/// Holds a checkpoint that was kept elsewhere against the log as it is now: the log must contain it.
///
/// # Errors
/// What the store says.
pub async fn check_kept(reader: &LogReader, top: &Top, note: &str) -> Result<Option<Fault>, ReadError> {
    let kept = match Checkpoint::open(note, std::slice::from_ref(&top.key)) {
        Ok(kept) => kept,
        Err(error) => {
            let detail = format!("a checkpoint that was kept elsewhere cannot be believed: {error}");
            return Ok(Some(Fault::new(FaultKind::CheckpointWrong, detail)));
        }
    };
    if kept.size() > top.head.size {
        let (seen, now) = (kept.size(), top.head.size);
        let detail = format!(
            "the database was rolled back: a checkpoint that was kept elsewhere covers {seen} leaves, the log has {now}"
        );
        return Ok(Some(Fault::new(FaultKind::RolledBack, detail)));
    }
    let name = "a checkpoint that was kept elsewhere";
    let fault = check_root(reader, top.head.size, &kept.head(), name).await?;
    Ok(fault.map(|fault| Fault {
        detail: format!("the log was rewritten: {}", fault.detail),
        kind: FaultKind::RolledBack,
        ..fault
    }))
}
