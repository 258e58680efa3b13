//! `PATCH /projects/{project_id}`.

use super::{Crew, NOWHERE, at_once, fresh_name, open, said, statuses};
use crate::support::App;
use serde_json::json;

#[test]
fn a_change_changes_what_it_names_and_nothing_else() {
    let crew = Crew::new();
    let before = crew.project();
    let etag = crew.owner.get(&crew.path()).etag();
    let body = json!({"description": "New", "tags": {"grant": "X"}});
    let changed = crew.owner.patch(&crew.path(), &etag, &body).expect(200);
    let mut wanted = before.clone();
    wanted["description"] = json!("New");
    wanted["tags"] = json!({"grant": "X"});
    wanted["updated_at"] = changed.json()["updated_at"].clone();
    assert_eq!(changed.json(), wanted);
    let seen = crew.owner.get(&crew.path()).expect(200);
    assert_eq!((seen.json(), seen.etag()), (wanted, changed.etag()));
    assert_ne!(changed.etag(), etag);
}

#[test]
fn a_change_says_what_it_was_made_from() {
    let app = App::start();
    let ada = app.researcher();
    let path = format!("/projects/{}", open(&ada));
    let body = json!({"description": "New"});
    let text = body.to_string();
    let blind = ada.send("PATCH", &path, &[("content-type", "application/json")], Some(text.as_bytes()));
    blind.expect_problem(428, "precondition_required");
    let old = ada.get(&path).etag();
    ada.patch(&path, &old, &body).expect(200);
    let stale =
        ada.patch(&path, &old, &json!({"description": "Newer"})).expect_problem(412, "precondition_failed");
    assert_eq!(stale.etag(), ada.get(&path).etag());
    ada.patch(&path, "\"com_00000000000000000000000000\"", &body).expect_problem(412, "precondition_failed");
    assert_eq!(ada.get(&path).field("description"), "New");
    ada.patch(&path, "*", &json!({"description": "Newest"})).expect(200);
    ada.patch(&path, &format!("\"x\", {}", ada.get(&path).etag()), &json!({"description": "Last"}))
        .expect(200);
}

#[test]
fn of_two_changes_made_from_one_state_one_is_refused() {
    let app = App::start();
    let ada = app.researcher();
    let path = format!("/projects/{}", open(&ada));
    for round in 0..10 {
        let etag = ada.get(&path).etag();
        let (ada, path, etag) = (&ada, &path, &etag);
        let change = |who: u32| {
            let body = json!({"description": format!("{who} in {round}")});
            move || ada.patch(path, etag, &body)
        };
        let replies = at_once((0..4).map(change).collect());
        assert_eq!(statuses(&replies), [200, 412, 412, 412]);
        let won = replies.iter().find(|reply| reply.status == 200).unwrap();
        assert_eq!(ada.get(path).json(), won.json());
    }
}

#[test]
fn owners_and_managers_change_a_project_and_others_do_not() {
    let crew = Crew::new();
    let admin = crew.app.person("local", "institution_admin");
    for (person, status) in [
        (&crew.owner, 200),
        (&crew.manager, 200),
        (&admin, 200),
        (&crew.member, 403),
        (&crew.viewer, 403),
        (&crew.app.person("local", "institution_auditor"), 403),
        (&crew.app.researcher(), 404),
        (&crew.app.person(&crew.app.institution(), "institution_admin"), 404),
        (&crew.app.operator(), 404),
    ] {
        person.patch(&crew.path(), "*", &json!({"description": "x"})).expect(status);
    }
    let stranger = crew.app.researcher();
    let hidden = stranger.patch(&crew.path(), "*", &json!({"description": "x"}));
    let missing = stranger.patch(&format!("/projects/{NOWHERE}"), "*", &json!({"description": "x"}));
    assert_eq!(said(&hidden), said(&missing));
}

#[test]
fn a_new_name_moves_the_claim() {
    let app = App::start();
    let ada = app.researcher();
    let (first, second) = (fresh_name("First"), fresh_name("Second"));
    let made = ada.post("/projects", &json!({"name": first})).expect(201);
    let path = format!("/projects/{}", made.field("id"));
    ada.patch(&path, "*", &json!({"name": second})).expect(200);
    ada.post("/projects", &json!({"name": second})).expect_problem(409, "project_name_taken");
    let other = ada.post("/projects", &json!({"name": first})).expect(201);
    ada.patch(&path, "*", &json!({"name": first})).expect_problem(409, "project_name_taken");
    assert_eq!(ada.get(&path).field("name"), second);
    ada.patch(&format!("/projects/{}", other.field("id")), "*", &json!({"name": first.to_uppercase()}))
        .expect(200);
    ada.post("/projects", &json!({"name": first})).expect_problem(409, "project_name_taken");
}

#[test]
fn what_the_server_decides_cannot_be_changed() {
    let app = App::start();
    let ada = app.researcher();
    let path = format!("/projects/{}", open(&ada));
    for (field, value) in [
        ("institution", json!("elsewhere")),
        ("owner_count", json!(5)),
        ("status", json!("archived")),
        ("archived_at", json!("2020-01-01T00:00:00Z")),
        ("created_by", json!("usr_00000000000000000000000000")),
    ] {
        let refused = ada.patch(&path, "*", &json!({field: value})).expect_problem(400, "malformed_request");
        assert!(refused.json()["errors"][0].to_string().contains(field), "{}", refused.text());
    }
    ada.patch(&path, "*", &json!({"tags": {"aws:x": "y"}})).expect_problem(422, "invalid_field");
    ada.patch(&path, "*", &json!({"description": "x".repeat(1001)})).expect_problem(400, "malformed_request");
}
