//! What can go wrong with a search index, and whose fault it is.

use std::path::PathBuf;

/// Why an index could not be opened, written or asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The file is some other file, or not a database at all.
    #[error("`{}` is not a template search index", .0.display())]
    NotAnIndex(PathBuf),
    /// There is no such file.
    #[error("there is no search index at `{}`", .0.display())]
    Missing(PathBuf),
    /// The file was written by a newer program; only a newer program may open it.
    #[error("search index schema {found} is newer than {supported}, the newest this program knows")]
    NewerSchema {
        /// Schema version in the file.
        found: u32,
        /// Newest schema version this program knows.
        supported: u32,
    },
    /// A reader met a file that a writer of this program has not upgraded yet.
    #[error(
        "search index schema {found} is older than {supported}: open it for writing once, or build it anew"
    )]
    OlderSchema {
        /// Schema version in the file.
        found: u32,
        /// Schema version that this program reads.
        supported: u32,
    },
    /// The file is damaged. An index holds nothing of its own: build it anew.
    #[error("the search index is damaged ({0}): build it anew")]
    Corrupt(String),
    /// The caller asked for something outside the limits.
    #[error(transparent)]
    Refused(#[from] QueryError),
    /// A file could not be read or written.
    #[error("search index file: {0}")]
    Io(#[from] std::io::Error),
    /// SQLite said no for another reason: disk full, locked, no permission.
    #[error("search index: {0}")]
    Sqlite(rusqlite::Error),
}

/// Why a query is refused before anything is read. All of these are the caller's mistakes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// More characters than [`crate::MAX_TEXT_CHARS`].
    #[error("the search text has {chars} characters, more than 256")]
    TextTooLong {
        /// Characters in the text.
        chars: usize,
    },
    /// More words than [`crate::MAX_TERMS`].
    #[error("the search text has {terms} words, more than 12")]
    TooManyTerms {
        /// Words in the text.
        terms: usize,
    },
    /// More tags than [`crate::MAX_TAGS`].
    #[error("{tags} tags were asked for, more than 10")]
    TooManyTags {
        /// Tags in the query.
        tags: usize,
    },
    /// A page holds 1 to 100 hits.
    #[error("a page holds 1 to 100 templates, not {limit}")]
    Limit {
        /// The limit asked for.
        limit: u32,
    },
    /// The least rating is not a number from 0 to 5.
    #[error("a rating lies between 0 and 5")]
    Rating,
    /// The position belongs to a list in another order.
    #[error("the position belongs to a list in another order")]
    Position,
}

impl From<rusqlite::Error> for SearchError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => Self::Corrupt(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}
