//! What a pass does when nothing is wrong: everybody gets what they want, once, and no pass is endless.

use crate::rig::{Rig, Scripted, effect, whole_pass};
use cws_route::relay::Passed;
use cws_store::{Store, faults, key::spread, outbox};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

#[tokio::test]
async fn every_consumer_gets_what_it_listens_to_once_and_the_outbox_is_empty_then() {
    let rig = Rig::new();
    let (first, other) = (rig.events("thing.first.v1", 30).await, rig.events("thing.other.v1", 30).await);
    let unwanted = rig.events("nobody.wants.v1", 5).await;
    let (all, some) = (Scripted::counting(), Scripted::of_first());
    let relay = rig.relay(&[all.clone(), some.clone()]);
    let passed = whole_pass(&relay).await;
    assert_eq!(passed, Passed { handed: 65, ..Passed::default() });
    for event in &first {
        assert_eq!((all.times(event), some.times(event)), (1, 1));
    }
    for event in &other {
        assert_eq!((all.times(event), some.times(event)), (1, 0));
    }
    assert!(unwanted.iter().all(|event| all.times(event) == 0));
    assert_eq!(rig.outbox().await, 0);
    assert_eq!(whole_pass(&relay).await, Passed::default());
}

#[tokio::test]
async fn an_event_that_comes_again_has_no_second_effect() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 10).await;
    let all = Scripted::counting();
    let relay = rig.relay(std::slice::from_ref(&all));
    whole_pass(&relay).await;
    for event in &events {
        rig.op(cws_store::outbox::put(event).unwrap()).await;
        let mut passed = Passed::default();
        assert!(relay.deliver(event, &mut passed).await.unwrap(), "as a queue that repeats itself");
    }
    whole_pass(&relay).await;
    for event in &events {
        assert_eq!((all.times(event), rig.effects("takes_all", event).await), (1, 1));
    }
    assert_eq!(rig.outbox().await, 0);
}

#[tokio::test]
async fn in_a_part_of_the_outbox_events_are_handed_over_in_the_order_of_their_ids() {
    let rig = Rig::new();
    rig.events("thing.first.v1", 200).await;
    let all = Scripted::counting();
    whole_pass(&rig.relay(std::slice::from_ref(&all))).await;
    for shard in 0..outbox::SHARDS {
        let order = all.order();
        let of_shard: Vec<_> =
            order.iter().filter(|id| spread(id.as_str(), outbox::SHARDS) == shard).collect();
        assert!(of_shard.is_sorted(), "{of_shard:?}");
    }
}

#[tokio::test]
async fn a_pass_ends_at_its_budget_and_the_next_ones_go_on_from_there() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 100).await;
    let all = Scripted::counting();
    let relay = rig.relay(std::slice::from_ref(&all));
    let mut passes = 0;
    loop {
        let passed = relay.pass(7, &|| true).await.unwrap();
        passes += 1;
        assert!(passed.handed <= 7);
        if !passed.more {
            break;
        }
    }
    assert!(passes >= 100 / 7, "{passes}");
    assert!(events.iter().all(|event| all.times(event) == 1));
    assert_eq!(rig.outbox().await, 0);
}

#[tokio::test]
async fn events_that_wait_do_not_use_up_the_budget_of_those_behind_them() {
    let rig = Rig::new();
    let bad: BTreeSet<_> = rig.events("thing.bad.v1", 60).await.into_iter().map(|event| event.id).collect();
    let good = rig.events("thing.good.v1", 10).await;
    let all = Scripted::doing(move |event, _| {
        if bad.contains(&event.id) {
            Err(cws_route::ConsumeError::Other("not this one".to_owned()))
        } else {
            Ok(effect("takes_all", event))
        }
    });
    let relay = rig.relay(std::slice::from_ref(&all));
    for _ in 0..20 {
        relay.pass(5, &|| true).await.unwrap();
    }
    assert!(good.iter().all(|event| all.times(event) == 1));
}

#[tokio::test]
async fn a_pass_that_is_told_to_stop_does_so_after_the_event_at_hand() {
    let rig = Rig::new();
    rig.events("thing.first.v1", 40).await;
    let handled = Arc::new(AtomicU32::new(0));
    let counts = handled.clone();
    let all = Scripted::doing(move |event, _| {
        counts.fetch_add(1, Ordering::SeqCst);
        Ok(effect("takes_all", event))
    });
    let relay = rig.relay(&[all]);
    let passed = relay.pass(u32::MAX, &|| handled.load(Ordering::SeqCst) < 3).await.unwrap();
    assert_eq!((passed.handed, passed.more), (3, true));
    assert_eq!(rig.outbox().await, 37, "what was handed over is gone, the rest waits");
    assert_eq!(relay.pass(u32::MAX, &|| true).await.unwrap().handed, 37);
}

#[tokio::test]
async fn what_is_done_of_a_page_leaves_the_outbox_in_one_commit() {
    let rig = Rig::new();
    rig.events("nobody.wants.v1", 48).await;
    let counted = Arc::new(faults::Recording::new(rig.store.clone()));
    let store: Arc<dyn Store> = counted.clone();
    assert_eq!(whole_pass(&rig.relay_over(store, &[])).await.handed, 48);
    assert!(counted.take().commits <= 16, "one for each part of the outbox at most");
}
