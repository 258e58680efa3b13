//! Poison: a row, a mark or a consumer that cannot work holds up no other event, and nothing is lost.

use crate::rig::{Rig, Scripted, effect, whole_pass};
use cws_model::Event;
use cws_route::relay::{Relay, TRIES};
use cws_store::{Expect, Key, Op, Value, Writes, kind, limits::COMMIT_MAX_OPS, outbox};
use std::sync::Arc;

fn put(key: Key, text: &str, schema: u32) -> Op {
    Op::Put { key, expect: Expect::Any, value: Value::Json(text.to_owned()), schema, expires_at: None }
}

async fn until_parked(rig: &Rig, relay: &Relay) {
    for _ in 0..TRIES {
        whole_pass(relay).await;
        rig.clock.forward(3600);
    }
}

/// A consumer that does this to the event named, and counts the others.
fn poisoned(
    bad: &Event,
    act: impl Fn() -> Result<Writes, cws_route::ConsumeError> + Send + Sync + 'static,
) -> Arc<Scripted> {
    let bad = bad.id.clone();
    Scripted::doing(move |event, _| if event.id == bad { act() } else { Ok(effect("takes_all", event)) })
}

/// Everything but the bad event is consumed at the first pass; the bad one is parked in the end.
async fn only_that_one_is_parked(
    rig: &Rig,
    events: &[Event],
    bad: usize,
    consumer: Arc<Scripted>,
    reason: &str,
) {
    let relay = rig.relay(&[consumer]);
    whole_pass(&relay).await;
    for (number, event) in events.iter().enumerate().filter(|(number, _)| *number != bad) {
        assert_eq!(rig.effects("takes_all", event).await, 1, "event {number}");
    }
    until_parked(rig, &relay).await;
    let parked = relay.parked().await.unwrap();
    assert_eq!(parked.len(), 1, "{parked:?}");
    assert_eq!(parked[0].id, events[bad].id.as_str());
    assert!(parked[0].reason.contains(reason), "{}", parked[0].reason);
    assert_eq!(rig.outbox().await, 0);
}

#[tokio::test]
async fn a_consumer_that_panics_parks_its_event_alone() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 40).await;
    let consumer = poisoned(&events[7], || panic!("thirteen"));
    only_that_one_is_parked(&rig, &events, 7, consumer, "panicked: thirteen").await;
}

#[tokio::test]
async fn writes_that_break_a_limit_park_their_event_alone() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 40).await;
    let consumer = poisoned(&events[3], || {
        let mut writes = Writes::new();
        for number in 0..=COMMIT_MAX_OPS {
            writes.add(Key::new("met#much", format!("{number}")), 1);
        }
        Ok(writes)
    });
    only_that_one_is_parked(&rig, &events, 3, consumer, "operations").await;
}

#[tokio::test]
async fn writes_that_always_conflict_park_their_event_alone() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 40).await;
    let consumer = poisoned(&events[5], || {
        let mut writes = Writes::new();
        writes.op(Op::Check { key: Key::new("met#no", "such row"), expect: Expect::Present });
        Ok(writes)
    });
    only_that_one_is_parked(&rig, &events, 5, consumer, "conflict").await;
}

#[tokio::test]
async fn a_mark_that_cannot_be_read_parks_its_event_and_consumes_nothing_on_a_guess() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 40).await;
    let part = format!("takes_all#{:x}", outbox::shard_of(&events[9]));
    let mark = Key::new(kind::CONSUMED.part(&part), events[9].id.as_str());
    rig.op(put(mark, "not a mark", 1)).await;
    let consumer = Scripted::counting();
    only_that_one_is_parked(&rig, &events, 9, consumer.clone(), "cannot be read").await;
    assert_eq!(consumer.times(&events[9]), 0);
    let again = rig.relay(&[consumer]).retry_parked().await.unwrap();
    assert_eq!(again.done, 1, "whoever decided that it was not consumed has it consumed");
    assert_eq!(rig.effects("takes_all", &events[9]).await, 1);
}

#[tokio::test]
async fn an_outbox_row_that_holds_no_event_is_parked_as_it_is() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 40).await;
    for (shard, bad) in ["", "{}", "nonsense", "{\"id\":1}"].into_iter().enumerate() {
        let key = Key::new(outbox::partition(u32::try_from(shard).unwrap()), format!("evt_0{shard}"));
        rig.op(put(key, bad, 1)).await;
    }
    let bytes = Value::Bytes(vec![0xff, 0]);
    let key = Key::new(outbox::partition(9), "evt_00");
    rig.op(Op::Put { key, expect: Expect::Any, value: bytes, schema: 1, expires_at: None }).await;
    let relay = rig.relay(&[Scripted::counting()]);
    let passed = whole_pass(&relay).await;
    assert_eq!((passed.handed, passed.parked), (40, 5));
    for event in &events {
        assert_eq!(rig.effects("takes_all", event).await, 1);
    }
    assert_eq!(relay.parked().await.unwrap().len(), 5);
    assert_eq!(rig.outbox().await, 0);
    let again = relay.retry_parked().await.unwrap();
    assert_eq!((again.done, again.parked), (0, 5), "they still hold no event, and are still there");
}

#[tokio::test]
async fn an_event_of_a_newer_program_is_left_to_it() {
    let rig = Rig::new();
    let events = rig.events("thing.first.v1", 20).await;
    let text = serde_json::to_string(&events[4]).unwrap();
    rig.op(put(outbox::key_of(&events[4]), &text, 2)).await;
    let relay = rig.relay(&[Scripted::counting()]);
    let passed = whole_pass(&relay).await;
    assert_eq!((passed.handed, passed.waiting, passed.parked), (19, 1, 0));
    assert_eq!(rig.outbox().await, 1);
}
