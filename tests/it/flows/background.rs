//! What the program does by itself: expired rows go, parked events are shown and tried again, `/health` tells.

use crate::support::App;
use cws_local::{parked_events, world::Setup};
use cws_model::Event;
use cws_store::{Commit, Consistency, Expect, Key, Op, Store, Value, kind, outbox};
use serde_json::json;
use std::{thread::sleep, time::Duration};
use tokio::runtime::Runtime;

fn put(app: &App, op: Op) {
    let parts = app.world().shell.parts();
    let id = cws_cloud::clock::new_id(parts.clock.now(), parts.entropy.as_ref());
    let commit = Commit { id, ops: vec![op] };
    Runtime::new().unwrap().block_on(app.world().store.commit(&commit)).unwrap();
}

fn is_stored(app: &App, key: &Key) -> bool {
    let keys = [key.clone()];
    let found = Runtime::new().unwrap().block_on(app.world().store.get(&keys, Consistency::Strong)).unwrap();
    found[0].is_some()
}

/// Waits for what the program does by itself.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("never: {what}");
}

#[test]
fn rows_that_have_expired_are_removed_and_others_are_not() {
    let app = App::start_local(Setup::for_tests());
    let now = app.world().shell.parts().clock.now();
    let row = |name: &str, expires_at| {
        let key = Key::new(kind::META.part("sweep-test"), name);
        let value = Value::Json("{}".to_owned());
        Op::Put { key, expect: Expect::Any, value, schema: 1, expires_at }
    };
    let (gone, stays, kept) = (
        row("gone", Some(now.plus_seconds(-1))),
        row("stays", Some(now.plus_seconds(3600))),
        row("kept", None),
    );
    for op in [&gone, &stays, &kept] {
        put(&app, op.clone());
    }
    // The program removes expired rows when it starts, and every minute.
    let app = app.restart(Setup::for_tests());
    wait_until("the expired row is removed", || !is_stored(&app, gone.key()));
    assert!(is_stored(&app, stays.key()) && is_stored(&app, kept.key()));
}

#[test]
fn health_tells_when_each_part_of_the_work_was_last_done() {
    let app = App::start_local(Setup::for_tests());
    let health = || app.anonymous().get("/health").expect(200).json();
    wait_until("every part was done once", || {
        let parts = health()["background"]["parts"].as_array().unwrap().clone();
        parts.len() == 3 && parts.iter().all(|part| part["last_done_at"].is_string())
    });
    let health = health();
    assert_eq!(health["status"], "ok", "{health}");
    assert_eq!(health["background"]["parked_events"], 0, "{health}");
}

#[test]
fn an_event_that_cannot_be_consumed_is_shown_and_holds_up_nothing() {
    let app = App::start_local(Setup::for_tests());
    let key = Key::new(outbox::partition(3), "evt_broken");
    let value = Value::Json("no event".to_owned());
    put(&app, Op::Put { key: key.clone(), expect: Expect::Any, value, schema: 1, expires_at: None });
    let event: Event = serde_json::from_value(json!({
        "specversion": "1.0", "id": "evt_01k00000000000000000000000", "type": "nobody.listens.v1", "source": "/cloudworkstation",
        "subject": "x", "time": "2026-11-23T10:00:00.000Z", "institution": "local", "data": null,
    }))
    .unwrap();
    put(&app, outbox::put(&event).unwrap());
    wait_until("the outbox is empty", || !is_stored(&app, &key) && !is_stored(&app, &outbox::key_of(&event)));
    let parked = || app.anonymous().get("/health").expect(200).json()["background"]["parked_events"].clone();
    wait_until("health counts it", || parked() == 1);
    let app = app.restart(Setup::for_tests());
    let parked = || app.anonymous().get("/health").expect(200).json()["background"]["parked_events"].clone();
    wait_until("health counts it after a restart", || parked() == 1);
    let (data, _kept) = app.stop();
    let runtime = Runtime::new().unwrap();
    let listed = runtime.block_on(parked_events::list(&data)).unwrap();
    assert!(listed.contains("evt_broken") && listed.lines().count() == 1, "{listed}");
    assert_eq!(runtime.block_on(parked_events::retry(&data)).unwrap(), "0 consumed, 1 still parked");
}
