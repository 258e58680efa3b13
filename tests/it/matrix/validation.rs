//! Every body that a route takes, spoiled in every way that needs no knowledge of the route.

use super::unauthenticated::path_of;
use crate::support::App;
use cws_local::all_routes;
use cws_route::{Table, table::Row};
use serde_json::{Value, json};

fn with_body(table: &Table) -> impl Iterator<Item = (&Row, Value)> {
    table.rows().iter().filter_map(|row| Some((row, row.route.example()?)))
}

#[test]
fn an_unknown_field_is_refused_and_named() {
    let app = App::start();
    let caller = app.person("local", "institution_admin");
    let table = Table::new(all_routes()).unwrap();
    for (row, mut body) in with_body(&table) {
        if row.spec().operation_id == "user_preferences_set" {
            continue;
        }
        body["unheard_of"] = json!(1);
        let headers = [("content-type", "application/json"), ("if-match", "*")];
        let text = body.to_string();
        let reply = caller.send(row.spec().method.as_str(), &path_of(row), &headers, Some(text.as_bytes()));
        let id = row.spec().operation_id;
        assert!(matches!(reply.status, 400 | 404), "{id}: {} {}", reply.status, reply.text());
        assert!(reply.status == 404 || reply.text().contains("unheard_of"), "{id}: {}", reply.text());
    }
}

#[test]
fn spoiled_bodies_are_refused_with_a_problem() {
    let app = App::start();
    let caller = app.person("local", "institution_admin");
    let table = Table::new(all_routes()).unwrap();
    let deep = format!("{}1{}", "[".repeat(33), "]".repeat(33));
    for (row, _) in with_body(&table) {
        for spoiled in ["", "{", "[]", "null", "\"text\"", "{\"a\":", &deep, "\u{feff}{}", "{}x"] {
            let headers = [("content-type", "application/json"), ("if-match", "*")];
            let reply =
                caller.send(row.spec().method.as_str(), &path_of(row), &headers, Some(spoiled.as_bytes()));
            let id = row.spec().operation_id;
            assert!((400..500).contains(&reply.status), "{id} with {spoiled:.20}: {}", reply.status);
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{id}");
        }
    }
}

#[test]
fn a_body_one_byte_too_large_is_refused_before_it_is_read() {
    let app = App::start();
    let caller = app.researcher();
    let table = Table::new(all_routes()).unwrap();
    for (row, _) in with_body(&table) {
        let body = vec![b' '; row.spec().body_max_bytes + 1];
        let headers = [("content-type", "application/json"), ("if-match", "*")];
        let reply = caller.send(row.spec().method.as_str(), &path_of(row), &headers, Some(&body));
        reply.expect_problem(413, "body_too_large");
    }
}

#[test]
fn another_media_type_is_refused() {
    let app = App::start();
    let caller = app.researcher();
    let body = Some(&b"name=x"[..]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    caller.send("POST", "/projects", &headers, body).expect_problem(415, "unsupported_media_type");
    caller.send("POST", "/projects", &[], body).expect_problem(415, "unsupported_media_type");
}
