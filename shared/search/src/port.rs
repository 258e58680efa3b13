//! The port: template search as routes and consumers use it, whatever keeps the file.

use crate::{Document, Page, Query, SearchError};
use cws_cloud::Port;
use futures::future::BoxFuture;

/// Changes that go into an index together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    /// New documents, or newer ones for what is there.
    pub upsert: Vec<Document>,
    /// Templates that can no longer be found; ids that are not there are passed over.
    pub remove: Vec<String>,
    /// With this change, everything up to this time is in; milliseconds since 1970 UTC. Never moves back.
    pub as_of_ms: Option<i64>,
}

/// Finds templates.
pub trait TemplateSearch: Send + Sync + 'static {
    /// Answers a query.
    fn search(&self, query: Query) -> BoxFuture<'_, Result<Page, SearchError>>;
}

/// An index of templates.
pub trait TemplateIndex: TemplateSearch {
    /// Takes a change in. Durable before it answers; doing it again changes nothing. After a failure a part
    /// of it may be in, and the same change again completes it.
    fn apply(&self, change: Change) -> BoxFuture<'_, Result<(), SearchError>>;
}

impl Port for dyn TemplateSearch {
    const NAME: &'static str = "template_search";
}

impl Port for dyn TemplateIndex {
    const NAME: &'static str = "template_index";
}
