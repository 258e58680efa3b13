//! `POST /auth/password/change`.

use super::{OTHER_PASSWORD, Person, tokens};
use crate::support::{App, Reply, app::PASSWORD};
use cws_cloud::Clock;
use cws_embedded::system::SystemClock;
use cws_local::world::Setup;
use cws_model::{Timestamp, identity::User};
use cws_store::{Consistency, Key, Value, kind};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

fn change(person: &Person, current: &str, new: &str) -> Reply {
    person.caller.post("/auth/password/change", &json!({"current_password": current, "password": new}))
}

#[test]
fn a_changed_password_ends_every_session_and_lets_one_in_again() {
    let person = Person::new();
    let (access, token) = tokens(&person.app, &person.name);
    change(&person, PASSWORD, OTHER_PASSWORD).expect(204);
    for stopped in [&person.caller, &person.caller.with_token(&access)] {
        stopped.get("/users/me").expect_problem(401, "unauthenticated");
    }
    let refreshed = person.app.anonymous().post("/auth/sessions/refresh", &json!({"refresh_token": token}));
    refreshed.expect_problem(401, "refresh_rejected");
    person.sign_in(PASSWORD).expect_problem(401, "sign_in_rejected");
    let opened = person.sign_in(OTHER_PASSWORD).expect(201);
    person.caller.with_token(&opened.field("access_token")).get("/users/me").expect(200);
}

#[test]
fn a_wrong_or_weak_password_changes_nothing() {
    let person = Person::new();
    change(&person, "not the right password", OTHER_PASSWORD).expect_problem(401, "sign_in_rejected");
    let weak = change(&person, PASSWORD, "short").expect_problem(422, "password_refused");
    assert_eq!(weak.json()["errors"][0]["pointer"], "/password");
    person.caller.get("/users/me").expect(200);
    person.sign_in(PASSWORD).expect(201);
}

/// A clock that moves a second whenever somebody looks at it, so that everything takes its time.
struct SlowClock(AtomicI64);

impl Clock for SlowClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(1000, Ordering::SeqCst))
    }
}

#[test]
fn what_was_issued_while_the_password_was_hashed_stops_too() {
    let clock = Arc::new(SlowClock(AtomicI64::new(SystemClock.now().millis())));
    let person = Person::on(App::start_local(Setup { clock, ..Setup::for_tests() }));
    change(&person, PASSWORD, OTHER_PASSWORD).expect(204);
    let store = person.app.world().shell.parts().store.clone();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let key = Key::new(kind::USER.part("local"), person.caller.user_id.as_str());
    let item = runtime.block_on(store.get(&[key], Consistency::Strong)).unwrap().remove(0).unwrap();
    let Value::Json(text) = item.value else { panic!() };
    let user: User = serde_json::from_str(&text).unwrap();
    let auditor = person.app.person("local", "institution_auditor");
    let records = auditor.all(&format!("/audit?action=password.changed&subject={}", person.caller.user_id));
    let began: Timestamp = serde_json::from_value(records[0]["at"].clone()).unwrap();
    // The port looked at the clock three times at least between the beginning and the end.
    assert!(user.valid_after.unwrap().millis() - began.millis() >= 3000, "{:?} {began}", user.valid_after);
}
