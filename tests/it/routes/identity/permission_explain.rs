//! `POST /authz/explain`.

use super::fresh_name;
use crate::support::{App, Caller};
use serde_json::json;

fn open(owner: &Caller) -> String {
    owner.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id")
}

#[test]
fn an_explanation_names_the_policy_and_what_is_missing() {
    let app = App::start();
    let (ada, ben) = (app.researcher(), app.researcher());
    let project = open(&ada);
    let yes = ada
        .post("/authz/explain", &json!({"action": "project_archive", "resource": project}))
        .expect(200)
        .json();
    assert_eq!((&yes["allowed"], &yes["missing"]), (&json!(true), &json!([])));
    assert_eq!(
        (&yes["policies"][0]["id"], &yes["policies"][0]["permits"]),
        (&json!("project-close"), &json!(true))
    );
    let member = json!({"user_id": ben.user_id, "role": "viewer"});
    ada.post(&format!("/projects/{project}/members"), &member).expect(201);
    let no = ben
        .post("/authz/explain", &json!({"action": "project_archive", "resource": project}))
        .expect(200)
        .json();
    assert_eq!((&no["allowed"], &no["policies"]), (&json!(false), &json!([])));
    assert!(no["missing"].to_string().contains("owner"), "{no}");
    ada.delete(&format!("/projects/{project}")).expect(200);
    let closed = ada
        .post("/authz/explain", &json!({"action": "project_update", "resource": project}))
        .expect(200)
        .json();
    assert_eq!(
        (&closed["allowed"], &closed["policies"][0]["id"]),
        (&json!(false), &json!("archived-project"))
    );
}
