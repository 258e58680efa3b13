//! `POST /marketplace/namespaces` and `GET /marketplace/namespaces/{namespace}`.

use super::stall::{fresh, take};
use crate::support::App;
use serde_json::json;

#[test]
fn whoever_takes_a_namespace_owns_it() {
    let app = App::start();
    let owner = app.researcher();
    let name = fresh("lab");
    let made =
        owner.post("/marketplace/namespaces", &json!({"name": name, "description": "Rivers."})).expect(201);
    assert_eq!(made.json()["members"][0]["role"], "owner");
    assert_eq!(made.json()["members"][0]["user_id"], json!(owner.user_id));
    let seen = owner.get(made.header("location").unwrap()).expect(200);
    assert_eq!((seen.json(), seen.etag()), (made.json(), made.etag()));
}

#[test]
fn a_namespace_is_taken_once_on_the_deployment() {
    let app = App::start();
    let name = take(&app.researcher(), &json!({}));
    let other = app.institution();
    for who in [app.researcher(), app.person(&other, "researcher")] {
        who.post("/marketplace/namespaces", &json!({"name": name})).expect_problem(409, "namespace_taken");
    }
}

#[test]
fn the_deployments_own_names_are_left_to_the_operator() {
    let app = App::start();
    for name in ["cws", "admin", "api", "official"] {
        let reply = app.researcher().post("/marketplace/namespaces", &json!({"name": name}));
        reply.expect_problem(422, "namespace_reserved");
    }
    let reply = app.operator().post("/marketplace/namespaces", &json!({"name": "verified"}));
    assert!(matches!(reply.status, 201 | 409), "{}", reply.text());
}

#[test]
fn a_name_like_another_institutions_is_refused_and_the_other_is_named() {
    let app = App::start();
    let name = take(&app.researcher(), &json!({"name": fresh("hydrology")}));
    let other = app.person(&app.institution(), "researcher");
    let close = name.replacen("hydrology", "hydrolgy", 1);
    let refused =
        other.post("/marketplace/namespaces", &json!({"name": close})).expect_problem(409, "name_too_close");
    assert_eq!(refused.json()["existing"], json!(name));
    // Nobody imitates their own institution.
    app.researcher().post("/marketplace/namespaces", &json!({"name": close})).expect(201);
}

#[test]
fn a_foreign_namespace_is_a_404_like_one_that_does_not_exist() {
    let app = App::start();
    let name = take(&app.researcher(), &json!({}));
    let stranger = app.person(&app.institution(), "researcher");
    let foreign = stranger.get(&format!("/marketplace/namespaces/{name}")).expect_problem(404, "not_found");
    let missing = stranger.get("/marketplace/namespaces/no-such-namespace").expect_problem(404, "not_found");
    assert_eq!(foreign.json()["detail"], missing.json()["detail"]);
    app.researcher().get(&format!("/marketplace/namespaces/{name}")).expect(200);
}

#[test]
fn bad_names_are_refused_at_the_field() {
    let app = App::start();
    let caller = app.researcher();
    for name in ["A", "a", "-ab", "ab-", "a--b", "a_b", "ab/c", "über", &"a".repeat(65)] {
        let refused = caller
            .post("/marketplace/namespaces", &json!({"name": name}))
            .expect_problem(400, "malformed_request");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/name", "{name}");
    }
}
