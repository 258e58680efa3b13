//! Consumers that fail: tried again later, each time later still, then parked; outages are not counted.

use crate::rig::{Rig, Scripted, effect, whole_pass};
use cws_route::{
    ConsumeError,
    relay::{Passed, TRIES},
};
use cws_store::StoreError;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

fn broken() -> Result<cws_store::Writes, ConsumeError> {
    Err(ConsumeError::Other("it does not fit".to_owned()))
}

#[tokio::test]
async fn a_consumer_that_fails_is_not_tried_again_before_its_time() {
    let rig = Rig::new();
    let event = rig.events("thing.first.v1", 1).await.remove(0);
    let all = Scripted::doing(|_, _| broken());
    let relay = rig.relay(std::slice::from_ref(&all));
    for _ in 0..50 {
        whole_pass(&relay).await;
    }
    assert_eq!(all.times(&event), 1, "fifty passes at the same moment are one try");
    assert_eq!(whole_pass(&relay).await, Passed { waiting: 1, ..Passed::default() });
    let mut waits = Vec::new();
    while relay.parked().await.unwrap().is_empty() {
        let (before, mut waited_s) = (all.times(&event), 0);
        while all.times(&event) == before {
            rig.clock.forward(1);
            waited_s += 1;
            whole_pass(&relay).await;
        }
        waits.push(waited_s);
    }
    assert_eq!(waits, [2, 10, 50, 250]);
    assert_eq!(all.times(&event), usize::try_from(TRIES).unwrap());
    assert_eq!(rig.outbox().await, 0);
}

#[tokio::test]
async fn a_failure_that_passes_parks_nothing() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 12).await;
    let all =
        Scripted::doing(|event, before| if before < 3 { broken() } else { Ok(effect("takes_all", event)) });
    let relay = rig.relay(std::slice::from_ref(&all));
    for _ in 0..5 {
        whole_pass(&relay).await;
        rig.clock.forward(300);
    }
    assert!(relay.parked().await.unwrap().is_empty());
    for event in &events {
        assert_eq!((all.times(event), rig.effects("takes_all", event).await), (4, 1));
    }
}

#[tokio::test]
async fn an_outage_is_not_counted_however_long_it_lasts() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 20).await;
    let away = Arc::new(AtomicBool::new(true));
    let is_away = away.clone();
    let all = Scripted::doing(move |event, before| match (is_away.load(Ordering::SeqCst), before % 2) {
        (false, _) => Ok(effect("takes_all", event)),
        (true, 0) => Err(ConsumeError::Away("the index does not answer".to_owned())),
        (true, _) => Err(StoreError::Unavailable("no route".to_owned()).into()),
    });
    let relay = rig.relay(std::slice::from_ref(&all));
    for _ in 0..200 {
        let passed = whole_pass(&relay).await;
        assert!(
            passed.failed <= 1,
            "a consumer that misses something is left alone for the rest of the pass"
        );
        rig.clock.forward(61);
    }
    assert!(relay.parked().await.unwrap().is_empty());
    assert_eq!(rig.outbox().await, 20);
    away.store(false, Ordering::SeqCst);
    assert_eq!(whole_pass(&relay).await.handed, 20, "a minute later at most");
    for event in &events {
        assert_eq!(rig.effects("takes_all", event).await, 1);
    }
}

#[tokio::test]
async fn one_consumer_that_misses_something_does_not_hold_up_another() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 10).await;
    let away = Scripted::doing(|_, _| Err(ConsumeError::Away("gone".to_owned())));
    let other = Scripted::of_first();
    whole_pass(&rig.relay(&[away, other.clone()])).await;
    assert!(events.iter().all(|event| other.times(event) == 1));
    assert_eq!(rig.outbox().await, 10);
}

#[tokio::test]
async fn a_parked_event_is_listed_and_is_consumed_when_it_is_tried_again() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 3).await;
    let mended = Arc::new(AtomicBool::new(false));
    let is_mended = mended.clone();
    let all = Scripted::doing(move |event, _| {
        if is_mended.load(Ordering::SeqCst) { Ok(effect("takes_all", event)) } else { broken() }
    });
    let other = Scripted::of_first();
    let relay = rig.relay(&[all, other.clone()]);
    for _ in 0..TRIES {
        whole_pass(&relay).await;
        rig.clock.forward(3600);
    }
    let parked = relay.parked().await.unwrap();
    let mut ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(parked.iter().map(|parked| parked.id.as_str()).collect::<Vec<_>>(), ids);
    assert_eq!(parked[0].consumer, "takes_all");
    assert_eq!(parked[0].kind.as_deref(), Some("thing.first.v1"));
    assert_eq!(parked[0].reason, "it does not fit");

    let again = relay.retry_parked().await.unwrap();
    assert_eq!((again.done, again.parked), (0, 3));
    assert_eq!(relay.parked().await.unwrap().len(), 3, "what fails again stays");
    mended.store(true, Ordering::SeqCst);
    let again = relay.retry_parked().await.unwrap();
    assert_eq!((again.done, again.parked), (3, 0));
    assert!(relay.parked().await.unwrap().is_empty());
    for event in &events {
        assert_eq!(rig.effects("takes_all", event).await, 1);
        assert_eq!(other.times(event), 1, "who had consumed it does not see it again");
        let mut passed = Passed::default();
        relay.deliver(event, &mut passed).await.unwrap();
        assert_eq!(rig.effects("takes_all", event).await, 1);
    }
}
