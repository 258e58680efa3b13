//! `GET /auth/sessions`.

use super::Person;
use crate::support::app::PASSWORD;
use serde_json::{Value, json};

#[test]
fn open_sessions_are_listed_and_one_of_them_is_this() {
    let person = Person::new();
    for _ in 0..2 {
        person.sign_in(PASSWORD).expect(201);
    }
    let current = person.caller.get("/auth/sessions/current").expect(200).json();
    assert_eq!(
        (&current["user_id"], &current["role"]),
        (&json!(person.caller.user_id), &json!("researcher"))
    );
    assert_eq!((&current["institution"], &current["mfa"]), (&json!("local"), &json!(false)));
    let listed = person.caller.get("/auth/sessions").expect(200).json();
    let sessions = listed["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    let this: Vec<&Value> = sessions.iter().filter(|session| session["current"] == json!(true)).collect();
    assert_eq!(this.len(), 1);
    assert_eq!(this[0]["id"], current["session_id"]);
    person.app.researcher().get("/auth/sessions").expect(200).json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(|session| assert!(sessions.iter().all(|mine| mine["id"] != session["id"])));
}
