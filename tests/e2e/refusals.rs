//! What every deployment refuses, in the same words.

use crate::support::App;

#[test]
fn nobody_and_a_forged_token_are_401() {
    let app = App::start();
    app.anonymous().get("/users/me").expect_problem(401, "unauthenticated");
    for forged in ["x.y.z", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", ""] {
        let reply = app.anonymous().with_token(forged).get("/users/me");
        reply.expect_problem(401, "unauthenticated");
    }
}

#[test]
fn a_path_that_does_not_exist_is_404() {
    let app = App::start();
    app.researcher().get("/no/such/path").expect_problem(404, "not_found");
}

#[test]
fn a_body_that_cannot_be_read_is_400_and_changes_nothing() {
    let app = App::start();
    let author = app.person("local", "institution_admin");
    let json = [("content-type", "application/json")];
    for body in ["{", "[]", "null", "{\"name\": 7}", "{\"name\": \"lab\", \"unknown\": 1}", "\u{0}"] {
        let reply = author.send("POST", "/marketplace/namespaces", &json, Some(body.as_bytes()));
        reply.expect_problem(400, "malformed_request");
    }
    let text = [("content-type", "text/plain")];
    let reply = author.send("POST", "/marketplace/namespaces", &text, Some(b"{}"));
    reply.expect_problem(415, "unsupported_media_type");
}

#[test]
fn a_body_over_the_limit_is_413() {
    let app = App::start();
    let author = app.person("local", "institution_admin");
    let body = format!("{{\"name\": \"{}\"}}", "a".repeat(1024 * 1024));
    let json = [("content-type", "application/json")];
    let reply = author.send("POST", "/marketplace/namespaces", &json, Some(body.as_bytes()));
    reply.expect_problem(413, "body_too_large");
}

#[test]
fn a_forged_cursor_is_400() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    admin.get("/users/registry?cursor=AAAA").expect_problem(400, "invalid_cursor");
}
