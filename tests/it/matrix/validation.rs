//! Every body that a route takes, spoiled in every way that needs no knowledge of the route.

use super::unauthenticated::path_of;
use crate::support::{App, Caller, Reply};
use cws_local::all_routes;
use cws_route::{Table, table::Row};
use serde_json::Value;

/// Keeps whatever a person's programs put there.
const FREE_FORM: &str = "user_preferences_set";

fn with_body(table: &Table) -> impl Iterator<Item = (&Row, Value)> {
    table.rows().iter().filter_map(|row| Some((row, row.route.example()?)))
}

/// Sends a body to a path that leads nowhere: bodies are read before anything is looked up.
fn spoiled(caller: &Caller, row: &Row, body: &str) -> Reply {
    let headers = [("content-type", "application/json"), ("if-match", "*")];
    caller.send(row.spec().method.as_str(), &path_of(row), &headers, Some(body.as_bytes()))
}

/// An example with a member that nobody knows, which makes the whole so many levels deep.
fn with_unknown(example: &Value, levels: usize) -> String {
    let mut body = example.clone();
    body["unheard_of"] = Value::Null;
    let nested = format!("\"unheard_of\":{}{}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    body.to_string().replace("\"unheard_of\":null", &nested)
}

#[test]
fn an_unknown_field_is_refused_and_named() {
    let app = App::start();
    let caller = app.person("local", "institution_admin");
    let table = Table::new(all_routes()).unwrap();
    for (row, body) in with_body(&table).filter(|(row, _)| row.spec().operation_id != FREE_FORM) {
        let id = row.spec().operation_id;
        let told = spoiled(&caller, row, &with_unknown(&body, 2)).expect_problem(400, "malformed_request");
        assert_eq!(told.json()["errors"][0]["pointer"], "/unheard_of", "{id}: {}", told.text());
    }
}

#[test]
fn a_body_is_32_levels_deep_at_most() {
    let app = App::start();
    let caller = app.person("local", "institution_admin");
    let table = Table::new(all_routes()).unwrap();
    for (row, body) in with_body(&table) {
        let too_deep =
            spoiled(&caller, row, &with_unknown(&body, 33)).expect_problem(400, "malformed_request");
        assert!(too_deep.text().contains("nested deeper than 32 levels"), "{}", too_deep.text());
        let deep = spoiled(&caller, row, &with_unknown(&body, 32));
        assert!(!deep.text().contains("nested deeper"), "{}", deep.text());
    }
}

#[test]
fn what_is_no_json_object_is_refused_with_a_problem() {
    let app = App::start();
    let caller = app.person("local", "institution_admin");
    let table = Table::new(all_routes()).unwrap();
    for (row, _) in with_body(&table) {
        for body in ["", "{", "[]", "null", "\"text\"", "{\"a\":", "\u{feff}{}", "{}x"] {
            spoiled(&caller, row, body).expect_problem(400, "malformed_request");
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
