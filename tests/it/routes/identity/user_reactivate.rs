//! `POST /users/registry/{user_id}/reactivate`.

use super::{Person, record, sign_in};
use crate::support::app::PASSWORD;
use serde_json::json;

#[test]
fn who_is_let_in_again_signs_in_anew() {
    let person = Person::new();
    let path = record(&person.caller.user_id);
    let admin = person.app.person("local", "institution_admin");
    admin.post(&format!("{path}/deactivate"), &json!({})).expect(200);
    let back = admin.post(&format!("{path}/reactivate"), &json!({})).expect(200);
    assert_eq!(back.field("status"), "active");
    person.caller.get("/users/me").expect_problem(401, "unauthenticated");
    sign_in(&person.app, &person.name, PASSWORD).expect(201);
}

#[test]
fn administrators_let_in_people_up_to_their_own_role() {
    let person = Person::new();
    let path = |user_id: &str| format!("{}/reactivate", record(user_id));
    let admin = person.app.person("local", "institution_admin");
    let boss = person.app.person("local", "system_admin");
    admin.post(&path(&boss.user_id), &json!({})).expect_problem(403, "forbidden");
    person.caller.post(&path(&boss.user_id), &json!({})).expect_problem(404, "not_found");
    person.app.operator().post(&path(super::NOBODY), &json!({})).expect_problem(404, "not_found");
}
