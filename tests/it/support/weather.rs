//! A store on a bad day, around every server that the suite starts when `CWS_TEST_FAULTS=1`: throttled calls, lost
//! answers, contention and stale reads, all at once and at random moments of a fixed seed. The routes must
//! answer as on a good day.

use cws_local::world::{Around, Setup};
use cws_model::id::CommitId;
use cws_store::{
    Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError,
    faults::{Conflict, FailAfterCommit, FailBeforeCommit, Stale, Throttle, When},
};
use std::{
    collections::HashMap,
    env,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// How often the same commit may fail: fewer times than it is tried.
const BAD_LUCK_MAX: u32 = 2;

static SERVERS: AtomicU64 = AtomicU64::new(1);

/// A setup with the weather that was asked for.
pub fn exposed(setup: Setup) -> Setup {
    if env::var_os("CWS_TEST_FAULTS").is_none() || setup.around.is_some() {
        return setup;
    }
    Setup { around: Some(bad_day(SERVERS.fetch_add(1, Ordering::Relaxed))), ..setup }
}

/// One call in 40 is throttled, the answer to one commit in 40 is lost after and to one in 40 before it was
/// applied, one commit in 5 meets others, and eventual reads lag by up to three commits.
fn bad_day(seed: u64) -> Around {
    Arc::new(move |good: Arc<dyn Store>| {
        let bad = Arc::new(Stale::new(good.clone(), 3, seed));
        let bad = Arc::new(FailAfterCommit::new(bad, When::one_in(40, seed)));
        let bad = Arc::new(FailBeforeCommit::new(bad, When::one_in(40, seed + 1)));
        let bad = Arc::new(Conflict::new(bad, When::one_in(5, seed + 2)));
        let bad = Arc::new(Throttle::new(bad, When::one_in(40, seed + 3)));
        Arc::new(Weather { good, bad, failed: Mutex::default() })
    })
}

/// Bad, but a commit that has failed often enough gets through.
struct Weather {
    good: Arc<dyn Store>,
    bad: Arc<dyn Store>,
    failed: Mutex<HashMap<CommitId, u32>>,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

impl Store for Weather {
    fn get<'a>(&'a self, keys: &'a [Key], consistency: Consistency) -> Answer<'a, Vec<Option<Item>>> {
        self.bad.get(keys, consistency)
    }

    fn range<'a>(&'a self, range: &'a Range, consistency: Consistency) -> Answer<'a, Page> {
        self.bad.range(range, consistency)
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> Answer<'a, ()> {
        Box::pin(async move {
            let failed = self.failed.lock().unwrap().get(&commit.id).copied().unwrap_or_default();
            if failed >= BAD_LUCK_MAX {
                return self.good.commit(commit).await;
            }
            let outcome = self.bad.commit(commit).await;
            if outcome.is_err() {
                *self.failed.lock().unwrap().entry(commit.id.clone()).or_default() += 1;
            }
            outcome
        })
    }

    fn health(&self) -> Answer<'_, Health> {
        self.bad.health()
    }
}
