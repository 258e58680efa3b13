//! `GET /users/registry/{user_id}/projects`.

use super::{fresh_name, record};
use crate::support::App;
use serde_json::json;

#[test]
fn projects_are_listed_for_oneself_and_by_those_who_may_know_them() {
    let app = App::start();
    let ada = app.researcher();
    let mut made: Vec<String> = (0..3)
        .map(|_| ada.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id"))
        .collect();
    made.sort_unstable();
    let path = format!("{}/projects", record(&ada.user_id));
    let auditor = app.person("local", "institution_auditor");
    for reader in [&ada, &auditor, &app.person("local", "institution_admin")] {
        let listed = reader.all(&path);
        let ids: Vec<_> = listed.iter().map(|item| item["project_id"].as_str().unwrap()).collect();
        assert_eq!(ids, made);
        assert!(listed.iter().all(|item| item["role"] == "owner"));
    }
    app.researcher().get(&path).expect_problem(404, "not_found");
    app.operator().get(&path).expect_problem(403, "forbidden");
}

#[test]
fn who_may_not_list_projects_does_not_see_them_in_the_record() {
    let app = App::start();
    let ada = app.researcher();
    let project = ada.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id");
    let seen = |reader: &crate::support::Caller| reader.get(&record(&ada.user_id)).expect(200).json();
    assert_eq!(seen(&app.person("local", "institution_auditor"))["projects"], json!([project]));
    for reader in [app.operator(), app.person("local", "system_admin")] {
        assert_eq!(seen(&reader)["projects"], json!(null));
        let path = record(&ada.user_id);
        let changed = reader.patch(&path, "*", &json!({"permissions": ["beta"]})).expect(200);
        assert!(!changed.text().contains(&project), "{}", changed.text());
    }
}
