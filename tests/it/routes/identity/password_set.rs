//! `POST /auth/password`.

use super::{OTHER_PASSWORD, fresh_name, new_user, sign_in};
use crate::support::{App, Reply, app::PASSWORD};
use serde_json::json;

fn set(app: &App, token: &str, password: &str) -> Reply {
    app.anonymous().post("/auth/password", &json!({"token": token, "password": password}))
}

#[test]
fn a_setup_token_sets_one_password() {
    let app = App::start();
    let name = fresh_name("ada");
    let made = app.operator().post("/users/registry", &new_user(&name, "researcher")).expect(201);
    let token = made.field("setup_token");
    sign_in(&app, &name, PASSWORD).expect_problem(401, "sign_in_rejected");
    let weak = set(&app, &token, "short").expect_problem(422, "password_refused");
    assert_eq!(weak.json()["errors"][0]["pointer"], "/password");
    set(&app, &token, PASSWORD).expect(204);
    set(&app, &token, OTHER_PASSWORD).expect_problem(422, "token_invalid");
    sign_in(&app, &name, PASSWORD).expect(201);
}

#[test]
fn a_hundred_uses_of_a_token_at_once_are_one() {
    let app = App::start();
    let made =
        app.operator().post("/users/registry", &new_user(&fresh_name("ada"), "researcher")).expect(201);
    let token = made.field("setup_token");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let using = (0..8).map(|number| {
            let (app, token) = (&app, &token);
            scope.spawn(move || set(app, token, &format!("glacier otter maps {number}")).status)
        });
        using.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [204, 422].contains(status)), "{statuses:?}");
}

#[test]
fn what_is_no_setup_token_sets_nothing() {
    let app = App::start();
    for bad in ["x", "cwsst_", "cwsrp_AAAA"] {
        set(&app, bad, PASSWORD).expect_problem(422, "token_invalid");
    }
    let long = set(&app, &"x".repeat(4097), PASSWORD).expect_problem(422, "invalid_field");
    assert_eq!(long.json()["errors"][0]["pointer"], "/token");
}
