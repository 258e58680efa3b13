//! What SQLite's errors mean to a caller.

use cws_store::StoreError;
use rusqlite::{Error, ErrorCode};

/// The error of a call that changed nothing.
pub(super) fn unchanged(error: &Error) -> StoreError {
    let Some(code) = error.sqlite_error_code() else {
        return StoreError::Unavailable(error.to_string());
    };
    match code {
        ErrorCode::DiskFull => StoreError::Full(error.to_string()),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Throttled,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            StoreError::Unavailable(format!("the database file is damaged: {error}"))
        }
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// The error of a transaction whose last step, making it durable, failed.
///
/// A full disk and a busy file are found before the mark that ends the transaction is written. After
/// any other failure the mark may be on the disk, and a crash now would bring it to life.
pub(super) fn at_the_end(error: &Error) -> StoreError {
    match unchanged(error) {
        known @ (StoreError::Full(_) | StoreError::Throttled) => known,
        other => StoreError::Unknown(other.to_string()),
    }
}

/// The store is closing, or a thread of it is gone.
pub(super) fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}
