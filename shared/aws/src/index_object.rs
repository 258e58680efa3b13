//! Template search over one object: each process reads a copy of it, and whoever changes it puts a new
//! one in its place, if it is still the one that was changed.
//!
//! INVARIANT (no lost change): a new object replaces exactly the object that it was made from; a writer
//! that another one overtook takes the change into the newer object.

use crate::Access;
use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};
use cws_search::{Change, Index, Page, Query, Readers, SearchError, TemplateIndex, TemplateSearch};
use futures::{FutureExt as _, future::BoxFuture};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// Key of the object.
const KEY: &str = "search/templates.db";
/// How long a copy answers before the object is looked at again.
const FRESH: Duration = Duration::from_secs(5);
/// How often a change is taken in again because another writer was faster.
const TRIES: u32 = 6;
/// Connections of one process; a function answers one request at a time.
const READERS: usize = 1;

/// The copy that answers.
struct Copy {
    etag: Option<String>,
    looked: Instant,
    readers: Arc<Readers>,
}

/// A search index in a bucket.
pub struct IndexObject {
    client: Client,
    bucket: String,
    folder: PathBuf,
    copy: Mutex<Option<Copy>>,
}

/// What is in the bucket: `None` when nothing was put there yet.
type Object = Option<(String, Vec<u8>)>;

impl IndexObject {
    /// In a bucket, with a folder of this process for copies.
    pub fn new(access: &Access, bucket: impl Into<String>, folder: PathBuf) -> Self {
        Self { client: access.s3(), bucket: bucket.into(), folder, copy: Mutex::default() }
    }

    async fn find(&self, query: Query) -> Result<Page, SearchError> {
        let readers = self.readers().await?;
        blocking(move || readers.search(&query)).await
    }

    async fn readers(&self) -> Result<Arc<Readers>, SearchError> {
        let mut copy = self.copy.lock().await;
        if let Some(known) = copy.as_mut() {
            if known.looked.elapsed() < FRESH {
                return Ok(known.readers.clone());
            }
            if self.etag().await? == known.etag {
                known.looked = Instant::now();
                return Ok(known.readers.clone());
            }
        }
        let object = self.fetch().await?;
        let etag = object.as_ref().map(|(etag, _)| etag.clone());
        let folder = self.folder.clone();
        let readers = Arc::new(blocking(move || open(&folder, object)).await?);
        *copy = Some(Copy { etag, looked: Instant::now(), readers: readers.clone() });
        Ok(readers)
    }

    async fn take_in(&self, change: Change) -> Result<(), SearchError> {
        let change = Arc::new(change);
        for _ in 0..TRIES {
            let object = self.fetch().await?;
            let was = object.as_ref().map(|(etag, _)| etag.clone());
            let (folder, change) = (self.folder.clone(), change.clone());
            let bytes = blocking(move || changed(&folder, object, &change)).await?;
            if self.put(was, bytes).await? {
                return Ok(());
            }
        }
        Err(SearchError::Io(io::Error::other("other writers were faster each time")))
    }

    async fn etag(&self) -> Result<Option<String>, SearchError> {
        match self.client.head_object().bucket(&self.bucket).key(KEY).send().await {
            Ok(head) => Ok(head.e_tag),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    async fn fetch(&self) -> Result<Object, SearchError> {
        let object = match self.client.get_object().bucket(&self.bucket).key(KEY).send().await {
            Ok(object) => object,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let etag = object.e_tag.unwrap_or_default();
        let bytes = object.body.collect().await.map_err(io::Error::other)?;
        Ok(Some((etag, bytes.to_vec())))
    }

    /// Whether the object was still the one that the bytes were made from.
    async fn put(&self, was: Option<String>, bytes: Vec<u8>) -> Result<bool, SearchError> {
        let put = self.client.put_object().bucket(&self.bucket).key(KEY).body(ByteStream::from(bytes));
        let put = match was {
            Some(etag) => put.if_match(etag),
            None => put.if_none_match("*"),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_overtaken(&error) => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }
}

/// A copy to read: of the object, or of an empty index while there is none.
fn open(folder: &Path, object: Object) -> Result<Readers, SearchError> {
    let path = folder.join("read.db");
    match object {
        Some((_, bytes)) => replace(&path, &bytes)?,
        None => {
            let work = working_copy(folder, None)?;
            Index::open_write(&work)?.snapshot_to(&path)?;
        }
    }
    Readers::open_snapshot(&path, READERS)
}

/// The bytes of the object with a change in it.
fn changed(folder: &Path, object: Object, change: &Change) -> Result<Vec<u8>, SearchError> {
    let work = working_copy(folder, object.map(|(_, bytes)| bytes))?;
    let mut index = Index::open_write(&work)?;
    if !change.upsert.is_empty() {
        index.upsert(&change.upsert)?;
    }
    if !change.remove.is_empty() {
        index.remove(&change.remove.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    if let Some(as_of_ms) = change.as_of_ms {
        index.set_as_of(as_of_ms)?;
    }
    let snapshot = folder.join("snapshot.db");
    index.snapshot_to(&snapshot)?;
    Ok(std::fs::read(snapshot)?)
}

fn working_copy(folder: &Path, bytes: Option<Vec<u8>>) -> Result<PathBuf, SearchError> {
    std::fs::create_dir_all(folder)?;
    for leftover in ["work.db", "work.db-wal", "work.db-shm"] {
        match std::fs::remove_file(folder.join(leftover)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let path = folder.join("work.db");
    if let Some(bytes) = bytes {
        std::fs::write(&path, bytes)?;
    }
    Ok(path)
}

/// Readers of the file that was there before keep what they have open.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), SearchError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let part = path.with_extension("part");
    std::fs::write(&part, bytes)?;
    Ok(std::fs::rename(part, path)?)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| SearchError::Io(io::Error::other(error)))?
}

fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("NoSuchKey" | "NotFound" | "404"))
}

fn is_overtaken<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey"))
}

fn failed<E, R>(error: &SdkError<E, R>) -> SearchError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    SearchError::Io(io::Error::other(DisplayErrorContext(error).to_string()))
}

impl TemplateSearch for IndexObject {
    fn search(&self, query: Query) -> BoxFuture<'_, Result<Page, SearchError>> {
        self.find(query).boxed()
    }
}

impl TemplateIndex for IndexObject {
    fn apply(&self, change: Change) -> BoxFuture<'_, Result<(), SearchError>> {
        self.take_in(change).boxed()
    }
}
