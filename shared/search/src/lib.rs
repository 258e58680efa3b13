//! Template search: one SQLite file with FTS5, asked by the marketplace, written by one builder.
//!
//! # How it is laid out
//! Every template stands on one *shelf* per audience that may find it (the public, one institution, one
//! principal), apart for templates in use and for deprecated ones. The shelf is the upper part of an entry's
//! row number. So a question reads only the shelves that the caller may see: visibility is where the search
//! looks, not a filter behind it, and a template that others hide costs nothing.
//!
//! # What a question costs
//! - A list in any order but relevance walks that order's index from the page's key: page 1,000 costs what
//!   page 1 does. A filter that leaves at most [`FEW_ROWS`] templates on a shelf reads just those.
//! - Relevance ranks a bounded set per shelf: all exact names, [`PREFIX_ROWS`] names with the text as a prefix,
//!   [`RANKED_ROWS`] matches by BM25 (matches in the name first, then the newest). Another sort lists every match.
//! - A total counts to [`TOTAL_CAP`]. Facets are exact without filters (they are kept counted), and else are
//!   counted over at most [`FACET_ROWS`] matches; the answer says when there were more.
//!
//! An index is derived data without secrets of its own: when in doubt, delete it and build it anew.

mod audience;
mod browse;
mod document;
mod entry;
mod error;
mod facets;
mod filter;
mod page;
pub mod port;
mod query;
mod read;
mod relevance;
mod schema;
mod spelling;
mod tally;
mod text;
mod words;
mod write;

pub use browse::FEW_ROWS;
pub use document::{Document, Findable};
pub use error::{QueryError, SearchError};
pub use facets::{FACET_ROWS, FACET_VALUES};
pub use page::TOTAL_CAP;
pub use port::{Change, TemplateIndex, TemplateSearch};
pub use query::{
    Facets, Hit, Key, MAX_LIMIT, MAX_TAGS, MAX_TERMS, MAX_TEXT_CHARS, Page, Position, Query, Sort, Total,
    Visibility,
};
pub use read::{Reader, Readers};
pub use relevance::{PREFIX_ROWS, RANKED_ROWS};
pub use schema::SCHEMA_VERSION;
pub use write::Index;
