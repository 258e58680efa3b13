//! `/institutions` and `/institutions/{institution_id}`.

use super::{fresh_name, said};
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
fn people_see_their_own_institution_and_no_other() {
    let app = App::start();
    let (home, elsewhere) = (app.institution(), app.institution());
    let (ada, admin) = (app.person(&home, "researcher"), app.person(&home, "institution_admin"));
    for person in [&ada, &admin] {
        person.get(&format!("/institutions/{home}")).expect(200);
        let hidden = person.get(&format!("/institutions/{elsewhere}")).expect_problem(404, "not_found");
        let missing = person.get("/institutions/never-was").expect_problem(404, "not_found");
        assert_eq!(said(&hidden), said(&missing));
        let listed = person.all("/institutions");
        assert_eq!((listed.len(), &listed[0]["id"]), (1, &json!(home)));
    }
    let all = app.operator().all("/institutions");
    for id in [&home, &elsewhere] {
        assert!(all.iter().any(|row| row["id"] == json!(id)));
    }
}

#[test]
fn administrators_change_their_own_institution() {
    let app = App::start();
    let (home, elsewhere) = (app.institution(), app.institution());
    let admin = app.person(&home, "institution_admin");
    let path = format!("/institutions/{home}");
    let etag = admin.get(&path).etag();
    let body = json!({"name": "New Name", "features": {"gpu": true}, "accepted_publishers": ["core"]});
    let changed = admin.patch(&path, &etag, &body).expect(200);
    assert_eq!(
        (changed.field("name"), changed.json()["features"].clone()),
        ("New Name".to_owned(), json!({"gpu": true}))
    );
    admin.patch(&path, &etag, &body).expect_problem(412, "precondition_failed");
    admin.patch(&format!("/institutions/{elsewhere}"), "*", &body).expect_problem(404, "not_found");
    app.person(&home, "researcher").patch(&path, "*", &body).expect_problem(403, "forbidden");
    app.person(&home, "institution_auditor").patch(&path, "*", &body).expect_problem(403, "forbidden");
    app.operator().patch(&path, "*", &json!({"regions": ["eu-west-1"]})).expect(200);
    let refused = admin.patch(&path, "*", &json!({"id": "other"})).expect_problem(400, "malformed_request");
    assert!(refused.text().contains("id"));
}
