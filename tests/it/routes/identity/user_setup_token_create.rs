//! `POST /users/registry/{user_id}/setup-token`.

use super::{fresh_name, new_user, record, sign_in};
use crate::support::{App, Reply, app::PASSWORD};
use serde_json::json;

fn set(app: &App, token: &str) -> Reply {
    app.anonymous().post("/auth/password", &json!({"token": token, "password": PASSWORD}))
}

#[test]
fn another_token_takes_the_place_of_the_lost_one() {
    let app = App::start();
    let (admin, name) = (app.person("local", "institution_admin"), fresh_name("ada"));
    let made = admin.post("/users/registry", &new_user(&name, "researcher")).expect(201);
    let path = format!("{}/setup-token", record(&made.field("id")));
    let next = admin.post(&path, &json!({})).expect(201);
    set(&app, &made.field("setup_token")).expect_problem(422, "token_invalid");
    set(&app, &next.field("setup_token")).expect(204);
    sign_in(&app, &name, PASSWORD).expect(201);
    admin.post(&path, &json!({})).expect_problem(409, "nothing_to_set_up");
}

#[test]
fn a_repeat_with_the_same_key_shows_no_second_token() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let made = admin.post("/users/registry", &new_user(&fresh_name("ada"), "researcher")).expect(201);
    let path = format!("{}/setup-token", record(&made.field("id")));
    let token = admin.post_once(&path, "once", &json!({})).expect(201).field("setup_token");
    admin.post_once(&path, "once", &json!({})).expect_problem(409, "secret_delivered");
    set(&app, &token).expect(204);
}

#[test]
fn only_administrators_issue_one_and_for_nobody_who_is_out() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let made = admin.post("/users/registry", &new_user(&fresh_name("ada"), "researcher")).expect(201);
    let path = format!("{}/setup-token", record(&made.field("id")));
    app.researcher().post(&path, &json!({})).expect_problem(404, "not_found");
    app.person("local", "institution_auditor").post(&path, &json!({})).expect_problem(403, "forbidden");
    admin.post(&format!("{}/deactivate", record(&made.field("id"))), &json!({})).expect(200);
    admin.post(&path, &json!({})).expect_problem(409, "nothing_to_set_up");
}
