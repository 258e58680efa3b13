//! The store: one narrow trait, its limits, keys, kinds of rows, typed rows and sealed cursors.
//! No database is in here; adapters live in `shared/embedded` (SQLite) and `shared/aws` (DynamoDB).
//!
//! A key is (partition, sort). A range never leaves a partition. There is no secondary index: an
//! index is a row written in the same commit. Expiry is checked by the reader; adapters only sweep.

pub mod conformance;
pub mod cursor;
mod dice;
pub mod faults;
pub mod key;
pub mod kind;
pub mod limits;
pub mod op;
pub mod outbox;
pub mod record;
pub mod retry;
pub mod rows;
pub mod rows_marketplace;
pub mod rows_review;
pub mod scope;

pub use key::{Key, Range, Span};
pub use kind::Kind;
pub use op::{Commit, Expect, Item, Op, Revision, Value};
pub use record::{Record, Slot, Writes};
pub use scope::{Reach, Scoped};

use futures::future::BoxFuture;
use thiserror::Error;

/// How fresh a read must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consistency {
    /// Sees every commit acknowledged before the read began.
    #[default]
    Strong,
    /// May lag; half the price on DynamoDB. Only for lists that say so.
    Eventual,
}

/// One page of a range.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Rows in the order asked for. May be fewer than the limit even when there are more.
    pub items: Vec<Item>,
    /// Sort key to continue after; `None` at the end.
    pub next: Option<String>,
}

/// What `health` found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// Adapter, such as `sqlite` or `dynamodb`.
    pub adapter: &'static str,
    /// Schema version that the stored data has.
    pub schema: u32,
}

/// Why a store call failed. Nothing was changed unless the variant says otherwise.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A condition did not hold, or another commit was in the way. Read again and decide again.
    #[error("a condition of the commit did not hold at operations {failed:?}")]
    Conflict {
        /// Positions in the commit whose conditions failed; empty when only contention is known.
        failed: Vec<usize>,
    },
    /// The call breaks a limit; found before any I/O.
    #[error(transparent)]
    Limit(#[from] limits::LimitError),
    /// The store asks for less. Nothing was changed.
    #[error("the store is throttling")]
    Throttled,
    /// The call may or may not have taken effect. Send the same commit (same id) again.
    #[error("the outcome is unknown: {0}")]
    Unknown(String),
    /// The store cannot be used now. Nothing was changed.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// There is no room left. Nothing was changed.
    #[error("the store is full: {0}")]
    Full(String),
    /// A stored row cannot be read.
    #[error("row of kind `{kind}` cannot be read: {reason}")]
    Corrupt {
        /// Kind of row, never its key.
        kind: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Data written by a newer program.
    #[error("`{what}` has schema version {found}; this program reads up to {known}")]
    NewerSchema {
        /// Kind of row, or `store`.
        what: String,
        /// Version found.
        found: u32,
        /// Highest version known here.
        known: u32,
    },
    /// A route reached for a kind of row that its SPEC does not name.
    #[error("the route does not declare that it {verb} `{kind}`")]
    Undeclared {
        /// `reads` or `writes`.
        verb: &'static str,
        /// Kind of row.
        kind: &'static str,
    },
}

/// The store. Every adapter passes `conformance`, which is the definition of these words.
pub trait Store: Send + Sync + 'static {
    /// Reads up to 100 keys; answers in the order asked, `None` where there is no row.
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>>;

    /// Reads a stretch of one partition in byte order of the sort keys.
    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>>;

    /// Applies every operation or none. Durable before it answers. The same commit id again, within
    /// ten minutes, changes nothing and succeeds.
    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Whether the store answers, and which schema it holds.
    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>>;
}
