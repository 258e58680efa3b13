//! One commit inside a transaction: first every condition, then every write.
//!
//! A commit names a key at most once, so its conditions never depend on its own writes. A commit whose
//! conditions fail has written nothing, and its neighbours in the transaction are not touched: no
//! savepoint is needed.

use cws_model::Timestamp;
use cws_store::{Commit, Expect, Key, Op, Revision, StoreError, Value, kind};
use rusqlite::{Connection, OptionalExtension, params};

/// Which of the two tables of commit ids is being filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generation {
    Zero,
    One,
}

impl Generation {
    /// The one that the file is at.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let number: i64 = connection
            .prepare_cached("SELECT value FROM marks WHERE name = 'generation'")?
            .query_row([], |row| row.get(0))?;
        Ok(if number == 0 { Self::Zero } else { Self::One })
    }

    fn insert(self) -> &'static str {
        match self {
            Self::Zero => "INSERT INTO commits_0 VALUES (?1)",
            Self::One => "INSERT INTO commits_1 VALUES (?1)",
        }
    }
}

/// What became of a commit.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Written, when the transaction is; says whether the outbox got a row.
    Written { outbox: bool },
    /// The same commit was written before.
    Repeated,
    /// Nothing was written; these positions failed.
    Refused(Vec<usize>),
}

impl Outcome {
    /// As the caller hears it.
    pub(super) fn answer(self) -> Result<(), StoreError> {
        match self {
            Self::Written { .. } | Self::Repeated => Ok(()),
            Self::Refused(failed) => Err(StoreError::Conflict { failed }),
        }
    }
}

/// A row as conditions see it.
struct Standing {
    revision: String,
    count: Option<i64>,
}

/// What to write for one operation.
enum Write<'a> {
    Nothing,
    Row { key: &'a Key, value: &'a Value, schema: u32, expires_at: Option<Timestamp> },
    Count { key: &'a Key, count: i64 },
    Gone { key: &'a Key },
}

/// Applies a commit, or finds out why not.
pub(super) fn apply(
    connection: &Connection,
    generation: Generation,
    commit: &Commit,
) -> rusqlite::Result<Outcome> {
    if is_known(connection, commit)? {
        return Ok(Outcome::Repeated);
    }
    let mut failed = Vec::new();
    let mut writes = Vec::with_capacity(commit.ops.len());
    for (place, op) in commit.ops.iter().enumerate() {
        match decide(op, standing(connection, op.key())?) {
            Some(write) => writes.push(write),
            None => failed.push(place),
        }
    }
    if !failed.is_empty() {
        return Ok(Outcome::Refused(failed));
    }
    let revision = commit.revision();
    for write in &writes {
        perform(connection, write, &revision)?;
    }
    connection.prepare_cached(generation.insert())?.execute([commit.id.as_str()])?;
    Ok(Outcome::Written { outbox: commit.ops.iter().any(fills_outbox) })
}

fn fills_outbox(op: &Op) -> bool {
    matches!(op, Op::Put { .. }) && op.key().kind() == kind::OUTBOX.prefix
}

/// INVARIANT (same commit, same effect): a commit id is written once in at least ten minutes.
fn is_known(connection: &Connection, commit: &Commit) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM commits_0 WHERE id = ?1 UNION ALL SELECT 1 FROM commits_1 WHERE id = ?1",
        )?
        .exists([commit.id.as_str()])
}

fn standing(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Standing>> {
    connection
        .prepare_cached(
            "SELECT revision, CASE form WHEN 2 THEN value END FROM rows WHERE partition = ?1 AND sort = ?2",
        )?
        .query_row(params![key.partition.as_bytes(), key.sort.as_bytes()], |row| {
            Ok(Standing { revision: row.get(0)?, count: row.get(1)? })
        })
        .optional()
}

/// What an operation writes, or nothing when its condition does not hold.
fn decide(op: &Op, found: Option<Standing>) -> Option<Write<'_>> {
    match op {
        Op::Check { expect, .. } => holds(expect, found.as_ref()).then_some(Write::Nothing),
        Op::Put { key, expect, value, schema, expires_at } => holds(expect, found.as_ref())
            .then_some(Write::Row { key, value, schema: *schema, expires_at: *expires_at }),
        Op::Delete { key, expect } => holds(expect, found.as_ref()).then_some(Write::Gone { key }),
        Op::Add { key, by, at_least, at_most } => {
            let count = found.map_or(Some(0), |row| row.count)?.checked_add(*by)?;
            let inside = at_least.is_none_or(|min| min <= count) && at_most.is_none_or(|max| count <= max);
            inside.then_some(Write::Count { key, count })
        }
    }
}

fn holds(expect: &Expect, found: Option<&Standing>) -> bool {
    match expect {
        Expect::Any => true,
        Expect::Absent => found.is_none(),
        Expect::Present => found.is_some(),
        Expect::Revision(Revision(wanted)) => found.is_some_and(|row| row.revision == *wanted),
    }
}

fn perform(connection: &Connection, write: &Write<'_>, revision: &Revision) -> rusqlite::Result<()> {
    const PUT: &str = "INSERT INTO rows (partition, sort, revision, schema, form, value, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (partition, sort) DO UPDATE SET revision = excluded.revision, schema = excluded.schema,
             form = excluded.form, value = excluded.value, expires_ms = excluded.expires_ms";
    match write {
        Write::Nothing => Ok(()),
        Write::Row { key, value, schema, expires_at } => {
            let (partition, sort) = (key.partition.as_bytes(), key.sort.as_bytes());
            let expires_ms = expires_at.map(Timestamp::millis);
            let (form, bytes): (u8, &[u8]) = match value {
                Value::Json(text) => (0, text.as_bytes()),
                Value::Bytes(bytes) => (1, bytes),
                // Refused by the limits before it comes here.
                Value::Count(_) => return Err(rusqlite::Error::InvalidQuery),
            };
            let row = params![partition, sort, revision.0, schema, form, bytes, expires_ms];
            connection.prepare_cached(PUT)?.execute(row).map(|_| ())
        }
        Write::Count { key, count } => {
            let (partition, sort) = (key.partition.as_bytes(), key.sort.as_bytes());
            let row = params![partition, sort, revision.0, 1, 2, count, None::<i64>];
            connection.prepare_cached(PUT)?.execute(row).map(|_| ())
        }
        Write::Gone { key } => connection
            .prepare_cached("DELETE FROM rows WHERE partition = ?1 AND sort = ?2")?
            .execute(params![key.partition.as_bytes(), key.sort.as_bytes()])
            .map(|_| ()),
    }
}
