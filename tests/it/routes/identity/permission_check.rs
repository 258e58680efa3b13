//! `POST /authz/check`. For every action that gives a role, see `permission_check_grants.rs`.

use super::{NOBODY, fresh_name};
use crate::support::{App, Caller};
use serde_json::{Value, json};

fn open(owner: &Caller) -> String {
    owner.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id")
}

fn may(caller: &Caller, question: Value) -> bool {
    let answer = caller.post("/authz/check", &question).expect(200).json();
    answer["allowed"].as_bool().unwrap()
}

#[test]
fn a_check_answers_what_the_route_does() {
    let app = App::start();
    let (ada, guest) = (app.researcher(), app.person("local", "external"));
    assert!(may(&ada, json!({"action": "project_create"})));
    assert!(!may(&guest, json!({"action": "project_create"})));
    let project = open(&ada);
    let member = json!({"user_id": guest.user_id, "role": "viewer"});
    ada.post(&format!("/projects/{project}/members"), &member).expect(201);
    for (action, owner, viewer) in
        [("project_view", true, true), ("project_update", true, false), ("project_archive", true, false)]
    {
        assert_eq!(may(&ada, json!({"action": action, "resource": project})), owner, "{action}");
        assert_eq!(may(&guest, json!({"action": action, "resource": project})), viewer, "{action}");
    }
    let grant = json!({
        "action": "member_add", "resource": project, "role": "owner", "target_user_id": app.researcher().user_id,
    });
    assert!(may(&ada, grant.clone()) && !may(&guest, grant));
    ada.delete(&format!("/projects/{project}")).expect(200);
    assert!(!may(&ada, json!({"action": "project_update", "resource": project})));
}

#[test]
fn a_question_about_somebody_else_is_for_those_who_see_their_permissions() {
    let app = App::start();
    let (ada, ben) = (app.researcher(), app.researcher());
    let question = json!({"action": "project_create", "user_id": ada.user_id});
    assert!(may(&app.person("local", "institution_auditor"), question.clone()));
    assert!(may(&ada, question.clone()));
    ben.post("/authz/check", &question).expect_problem(404, "not_found");
    app.person(&app.institution(), "institution_admin")
        .post("/authz/check", &question)
        .expect_problem(404, "not_found");
}

#[test]
fn what_may_not_be_seen_cannot_be_asked_about() {
    let app = App::start();
    let project = open(&app.researcher());
    let elsewhere = app.person(&app.institution(), "institution_admin");
    for stranger in [app.researcher(), elsewhere] {
        for resource in [project.as_str(), "prj_00000000000000000000000000"] {
            for path in ["/authz/check", "/authz/explain"] {
                let question = json!({"action": "project_view", "resource": resource});
                stranger.post(path, &question).expect_problem(404, "not_found");
            }
        }
    }
}

#[test]
fn a_question_that_means_nothing_is_refused_and_named() {
    let app = App::start();
    let ada = app.researcher();
    let project = open(&ada);
    for (question, pointer) in [
        (json!({"action": "fly"}), "/action"),
        (json!({"action": "project_view"}), "/resource"),
        (json!({"action": "member_add", "resource": project, "role": "viewer"}), "/target_user_id"),
        (json!({"action": "member_add", "resource": project, "target_user_id": NOBODY}), "/role"),
        (
            json!({"action": "member_remove", "resource": project, "role": "viewer", "target_user_id": ada.user_id}),
            "/role",
        ),
        (json!({"action": "user_create", "role": "king"}), "/role"),
    ] {
        let refused = ada.post("/authz/check", &question).expect_problem(422, "invalid_field");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer);
    }
    ada.post("/authz/check", &json!({"action": "user_view", "resource": NOBODY}))
        .expect_problem(404, "not_found");
}
