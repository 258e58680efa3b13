//! Routes of the identity domain, and what their tests have in common.

mod authenticator;
mod institution_create;
mod institution_list;
mod institution_update;
mod institution_view;
mod jwks_view;
mod letters;
mod mfa_enroll;
mod mfa_verify;
mod one_commit;
mod password_change;
mod password_reset_confirm;
mod password_reset_request;
mod password_set;
mod permission_check;
mod permission_check_grants;
mod permission_explain;
mod session_create;
mod session_delete;
mod session_exchange;
mod session_list;
mod session_refresh;
mod session_view;
mod standing;
mod user_create;
mod user_deactivate;
mod user_factor_reset;
mod user_list;
mod user_me;
mod user_permissions;
mod user_preferences_set;
mod user_project_list;
mod user_reactivate;
mod user_setup_token_create;
mod user_update;
mod user_view;

use crate::support::{App, Caller, Reply, app::PASSWORD};
use serde_json::{Value, json};
use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// An id of the right form that nobody has.
const NOBODY: &str = "usr_00000000000000000000000000";
/// A password that is as good as the usual one.
const OTHER_PASSWORD: &str = "another long enough secret";

static NAMES: AtomicU32 = AtomicU32::new(0);

/// A user name that no other test uses.
fn fresh_name(base: &str) -> String {
    format!("{base}-{}-{}", NAMES.fetch_add(1, Ordering::Relaxed), process::id())
}

/// The record of a person.
fn record(user_id: &str) -> String {
    format!("/users/registry/{user_id}")
}

/// Somebody with a known user name.
struct Person {
    app: App,
    name: String,
    caller: Caller,
}

impl Person {
    fn new() -> Self {
        Self::on(App::start())
    }

    fn on(app: App) -> Self {
        let name = fresh_name("ada");
        let caller = app.named_person("local", "researcher", &name);
        Self { app, name, caller }
    }

    fn sign_in(&self, password: &str) -> Reply {
        sign_in(&self.app, &self.name, password)
    }
}

/// Signs in to `local` with whatever is given.
fn sign_in(app: &App, login: &str, password: &str) -> Reply {
    app.anonymous()
        .post("/auth/sessions", &json!({"institution": "local", "login": login, "password": password}))
}

/// Tokens of a new session.
fn tokens(app: &App, login: &str) -> (String, String) {
    let opened = sign_in(app, login, PASSWORD).expect(201);
    (opened.field("access_token"), opened.field("refresh_token"))
}

/// What a problem says, without what is different in every answer.
fn said(reply: &Reply) -> Value {
    let mut body = reply.json();
    body.as_object_mut().unwrap().remove("request_id").unwrap();
    body
}

/// A new record's body.
fn new_user(name: &str, role: &str) -> Value {
    json!({"username": name, "email": format!("{name}@example.org"), "full_name": "A Person", "role": role})
}
