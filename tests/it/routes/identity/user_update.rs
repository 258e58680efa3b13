//! `PATCH /users/registry/{user_id}`.

use super::{NOBODY, Person, fresh_name, letters::letters, new_user, record, said, sign_in, tokens};
use crate::support::{App, app::PASSWORD, clock::MovedClock};
use cws_local::world::Setup;
use serde_json::json;
use std::sync::Arc;

#[test]
fn people_change_their_own_name_and_address_and_sign_in_with_it() {
    let app = App::start();
    let name = fresh_name("ada");
    let ada = app.named_person("local", "researcher", &name);
    let etag = ada.get("/users/me").etag();
    let address = format!("{}@example.net", fresh_name("new"));
    let body = json!({"full_name": "Ada King", "email": address});
    let changed = ada.patch(&record(&ada.user_id), &etag, &body).expect(200);
    assert_eq!(
        (changed.field("full_name"), changed.field("email")),
        ("Ada King".to_owned(), address.clone())
    );
    sign_in(&app, &address, PASSWORD).expect(201);
    sign_in(&app, &format!("{name}@example.org"), PASSWORD).expect_problem(401, "sign_in_rejected");
    let mut other = new_user(&fresh_name("ben"), "researcher");
    other["email"] = json!(format!("{name}@example.org"));
    app.operator().post("/users/registry", &other).expect(201);
    ada.patch(&record(&ada.user_id), &etag, &json!({"full_name": "X"}))
        .expect_problem(412, "precondition_failed");
}

#[test]
fn an_address_that_is_taken_is_refused() {
    let app = App::start();
    let name = fresh_name("ben");
    app.named_person("local", "researcher", &name);
    let ada = app.researcher();
    let body = json!({"email": format!("{}@Example.org", name.to_uppercase())});
    let refused = ada.patch(&record(&ada.user_id), "*", &body).expect_problem(409, "login_taken");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/email");
}

#[test]
fn nobody_changes_their_own_role() {
    let app = App::start();
    for role in ["researcher", "institution_auditor", "institution_admin", "system_admin"] {
        let person = app.person("local", role);
        for body in [
            json!({"role": "system_admin"}),
            json!({"role": role}),
            json!({"permissions": ["template_publish"]}),
        ] {
            person.patch(&record(&person.user_id), "*", &body).expect_problem(403, "forbidden");
        }
        assert_eq!(person.get("/users/me").expect(200).field("role"), role);
    }
}

#[test]
fn administrators_change_roles_up_to_their_own() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let ada = app.researcher();
    let path = record(&ada.user_id);
    for (role, status) in
        [("institution_auditor", 200), ("institution_admin", 200), ("researcher", 200), ("system_admin", 403)]
    {
        admin.patch(&path, "*", &json!({"role": role})).expect(status);
    }
    let boss = app.person("local", "system_admin");
    admin.patch(&record(&boss.user_id), "*", &json!({"role": "researcher"})).expect_problem(403, "forbidden");
    boss.patch(&path, "*", &json!({"role": "system_admin"})).expect(200);
    for by in [app.researcher(), app.person("local", "external")] {
        by.patch(&path, "*", &json!({"role": "researcher"})).expect_problem(404, "not_found");
    }
    app.person("local", "institution_auditor")
        .patch(&path, "*", &json!({"role": "researcher"}))
        .expect_problem(403, "forbidden");
}

#[test]
fn a_new_role_holds_from_the_next_request() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let ada = app.researcher();
    ada.get("/users/registry").expect_problem(403, "forbidden");
    admin.patch(&record(&ada.user_id), "*", &json!({"role": "institution_auditor"})).expect(200);
    ada.get("/users/registry").expect(200);
    admin.patch(&record(&ada.user_id), "*", &json!({"role": "researcher"})).expect(200);
    ada.get("/users/registry").expect_problem(403, "forbidden");
}

#[test]
fn the_administrator_of_one_institution_does_not_touch_another() {
    let app = App::start();
    let ada = app.researcher();
    let admin = app.person(&app.institution(), "institution_admin");
    let body = json!({"full_name": "Mallory"});
    let hidden = admin.patch(&record(&ada.user_id), "*", &body).expect_problem(404, "not_found");
    let missing = admin.patch(&record(NOBODY), "*", &body).expect_problem(404, "not_found");
    assert_eq!(said(&hidden), said(&missing));
    for action in ["deactivate", "reactivate"] {
        admin
            .post(&format!("{}/{action}", record(&ada.user_id)), &json!({}))
            .expect_problem(404, "not_found");
    }
    admin.get(&format!("{}/permissions", record(&ada.user_id))).expect_problem(404, "not_found");
    admin
        .put(&format!("{}/preferences", record(&ada.user_id)), "*", &json!({}))
        .expect_problem(404, "not_found");
    assert_eq!(ada.get("/users/me").expect(200).field("full_name"), "A Person");
}

