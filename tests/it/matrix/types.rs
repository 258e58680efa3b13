//! Every member of every body, with a value of another type: refused, and the member is named.

use super::scene::Scene;
use crate::support::App;
use cws_local::all_routes;
use cws_route::{Table, table::Row};
use schemars::SchemaGenerator;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Keeps whatever a person's programs put there.
const FREE_FORM: &str = "user_preferences_set";

/// Pointers to everything in a value but the value itself.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut visit = |step: String, inner: &Value| {
        let pointer = format!("{at}/{step}");
        pointers(inner, &pointer, found);
        found.push(pointer);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| visit(name.clone(), inner)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, inner)| visit(n.to_string(), inner)),
        _ => {}
    }
}

fn same_type(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// Members that may be left out may also be null.
fn may_be_null(row: &Row, pointer: &str) -> bool {
    let mut generator = SchemaGenerator::default();
    let schema = row.route.input(&mut generator).body.unwrap();
    let definitions = generator.take_definitions(true);
    let name = schema.as_value()["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let whole = name.map_or(schema.as_value(), |name| &definitions[name]);
    let required: BTreeSet<&str> =
        whole["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    !required.contains(&pointer[1..])
}

fn faults(scene: &Scene<'_>, row: &Row, example: &Value) -> Vec<String> {
    let mut all = Vec::new();
    pointers(example, "", &mut all);
    let others = [Value::Null, json!(true), json!(7), json!("text"), json!([]), json!({}), json!([[{}]])];
    let mut faults = Vec::new();
    for pointer in all {
        for other in &others {
            let mut body = example.clone();
            let place = body.pointer_mut(&pointer).unwrap();
            // A text in place of null may be the right one.
            if same_type(place, other) || (place.is_null() && other.is_string()) {
                continue;
            }
            if other.is_null() && pointer.matches('/').count() == 1 && may_be_null(row, &pointer) {
                continue;
            }
            *place = other.clone();
            let reply = scene.call(row, &scene.caller(row), Some(&body));
            let told =
                reply.json()["errors"][0]["pointer"].as_str().is_some_and(|at| at.starts_with(&pointer));
            if !matches!(reply.status, 400 | 422) || !told {
                let id = row.spec().operation_id;
                faults.push(format!("{id}: {pointer} = {other}: {} {}", reply.status, reply.text()));
            }
        }
    }
    faults
}

#[test]
fn a_member_of_another_type_is_refused_and_named() {
    let app = App::start();
    let table = Table::new(all_routes()).unwrap();
    let scene = Scene::new(&app, "local");
    let mut found = Vec::new();
    for row in table.rows().iter().filter(|row| row.spec().operation_id != FREE_FORM) {
        if let Some(example) = row.route.example() {
            found.extend(faults(&scene, row, &example));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
