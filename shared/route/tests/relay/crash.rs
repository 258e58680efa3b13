//! A process that ends at any call, a store whose answers get lost, contend or throttle: every event is
//! handed over, and has its effect once.

use crate::rig::{Rig, Scripted, whole_pass};
use cws_model::Event;
use cws_store::{
    Store,
    faults::{Conflict, Crash, FailAfterCommit, FailBeforeCommit, Throttle, When},
    retry::{Retrying, Rule},
};
use futures::future::ready;
use std::sync::Arc;

async fn settled(rig: &Rig, events: &[Event], consumers: &[Arc<Scripted>; 2], about: &str) {
    let relay = rig.relay(consumers);
    for _ in 0..6 {
        whole_pass(&relay).await;
        rig.clock.forward(3600);
    }
    assert_eq!(rig.outbox().await, 0, "{about}");
    assert!(relay.parked().await.unwrap().is_empty(), "{about}");
    for event in events {
        for (consumer, name) in consumers.iter().zip(["takes_all", "takes_first"]) {
            assert!(consumer.times(event) >= 1, "{about}: {name} was not given {}", event.id);
            assert_eq!(rig.effects(name, event).await, 1, "{about}: effects of {} on {name}", event.id);
        }
    }
}

#[tokio::test]
async fn a_process_that_ends_at_any_call_loses_no_event_and_repeats_no_effect() {
    let rig = Rig::new();
    for calls in 0..200 {
        let events = rig.events("thing.first.v1", 8).await;
        let consumers = [Scripted::counting(), Scripted::of_first()];
        let dying: Arc<dyn Store> = Arc::new(Crash::after(rig.store.clone(), calls));
        let ended = rig.relay_over(dying, &consumers).pass(u32::MAX, &|| true).await;
        settled(&rig, &events, &consumers, &format!("after {calls} calls")).await;
        if ended.is_ok_and(|passed| passed.handed == 8) {
            assert!(calls > 40, "a pass over 8 events takes more than {calls} calls");
            return;
        }
    }
    panic!("a pass takes fewer calls than that");
}

#[tokio::test]
async fn an_answer_that_gets_lost_at_any_commit_repeats_no_effect() {
    let rig = Rig::new();
    for nth in 1..40 {
        for applied in [true, false] {
            let events = rig.events("thing.first.v1", 6).await;
            let consumers = [Scripted::counting(), Scripted::of_first()];
            let store: Arc<dyn Store> = if applied {
                Arc::new(FailAfterCommit::new(rig.store.clone(), When::nth(nth)))
            } else {
                Arc::new(FailBeforeCommit::new(rig.store.clone(), When::nth(nth)))
            };
            // As a program has it around its store.
            let rule = Rule::new(Arc::new(|_| Box::pin(ready(()))), nth);
            let store = Arc::new(Retrying::new(store, rule));
            let passed = whole_pass(&rig.relay_over(store, &consumers)).await;
            assert_eq!(passed.handed, 6, "the same commit is sent again: {passed:?}");
            settled(&rig, &events, &consumers, &format!("commit {nth}, applied {applied}")).await;
        }
    }
}

#[tokio::test]
async fn a_store_that_is_mostly_unwell_loses_no_event_and_repeats_no_effect() {
    let rig = Rig::new();
    for seed in 0..6 {
        let events = rig.events("thing.first.v1", 20).await;
        let consumers = [Scripted::counting(), Scripted::of_first()];
        let unwell: Arc<dyn Store> = Arc::new(Throttle::new(
            Arc::new(Conflict::new(
                Arc::new(FailAfterCommit::new(rig.store.clone(), When::one_in(3, seed))),
                When::one_in(6, seed + 100),
            )),
            When::one_in(5, seed + 200),
        ));
        let relay = rig.relay_over(unwell, &consumers);
        for _ in 0..10 {
            drop(relay.pass(u32::MAX, &|| true).await);
            rig.clock.forward(60);
        }
        settled(&rig, &events, &consumers, &format!("seed {seed}")).await;
    }
}

#[tokio::test]
async fn two_relays_at_once_repeat_no_effect() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 50).await;
    let consumers = [Scripted::counting(), Scripted::of_first()];
    let relays = [rig.relay(&consumers), rig.relay(&consumers), rig.relay(&consumers)];
    let passes = relays.iter().map(whole_pass);
    futures::future::join_all(passes).await;
    settled(&rig, &events, &consumers, "two at once").await;
}
