//! `GET /users/me`.

use super::{Person, record};
use serde_json::json;

#[test]
fn one_sees_oneself_as_others_do_and_with_projects() {
    let person = Person::new();
    let project = person.caller.post("/projects", &json!({"name": super::fresh_name("Reef")})).expect(201);
    let me = person.caller.get("/users/me").expect(200);
    assert_eq!(me.json()["projects"], json!([project.field("id")]));
    assert_eq!(me.field("id"), person.caller.user_id);
    let viewed = person.caller.get(&record(&person.caller.user_id)).expect(200);
    assert_eq!((viewed.json(), viewed.etag()), (me.json(), me.etag()));
    assert!(me.json()["last_active_at"].is_string());
}

#[test]
fn the_operator_is_nobody_in_the_registry() {
    let person = Person::new();
    person.app.operator().get("/users/me").expect_problem(404, "not_found");
    person.app.anonymous().get("/users/me").expect_problem(401, "unauthenticated");
}
