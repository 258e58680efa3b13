//! What a case stands on: a store, partitions of its own, fresh ids, and short words for common steps.

use crate::{
    Commit, Consistency, Expect, Item, Key, Op, Page, Range, Revision, Store, StoreError, Value, faults::Dice,
};
use aws_lc_rs::digest::{SHA256, digest};
use cws_model::{Timestamp, id::CommitId};
use std::{
    fmt,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
};

/// Why a case does not hold.
#[derive(Debug)]
pub struct Failure(pub String);

// Has no `Display`, so that every error that has one becomes a failure by `?`.
impl<E: fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// What a case finds.
pub type Outcome = Result<(), Failure>;

/// How hard a run tries. Less for an adapter with a network in between.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Tasks that work at the same time.
    pub tasks: usize,
    /// Steps of each of them.
    pub steps: usize,
    /// Racers for one key.
    pub racers: usize,
    /// Commits of each random sequence; there are ten sequences.
    pub commits: usize,
}

impl Scale {
    /// 64 tasks with 100 steps, 100 racers, 10,000 and more random operations.
    pub const FULL: Self = Self { tasks: 64, steps: 100, racers: 100, commits: 300 };
    /// For slow adapters.
    pub const SMALL: Self = Self { tasks: 8, steps: 5, racers: 20, commits: 30 };
}

/// The ground of one case.
#[derive(Clone)]
pub struct Ground {
    /// The store under test.
    pub store: Arc<dyn Store>,
    /// How hard to try.
    pub scale: Scale,
    /// Reproducible choices: the same for every run of the case.
    pub dice: Arc<Dice>,
    name: String,
    ids: Arc<AtomicU64>,
}

/// Fails the case with a message unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(crate::conformance::Failure(format!($($message)+)));
        }
    };
}
pub(super) use ensure;

impl Ground {
    /// Ground for a case; `salt` keeps it apart from earlier runs on the same database.
    pub fn new(store: Arc<dyn Store>, case: &str, salt: u64, scale: Scale) -> Self {
        let seed =
            digest(&SHA256, case.as_bytes()).as_ref().first_chunk().copied().map_or(0, u64::from_be_bytes);
        let dice = Arc::new(Dice::new(seed));
        Self { store, scale, dice, name: format!("{salt:x}/{case}"), ids: Arc::default() }
    }

    /// The name of one of this case's partitions.
    pub fn partition(&self, part: &str) -> String {
        format!("cnf#{}#{part}", self.name)
    }

    /// A key in the case's first partition.
    pub fn key(&self, sort: &str) -> Key {
        Key::new(self.partition("0"), sort)
    }

    /// The whole first partition.
    pub fn all(&self) -> Range {
        Range::all(self.partition("0"))
    }

    /// An id that no commit had yet.
    pub fn id(&self) -> CommitId {
        let count = self.ids.fetch_add(1, Ordering::Relaxed);
        let hash = digest(&SHA256, format!("{}/{count}", self.name).as_bytes());
        CommitId::new(
            Timestamp::from_millis(1_790_000_000_000),
            hash.as_ref().first_chunk().copied().unwrap_or_default(),
        )
    }

    /// A commit with a new id.
    pub fn commit_of(&self, ops: Vec<Op>) -> Commit {
        Commit { id: self.id(), ops }
    }

    /// Commits operations; answers the revision that their rows have now.
    pub async fn write(&self, ops: Vec<Op>) -> Result<Revision, StoreError> {
        let commit = self.commit_of(ops);
        self.store.commit(&commit).await.map(|()| commit.revision())
    }

    /// Writes a row of JSON, whatever is there.
    pub async fn put(&self, sort: &str, json: &str) -> Result<Revision, StoreError> {
        self.write(vec![put(self.key(sort), Expect::Any, json)]).await
    }

    /// Removes a row, whatever is there.
    pub async fn delete(&self, sort: &str) -> Result<Revision, StoreError> {
        self.write(vec![Op::Delete { key: self.key(sort), expect: Expect::Any }]).await
    }

