//! Limits: DynamoDB's, held by every adapter before any I/O, so that what runs on a laptop runs there.
//!
//! Source: the DynamoDB developer guide, "Service, account, and table quotas" and "TransactWriteItems".

use crate::{Commit, Item, Key, Op, Range, Span, Value};
use std::collections::BTreeSet;
use thiserror::Error;

/// Partition key, bytes.
pub const PARTITION_MAX_BYTES: usize = 2048;
/// Sort key, bytes.
pub const SORT_MAX_BYTES: usize = 1024;
/// One row with its keys and attribute names, bytes.
pub const ITEM_MAX_BYTES: usize = 400 * 1024;
/// What attribute names, revision, schema and expiry take of a row at most, bytes. On DynamoDB: names
/// (`pk`, `sk`, `rev`, `sv`, `exp`, and one of `j`, `b`, `n`) 13, a revision 30, a schema version 7, an
/// expiry 11, which is 61; the rest is room for one attribute more.
pub const ITEM_OVERHEAD_BYTES: usize = 128;
/// Operations in one commit.
pub const COMMIT_MAX_OPS: usize = 100;
/// Operations that the route shell keeps for itself: audit, idempotency, events.
pub const SHELL_OPS: usize = 10;
/// All rows of a commit, bytes.
pub const COMMIT_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Keys in one get.
pub const GET_MAX_KEYS: usize = 100;
/// Rows in one page of a range.
pub const RANGE_MAX_ROWS: u32 = 1000;
/// Bytes in one page of a range, before the adapter stops early.
pub const PAGE_MAX_BYTES: usize = 1024 * 1024;

/// A broken limit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LimitError {
    /// Partition or sort key is empty.
    #[error("a key part is empty")]
    KeyEmpty,
    /// Partition or sort key is too long.
    #[error("a key part has {0} bytes; the limit is {1}")]
    KeyTooLong(usize, usize),
    /// A row is too large.
    #[error("a row has {0} bytes; the limit is {ITEM_MAX_BYTES}")]
    ItemTooLarge(usize),
    /// Too many operations.
    #[error("a commit has {0} operations; the limit is {COMMIT_MAX_OPS}")]
    TooManyOps(usize),
    /// A commit without operations.
    #[error("a commit has no operations")]
    NoOps,
    /// Too many bytes.
    #[error("a commit has {0} bytes; the limit is {COMMIT_MAX_BYTES}")]
    CommitTooLarge(usize),
    /// Two operations on one key.
    #[error("a commit names one key of kind `{0}` twice")]
    DuplicateKey(String),
    /// A put of a counter, or schema 0.
    #[error("a counter is changed by adding, and a schema version starts at 1")]
    Malformed,
    /// Too many keys in a get, or none.
    #[error("a get has {0} keys; it may have 1 to {GET_MAX_KEYS}")]
    KeyCount(usize),
    /// A get names a key twice.
    #[error("a get names a key twice")]
    DuplicateGet,
    /// Page size out of range.
    #[error("a page of {0} rows was asked for; 1 to {RANGE_MAX_ROWS} are possible")]
    RangeLimit(u32),
}

fn check_part(part: &str, max: usize) -> Result<(), LimitError> {
    match part.len() {
        0 => Err(LimitError::KeyEmpty),
        n if n > max => Err(LimitError::KeyTooLong(n, max)),
        _ => Ok(()),
    }
}

/// Checks the sizes of a key.
///
/// # Errors
/// The limit that is broken.
pub fn check_key(key: &Key) -> Result<(), LimitError> {
    check_part(&key.partition, PARTITION_MAX_BYTES)?;
    check_part(&key.sort, SORT_MAX_BYTES)
}

/// Checks a get: 1 to 100 distinct keys.
///
/// # Errors
/// The limit that is broken.
pub fn check_get(keys: &[Key]) -> Result<(), LimitError> {
    if keys.is_empty() || keys.len() > GET_MAX_KEYS {
        return Err(LimitError::KeyCount(keys.len()));
    }
    keys.iter().try_for_each(check_key)?;
    let distinct: BTreeSet<&Key> = keys.iter().collect();
    if distinct.len() == keys.len() { Ok(()) } else { Err(LimitError::DuplicateGet) }
}

/// Checks a range.
///
/// # Errors
/// The limit that is broken.
pub fn check_range(range: &Range) -> Result<(), LimitError> {
    check_part(&range.partition, PARTITION_MAX_BYTES)?;
    let ends = match &range.span {
        Span::All => [None, None],
        Span::Prefix(prefix) => [Some(prefix), None],
        Span::Between(from, to) => [Some(from), Some(to)],
    };
    ends.into_iter().flatten().chain(&range.after).try_for_each(|part| check_part(part, SORT_MAX_BYTES))?;
    if range.limit == 0 || range.limit > RANGE_MAX_ROWS {
        return Err(LimitError::RangeLimit(range.limit));
    }
    Ok(())
}

/// Size of a row as it counts against the limits, bytes.
pub fn item_bytes(item: &Item) -> usize {
    row_bytes(&item.key, &item.value)
}

fn row_bytes(key: &Key, value: &Value) -> usize {
    key.partition.len() + key.sort.len() + value.size_bytes() + ITEM_OVERHEAD_BYTES
}

/// Checks a commit whole.
///
/// # Errors
/// The first limit that is broken.
pub fn check_commit(commit: &Commit) -> Result<(), LimitError> {
    match commit.ops.len() {
        0 => return Err(LimitError::NoOps),
        n if n > COMMIT_MAX_OPS => return Err(LimitError::TooManyOps(n)),
        _ => {}
    }
    let mut seen = BTreeSet::new();
    let mut total_bytes = 0;
    for op in &commit.ops {
        check_key(op.key())?;
        total_bytes += check_size(op)?;
        if !seen.insert(op.key()) {
            return Err(LimitError::DuplicateKey(op.key().kind().to_owned()));
        }
    }
    if total_bytes > COMMIT_MAX_BYTES { Err(LimitError::CommitTooLarge(total_bytes)) } else { Ok(()) }
}

fn check_size(op: &Op) -> Result<usize, LimitError> {
    let key_bytes = op.key().partition.len() + op.key().sort.len();
    let Op::Put { value, schema, .. } = op else { return Ok(key_bytes + ITEM_OVERHEAD_BYTES) };
    if matches!(value, Value::Count(_)) || *schema == 0 {
        return Err(LimitError::Malformed);
    }
    let bytes = row_bytes(op.key(), value);
    if bytes > ITEM_MAX_BYTES { Err(LimitError::ItemTooLarge(bytes)) } else { Ok(bytes) }
}
