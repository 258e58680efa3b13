//! A second place for signed checkpoints: an S3 bucket with object lock, where nothing that was kept
//! can be changed or removed before its time, not even by who may write to the store.
//!
//! A checkpoint's key is the log and the size of its tree, counted downwards, so that the last one
//! comes first in a listing: `checkpoints/<log>/<u64::MAX - size, 20 digits>`.

use crate::Access;
use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};
use cws_cloud::mirror::{CheckpointCopies, CheckpointMirror, MirrorError, is_log_name};
use futures::{FutureExt as _, future::BoxFuture};

/// The bucket.
#[derive(Debug, Clone)]
pub struct LockedBucket {
    client: Client,
    bucket: String,
}

impl LockedBucket {
    /// On a bucket with versions, object lock and a default retention.
    pub fn new(access: &Access, bucket: impl Into<String>) -> Self {
        Self { client: access.s3(), bucket: bucket.into() }
    }

    async fn put(&self, log: &str, note: &str) -> Result<(), MirrorError> {
        let folder = folder(log)?;
        let size = tree_size(note).ok_or_else(|| unusable(log, "the note is no checkpoint"))?;
        let sent = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(format!("{folder}{:020}", u64::MAX - size))
            .content_type("text/plain; charset=utf-8")
            // What was kept first stays: a second note of the same size is kept beside it nowhere.
            .if_none_match("*")
            .body(ByteStream::from(note.as_bytes().to_vec()))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("PreconditionFailed") => self.same(log, note, size).await,
            Err(error) => Err(failed(log, &error)),
        }
    }

    /// The same note twice is kept once; another note for the same tree is a fork, and is told of.
    async fn same(&self, log: &str, note: &str, size: u64) -> Result<(), MirrorError> {
        let kept = self.read(log, &format!("{}{:020}", folder(log)?, u64::MAX - size)).await?;
        let body = |note: &str| note.split("\n\n").next().map(str::to_owned);
        if body(&kept) == body(note) {
            Ok(())
        } else {
            Err(unusable(log, "another checkpoint of this size was kept before"))
        }
    }

    async fn last(&self, log: &str) -> Result<Option<String>, MirrorError> {
        let listed = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(folder(log)?)
            .max_keys(1)
            .send()
            .await
            .map_err(|error| failed(log, &error))?;
        match listed.contents().first().and_then(|object| object.key()) {
            Some(key) => self.read(log, key).await.map(Some),
            None => Ok(None),
        }
    }

    async fn read(&self, log: &str, key: &str) -> Result<String, MirrorError> {
        let object = self.client.get_object().bucket(&self.bucket).key(key).send().await;
        let object = object.map_err(|error| failed(log, &error))?;
        let bytes = object.body.collect().await.map_err(|error| unusable(log, &error.to_string()))?;
        String::from_utf8(bytes.to_vec()).map_err(|_| unusable(log, "what was kept is no text"))
    }
}

fn folder(log: &str) -> Result<String, MirrorError> {
    if is_log_name(log) {
        Ok(format!("checkpoints/{log}/"))
    } else {
        Err(MirrorError::LogName(log.to_owned()))
    }
}

/// The second line of a checkpoint: C2SP tlog-checkpoint.
fn tree_size(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}

fn unusable(log: &str, reason: &str) -> MirrorError {
    MirrorError::Unavailable { log: log.to_owned(), reason: reason.to_owned() }
}

fn failed<E, R>(log: &str, error: &SdkError<E, R>) -> MirrorError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    unusable(log, &DisplayErrorContext(error).to_string())
}

impl CheckpointCopies for LockedBucket {
    fn latest<'a>(&'a self, log: &'a str) -> BoxFuture<'a, Result<Option<String>, MirrorError>> {
        self.last(log).boxed()
    }
}

impl CheckpointMirror for LockedBucket {
    fn keep<'a>(&'a self, log: &'a str, note: &'a str) -> BoxFuture<'a, Result<(), MirrorError>> {
        self.put(log, note).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_tree_comes_first_in_a_listing() {
        let key = |size: u64| format!("{:020}", u64::MAX - size);
        assert!(key(257) < key(256) && key(10) < key(9) && key(1) < key(0));
        assert_eq!(key(0).len(), key(u64::MAX).len());
    }

    #[test]
    fn the_size_is_read_from_the_note() {
        assert_eq!(tree_size("example.org/log\n42\naGFzaA==\n\n— example.org sig\n"), Some(42));
        assert_eq!(tree_size("example.org/log\n-1\n"), None);
        assert_eq!(tree_size(""), None);
    }

    #[test]
    fn a_log_cannot_name_a_place_outside_its_own() {
        assert!(folder("template-log").is_ok());
        assert!(folder("../other").is_err());
    }
}
