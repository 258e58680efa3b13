//! The file's tables, its versions, and how it is opened.

use crate::error::SearchError;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// The schema this program writes and reads.
pub const SCHEMA_VERSION: u32 = 1;
/// Marks the file as ours (`PRAGMA application_id`): "CWSx".
const APPLICATION_ID: i64 = 0x4357_5378;
/// How long a connection waits for another one's lock before it gives up.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Step `n` makes schema `n + 1` out of schema `n`.
const MIGRATIONS: [&str; SCHEMA_VERSION as usize] = [include_str!("schema_1.sql")];

/// Opens for writing, creates or upgrades.
pub(crate) fn open_write(path: &Path) -> Result<Connection, SearchError> {
    let mut db = Connection::open(path)?;
    db.busy_timeout(BUSY_WAIT)?;
    let version = recognise(&db, path)?;
    // FULL: what a consumer has ticked off as taken in must still be there after a power cut.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;
         PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216;",
    )?;
    let change = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for step in MIGRATIONS.iter().skip(version as usize) {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "application_id", APPLICATION_ID)?;
    change.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    change.commit()?;
    Ok(db)
}

/// Opens read-only. With `finished`, the file is one that nobody writes any more: it is read without locks.
pub(crate) fn open_read(path: &Path, finished: bool) -> Result<Connection, SearchError> {
    if !path.try_exists()? {
        return Err(SearchError::Missing(path.to_path_buf()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = if finished {
        Connection::open_with_flags(immutable_uri(path), flags | OpenFlags::SQLITE_OPEN_URI)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    db.busy_timeout(BUSY_WAIT)?;
    let found = recognise(&db, path)?;
    if found < SCHEMA_VERSION {
        return Err(SearchError::OlderSchema { found, supported: SCHEMA_VERSION });
    }
    db.execute_batch(
        "PRAGMA query_only = ON; PRAGMA cache_size = -4000;
         PRAGMA temp_store = MEMORY;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// The schema version of the file; 0 for an empty one. Refuses files that are not ours, or newer.
fn recognise(db: &Connection, path: &Path) -> Result<u32, SearchError> {
    let not_ours = || SearchError::NotAnIndex(path.to_path_buf());
    let pragma = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)).map_err(
        |error| match SearchError::from(error) {
            SearchError::Corrupt(reason) if reason.contains("not a database") => not_ours(),
            other => other,
        },
    )?;
    let (owner, version) = (pragma("application_id")?, pragma("user_version")?);
    if owner == 0 && version == 0 && tables == 0 {
        return Ok(0);
    }
    if owner != APPLICATION_ID {
        return Err(not_ours());
    }
    match u32::try_from(version) {
        Ok(found) if found <= SCHEMA_VERSION => Ok(found),
        Ok(found) => Err(SearchError::NewerSchema { found, supported: SCHEMA_VERSION }),
        Err(_) => Err(not_ours()),
    }
}

/// SQLite's name for a file that never changes. Signs with a meaning in an address are escaped.
fn immutable_uri(path: &Path) -> String {
    let name = path.to_string_lossy();
    let escaped = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?immutable=1")
}