#[test]
fn a_guest_has_an_end_and_loses_it_with_the_role() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let ada = app.researcher();
    let path = record(&ada.user_id);
    let refused = admin.patch(&path, "*", &json!({"role": "external"})).expect_problem(422, "invalid_field");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/access_expires_at");
    let end = json!({"role": "external", "access_expires_at": "2999-01-01T00:00:00Z"});
    assert_eq!(
        admin.patch(&path, "*", &end).expect(200).field("access_expires_at"),
        "2999-01-01T00:00:00.000Z"
    );
    let back = admin.patch(&path, "*", &json!({"role": "researcher"})).expect(200);
    assert_eq!(back.json()["access_expires_at"], json!(null));
    admin
        .patch(&path, "*", &json!({"role": "external", "access_expires_at": "2020-01-01T00:00:00Z"}))
        .expect(200);
    ada.get("/users/me").expect_problem(404, "not_found");
    sign_in(&app, "anybody", PASSWORD).expect_problem(401, "sign_in_rejected");
}

#[test]
fn what_the_server_decides_cannot_be_changed() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let ada = app.researcher();
    for (field, value) in [
        ("id", json!(NOBODY)),
        ("institution", json!("elsewhere")),
        ("username", json!("root")),
        ("status", json!("active")),
        ("mfa_enrolled", json!(false)),
        ("valid_after", json!(null)),
    ] {
        let refused = admin.patch(&record(&ada.user_id), "*", &json!({field: value}));
        let refused = refused.expect_problem(400, "malformed_request");
        assert!(refused.json()["errors"][0].to_string().contains(field), "{}", refused.text());
    }
}

#[test]
fn an_address_that_was_refused_signs_nobody_in() {
    let app = App::start();
    for _ in 0..3 {
        let ada = app.researcher();
        let path = format!("/users/registry/{}", ada.user_id);
        let etag = ada.get(&path).expect(200).etag();
        let fresh: Vec<String> = (0..4).map(|n| format!("w{n}-{}@example.org", &ada.user_id[10..])).collect();
        let statuses: Vec<(String, u16)> = std::thread::scope(|scope| {
            let change = |email: &String| ada.patch(&path, &etag, &json!({"email": email})).status;
            let running: Vec<_> =
                fresh.iter().map(|email| (email, scope.spawn(move || change(email)))).collect();
            running.into_iter().map(|(email, thread)| (email.clone(), thread.join().unwrap())).collect()
        });
        assert_eq!(statuses.iter().filter(|(_, status)| *status == 200).count(), 1, "{statuses:?}");
        for (email, status) in statuses {
            let login = json!({"institution": "local", "login": email, "password": PASSWORD});
            let signed_in = app.anonymous().post("/auth/sessions", &login).status;
            assert_eq!(signed_in == 201, status == 200, "{email}: changed {status}, signed in {signed_in}");
        }
    }
}

#[test]
fn a_changed_address_takes_a_fresh_sign_in_and_is_told_to_the_old_one() {
    let clock = MovedClock::new();
    let person = Person::on(App::start_local(Setup { clock: Arc::new(clock.clone()), ..Setup::for_tests() }));
    let path = record(&person.caller.user_id);
    let (address, old) =
        (format!("{}@example.net", fresh_name("new")), format!("{}@example.org", person.name));
    let (_, refresh) = tokens(&person.app, &person.name);
    let admin = person.app.person("local", "institution_admin");
    clock.advance_s(14 * 60);
    assert!(!letters(&person.app).contains(&old));
    person.caller.patch(&path, "*", &json!({"email": address})).expect(200);
    let sent = letters(&person.app);
    assert!(sent.contains(&format!("To: {old}")) && !sent.contains(&address), "{sent}");
    clock.advance_s(90);
    let next = json!({"refresh_token": refresh});
    let next = person.app.anonymous().post("/auth/sessions/refresh", &next).expect(200);
    let stale = person.caller.with_token(&next.field("access_token"));
    stale.patch(&path, "*", &json!({"email": old})).expect_problem(403, "forbidden");
    stale.patch(&path, "*", &json!({"email": address, "full_name": "Ada King"})).expect(200);
    admin.patch(&path, "*", &json!({"email": old})).expect_problem(401, "unauthenticated");
    person.app.operator().patch(&path, "*", &json!({"email": old})).expect(200);
}

#[test]
fn an_end_of_access_is_for_external_collaborators_alone() {
    let app = App::start();
    let (admin, ada) = (app.person("local", "institution_admin"), app.researcher());
    let body = json!({"access_expires_at": "2999-01-01T00:00:00Z"});
    let refused = admin.patch(&record(&ada.user_id), "*", &body).expect_problem(422, "invalid_field");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/access_expires_at");
}
