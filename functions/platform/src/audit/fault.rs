//! What verification finds.

use schemars::JsonSchema;
use serde::Serialize;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A record is not as it was when it was logged.
    RecordEdited,
    /// A record that was logged is gone.
    RecordDeleted,
    /// A record was never logged and does not wait to be.
    RecordInserted,
    /// The index leads to another place of the log, or to none.
    IndexWrong,
    /// A leaf of the log is not the one that was signed over: changed, moved, inserted or removed.
    LeafChanged,
    /// Tiles or the head are missing, damaged or changed.
    LogDamaged,
    /// A checkpoint is missing, not signed by the log's key, or does not fit the log.
    CheckpointWrong,
    /// A signature over a template does not hold.
    SignatureWrong,
    /// A proof that a template is in its log does not hold, or there is none.
    ProofWrong,
    /// The log, or the database under it, is older than a checkpoint that was seen.
    RolledBack,
    /// Checkpoints that were kept elsewhere are gone: without them a rollback cannot show.
    CopyRemoved,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// What was found, in a sentence.
    pub detail: String,
    /// Place in the log, from 0, if it is about one.
    pub index: Option<u64>,
    /// Record, if it is about one.
    pub record: Option<String>,
}

impl Fault {
    /// A fault of the log as a whole.
    pub fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), index: None, record: None }
    }

    /// At a place of the log.
    #[must_use]
    pub fn at(self, index: u64) -> Self {
        Self { index: Some(index), ..self }
    }

    /// About a record.
    #[must_use]
    pub fn about(self, record: impl Into<String>) -> Self {
        Self { record: Some(record.into()), ..self }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}
