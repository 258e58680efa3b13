//! The rows of a log, and where each stands.

use cws_cloud::signer::KeyName;
use cws_model::{Timestamp, id::CommitId};
use cws_route::audit::{AUDIT_LOG, TEMPLATE_LOG, digest_hex};
use cws_store::{Key, Kind, Reach, Record, kind};
use cws_translog::{Hash, TileKind, TilePath, TreeHead};
use serde::{Deserialize, Serialize};

/// One of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Audit records of all institutions.
    Audit,
    /// What was published, yanked and revoked.
    Templates,
}

impl Log {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Audit, Self::Templates];

    /// Name in keys of rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audit => AUDIT_LOG,
            Self::Templates => TEMPLATE_LOG,
        }
    }

    /// The key that signs its checkpoints.
    pub const fn key(self) -> KeyName {
        match self {
            Self::Audit => KeyName::AuditLog,
            Self::Templates => KeyName::TemplateLog,
        }
    }
}

/// What a sequencer reaches.
pub const REACH: Reach = Reach {
    reads: &[kind::LOG_PENDING, kind::LOG_HEAD, kind::LOG_TILE, kind::LOG_INDEX],
    writes: &[kind::LOG_PENDING, kind::LOG_HEAD, kind::LOG_TILE, kind::LOG_INDEX],
};

/// Sort key of the head.
pub const HEAD: &str = "head";
/// Sort key of the lease.
pub const LEASE: &str = "lease";
/// Sort key of the newest checkpoint; every checkpoint stands under `checkpoint/<size>` too.
pub const CHECKPOINT: &str = "checkpoint";

/// The log as it is stored: what may be signed next. Its revision fences the sequencers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Name in checkpoints; chosen when the log began, never changed.
    pub origin: String,
    /// Leaves in the log.
    pub size: u64,
    /// Hash over them.
    pub root: Hash,
}

impl Head {
    /// Size and root.
    pub const fn tree(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }
}

impl Record for Head {
    const KIND: Kind = kind::LOG_HEAD;
}

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCheckpoint {
    /// Leaves it covers.
    pub size: u64,
    /// The signed note, as it is served.
    pub note: String,
    /// When it was signed.
    pub at: Timestamp,
}

impl Record for StoredCheckpoint {
    const KIND: Kind = kind::LOG_HEAD;
}

/// Who is sequencing. Spares work and no more: what keeps the log whole is the head's revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The run that holds it.
    pub holder: CommitId,
}

impl Record for Lease {
    const KIND: Kind = kind::LOG_HEAD;
}

/// Where a leaf stands in its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// From 0.
    pub index: u64,
}

impl Record for Place {
    const KIND: Kind = kind::LOG_INDEX;
}

/// Key of a row about the whole log.
pub fn head_key(log: Log, sort: &str) -> Key {
    Key::new(kind::LOG_HEAD.part(log.as_str()), sort)
}

/// Sort key of the checkpoint of a size; sorts by size.
pub fn checkpoint_sort(size: u64) -> String {
    format!("{CHECKPOINT}/{size:020}")
}

/// Part of the partition that a tile or bundle stands in.
pub fn tile_part(log: Log, path: &TilePath) -> String {
    match path.kind() {
        TileKind::Hashes { level } => format!("{}#{level}", log.as_str()),
        TileKind::Entries => format!("{}#entries", log.as_str()),
    }
}

/// Part of the partition in which the place of a leaf stands.
pub fn place_part(log: Log, order: &str) -> String {
    let hash: String = digest_hex(order.as_bytes()).chars().take(2).collect();
    format!("{}#{hash}", log.as_str())
}

/// Key of the place of a leaf.
pub fn place_key(log: Log, order: &str) -> Key {
    Key::new(kind::LOG_INDEX.part(&place_part(log, order)), order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_sort_by_size_and_after_the_newest() {
        let sorts =
            [CHECKPOINT.to_owned(), checkpoint_sort(9), checkpoint_sort(10), checkpoint_sort(u64::MAX)];
        assert!(sorts.is_sorted());
    }

    #[test]
    fn a_tile_and_its_bundle_stand_in_partitions_of_their_own() {
        let tile = TilePath::new(TileKind::Hashes { level: 1 }, 0, 3).unwrap();
        let bundle = TilePath::new(TileKind::Entries, 1000, 3).unwrap();
        assert_eq!(tile_part(Log::Audit, &tile), "audit#1");
        assert_eq!(tile_part(Log::Templates, &bundle), "templates#entries");
        assert_eq!(bundle.row(), "tile/entries/x001/000");
    }
}
