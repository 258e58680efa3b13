//! The top of a log: stored head, newest checkpoint, and checkpoints that were kept elsewhere.

use super::{Fault, FaultKind};
use crate::log::{
    Log, LogReader,
    read::ReadError,
    rows::{Head, StoredCheckpoint},
};
use cws_cloud::mirror::CheckpointCopies;
use cws_translog::{Checkpoint, SignedNote, TreeHead, VerifierKey, root_at, root_needs};

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

/// The top of a log, and the checkpoint that was kept elsewhere last.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// None when the log has not begun, or has no checkpoint that can be believed; the latter is a fault.
    pub top: Option<Top>,
    /// The signed note that was kept last.
    pub kept: Option<String>,
}

/// Reads the top of a log and holds head, checkpoint and tiles against each other.
///
/// INVARIANT (no false alarm): a sequencer stores the head, keeps the checkpoint elsewhere, then stores it.
/// Reading goes the other way, so that what is read later is never older while a sequencer is at work.
///
/// # Errors
/// What the store or the second place says.
pub async fn check_top(
    reader: &LogReader,
    log: Log,
    public: &[u8; 32],
    mirror: Option<&dyn CheckpointCopies>,
    faults: &mut Vec<Fault>,
) -> Result<Seen, ReadError> {
    let mut checkpoint = reader.checkpoint().await?.into_value();
    if checkpoint.is_none() && reader.head().await?.value().is_some() {
        // The log may have begun in between.
        checkpoint = reader.checkpoint().await?.into_value();
    }
    let kept = match mirror {
        Some(mirror) => mirror.latest(log.as_str()).await?,
        None => None,
    };
    let head = reader.head().await?.into_value();
    let top = match (checkpoint, head) {
        (Some(stored), Some(head)) => believed(log, public, stored, head, faults),
        (None, Some(head)) if head.size > 0 => {
            let detail = format!("log `{}` has {} leaves and no checkpoint yet", log.as_str(), head.size);
            faults.push(Fault::new(FaultKind::CheckpointWrong, detail));
            None
        }
        (Some(_), None) => {
            let detail = format!("log `{}` has a checkpoint and no head", log.as_str());
            faults.push(Fault::new(FaultKind::LogDamaged, detail));
            None
        }
        (None, _) => None,
    };
    if let Some(top) = &top {
        check_head(reader, top, faults).await?;
    }
    Ok(Seen { top, kept })
}

fn believed(
    log: Log,
    public: &[u8; 32],
    stored: StoredCheckpoint,
    head: Head,
    faults: &mut Vec<Fault>,
) -> Option<Top> {
    let opened =
        VerifierKey::ed25519(&head.origin, public).map_err(|error| error.to_string()).and_then(|key| {
            match Checkpoint::open(&stored.note, std::slice::from_ref(&key)) {
                Ok(checkpoint) => Ok((key, checkpoint)),
                Err(error) => Err(error.to_string()),
            }
        });
    match opened {
        Ok((key, checkpoint)) => Some(Top { head, checkpoint, note: stored.note, key }),
        Err(error) => {
            let detail =
                format!("the newest checkpoint of log `{}` cannot be believed: {error}", log.as_str());
            faults.push(Fault::new(FaultKind::CheckpointWrong, detail));
            None
        }
    }
}

/// INVARIANT (kept first): a checkpoint is kept elsewhere before it is stored, so whatever is stored was
/// kept; when the copy ends before it, somebody removed what was there.
pub fn check_copy(top: &Top, kept: Option<&str>) -> Option<Fault> {
    let size = top.checkpoint.size();
    let newest = kept.and_then(size_of);
    if newest.is_some_and(|newest| newest >= size) {
        return None;
    }
    let copy = newest.map_or_else(|| "is gone".to_owned(), |newest| format!("ends at {newest} leaves"));
    Some(removed(&format!("a checkpoint over {size} leaves was signed, and the copy of it {copy}")))
}

/// The fault of a copy that lacks what was kept in it.
pub fn removed(what: &str) -> Fault {
    Fault::new(FaultKind::CopyRemoved, format!("{what}: checkpoints kept elsewhere were removed"))
}

/// Leaves that a signed note covers, whoever signed it.
pub fn size_of(note: &str) -> Option<u64> {
    let note = SignedNote::parse(note).ok()?;
    Checkpoint::parse(note.text()).ok().map(|checkpoint| checkpoint.size())
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
