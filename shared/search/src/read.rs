//! Reading the index: one reader, and a pool of them to share.

use crate::error::SearchError;
use crate::page;
use crate::query::{Page, Query};
use crate::schema;
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// A read-only view of an index file, used by one thread at a time. Takes some 5 MB of memory at most; the
/// operating system's cache of the file comes on top.
#[derive(Debug)]
pub struct Reader {
    db: Connection,
}

impl Reader {
    /// Opens a file that a writer in the same machine may be changing. Each answer is from one state of it.
    ///
    /// # Errors
    /// [`SearchError::Missing`], [`SearchError::NotAnIndex`], [`SearchError::Corrupt`], or a schema of another
    /// version.
    pub fn open(path: &Path) -> Result<Self, SearchError> {
        Ok(Self { db: schema::open_read(path, false)? })
    }

    /// Opens a finished copy ([`crate::Index::snapshot_to`]) that nobody changes; it may lie in a read-only folder.
    /// A newer copy takes its place under the same name and is seen by readers opened after that.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn open_snapshot(path: &Path) -> Result<Self, SearchError> {
        Ok(Self { db: schema::open_read(path, true)? })
    }

    /// Answers a query.
    ///
    /// # Errors
    /// [`SearchError::Refused`] says which limit the query passes; else the file is damaged or cannot be read.
    pub fn search(&self, query: &Query) -> Result<Page, SearchError> {
        // One transaction, so that hits, total and facets are of one state.
        let state = self.db.unchecked_transaction()?;
        let page = page::answer(&state, query);
        state.commit()?;
        page
    }

    /// The time up to which the index holds every change, milliseconds since 1970 UTC; 0 when never set.
    ///
    /// # Errors
    /// The file is damaged or cannot be read.
    pub fn as_of_ms(&self) -> Result<i64, SearchError> {
        page::as_of_ms(&self.db)
    }
}

/// Some readers of one file, shared by many threads.
#[derive(Debug)]
pub struct Readers {
    readers: Vec<Mutex<Reader>>,
    turn: AtomicUsize,
}

impl Readers {
    /// Opens `count` (at least 1) readers with [`Reader::open`].
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn open(path: &Path, count: usize) -> Result<Self, SearchError> {
        Self::of(count, || Reader::open(path))
    }

    /// Opens `count` (at least 1) readers with [`Reader::open_snapshot`].
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn open_snapshot(path: &Path, count: usize) -> Result<Self, SearchError> {
        Self::of(count, || Reader::open_snapshot(path))
    }

    fn of(count: usize, open: impl Fn() -> Result<Reader, SearchError>) -> Result<Self, SearchError> {
        let readers = (0..count.max(1)).map(|_| open().map(Mutex::new)).collect::<Result<_, _>>()?;
        Ok(Self { readers, turn: AtomicUsize::new(0) })
    }

    /// Answers a query on a free reader; blocks when all are busy. It is quick but it is file I/O: an async caller
    /// runs it where blocking is allowed.
    ///
    /// # Errors
    /// As [`Reader::search`].
    pub fn search(&self, query: &Query) -> Result<Page, SearchError> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        let (before, from) = self.readers.split_at(turn);
        let in_turn = || from.iter().chain(before);
        if let Some(free) = in_turn().find_map(|reader| reader.try_lock().ok()) {
            return free.search(query);
        }
        // A reader that another thread panicked with is still sound: a query changes nothing.
        let next = in_turn().next().ok_or(rusqlite::Error::InvalidQuery)?;
        next.lock().unwrap_or_else(PoisonError::into_inner).search(query)
    }

    /// As [`Reader::as_of_ms`].
    ///
    /// # Errors
    /// As [`Reader::as_of_ms`].
    pub fn as_of_ms(&self) -> Result<i64, SearchError> {
        let first = self.readers.first().ok_or(rusqlite::Error::InvalidQuery)?;
        first.lock().unwrap_or_else(PoisonError::into_inner).as_of_ms()
    }
}
