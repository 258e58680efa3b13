//! README's first walk, and ARCHITECTURE.md's three walkthroughs, over HTTP.

use crate::support::{App, app::PASSWORD};
use cws_local::world::Setup;
use serde_json::json;

fn with_templates() -> App {
    App::start_local(Setup { templates: true, ..Setup::for_tests() })
}

#[test]
fn a_person_comes_in_searches_reads_and_verifies_a_template_and_opens_a_project() {
    let app = with_templates();
    app.settle();
    let ada = app.named_person("local", "researcher", "ada");
    assert_eq!(ada.get("/users/me").expect(200).field("username"), "ada");

    let found = ada.get("/marketplace/templates/search?q=pyhton&limit=3").expect(200).json();
    assert!(!found["items"].as_array().unwrap().is_empty(), "{found}");
    let found = ada.get("/marketplace/templates/search?q=python-ml&limit=1").expect(200).json();
    assert_eq!(found["items"][0]["name"], "python-ml", "{found}");
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();

    let template = ada.get(&format!("/marketplace/templates/{id}")).expect(200).json();
    for member in [
        "id",
        "name",
        "version",
        "author",
        "category",
        "rating",
        "downloads",
        "description",
        "dependencies",
        "signature",
        "template",
        "created_at",
        "updated_at",
    ] {
        assert!(!template[member].is_null(), "`{member}` is missing in {template}");
    }

    let version = format!("/marketplace/templates/{id}/versions/{}", template["version"].as_str().unwrap());
    let manifest = ada.get(&format!("{version}/download")).expect(200).bytes;
    let bundle = ada.get(&format!("{version}/verification")).expect(200).bytes;
    let root = app.anonymous().get("/marketplace/trust-root").expect(200).bytes;
    let report = cws_platform::verify::verify_template_offline(&manifest, &bundle, &root).unwrap();
    assert!(report.is_clean(), "{report}");
    let mut spoiled = manifest.clone();
    spoiled[40] ^= 1;
    assert!(!cws_platform::verify::verify_template_offline(&spoiled, &bundle, &root).unwrap().is_clean());

    let project =
        ada.post_once("/projects", "my-first-project", &json!({"name": "River survey"})).expect(201);
    let again = ada.post_once("/projects", "my-first-project", &json!({"name": "River survey"})).expect(201);
    assert_eq!(project.field("id"), again.field("id"));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));

    let why = json!({"action": "user_create", "role": "researcher"});
    let why = ada.post("/authz/explain", &why).expect(200).json();
    assert_eq!(why["allowed"], false);
    assert!(!why["missing"].as_array().unwrap().is_empty(), "{why}");
}

#[test]
fn a_publishers_name_does_not_keep_the_program_from_starting() {
    let app = App::start_local(Setup::for_tests());
    let author = app.named_person("local", "researcher", "ada");
    author.post("/marketplace/namespaces", &json!({"name": "ada-lab"})).expect(201);
    let manifest = "name: Pyton\nslug: pyton-ml\ndescription: Somebody's own tools for machine learning\n\
        base: ubuntu-24.04\nversion: 1.0.0\npackage_manager: apt\npackages:\n  system: [jq]\n";
    let new = json!({
        "namespace": "ada-lab", "name": "pyton-ml", "version": "1.0.0", "template": manifest, "visibility": "public",
    });
    author.post("/marketplace/templates", &new).expect(201);
    let mut app = app;
    for start in ["with the name in the way", "once more"] {
        app = app.restart(Setup { templates: true, ..Setup::for_tests() });
        app.settle();
        let found = |name: &str| {
            let found = app.operator().get(&format!("/marketplace/templates/search?q={name}&limit=1"));
            found.expect(200).json()["items"][0]["name"].clone()
        };
        assert_eq!(found("ubuntu-24-04-base"), "ubuntu-24-04-base", "{start}");
        assert_ne!(found("python-ml"), "python-ml", "{start}: the one that is too close is left out");
    }
}

#[test]
fn an_author_publishes_a_version_that_anybody_can_verify() {
    let app = App::start();
    let author = app.researcher();
    let namespace = format!("lab-{}", &author.user_id[20..]);
    author.post("/marketplace/namespaces", &json!({"name": namespace})).expect(201);
    let manifest = "name: River tools\nslug: river-tools\ndescription: Python tools for river and catchment models\n\
        base: ubuntu-24.04\nversion: 1.0.0\npackage_manager: apt\npackages:\n  system: [gdal-bin, python3-numpy]\n";
    let new =
        json!({"namespace": namespace, "name": "river-tools", "version": "1.0.0", "template": manifest});
    let published = author.post("/marketplace/templates", &new).expect(201);
    let id = published.field("id");
    author.post("/marketplace/templates", &new).expect_problem(409, "name_taken");
    let next =
        json!({"version": "1.1.0", "template": manifest.replace("1.0.0", "1.1.0"), "changelog": "newer"});
    author.post(&format!("/marketplace/templates/{id}/versions"), &next).expect(201);
    app.settle();

    let version = format!("/marketplace/templates/{id}/versions/1.1.0");
    let manifest = author.get(&format!("{version}/download")).expect(200).bytes;
    let bundle = author.get(&format!("{version}/verification")).expect(200).bytes;
    let root = app.anonymous().get("/marketplace/trust-root").expect(200).bytes;
    let report = cws_platform::verify::verify_template_offline(&manifest, &bundle, &root).unwrap();
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_project_is_shared_by_role_and_the_share_counts_at_once() {
    let app = App::start();
    let (ada, bob) = (app.researcher(), app.researcher());
    let name = format!("Shared {}", ada.user_id);
    let id = ada.post("/projects", &json!({"name": name})).expect(201).field("id");
    let path = format!("/projects/{id}");
    bob.get(&path).expect_problem(404, "not_found");
    let share = json!({"user_id": bob.user_id, "role": "viewer"});
    ada.post(&format!("{path}/members"), &share).expect(201);
    bob.get(&path).expect(200);
    bob.patch(&path, "*", &json!({"description": "mine now"})).expect_problem(403, "forbidden");
    ada.delete(&format!("{path}/members/{}", bob.user_id)).expect(204);
    bob.get(&path).expect_problem(404, "not_found");
}

#[test]
fn nobody_is_let_in_with_a_password_that_is_not_theirs() {
    let app = App::start();
    app.named_person("local", "researcher", "grace");
    for (login, password) in [("grace", "not the one it was"), ("nobody", PASSWORD)] {
        let body = json!({"institution": "local", "login": login, "password": password});
        app.anonymous().post("/auth/sessions", &body).expect_problem(401, "sign_in_rejected");
    }
}
