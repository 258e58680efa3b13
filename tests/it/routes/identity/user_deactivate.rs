//! `POST …/deactivate` and `POST …/reactivate`.

use super::{Person, record, tokens};
use crate::support::app::PASSWORD;
use serde_json::json;

#[test]
fn who_is_deactivated_is_out_at_once_and_back_when_let_in_again() {
    let person = Person::new();
    let (_, refresh) = tokens(&person.app, &person.name);
    let admin = person.app.person("local", "institution_admin");
    let path = record(&person.caller.user_id);
    let out = admin.post(&format!("{path}/deactivate"), &json!({})).expect(200);
    assert_eq!(out.field("status"), "deactivated");
    person.caller.get("/users/me").expect_problem(401, "unauthenticated");
    person.sign_in(PASSWORD).expect_problem(401, "sign_in_rejected");

    let back = admin.post(&format!("{path}/reactivate"), &json!({})).expect(200);
    assert_eq!(back.field("status"), "active");
    person.caller.get("/users/me").expect_problem(401, "unauthenticated");
    let refreshed = person.app.anonymous().post("/auth/sessions/refresh", &json!({"refresh_token": refresh}));
    refreshed.expect_problem(401, "refresh_rejected");
    let opened = person.sign_in(PASSWORD).expect(201);
    person.caller.with_token(&opened.field("access_token")).get("/users/me").expect(200);
}

#[test]
fn administrators_deactivate_people_up_to_their_own_role() {
    let person = Person::new();
    let app = &person.app;
    let deactivate = |user_id: &str| format!("{}/deactivate", record(user_id));
    let (admin, boss) = (app.person("local", "institution_admin"), app.person("local", "system_admin"));
    admin.post(&deactivate(&boss.user_id), &json!({})).expect_problem(403, "forbidden");
    admin.post(&deactivate(&admin.user_id), &json!({})).expect_problem(403, "forbidden");
    let colleague = app.person("local", "institution_admin");
    admin.post(&deactivate(&colleague.user_id), &json!({})).expect(200);
    person.caller.post(&deactivate(&person.caller.user_id), &json!({})).expect_problem(403, "forbidden");
    person.caller.post(&deactivate(&admin.user_id), &json!({})).expect_problem(404, "not_found");
    app.person("local", "institution_admin");
    boss.post(&deactivate(&admin.user_id), &json!({})).expect(200);
    app.operator().post(&deactivate(&boss.user_id), &json!({})).expect(200);
}

#[test]
fn doing_it_twice_changes_nothing_more() {
    let person = Person::new();
    let path = record(&person.caller.user_id);
    for action in ["deactivate", "deactivate", "reactivate", "reactivate"] {
        let done = person.app.operator().post(&format!("{path}/{action}"), &json!({})).expect(200);
        assert_eq!(done.field("status"), if action == "deactivate" { "deactivated" } else { "active" });
    }
}
