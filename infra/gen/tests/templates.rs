//! The generated templates keep to the limits, and name every route exactly once.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

use cws_infra::{
    files,
    names::{NAME_MAX_CHARS, PATH_NODES_MAX, PREFIX_MAX_CHARS, RESOURCES_MAX, suffix},
    of_consumer, of_route, product,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn templates() -> BTreeMap<String, Value> {
    let templates = files(&product().unwrap()).into_iter().filter(|(name, _)| name.ends_with(".json"));
    let parsed = templates.filter(|(name, _)| !name.ends_with("api.json") || name == "rest-api.json");
    parsed.map(|(name, text)| (name, serde_json::from_str(&text).unwrap())).collect()
}

fn functions(template: &Value) -> Vec<&Value> {
    let resources = template["Resources"].as_object().unwrap().values();
    resources
        .filter(|resource| resource["Type"] == "AWS::Lambda::Function")
        .map(|f| &f["Properties"])
        .collect()
}

#[test]
fn the_committed_files_are_fresh() {
    for (name, text) in files(&product().unwrap()) {
        let committed = std::fs::read_to_string(cws_infra::folder().join(&name)).unwrap_or_default();
        assert!(committed == text, "{name} is stale: run `cargo run -p cws-infra -- generate`");
    }
}

#[test]
fn every_route_and_consumer_has_exactly_one_function_in_the_stack_of_its_domain() {
    let templates = templates();
    for domain in product().unwrap().domains {
        let handlers: Vec<&str> = functions(&templates[&format!("{}.json", domain.name)])
            .into_iter()
            .map(|function| function["Handler"].as_str().unwrap())
            .collect();
        let routes = domain.routes.iter().map(|spec| spec.operation_id);
        let expected: Vec<&str> = routes.chain(domain.consumers.iter().map(|spec| spec.name)).collect();
        assert_eq!(handlers.len(), expected.len(), "{}", domain.name);
        assert_eq!(BTreeSet::from_iter(handlers), BTreeSet::from_iter(expected), "{}", domain.name);
    }
}

#[test]
fn the_api_invokes_each_function_once_and_asks_who_calls_unless_a_route_is_public() {
    let api = &templates()["rest-api.json"];
    let paths = api["Resources"]["Api"]["Properties"]["Body"]["paths"].as_object().unwrap();
    let mut seen = BTreeSet::new();
    for spec in product().unwrap().domains.iter().flat_map(|domain| &domain.routes) {
        let operation = &paths[&spec.full_path()][spec.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], spec.operation_id);
        let uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"].as_str().unwrap();
        assert!(
            uri.ends_with(&format!(":function:${{Prefix}}-{}/invocations", suffix(spec.operation_id))),
            "{uri}"
        );
        let public = matches!(spec.access, cws_route::Access::Public(_));
        assert_eq!(operation.get("security").is_none(), public, "{}", spec.operation_id);
        assert!(seen.insert(spec.operation_id));
    }
    let operations =
        paths.values().flat_map(|item| item.as_object().unwrap().keys()).filter(|m| *m != "options");
    assert_eq!(operations.count(), seen.len());
}

#[test]
fn no_stack_no_name_and_no_api_is_too_large() {
    for (name, template) in templates() {
        assert!(template["Resources"].as_object().unwrap().len() <= RESOURCES_MAX, "{name}");
        assert!(template.to_string().len() < 1_000_000, "{name} is over what CloudFormation takes from S3");
        for function in functions(&template) {
            let handler = function["Handler"].as_str().unwrap();
            assert!(PREFIX_MAX_CHARS + 1 + suffix(handler).len() <= NAME_MAX_CHARS, "{handler}");
        }
    }
    let api = &templates()["rest-api.json"];
    let mut nodes = BTreeSet::new();
    for path in api["Resources"]["Api"]["Properties"]["Body"]["paths"].as_object().unwrap().keys() {
        let ends = path.match_indices('/').skip(1).map(|(at, _)| at).chain([path.len()]);
        nodes.extend(ends.map(|end| path.get(..end).unwrap().to_owned()));
    }
    assert!(nodes.len() <= PATH_NODES_MAX, "{} path nodes", nodes.len());
}

#[test]
fn a_role_reaches_the_declared_kinds_and_no_other() {
    for domain in product().unwrap().domains {
        for spec in &domain.routes {
            let statement = of_route(spec);
            for kind in spec.reads.iter().chain(spec.writes) {
                assert!(statement.reads.contains(kind.prefix), "{} reads {}", spec.operation_id, kind.prefix);
            }
            let declared: BTreeSet<&str> =
                spec.writes.iter().map(|kind| kind.prefix).chain(["idm"]).collect();
            assert!(statement.writes.is_subset(&declared), "{}", spec.operation_id);
            assert!(statement.appends.is_subset(&BTreeSet::from(["aud", "aud-denied", "lgp", "out"])));
            let hands_over = statement.appends.contains("out");
            assert_eq!(hands_over, !spec.emits.is_empty(), "{} emits {:?}", spec.operation_id, spec.emits);
        }
        for spec in &domain.consumers {
            let declared: BTreeSet<&str> =
                spec.writes.iter().map(|kind| kind.prefix).chain(["cns", "prk"]).collect();
            assert_eq!(of_consumer(spec).writes, declared, "{}", spec.name);
        }
    }
}

#[test]
fn a_public_route_that_changes_nothing_may_write_nothing() {
    let product = product().unwrap();
    let routes = product.domains.iter().flat_map(|domain| &domain.routes);
    let quiet = routes.filter(|spec| matches!(spec.access, cws_route::Access::Public(_)) && !spec.is_write());
    for spec in quiet.filter(|spec| spec.writes.is_empty()) {
        let statement = of_route(spec);
        assert!(statement.writes.is_empty() && statement.appends.is_empty(), "{}", spec.operation_id);
    }
}
