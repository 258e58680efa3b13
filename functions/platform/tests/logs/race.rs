//! Two sequencers at once, without a lease to keep them apart: one wins each step, nothing forks.

use crate::rig::Rig;
use cws_platform::log::Log;
use cws_store::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError};
use futures::future::{BoxFuture, join_all};
use std::sync::Arc;

/// A store that shows nobody's lease: as if every lease had just run out.
struct Leaseless(Arc<dyn Store>);

impl Leaseless {
    fn is_lease(key: &Key) -> bool {
        key.kind() == "lgh" && key.sort == "lease"
    }
}

impl Store for Leaseless {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        how: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        if keys.iter().any(Self::is_lease) {
            return Box::pin(async { Ok(vec![None]) });
        }
        self.0.get(keys, how)
    }

    fn range<'a>(&'a self, range: &'a Range, how: Consistency) -> BoxFuture<'a, Result<Page, StoreError>> {
        self.0.range(range, how)
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        if commit.ops.iter().any(|op| Self::is_lease(op.key())) {
            return Box::pin(async { Ok(()) });
        }
        self.0.commit(commit)
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.0.health()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_sequencers_log_every_record_once_and_fork_nothing() {
    for _ in 0..5 {
        let rig = Rig::new().await;
        rig.write(0, 300).await;
        let store: Arc<dyn Store> = Arc::new(Leaseless(rig.store.clone()));
        for _ in 0..40 {
            let racers: Vec<_> =
                (0..4).map(|_| rig.sequencer_over(store.clone(), rig.keys.clone(), 0)).collect();
            for outcome in join_all(racers.iter().map(|racer| racer.run(Log::Audit))).await {
                outcome.unwrap();
            }
            if rig.sizes().await == (300, 300) {
                break;
            }
        }
        assert_eq!(rig.sizes().await, (300, 300));
        let report = rig.verify().await;
        assert!(report.is_clean(), "{report}");
    }
}

#[tokio::test]
async fn while_one_holds_the_lease_another_does_nothing() {
    let rig = Rig::new().await;
    rig.write(0, 50).await;
    let (one, two) = (rig.sequencer(0), rig.sequencer(0));
    let (one, two) = futures::join!(one.run(Log::Audit), two.run(Log::Audit));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.appended + two.appended, 50);
    assert!(one.busy != two.busy, "{one:?} {two:?}");
}
