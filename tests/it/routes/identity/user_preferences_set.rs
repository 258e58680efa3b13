//! `PUT /users/registry/{user_id}/preferences`.

use super::record;
use crate::support::App;
use serde_json::json;

#[test]
fn settings_are_replaced_whole_and_read_back() {
    let app = App::start();
    let ada = app.researcher();
    let path = format!("{}/preferences", record(&ada.user_id));
    let first = json!({"theme": "dark", "sizes": {"default": "M"}});
    let etag = ada.get("/users/me").etag();
    let set = ada.put(&path, &etag, &first).expect(200);
    assert_eq!(set.json(), first);
    let me = ada.get("/users/me").expect(200);
    assert_eq!((me.json()["preferences"].clone(), me.etag()), (first, set.etag()));
    ada.put(&path, &etag, &json!({})).expect_problem(412, "precondition_failed");
    ada.put(&path, &set.etag(), &json!({"lang": "de"})).expect(200);
    assert_eq!(ada.get("/users/me").expect(200).json()["preferences"], json!({"lang": "de"}));
    let blind = ada.send("PUT", &path, &[("content-type", "application/json")], Some(b"{}"));
    blind.expect_problem(428, "precondition_required");
}

#[test]
fn there_are_at_most_64_names_and_16_kib() {
    let app = App::start();
    let ada = app.researcher();
    let path = format!("{}/preferences", record(&ada.user_id));
    let named = |count: usize| {
        json!((0..count).map(|n| (n.to_string(), json!(n))).collect::<serde_json::Map<_, _>>())
    };
    ada.put(&path, "*", &named(64)).expect(200);
    ada.put(&path, "*", &named(65)).expect_problem(422, "invalid_field");
    let sized = |bytes: usize| json!({"x": "y".repeat(bytes - r#"{"x":""}"#.len())});
    ada.put(&path, "*", &sized(16 * 1024)).expect(200);
    ada.put(&path, "*", &sized(16 * 1024 + 1)).expect_problem(422, "invalid_field");
    assert_eq!(ada.get("/users/me").expect(200).json()["preferences"], sized(16 * 1024));
    for bad in [json!([]), json!("x"), json!(null)] {
        ada.put(&path, "*", &bad).expect_problem(400, "malformed_request");
    }
}

#[test]
fn everybody_keeps_their_own_and_nobody_elses() {
    let app = App::start();
    let ada = app.researcher();
    let path = format!("{}/preferences", record(&ada.user_id));
    for (role, status) in [("institution_admin", 403), ("system_admin", 403), ("researcher", 404)] {
        app.person("local", role).put(&path, "*", &json!({"theme": "mine"})).expect(status);
    }
    let auditor = app.person("local", "institution_auditor");
    auditor
        .put(&format!("{}/preferences", record(&auditor.user_id)), "*", &json!({"theme": "dark"}))
        .expect(200);
}
