//! `DELETE /auth/sessions/current`.

use super::{Person, tokens};
use serde_json::json;

#[test]
fn signing_out_everywhere_stops_every_access_token_at_once() {
    let person = Person::new();
    let (access, token) = tokens(&person.app, &person.name);
    let other = person.caller.with_token(&access);
    other.get("/users/me").expect(200);
    person.caller.delete("/auth/sessions/current?everywhere=true").expect(204);
    for stopped in [&person.caller, &other] {
        stopped.get("/users/me").expect_problem(401, "unauthenticated");
    }
    let refreshed = person.app.anonymous().post("/auth/sessions/refresh", &json!({"refresh_token": token}));
    refreshed.expect_problem(401, "refresh_rejected");
}

#[test]
fn who_signs_in_right_after_signing_out_everywhere_is_in() {
    let person = Person::new();
    for _ in 0..3 {
        person
            .app
            .sign_in("local", &person.name)
            .delete("/auth/sessions/current?everywhere=true")
            .expect(204);
        person.app.sign_in("local", &person.name).get("/users/me").expect(200);
    }
}

#[test]
fn signing_out_here_ends_this_session_and_no_other() {
    let person = Person::new();
    let (access, token) = tokens(&person.app, &person.name);
    person.caller.with_token(&access).delete("/auth/sessions/current").expect(204);
    let refreshed = person.app.anonymous().post("/auth/sessions/refresh", &json!({"refresh_token": token}));
    refreshed.expect_problem(401, "refresh_rejected");
    person.caller.get("/users/me").expect(200);
    let open = person.caller.get("/auth/sessions").expect(200).json();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    assert_eq!(open["items"][0]["current"], json!(true));
}

#[test]
fn the_operator_has_no_session() {
    let person = Person::new();
    person.app.operator().get("/auth/sessions/current").expect_problem(404, "not_found");
    person.app.operator().delete("/auth/sessions/current?everywhere=true").expect_problem(404, "not_found");
}

#[test]
fn a_signed_out_token_takes_no_account_over() {
    let person = Person::new();
    let (access, _) = tokens(&person.app, &person.name);
    let thief = person.caller.with_token(&access);
    thief.delete("/auth/sessions/current").expect(204);
    let email = json!({"email": format!("{}@elsewhere.example", person.name)});
    thief.patch(&super::record(&person.caller.user_id), "*", &email).expect_problem(401, "unauthenticated");
    thief.post("/auth/mfa", &json!({})).expect_problem(401, "unauthenticated");
    person.caller.post("/auth/mfa", &json!({})).expect(200);
}
