//! `POST /users/registry`, and the first password.

use super::{fresh_name, new_user, record, sign_in};
use crate::support::{App, app::PASSWORD};
use serde_json::json;

#[test]
fn a_new_person_sets_a_password_and_signs_in() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let name = fresh_name("ada");
    let made = admin.post("/users/registry", &new_user(&name, "researcher")).expect(201);
    let user = made.json();
    assert_eq!((&user["username"], &user["institution"]), (&json!(name), &json!("local")));
    assert_eq!((&user["role"], &user["status"]), (&json!("researcher"), &json!("active")));
    assert_eq!((&user["projects"], &user["last_active_at"]), (&json!([]), &json!(null)));
    sign_in(&app, &name, PASSWORD).expect_problem(401, "sign_in_rejected");

    let setup = json!({"token": user["setup_token"], "password": PASSWORD});
    app.anonymous().post("/auth/password", &setup).expect(204);
    app.anonymous().post("/auth/password", &setup).expect_problem(422, "token_invalid");
    let opened = sign_in(&app, &name, PASSWORD).expect(201);
    assert_eq!(
        (opened.field("user_id"), opened.field("institution")),
        (made.field("id"), "local".to_owned())
    );
    let ada = app.anonymous().with_token(&opened.field("access_token"));
    let me = ada.get("/users/me").expect(200).json();
    assert_eq!(me["id"], user["id"]);
    assert!(me["last_active_at"].is_string(), "{me}");
    assert!(me.get("setup_token").is_none());
    assert_eq!(admin.get(made.header("location").unwrap()).expect(200).json()["username"], json!(name));
}

#[test]
fn the_setup_token_is_told_once_and_never_kept() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let body = new_user(&fresh_name("ada"), "researcher");
    let made = admin.post_once("/users/registry", "new-1", &body).expect(201);
    assert!(made.field("setup_token").len() > 32);
    let again = admin.post_once("/users/registry", "new-1", &body).expect_problem(409, "secret_delivered");
    assert!(!again.text().contains(&made.field("setup_token")));
    let seen = admin.get(&record(&made.field("id"))).expect(200).text();
    assert!(!seen.contains("setup_token") && !seen.contains(&made.field("setup_token")));
}

#[test]
fn user_names_and_addresses_are_given_once_in_an_institution() {
    let app = App::start();
    let operator = app.operator();
    let (first, second) = (fresh_name("ada"), fresh_name("ben"));
    operator.post("/users/registry", &new_user(&first, "researcher")).expect(201);
    for (field, value) in
        [("username", first.clone()), ("email", format!("{}@EXAMPLE.org", first.to_uppercase()))]
    {
        let mut body = new_user(&second, "researcher");
        body[field] = json!(value);
        let refused = operator.post("/users/registry", &body).expect_problem(409, "login_taken");
        assert_eq!(refused.json()["errors"][0]["pointer"], format!("/{field}"));
    }
    let mut elsewhere = new_user(&first, "researcher");
    elsewhere["institution"] = json!(app.institution());
    operator.post("/users/registry", &elsewhere).expect(201);
}

#[test]
fn administrators_add_people_up_to_their_own_role_in_their_own_institution() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    for role in ["researcher", "service_account", "institution_auditor", "institution_admin"] {
        admin.post("/users/registry", &new_user(&fresh_name("new"), role)).expect(201);
    }
    admin
        .post("/users/registry", &new_user(&fresh_name("new"), "system_admin"))
        .expect_problem(403, "forbidden");
    let mut elsewhere = new_user(&fresh_name("new"), "researcher");
    elsewhere["institution"] = json!(app.institution());
    let hidden = admin.post("/users/registry", &elsewhere).expect_problem(404, "not_found");
    elsewhere["institution"] = json!("never-was");
    let missing = admin.post("/users/registry", &elsewhere).expect_problem(404, "not_found");
    assert_eq!(super::said(&hidden), super::said(&missing));
    for role in ["researcher", "institution_auditor", "external"] {
        let person = app.person("local", role);
        person.post("/users/registry", &new_user(&fresh_name("new"), "external")).expect(403);
    }
    app.person("local", "system_admin")
        .post("/users/registry", &new_user(&fresh_name("new"), "system_admin"))
        .expect(201);
}

#[test]
fn an_external_collaborator_has_an_end_and_nobody_else_has() {
    let app = App::start();
    let operator = app.operator();
    let with = |role: &str, end: serde_json::Value| {
        let mut body = new_user(&fresh_name("guest"), role);
        body["access_expires_at"] = end;
        operator.post("/users/registry", &body)
    };
    with("external", json!("2999-01-01T00:00:00Z")).expect(201);
    for refused in [
        with("external", json!(null)),
        with("external", json!("2020-01-01T00:00:00Z")),
        with("researcher", json!("2999-01-01T00:00:00Z")),
    ] {
        let refused = refused.expect_problem(422, "invalid_field");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/access_expires_at");
    }
}

#[test]
fn what_the_server_decides_cannot_be_sent() {
    let app = App::start();
    for (field, value) in [
        ("id", json!("usr_00000000000000000000000000")),
        ("status", json!("active")),
        ("permissions", json!(["*"])),
        ("mfa_enrolled", json!(true)),
        ("password", json!(PASSWORD)),
        ("issuer", json!("https://elsewhere.example")),
    ] {
        let mut body = new_user(&fresh_name("sly"), "researcher");
        body[field] = value;
        let refused = app.operator().post("/users/registry", &body).expect_problem(400, "malformed_request");
        assert!(refused.json()["errors"][0].to_string().contains(field), "{}", refused.text());
    }
    for (field, bad) in [
        ("username", "A"),
        ("username", "Ada Lovelace"),
        ("email", "ada"),
        ("full_name", ""),
        ("role", "king"),
    ] {
        let mut body = new_user(&fresh_name("bad"), "researcher");
        body[field] = json!(bad);
        let refused = app.operator().post("/users/registry", &body).expect_problem(400, "malformed_request");
        assert_eq!(refused.json()["errors"][0]["pointer"], format!("/{field}"));
    }
}

#[test]
fn a_first_password_keeps_the_policy_and_a_refused_one_does_not_use_the_token_up() {
    let app = App::start();
    let name = fresh_name("adalovelace");
    let made = app.operator().post("/users/registry", &new_user(&name, "researcher")).expect(201);
    let set = |password: &str| {
        app.anonymous()
            .post("/auth/password", &json!({"token": made.field("setup_token"), "password": password}))
    };
    for bad in ["short", "eleven char", &"x".repeat(129), &"a".repeat(20), &format!("i am {name}!")] {
        let refused = set(bad).expect_problem(422, "password_refused");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/password");
        assert!(!refused.text().contains(&made.field("setup_token")));
    }
    set(PASSWORD).expect(204);
    sign_in(&app, &name, PASSWORD).expect(201);
}
