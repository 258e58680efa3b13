//! `POST /auth/sessions/refresh`.

use super::{Person, tokens};
use crate::support::{App, Reply};
use serde_json::json;
use std::thread;

fn refresh(app: &App, token: &str) -> Reply {
    app.anonymous().post("/auth/sessions/refresh", &json!({"refresh_token": token}))
}

#[test]
fn a_refresh_token_buys_the_next_pair_of_the_same_session() {
    let person = Person::new();
    let (access, first) = tokens(&person.app, &person.name);
    let session = person.caller.with_token(&access).get("/auth/sessions/current").expect(200).json();
    let next = refresh(&person.app, &first).expect(200);
    assert_ne!(next.field("refresh_token"), first);
    let seen =
        person.caller.with_token(&next.field("access_token")).get("/auth/sessions/current").expect(200);
    assert_eq!(seen.json(), session);
    refresh(&person.app, &next.field("refresh_token")).expect(200);
}

#[test]
fn a_token_of_two_rotations_ago_ends_the_session() {
    let person = Person::new();
    let (_, first) = tokens(&person.app, &person.name);
    let second = refresh(&person.app, &first).expect(200).field("refresh_token");
    let third = refresh(&person.app, &second).expect(200).field("refresh_token");
    refresh(&person.app, &first).expect_problem(401, "refresh_reused");
    refresh(&person.app, &third).expect_problem(401, "refresh_rejected");
    refresh(&person.app, &first).expect_problem(401, "refresh_rejected");
    let (_, other) = tokens(&person.app, &person.name);
    refresh(&person.app, &other).expect(200);
}

#[test]
fn whoever_asks_twice_at_one_moment_is_answered_the_same_successor() {
    let person = Person::new();
    let (_, first) = tokens(&person.app, &person.name);
    let (app, first) = (&person.app, &first);
    let answers: Vec<_> = thread::scope(|scope| {
        let asking: Vec<_> =
            (0..8).map(|_| scope.spawn(|| refresh(app, first).expect(200).field("refresh_token"))).collect();
        asking.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| answer == &answers[0]));
    refresh(app, &answers[0]).expect(200);
}

#[test]
fn what_is_no_refresh_token_is_refused() {
    let person = Person::new();
    let (access, good) = tokens(&person.app, &person.name);
    let mut spoiled = good.clone();
    spoiled.pop();
    spoiled.push(if good.ends_with('A') { 'B' } else { 'A' });
    for bad in ["x", &access, "cwsrt_a.b.c.d"] {
        refresh(&person.app, bad).expect_problem(401, "refresh_rejected");
    }
    let refused = refresh(&person.app, &spoiled);
    assert_eq!(refused.status, 401, "{}", refused.text());
    person
        .app
        .anonymous()
        .post("/auth/sessions/refresh", &json!({}))
        .expect_problem(400, "malformed_request");
}

#[test]
fn a_deactivated_person_refreshes_nothing() {
    let person = Person::new();
    let (_, token) = tokens(&person.app, &person.name);
    let path = format!("/users/registry/{}/deactivate", person.caller.user_id);
    person.app.operator().post(&path, &json!({})).expect(200);
    refresh(&person.app, &token).expect_problem(401, "refresh_rejected");
}

#[test]
fn a_token_that_was_used_twice_stops_the_access_tokens_and_is_on_record() {
    let person = Person::new();
    let (_, first) = tokens(&person.app, &person.name);
    let second = refresh(&person.app, &first).expect(200);
    let third = refresh(&person.app, &second.field("refresh_token")).expect(200);
    let thief = person.caller.with_token(&third.field("access_token"));
    thief.get("/users/me").expect(200);
    refresh(&person.app, &first).expect_problem(401, "refresh_reused");
    thief.get("/users/me").expect_problem(401, "unauthenticated");
    let auditor = person.app.person("local", "institution_auditor");
    let records = auditor.all(&format!("/audit?subject={}", person.caller.user_id));
    let reused = records.iter().filter(|record| record["action"] == "session.refresh_reused");
    assert_eq!(reused.count(), 1, "{records:#?}");
    person.app.sign_in("local", &person.name).get("/users/me").expect(200);
}
