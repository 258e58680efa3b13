//! The API document: made from the table, committed, and true.

use super::layers::root;
use cws_local::all_routes;
use cws_route::{AuditRule, Idempotency, Method, Table, openapi, spec::COMMON_ERRORS};
use serde_json::Value;
use std::{collections::BTreeSet, env, fs};

fn document() -> Value {
    openapi::document(&Table::new(all_routes()).unwrap(), env!("CARGO_PKG_VERSION"))
}

#[test]
fn the_committed_document_is_the_one_that_the_table_makes() {
    let path = root().join("infra/generated/openapi.json");
    let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if made != committed && env::var_os("CI").is_none() {
        fs::write(&path, &made).unwrap();
    }
    assert!(
        made == committed,
        "infra/generated/openapi.json was stale; it is written anew: read its difference"
    );
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

pub(super) fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.insert(reference.clone());
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[test]
fn every_route_states_what_it_does() {
    let table = Table::new(all_routes()).unwrap();
    let mut codes: BTreeSet<&str> = BTreeSet::new();
    for row in table.rows() {
        let spec = row.spec();
        let id = spec.operation_id;
        assert!(!spec.summary.is_empty() && !spec.summary.ends_with('.'), "{id}: summary");
        assert!(
            spec.method == Method::Get || spec.status != 200 || !matches!(spec.audit, AuditRule::None("")),
            "{id}"
        );
        let has_body = row.route.example().is_some();
        let takes_body = row.route.input(&mut schemars_generator()).body.is_some();
        assert_eq!(has_body, takes_body, "{id}: a body needs an example, and only a body does");
        if matches!(spec.method, Method::Put | Method::Patch) {
            let reason = matches!(spec.idempotency, Idempotency::None(_));
            assert!(spec.if_match || reason, "{id} overwrites without looking");
        }
        for error in spec.errors {
            let common = COMMON_ERRORS.iter().any(|common| common.code == error.code);
            assert!(!common, "{id} states the common error `{}` again", error.code);
            codes.insert(error.code);
        }
    }
    assert!(
        codes
            .iter()
            .all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()))
    );
}

fn schemars_generator() -> schemars::SchemaGenerator {
    schemars::SchemaGenerator::default()
}
