//! `GET /users/registry/{user_id}/permissions`.

use super::{fresh_name, record};
use crate::support::{App, Caller};
use serde_json::json;

fn open(owner: &Caller) -> String {
    owner.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id")
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
fn a_system_administrator_sees_what_people_of_any_institution_may_do() {
    let app = App::start();
    let elsewhere = app.institution();
    let far = app.person(&elsewhere, "institution_admin");
    for admin in [app.operator(), app.person("local", "system_admin")] {
        let seen = admin.get(&format!("{}/permissions", record(&far.user_id))).expect(200).json();
        assert_eq!(seen["resource"], json!(elsewhere));
        assert!(seen["actions"].as_array().unwrap().contains(&json!("user_list")), "{seen}");
    }
    let near = app.person("local", "institution_admin");
    near.get(&format!("{}/permissions", record(&far.user_id))).expect_problem(404, "not_found");
}
