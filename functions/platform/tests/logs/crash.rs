//! Crashes: whatever moment the process ends at, nothing is lost, forked or signed twice differently.

use crate::rig::{Rig, record};
use cws_cloud::signer::{KeyName, PublicKeys, SignError, Signer};
use cws_platform::log::Log;
use cws_store::{
    Store, faults,
    retry::{Retrying, Rule},
};
use futures::future::{BoxFuture, ready};
use std::sync::Arc;

/// A signer that is away.
struct Away(Arc<dyn Signer>);

impl PublicKeys for Away {
    fn public_key(&self, key: KeyName) -> BoxFuture<'_, Result<[u8; 32], SignError>> {
        self.0.public_key(key)
    }
}

impl Signer for Away {
    fn sign<'a>(&'a self, key: KeyName, _: &'a [u8]) -> BoxFuture<'a, Result<[u8; 64], SignError>> {
        Box::pin(async move { Err(SignError::Unavailable(key.as_str().to_owned())) })
    }
}

#[tokio::test]
async fn what_was_appended_and_not_signed_is_signed_as_it_is_stored() {
    let rig = Rig::new().await;
    rig.sequence().await;
    rig.write(0, 5).await;
    let away = rig.sequencer_over(rig.store.clone(), Arc::new(Away(rig.keys.clone())), 0);
    assert!(away.run(Log::Audit).await.is_err());
    assert_eq!(rig.sizes().await, (5, 0), "appended, not signed");
    let head = rig.reader().head().await.unwrap().into_value();

    let pass = rig.sequence().await;
    assert_eq!((pass.appended, pass.signed), (0, 1));
    assert_eq!(rig.reader().head().await.unwrap().into_value(), head);
    assert_eq!(rig.sizes().await, (5, 5));
    let report = rig.verify().await;
    assert!(report.is_clean(), "{report}");
}

#[tokio::test]
async fn a_process_that_ends_at_any_call_leaves_a_log_that_goes_on() {
    for calls in 0..120 {
        let rig = Rig::new().await;
        rig.write(0, 90).await;
        let dying: Arc<dyn Store> = Arc::new(faults::Crash::after(rig.store.clone(), calls));
        let ended = rig.sequencer_over(dying, rig.keys.clone(), 0).run(Log::Audit).await;
        let report = rig.verify_all().await;
        assert!(report.is_clean(), "as it was left after {calls} calls: {report}");
        // Long enough for the lease of the dead to have run out.
        let pass = rig.sequencer(60).run(Log::Audit).await.unwrap();
        assert!(!pass.busy, "after {calls} calls");
        assert_eq!(rig.sizes().await, (90, 90), "after {calls} calls");
        let report = rig.verify().await;
        assert!(report.is_clean(), "after {calls} calls: {report}");
        if ended.is_ok() {
            return;
        }
    }
    panic!("a run takes fewer calls than that");
}

#[tokio::test]
async fn a_lease_left_by_the_dead_holds_up_the_log_only_until_it_runs_out() {
    let rig = Rig::new().await;
    rig.sequence().await;
    rig.write(0, 5).await;
    // Idle check: two heads and eight shards, then the lease is read and written.
    let dying: Arc<dyn Store> = Arc::new(faults::Crash::after(rig.store.clone(), 13));
    assert!(rig.sequencer_over(dying, rig.keys.clone(), 0).run(Log::Audit).await.is_err());
    let soon = rig.sequencer(1).run(Log::Audit).await.unwrap();
    assert!(soon.busy, "{soon:?}");
    let later = rig.sequencer(60).run(Log::Audit).await.unwrap();
    assert_eq!(later.appended, 5);
}

#[tokio::test]
async fn a_lost_answer_does_not_log_anything_twice() {
    let rig = Rig::new().await;
    rig.write(0, 90).await;
    let flaky: Arc<dyn Store> =
        Arc::new(faults::FailAfterCommit::new(rig.store.clone(), faults::When::one_in(4, 7)));
    // As a program has it around its store.
    let flaky: Arc<dyn Store> =
        Arc::new(Retrying::new(flaky, Rule::new(Arc::new(|_| Box::pin(ready(()))), 7)));
    let pass = rig.sequencer_over(flaky, rig.keys.clone(), 0).run(Log::Audit).await.unwrap();
    assert_eq!(pass.appended, 90);
    assert_eq!(rig.reader().place(record(89).id.as_str()).await.unwrap(), Some(89));
    let report = rig.verify().await;
    assert!(report.is_clean(), "{report}");
}
