//! `GET /auth/sessions/current`.

use super::Person;
use serde_json::json;

#[test]
fn a_session_is_that_of_its_token() {
    let person = Person::new();
    let current = person.caller.get("/auth/sessions/current").expect(200).json();
    assert_eq!(
        (&current["user_id"], &current["role"]),
        (&json!(person.caller.user_id), &json!("researcher"))
    );
    assert_eq!((&current["institution"], &current["mfa"]), (&json!("local"), &json!(false)));
    assert!(current["session_id"].is_string() && current["auth_time"].is_string(), "{current}");
    let other = person.app.sign_in("local", &person.name).get("/auth/sessions/current").expect(200).json();
    assert_ne!(other["session_id"], current["session_id"]);
    person.app.anonymous().get("/auth/sessions/current").expect_problem(401, "unauthenticated");
}
