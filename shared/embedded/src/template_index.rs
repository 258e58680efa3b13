//! Template search over one file beside the store, `<data>/search.db`: read by several threads while one
//! writer takes changes in.
//!
//! The file holds nothing of its own. One that cannot be used is put aside and a new one begun; until
//! [`IndexFile::needs_filling`] is answered by filling it from the store, it finds nothing.

use cws_search::{Change, Index, Page, Query, Readers, SearchError, TemplateIndex, TemplateSearch};
use futures::future::BoxFuture;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Connections that answer queries at the same time.
const READERS: usize = 4;
/// What SQLite keeps beside a file.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// A search index in a file.
#[derive(Debug)]
pub struct IndexFile {
    readers: Arc<Readers>,
    writer: Arc<Mutex<Index>>,
}

impl IndexFile {
    /// Opens the index in a data directory, or begins a new one. Blocks for the time of a few file reads.
    ///
    /// # Errors
    /// The directory cannot be used.
    pub fn open(data: &Path) -> Result<Self, SearchError> {
        let path = data.join("search.db");
        match Self::at(&path) {
            Err(error) if is_unusable(&error) => {
                tracing::warn!(%error, "the search index cannot be used; it is built anew");
                put_aside(&path)?;
                Self::at(&path)
            }
            outcome => outcome,
        }
    }

    fn at(path: &Path) -> Result<Self, SearchError> {
        let writer = Index::open_write(path)?;
        private(path)?;
        let readers = Readers::open(path, READERS)?;
        Ok(Self { readers: Arc::new(readers), writer: Arc::new(Mutex::new(writer)) })
    }

    /// Whether it was never filled to the end: nothing has said yet up to when it holds every change.
    ///
    /// # Errors
    /// The file is damaged or cannot be read.
    pub fn needs_filling(&self) -> Result<bool, SearchError> {
        Ok(self.readers.as_of_ms()? == 0)
    }
}

impl TemplateSearch for IndexFile {
    fn search(&self, query: Query) -> BoxFuture<'_, Result<Page, SearchError>> {
        let readers = self.readers.clone();
        Box::pin(elsewhere(move || readers.search(&query)))
    }
}

impl TemplateIndex for IndexFile {
    fn apply(&self, change: Change) -> BoxFuture<'_, Result<(), SearchError>> {
        let writer = self.writer.clone();
        Box::pin(elsewhere(move || {
            // Every change is a transaction, so a writer that another thread panicked with is still sound.
            take_in(&mut writer.lock().unwrap_or_else(PoisonError::into_inner), &change)
        }))
    }
}

fn take_in(index: &mut Index, change: &Change) -> Result<(), SearchError> {
    if !change.upsert.is_empty() {
        index.upsert(&change.upsert)?;
    }
    if !change.remove.is_empty() {
        index.remove(&change.remove.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    change.as_of_ms.map_or(Ok(()), |as_of_ms| index.set_as_of(as_of_ms))
}

/// Runs on a thread that may block.
async fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| SearchError::Io(io::Error::other(error)))?
}

/// Whether a new file would do better. A full disk or a missing permission would stop that one too.
fn is_unusable(error: &SearchError) -> bool {
    use SearchError::{Corrupt, NewerSchema, NotAnIndex, OlderSchema};
    matches!(error, Corrupt(_) | NotAnIndex(_) | NewerSchema { .. } | OlderSchema { .. })
}

/// Renames a file, which may be somebody's, to `….unusable`; only an earlier one of that name goes.
fn put_aside(path: &Path) -> Result<(), SearchError> {
    fs::rename(path, beside(path, ".unusable"))?;
    for companion in COMPANIONS {
        match fs::remove_file(beside(path, companion)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The words of private templates are in it.
fn private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cws_search::{Document, Findable, Visibility};

    fn document(id: &str) -> Document {
        let text = String::new;
        Document {
            template_id: id.to_owned(),
            namespace: "lab".to_owned(),
            name: id.to_owned(),
            aliases: Vec::new(),
            title: text(),
            version: text(),
            description: text(),
            category: text(),
            domain: text(),
            tags: Vec::new(),
            author: text(),
            institution_id: "local".to_owned(),
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
            revision: text(),
        }
    }

    async fn found(index: &IndexFile) -> Vec<String> {
        let visible_to = Visibility { public: true, ..Visibility::default() };
        let page = index.search(Query { visible_to, limit: 100, ..Query::default() }).await.unwrap();
        page.hits.into_iter().map(|hit| hit.template_id).collect()
    }

    #[tokio::test]
    async fn what_is_taken_in_is_found_after_a_restart_and_what_is_taken_out_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let index = IndexFile::open(dir.path()).unwrap();
        assert!(index.needs_filling().unwrap());
        let upsert = vec![document("tpl_a"), document("tpl_b")];
        index.apply(Change { upsert, as_of_ms: Some(7), ..Change::default() }).await.unwrap();
        index.apply(Change { remove: vec!["tpl_a".to_owned()], ..Change::default() }).await.unwrap();
        drop(index);
        let index = IndexFile::open(dir.path()).unwrap();
        assert_eq!(found(&index).await, ["tpl_b"]);
        assert!(!index.needs_filling().unwrap());
    }

    #[tokio::test]
    async fn the_time_never_moves_back() {
        let dir = tempfile::tempdir().unwrap();
        let index = IndexFile::open(dir.path()).unwrap();
        for as_of_ms in [9, 7] {
            index.apply(Change { as_of_ms: Some(as_of_ms), ..Change::default() }).await.unwrap();
        }
        assert_eq!(index.readers.as_of_ms().unwrap(), 9);
    }

    #[tokio::test]
    async fn a_file_that_is_no_index_is_kept_aside_and_a_new_one_begun() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("search.db"), "somebody's notes, long enough to be looked at").unwrap();
        let index = IndexFile::open(dir.path()).unwrap();
        assert!(index.needs_filling().unwrap() && found(&index).await.is_empty());
        let kept = fs::read_to_string(dir.path().join("search.db.unusable")).unwrap();
        assert!(kept.starts_with("somebody's notes"));
    }
}
