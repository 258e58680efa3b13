//! `PATCH /institutions/{institution_id}`.

use crate::support::App;
use serde_json::{Value, json};

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

#[test]
fn settings_that_no_row_has_room_for_are_refused_and_named() {
    let app = App::start();
    let home = app.institution();
    let admin = app.person(&home, "institution_admin");
    let path = format!("/institutions/{home}");
    let many = |count: usize| (0..count).map(|n| (format!("n{n}"), json!(true)));
    let names = (0..101).map(|n| json!(format!("n{n}"))).collect::<Vec<_>>();
    for (field, value) in [
        ("defaults", json!({"text": "x".repeat(450 * 1024)})),
        ("defaults", json!({"x".repeat(450 * 1024): 1})),
        ("defaults", Value::Object(many(101).collect())),
        ("features", json!({"x".repeat(450 * 1024): true})),
        ("features", Value::Object(many(101).collect())),
        ("regions", json!(names)),
        ("accepted_publishers", json!(names)),
    ] {
        let refused = admin.patch(&path, "*", &json!({field: value})).expect_problem(422, "invalid_field");
        assert_eq!(refused.json()["errors"][0]["pointer"], format!("/{field}"));
    }
    let fits =
        json!({"defaults": {"text": "x".repeat(60 * 1024)}, "features": Value::Object(many(100).collect())});
    admin.patch(&path, "*", &fits).expect(200);
}
