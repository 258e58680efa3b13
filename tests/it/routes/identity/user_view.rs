//! `GET /users/registry/{user_id}`, `GET /users/me` and `GET …/projects`.

use super::{NOBODY, fresh_name, record, said};
use crate::support::App;
use serde_json::json;

#[test]
fn a_record_has_what_the_registry_promises_and_no_more() {
    let app = App::start();
    let ada = app.researcher();
    let seen = ada.get(&record(&ada.user_id)).expect(200);
    let mut members: Vec<_> = seen.json().as_object().unwrap().keys().cloned().collect();
    members.sort_unstable();
    let wanted = [
        "access_expires_at",
        "created_at",
        "email",
        "full_name",
        "id",
        "institution",
        "last_active_at",
        "permissions",
        "preferences",
        "projects",
        "role",
        "status",
        "updated_at",
        "username",
    ];
    assert_eq!(members, wanted);
    let me = ada.get("/users/me").expect(200);
    assert_eq!((me.json(), me.etag()), (seen.json(), seen.etag()));
}

#[test]
fn people_see_themselves_and_administrators_see_their_institution() {
    let app = App::start();
    let ada = app.researcher();
    let elsewhere = app.institution();
    for (role, status) in [
        ("institution_admin", 200),
        ("institution_auditor", 200),
        ("system_admin", 200),
        ("researcher", 404),
        ("external", 404),
    ] {
        app.person("local", role).get(&record(&ada.user_id)).expect(status);
    }
    app.operator().get(&record(&ada.user_id)).expect(200);
    for role in ["institution_admin", "institution_auditor", "researcher"] {
        let stranger = app.person(&elsewhere, role);
        let hidden = stranger.get(&record(&ada.user_id)).expect_problem(404, "not_found");
        let missing = stranger.get(&record(NOBODY)).expect_problem(404, "not_found");
        assert_eq!(said(&hidden), said(&missing));
        assert_eq!(said(&stranger.get("/users/registry/ada")), said(&missing));
    }
}

#[test]
fn system_administrators_see_people_of_every_institution() {
    let app = App::start();
    let far = app.person(&app.institution(), "researcher");
    app.operator().get(&record(&far.user_id)).expect(200);
    app.person("local", "system_admin").get(&record(&far.user_id)).expect(200);
}

#[test]
fn somebodys_projects_are_for_them_and_their_administrators() {
    let app = App::start();
    let ada = app.researcher();
    let project = ada.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id");
    let path = format!("{}/projects", record(&ada.user_id));
    for caller in
        [&ada, &app.person("local", "institution_admin"), &app.person("local", "institution_auditor")]
    {
        let items = caller.all(&path);
        assert_eq!((items.len(), &items[0]["project_id"]), (1, &json!(project)));
    }
    app.researcher().get(&path).expect_problem(404, "not_found");
    app.person("local", "system_admin").get(&path).expect_problem(403, "forbidden");
}

#[test]
fn the_operator_has_no_record() {
    let app = App::start();
    app.operator().get("/users/me").expect_problem(404, "not_found");
}
