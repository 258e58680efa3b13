//! One published version: what is listed of it, and the evidence that it is what was published.

use crate::{
    Timestamp,
    id::PublisherKeyId,
    text::{Line, Prose},
};
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

/// Whether a version is offered. Its bytes are kept whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum VersionState {
    /// It is.
    Active,
    /// Nothing new resolves to it; who pinned it still gets it, with a warning.
    Yanked {
        /// Why.
        reason: Line<500>,
        /// Since when.
        at: Timestamp,
    },
    /// It must not be used: a security decision.
    Revoked {
        /// Why.
        reason: Line<500>,
        /// Since when.
        at: Timestamp,
    },
}

impl VersionState {
    /// Whether new locks may choose it.
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Active)
    }
}

/// A version as lists show it. Everything but `state` is written once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateVersion {
    /// Version.
    pub version: Version,
    /// SHA-256 of the stored bytes, hex.
    pub digest: String,
    /// Size of the stored bytes.
    pub size_bytes: u64,
    /// Whether it is offered.
    pub state: VersionState,
    /// What was changed in it.
    pub changelog: Prose<4000>,
    /// Id of who published it.
    pub published_by: String,
    /// When.
    pub published_at: Timestamp,
    /// Score of the validation, 0 to 100.
    pub score: u8,
    /// Warnings of the validation.
    pub warnings: u32,
    /// How many templates it needs, over all levels.
    pub lock_size: u32,
    /// Whether its publisher signed it as well.
    pub publisher_signed: bool,
}

/// A publisher's own signature of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublisherEvidence {
    /// The registered key.
    pub key: PublisherKeyId,
    /// The 32 raw bytes of the public key, base64, as they were registered then.
    pub public_key: String,
    /// DSSE envelope over the registry's statement, JSON text.
    pub envelope: String,
}

/// A record of the template log, and the order it waits in until it has an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Sorts by time; the log's index is found by it.
    pub order: String,
    /// The record itself, as it is in the log.
    pub leaf: String,
}

/// The evidence of a version, written once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionEvidence {
    /// What it needs, pinned: the text whose SHA-256 the statement names.
    pub lock: String,
    /// The registry's DSSE envelope, JSON text.
    pub envelope: String,
    /// The publisher's own signature, if there is one.
    pub publisher: Option<PublisherEvidence>,
    /// Its place in the template log.
    pub log: LogEntry,
    /// What the validation had to say, worst first; never an error.
    pub findings: serde_json::Value,
}
