//! The database file: its settings, its tables, and how older files become current ones.

use super::{Durability, OpenError, Options};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, ffi};
use std::{path::Path, time::Duration};

/// Marks the file as this program's ("CWS" and a zero).
const APPLICATION_ID: i64 = 0x4357_5300;
/// Bytes of a page; fixed when a file is created.
const PAGE_BYTES: u32 = 4096;
/// How long a connection waits for another program that looks into the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const WRITER_CACHE_KIB: i64 = 16 * 1024;
/// Of each connection that reads; holds the inner pages of a store of some millions of rows.
const READER_CACHE_KIB: i64 = 12 * 1024;
/// What the log is cut back to after it was folded into the file.
const LOG_KEPT_BYTES: i64 = 16 * 1024 * 1024;

/// Each step brings a file from the version of its place to the next. Never edit one that was
/// released; add another.
const MIGRATIONS: &[&str] = &[
    // Keys are blobs, so that their order is that of bytes. `form` says what `value` is: 0 JSON text,
    // 1 bytes, 2 a counter. Ids of recent commits are in one of two generations. Rows are numbered: a
    // table without row ids keeps whole rows in its inner pages, three or four to a page, and its
    // tree gets ten pages deep where the index of keys is four.
    "CREATE TABLE rows (
        number INTEGER PRIMARY KEY, partition BLOB NOT NULL, sort BLOB NOT NULL, revision TEXT NOT NULL,
        schema INTEGER NOT NULL, form INTEGER NOT NULL, value ANY NOT NULL, expires_ms INTEGER) STRICT;
     CREATE UNIQUE INDEX rows_key ON rows (partition, sort);
     CREATE INDEX rows_expiring ON rows (expires_ms) WHERE expires_ms IS NOT NULL;
     CREATE TABLE commits_0 (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
     CREATE TABLE commits_1 (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
     CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     INSERT INTO marks VALUES ('generation', 0), ('rotated_ms', 0);",
];

/// Highest schema version known here.
pub(super) fn known() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Opens the writer's connection and brings the file to the current schema.
pub(super) fn prepare(path: &Path, options: &Options) -> Result<Connection, OpenError> {
    let mut connection = open_writer(path, options).map_err(|e| refused(path, &e))?;
    let found = identify(&connection, path)?;
    if found > known() {
        return Err(OpenError::NewerSchema { path: path.to_owned(), found, known: known() });
    }
    for (version, step) in (1_u32..).zip(MIGRATIONS).skip(found as usize) {
        migrate(&mut connection, version, step).map_err(|e| refused(path, &e))?;
    }
    Ok(connection)
}

fn open_writer(path: &Path, options: &Options) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_CANTOPEN),
            Some(format!("the file system offers only journal mode `{mode}`, not a write-ahead log")),
        ));
    }
    let synchronous = if options.durability == Durability::Full { "FULL" } else { "OFF" };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEPT_BYTES)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    if let Some(bytes) = options.max_bytes {
        let pages = i64::try_from(bytes / u64::from(PAGE_BYTES)).unwrap_or(i64::MAX);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Opens a connection that can only read.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    // Not opened as read-only: a reader may have to recover the log's index after a crash.
    let connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(16);
    Ok(connection)
}

/// Opens a connection to a file that must not be changed, not even to be brought to the current schema.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, OpenError> {
    let failed = |e: rusqlite::Error| refused(path, &e);
    let connection =
        Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY)).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    let (found, path) = (identify(&connection, path)?, path.to_owned());
    match found.cmp(&known()) {
        std::cmp::Ordering::Equal => Ok(connection),
        std::cmp::Ordering::Greater => Err(OpenError::NewerSchema { path, found, known: known() }),
        std::cmp::Ordering::Less => {
            let reason = format!("it has schema version {found}: start the program on it once");
            Err(OpenError::Database { path, reason })
        }
    }
}

/// A connection belongs to one thread, so SQLite's own locks are not needed.
fn flags(access: OpenFlags) -> OpenFlags {
    access | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// The schema version of a file; 0 when it is new.
fn identify(connection: &Connection, path: &Path) -> Result<u32, OpenError> {
    let failed = |e: rusqlite::Error| refused(path, &e);
    let damaged = |reason: &str| OpenError::Damaged { path: path.to_owned(), reason: reason.to_owned() };
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(failed)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    match (application, tables) {
        (0, 0) => Ok(0),
        (APPLICATION_ID, _) => version(connection).map_err(failed),
        _ => Err(damaged("it belongs to another program")),
    }
}

/// Schema version of the file.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn migrate(connection: &mut Connection, version: u32, step: &str) -> rusqlite::Result<()> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    transaction.execute_batch(step)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

/// Why a file cannot be opened.
pub(super) fn refused(path: &Path, error: &rusqlite::Error) -> OpenError {
    let (path, reason) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => OpenError::Damaged { path, reason },
        _ => OpenError::Database { path, reason },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pragma(connection: &Connection, name: &str) -> i64 {
        connection.pragma_query_value(None, name, |row| row.get(0)).unwrap()
    }

    /// A killed process leaves the operating system's cache behind, so no crash test can show this.
    #[test]
    fn what_is_shipped_waits_for_the_disk_at_every_commit() {
        const FULL: i64 = 2;
        let file = tempfile::NamedTempFile::new().unwrap();
        let connection = prepare(file.path(), &Options::default()).unwrap();
        assert_eq!(pragma(&connection, "synchronous"), FULL);
        assert_eq!((pragma(&connection, "fullfsync"), pragma(&connection, "checkpoint_fullfsync")), (1, 1));
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
        assert!(connection.busy_timeout(BUSY_TIMEOUT).is_ok() && pragma(&connection, "busy_timeout") == 5000);
    }

    /// A row is found through an index of keys alone, however large the rows are.
    #[test]
    fn a_point_read_goes_through_the_index_of_keys() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let connection = prepare(file.path(), &Options::default()).unwrap();
        let plan: String = connection
            .query_row(
                "EXPLAIN QUERY PLAN SELECT value FROM rows WHERE partition = ?1 AND sort = ?2",
                ["", ""],
                |row| row.get(3),
            )
            .unwrap();
        assert!(plan.contains("rows_key (partition=? AND sort=?)"), "{plan}");
    }
}
