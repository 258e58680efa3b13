//! `POST /marketplace/namespaces`.

use super::stall::{at_once, fresh, take};
use crate::support::App;
use cws_local::world::Setup;
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
fn the_deployments_own_names_are_left_to_the_operator_in_every_spelling() {
    let app = App::start();
    let callers = [app.researcher(), app.person(&app.institution(), "researcher")];
    for name in [
        "cws",
        "admin",
        "api",
        "official",
        "cws-official",
        "cws2",
        "cvvs",
        "c-w-s",
        "my-cws",
        "0fficial",
        "prism",
    ] {
        for caller in &callers {
            let reply = caller.post("/marketplace/namespaces", &json!({"name": name}));
            reply.expect_problem(422, "namespace_reserved");
        }
    }
    let reply = app.operator().post("/marketplace/namespaces", &json!({"name": "verified"}));
    assert!(matches!(reply.status, 201 | 409), "{}", reply.text());
}

#[test]
fn what_the_operator_took_is_imitated_by_nobody_in_the_own_institution_either() {
    let app = App::start_local(Setup::for_tests());
    app.operator().post("/marketplace/namespaces", &json!({"name": "cloudworkstation"})).expect(201);
    for close in ["cloudworkstatlon", "cloudworkstaton", "coludworkstation"] {
        let reply = app.researcher().post("/marketplace/namespaces", &json!({"name": close}));
        assert!(matches!(reply.status, 409 | 422), "{close}: {}", reply.text());
    }
}

#[test]
fn a_name_like_another_institutions_is_refused_and_the_other_is_not_named() {
    let app = App::start();
    let name = take(&app.researcher(), &json!({"name": fresh("hydrology")}));
    let other = app.person(&app.institution(), "researcher");
    let turned: Vec<&str> = name.split('-').rev().collect();
    for close in [
        name.replacen("hydrology", "hydrolgy", 1),
        name.replacen("hydrology", "hydr0logy", 1),
        turned.join("-"),
    ] {
        let refused = other
            .post("/marketplace/namespaces", &json!({"name": close}))
            .expect_problem(409, "name_too_close");
        assert!(!refused.text().contains(&name), "{}", refused.text());
    }
    // Nobody imitates their own institution.
    let close = name.replacen("hydrology", "hydrolgy", 1);
    app.researcher().post("/marketplace/namespaces", &json!({"name": close})).expect(201);
}

#[test]
fn of_near_names_that_are_taken_at_once_one_is_taken() {
    let app = App::start();
    let name = fresh("volcanology");
    let near = ["volcanology", "vo1canology", "volcan0logy", "v0lcan0logy", "vol-canology", "vo1can01ogy"];
    let people: Vec<_> = near.iter().map(|_| app.person(&app.institution(), "researcher")).collect();
    let calls = near.iter().zip(&people).map(|(near, person)| {
        let close = name.replacen("volcanology", near, 1);
        move || person.post("/marketplace/namespaces", &json!({"name": close}))
    });
    let replies = at_once(calls.collect());
    let won = replies.iter().filter(|reply| reply.status == 201).count();
    let lost = replies.iter().filter(|reply| reply.status == 409).count();
    assert_eq!(
        (won, lost),
        (1, near.len() - 1),
        "{:?}",
        replies.iter().map(|r| r.text()).collect::<Vec<_>>()
    );
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
