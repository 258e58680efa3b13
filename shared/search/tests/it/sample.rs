//! Small indexes to ask.

use cws_search::{Document, Findable, Index, Page, Query, Reader, Sort, Visibility};
use std::path::PathBuf;
use tempfile::TempDir;

/// An index in a folder of its own.
pub(crate) struct Sample {
    pub(crate) folder: TempDir,
    pub(crate) index: Index,
}

impl Sample {
    pub(crate) fn of(documents: &[Document]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut index = Index::open_write(&folder.path().join("index.db")).unwrap();
        index.upsert(documents).unwrap();
        Self { folder, index }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("index.db")
    }

    pub(crate) fn ask(&self, query: &Query) -> Page {
        Reader::open(&self.path()).unwrap().search(query).unwrap()
    }

    /// Ids found by a text, most relevant first.
    pub(crate) fn find(&self, text: &str) -> Vec<String> {
        ids(&self.ask(&words(text)))
    }
}

pub(crate) fn ids(page: &Page) -> Vec<String> {
    page.hits.iter().map(|hit| hit.template_id.clone()).collect()
}

/// What everybody may ask for.
pub(crate) fn everything() -> Query {
    let visible_to = Visibility { public: true, ..Visibility::default() };
    Query { visible_to, limit: 100, sort: Sort::Name, ..Query::default() }
}

pub(crate) fn words(text: &str) -> Query {
    Query { text: Some(text.to_owned()), sort: Sort::Relevance, ..everything() }
}

/// A public template named by its id.
pub(crate) fn template(id: &str) -> Document {
    Document {
        template_id: id.to_owned(),
        namespace: "lab".to_owned(),
        name: id.to_owned(),
        aliases: Vec::new(),
        title: String::new(),
        version: "1.0.0".to_owned(),
        description: String::new(),
        category: String::new(),
        domain: String::new(),
        tags: Vec::new(),
        author: "Ada".to_owned(),
        institution_id: "ins_home".to_owned(),
        visibility: Findable::Public,
        readers: Vec::new(),
        rating_mean: 0.0,
        rating_count: 0,
        downloads: 0,
        downloads_recent: 0,
        deprecated: false,
        yanked_only: false,
        created_at_ms: 0,
        updated_at_ms: 0,
        revision: format!("rev-{id}"),
    }
}

pub(crate) fn named(id: &str, name: &str) -> Document {
    Document { name: name.to_owned(), ..template(id) }
}

pub(crate) fn titled(id: &str, title: &str) -> Document {
    Document { title: title.to_owned(), ..template(id) }
}

pub(crate) fn described(id: &str, description: &str) -> Document {
    Document { description: description.to_owned(), ..template(id) }
}

pub(crate) fn tagged(id: &str, tags: &[&str]) -> Document {
    Document { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..template(id) }
}
