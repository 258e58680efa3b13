//! What signing in changes, and the record of it, are one commit: a conflict runs the route again from where
//! everything was, and a full store leaves nothing half done.

use super::{
    OTHER_PASSWORD, Person,
    authenticator::code,
    fresh_name,
    letters::{ask, mailed},
    new_user, record, sign_in,
};
use crate::support::{
    App,
    app::PASSWORD,
    inside::{Fault, Faulty, Inside},
};
use cws_authz::Authorizer;
use serde_json::{Value, json};
use std::sync::Arc;

/// A request that is about to be made, and what is true once it took effect.
struct Case {
    action: &'static str,
    status: u16,
    method: &'static str,
    path: String,
    token: Option<String>,
    body: Value,
    about: String,
}

fn broken(app: &App, fault: Fault) -> (Arc<Faulty>, Inside) {
    let store = Faulty::over(app);
    store.fail_next(fault);
    (store.clone(), Inside::new(app, store, Authorizer::new().unwrap()))
}

/// How many records of a thing are in the audit log.
fn on_record(app: &App, case: &Case) -> usize {
    let auditor = app.person("local", "institution_auditor");
    let records = auditor.all(&format!("/audit?subject={}&action={}", case.about, case.action));
    records.iter().filter(|record| record["outcome"] == "done").count()
}

fn cases(person: &Person) -> Vec<Case> {
    let (app, me) = (&person.app, person.caller.user_id.clone());
    let token = person.caller.token.clone();
    let setup =
        app.operator().post("/users/registry", &new_user(&fresh_name("new"), "researcher")).expect(201);
    let other = fresh_name("other");
    let helped = app.named_person("local", "researcher", &other);
    let asked = json!({"institution": "local", "login": other});
    app.anonymous().post("/auth/password/reset", &asked).expect(200);
    let reset = mailed(person).pop().unwrap();
    let login = json!({"institution": "local", "login": person.name, "password": PASSWORD});
    let secret = person.caller.post("/auth/mfa", &json!({})).expect(200).field("secret");
    let case = |action, status, method, path: &str, token: Option<&String>, body, about: &str| Case {
        action,
        status,
        method,
        path: path.to_owned(),
        token: token.cloned(),
        body,
        about: about.to_owned(),
    };
    let public = |action, status, path, body, about| case(action, status, "POST", path, None, body, about);
    let admin = app.person("local", "institution_admin");
    vec![
        public(
            "password.set",
            204,
            "/auth/password",
            json!({"token": setup.field("setup_token"), "password": PASSWORD}),
            &setup.field("id"),
        ),
        public(
            "password.reset",
            204,
            "/auth/password/reset/confirm",
            json!({"token": reset, "password": OTHER_PASSWORD}),
            &helped.user_id,
        ),
        public("session.created", 201, "/auth/sessions", login, &me),
        case(
            "user.updated",
            200,
            "PATCH",
            &record(&me),
            token.as_ref(),
            json!({"email": format!("{}@example.net", fresh_name("moved"))}),
            &me,
        ),
        case(
            "mfa.activated",
            200,
            "POST",
            "/auth/mfa/verify",
            token.as_ref(),
            json!({"code": code(&secret, 0)}),
            &me,
        ),
        case(
            "user.deactivated",
            200,
            "POST",
            &format!("{}/deactivate", record(&helped.user_id)),
            admin.token.as_ref(),
            json!({}),
            &helped.user_id,
        ),
    ]
}

#[test]
fn after_a_conflict_the_request_is_done_once_and_recorded_once() {
    let person = Person::new();
    for case in cases(&person) {
        let before = on_record(&person.app, &case);
        let (store, inside) = broken(&person.app, Fault::Conflict);
        let (status, body) = inside.send(case.method, &case.path, case.token.as_deref(), Some(&case.body));
        assert_eq!(status, case.status, "{}: {body}", case.action);
        assert!(store.is_used_up(), "{}", case.action);
        assert_eq!(on_record(&person.app, &case), before + 1, "{}", case.action);
    }
}

#[test]
fn a_full_store_leaves_nothing_half_done() {
    let person = Person::new();
    for case in cases(&person) {
        let before = on_record(&person.app, &case);
        let (store, inside) = broken(&person.app, Fault::Full);
        let send = || inside.send(case.method, &case.path, case.token.as_deref(), Some(&case.body));
        let (status, body) = send();
        assert_eq!((status, body["code"].as_str()), (507, Some("storage_full")), "{}", case.action);
        assert!(store.is_used_up(), "{}", case.action);
        assert_eq!(on_record(&person.app, &case), before, "{}", case.action);
        // The token, the code and the old state are as good as before.
        let (status, body) = send();
        assert_eq!(status, case.status, "{}: {body}", case.action);
        assert_eq!(on_record(&person.app, &case), before + 1, "{}", case.action);
    }
}

#[test]
fn a_changed_password_is_recorded_or_not_changed() {
    for fault in [Fault::Conflict, Fault::Full] {
        let person = Person::new();
        let (_, inside) = broken(&person.app, fault);
        let body = json!({"current_password": PASSWORD, "password": OTHER_PASSWORD});
        let send =
            || inside.send("POST", "/auth/password/change", person.caller.token.as_deref(), Some(&body));
        let (status, _) = send();
        let done = fault == Fault::Conflict;
        assert_eq!(status, if done { 204 } else { 507 });
        person.sign_in(OTHER_PASSWORD).expect(if done { 201 } else { 401 });
        person.sign_in(PASSWORD).expect(if done { 401 } else { 201 });
        person.caller.get("/users/me").expect(if done { 401 } else { 200 });
    }
}

#[test]
fn a_refresh_that_is_not_kept_spends_no_token() {
    let person = Person::new();
    let (_, refresh) = super::tokens(&person.app, &person.name);
    let (_, inside) = broken(&person.app, Fault::Full);
    let body = json!({"refresh_token": refresh});
    let send = || inside.send("POST", "/auth/sessions/refresh", None, Some(&body));
    assert_eq!(send().0, 507);
    assert_eq!(send().0, 200);
}

#[test]
fn a_right_password_is_right_the_second_time_at_the_edge_of_a_lock() {
    let person = Person::new();
    for _ in 0..9 {
        person.sign_in("wrong").expect(401);
    }
    let (_, inside) = broken(&person.app, Fault::Conflict);
    let body = json!({"institution": "local", "login": person.name, "password": PASSWORD});
    assert_eq!(inside.send("POST", "/auth/sessions", None, Some(&body)).0, 201);
    sign_in(&person.app, &person.name, PASSWORD).expect(201);
    ask(&person, &person.name).expect(200);
}
