//! Rows, and the operations of a commit.

use crate::Key;
use cws_model::{Timestamp, id::CommitId};

/// Which commit wrote a row. Unique for ever, so a row that was deleted and written again never
/// looks unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Revision(pub String);

/// What a row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// JSON text, kept byte for byte.
    Json(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A counter. Changed only by `Op::Add`.
    Count(i64),
}

impl Value {
    /// Size as it counts against the limits, bytes.
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Json(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Count(_) => 21,
        }
    }
}

/// A stored row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it is.
    pub key: Key,
    /// Commit that wrote it.
    pub revision: Revision,
    /// Schema version of the value.
    pub schema: u32,
    /// What it holds.
    pub value: Value,
    /// From when on a reader must not see it any more.
    pub expires_at: Option<Timestamp>,
}

impl Item {
    /// INVARIANT (expiry): a row is gone at its instant, whether or not it was swept.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|at| now < at)
    }
}

/// What must hold of a row for a commit to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Any,
    /// There is no row.
    Absent,
    /// There is a row.
    Present,
    /// The row is the one that this commit wrote.
    Revision(Revision),
}

/// One operation. A commit has at most one per key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Change nothing, but only if.
    Check {
        /// Row.
        key: Key,
        /// Condition.
        expect: Expect,
    },
    /// Write a whole row.
    Put {
        /// Row.
        key: Key,
        /// Condition.
        expect: Expect,
        /// What it will hold; not a `Count`.
        value: Value,
        /// Schema version of the value, from 1.
        schema: u32,
        /// When it expires.
        expires_at: Option<Timestamp>,
    },
    /// Remove a row; without one, nothing happens.
    Delete {
        /// Row.
        key: Key,
        /// Condition.
        expect: Expect,
    },
    /// Add to a counter; a missing one counts as 0. Fails as a conflict when the result would leave
    /// the bounds or 64 bits, or when the row is no counter. Its schema version is 1; it never expires.
    Add {
        /// Row.
        key: Key,
        /// How much, may be negative.
        by: i64,
        /// The result must not be below this.
        at_least: Option<i64>,
        /// The result must not be above this.
        at_most: Option<i64>,
    },
}

impl Op {
    /// The row it is about.
    pub fn key(&self) -> &Key {
        match self {
            Self::Check { key, .. }
            | Self::Put { key, .. }
            | Self::Delete { key, .. }
            | Self::Add { key, .. } => key,
        }
    }
}

/// A set of operations that happen together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Becomes the revision of every row it writes; sending it again is safe.
    pub id: CommitId,
    /// At most 100; see `limits`.
    pub ops: Vec<Op>,
}

impl Commit {
    /// The revision that the rows of this commit will carry.
    pub fn revision(&self) -> Revision {
        Revision(self.id.to_string())
    }
}
