//! `POST /institutions`.

use super::fresh_name;
use crate::support::App;
use serde_json::json;

#[test]
fn system_administrators_open_institutions_and_nobody_else_does() {
    let app = App::start();
    let id = fresh_name("uni");
    let body = json!({"id": id, "name": "A University", "regions": ["eu-central-2"]});
    let made = app.operator().post("/institutions", &body).expect(201);
    assert_eq!((made.field("id"), made.json()["regions"].clone()), (id.clone(), json!(["eu-central-2"])));
    assert_eq!(app.operator().get(made.header("location").unwrap()).expect(200).json(), made.json());
    app.operator().post("/institutions", &body).expect_problem(409, "institution_exists");
    let other = json!({"id": fresh_name("uni"), "name": "Another"});
    app.person("local", "system_admin").post("/institutions", &other).expect(201);
    for role in ["institution_admin", "institution_auditor", "researcher", "external"] {
        let refused =
            app.person("local", role).post("/institutions", &json!({"id": fresh_name("uni"), "name": "X"}));
        assert!(matches!(refused.status, 403 | 404), "{role}: {}", refused.text());
    }
    for bad in ["A", "-a", "a--b", "a b", "x"] {
        app.operator()
            .post("/institutions", &json!({"id": bad, "name": "X"}))
            .expect_problem(400, "malformed_request");
    }
}

#[test]
fn more_regions_than_there_are_is_refused_and_named() {
    let app = App::start();
    let regions: Vec<String> = (0..101).map(|number| format!("eu-{number}")).collect();
    let body = json!({"id": fresh_name("uni"), "name": "X", "regions": regions});
    let refused = app.operator().post("/institutions", &body).expect_problem(422, "invalid_field");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/regions");
}