    /// Writes many rows, 100 a commit; each holds its own sort key as JSON.
    pub async fn fill<S: AsRef<str>>(&self, sorts: impl IntoIterator<Item = S>) -> Outcome {
        let ops: Vec<Op> = sorts
            .into_iter()
            .map(|sort| put(self.key(sort.as_ref()), Expect::Any, &format!("{:?}", sort.as_ref())))
            .collect();
        for group in ops.chunks(crate::limits::COMMIT_MAX_OPS) {
            self.write(group.to_vec()).await?;
        }
        Ok(())
    }

    /// Reads one key strongly.
    pub async fn item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let items = self.store.get(std::slice::from_ref(key), Consistency::Strong).await?;
        Ok(items.into_iter().next().flatten())
    }

    /// The JSON at a sort key of the first partition.
    pub async fn json(&self, sort: &str) -> Result<Option<String>, Failure> {
        match self.item(&self.key(sort)).await?.map(|item| item.value) {
            Some(Value::Json(text)) => Ok(Some(text)),
            Some(other) => Err(Failure(format!("`{sort}` holds {other:?}, no JSON"))),
            None => Ok(None),
        }
    }

    /// The counter at a sort key of the first partition.
    pub async fn count(&self, sort: &str) -> Result<Option<i64>, Failure> {
        match self.item(&self.key(sort)).await?.map(|item| item.value) {
            Some(Value::Count(count)) => Ok(Some(count)),
            Some(other) => Err(Failure(format!("`{sort}` holds {other:?}, no counter"))),
            None => Ok(None),
        }
    }

    /// One page, strongly.
    pub async fn page(&self, range: &Range) -> Result<Page, StoreError> {
        self.store.range(range, Consistency::Strong).await
    }

    /// The rows of all pages of a range. Each page has to get further, so that the walk ends.
    pub async fn rows(&self, mut range: Range) -> Result<Vec<Item>, Failure> {
        let mut items = Vec::new();
        loop {
            let page = self.page(&range).await?;
            ensure!(page.items.len() <= range.limit as usize, "{} rows in one page", page.items.len());
            ensure!(
                !page.items.is_empty() || page.next.is_none(),
                "a page without rows says that there are more"
            );
            items.extend(page.items);
            let Some(next) = page.next else { return Ok(items) };
            ensure!(
                range.holds(&next),
                "the page goes on at {next:?}, which is not in what is left of {range:?}"
            );
            range.after = Some(next);
        }
    }

    /// The sort keys of all pages of a range.
    pub async fn sorts(&self, range: Range) -> Result<Vec<String>, Failure> {
        Ok(self.rows(range).await?.into_iter().map(|item| item.key.sort).collect())
    }
}

/// A put of JSON, schema version 1, without expiry.
pub(super) fn put(key: Key, expect: Expect, json: &str) -> Op {
    Op::Put { key, expect, value: Value::Json(json.to_owned()), schema: 1, expires_at: None }
}

/// An unbounded addition.
pub(super) fn add(key: Key, by: i64) -> Op {
    Op::Add { key, by, at_least: None, at_most: None }
}

/// The positions of a conflict; a failure when it was no conflict with positions.
pub(super) fn conflict<T: fmt::Debug>(result: Result<T, StoreError>) -> Result<Vec<usize>, Failure> {
    match result {
        Err(StoreError::Conflict { failed }) if !failed.is_empty() => Ok(failed),
        other => Err(Failure(format!("wanted a conflict with positions, found {other:?}"))),
    }
}

/// Fails unless two things are the same.
pub(super) fn same<T: PartialEq + fmt::Debug>(what: &str, found: &T, wanted: &T) -> Outcome {
    ensure!(found == wanted, "{what}: found {found:?}, wanted {wanted:?}");
    Ok(())
}

/// Runs futures at the same time in this task; stops at the first failure.
pub(super) async fn together<F: Future<Output = Outcome>>(tasks: impl IntoIterator<Item = F>) -> Outcome {
    let tasks: futures::stream::FuturesUnordered<F> = tasks.into_iter().collect();
    futures::TryStreamExt::try_collect::<Vec<()>>(tasks).await.map(|_| ())
}

/// Lets the other futures of the task go first.
pub(super) async fn give_way() {
    let mut gave_way = false;
    pin!(std::future::poll_fn(|context| {
        if std::mem::replace(&mut gave_way, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }))
    .await;
}
