//! `POST /authz/check`, `POST /authz/explain` and `GET /users/registry/{user_id}/permissions`.

use super::{NOBODY, fresh_name, record};
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
    let grant = json!({"action": "member_add", "resource": project, "role": "owner"});
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

#[test]
fn permissions_are_listed_for_oneself_and_by_administrators() {
    let app = App::start();
    let (ada, ben) = (app.researcher(), app.researcher());
    let project = open(&ada);
    let actions = |caller: &Caller, query: &str| -> Vec<String> {
        let path = format!("{}/permissions{query}", record(&ada.user_id));
        let answer = caller.get(&path).expect(200).json();
        assert_eq!(answer["user_id"], json!(ada.user_id));
        answer["actions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|action| action.as_str().unwrap().to_owned())
            .collect()
    };
    let own = actions(&ada, "");
    assert!(
        own.contains(&"project_create".to_owned()) && !own.contains(&"user_create".to_owned()),
        "{own:?}"
    );
    let query = format!("?resource={project}");
    let wanted = [
        "project_view",
        "project_update",
        "project_archive",
        "member_list",
        "member_add",
        "member_update",
        "member_remove",
    ];
    assert_eq!(actions(&ada, &query), wanted);
    assert_eq!(actions(&app.person("local", "institution_auditor"), &query), wanted);
    ben.get(&format!("{}/permissions", record(&ada.user_id))).expect_problem(404, "not_found");
    ada.get(&format!("{}/permissions?resource=nonsense", record(&ada.user_id)))
        .expect_problem(422, "invalid_field");
    ben.get(&format!("{}/permissions?resource={project}", record(&ben.user_id)))
        .expect_problem(404, "not_found");
}

#[test]
fn a_question_that_means_nothing_is_refused_and_named() {
    let app = App::start();
    let ada = app.researcher();
    for (question, pointer) in [
        (json!({"action": "fly"}), "/action"),
        (json!({"action": "project_view"}), "/resource"),
        (json!({"action": "user_create"}), "/role"),
        (json!({"action": "user_create", "role": "king"}), "/role"),
    ] {
        let refused = ada.post("/authz/check", &question).expect_problem(422, "invalid_field");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer);
    }
    ada.post("/authz/check", &json!({"action": "user_view", "resource": NOBODY}))
        .expect_problem(404, "not_found");
}
