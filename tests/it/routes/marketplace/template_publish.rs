//! `POST /marketplace/templates`.

use super::stall::{Stall, at, fresh, take, yaml, yaml_with};
use crate::support::App;
use cws_local::world::Setup;
use cws_marketplace::shipped;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

#[test]
fn only_maintainers_publish() {
    let stall = Stall::new();
    stall
        .joined("member")
        .post("/marketplace/templates", &stall.body("a-tool"))
        .expect_problem(403, "forbidden");
    stall
        .app
        .researcher()
        .post("/marketplace/templates", &stall.body("a-tool"))
        .expect_problem(403, "forbidden");
    let stranger = stall.app.person(&stall.app.institution(), "researcher");
    stranger.post("/marketplace/templates", &stall.body("a-tool")).expect_problem(404, "not_found");
    let mut nowhere = stall.body("a-tool");
    nowhere["namespace"] = json!("no-such-namespace");
    stall.owner.post("/marketplace/templates", &nowhere).expect_problem(404, "not_found");
    stall.joined("maintainer").post("/marketplace/templates", &stall.body("a-tool")).expect(201);
}

#[test]
fn a_name_is_taken_once_in_its_namespace_and_so_is_an_alias() {
    let stall = Stall::new();
    let name = fresh("river-models");
    stall.publish_with(&name, json!({"aliases": ["old-rivers"]})).expect(201);
    for taken in [name.as_str(), "old-rivers"] {
        stall.publish_with(taken, json!({})).expect_problem(409, "name_taken");
    }
    stall.publish_with("fresh-name", json!({"aliases": ["old-rivers"]})).expect_problem(409, "name_taken");
    let same_look = name.replacen("river-models", "rivermodels", 1);
    stall.publish_with(&same_look, json!({})).expect_problem(409, "name_too_close");
}

#[test]
fn a_name_too_close_to_a_strangers_public_template_is_refused() {
    let stall = Stall::new();
    let name = fresh("bioinformatics");
    stall.publish(&name);
    let stranger = stall.app.person(&stall.app.institution(), "researcher");
    let elsewhere = take(&stranger, &json!({}));
    let publish = |name: &str| {
        let mut body = stall.body(name);
        body["namespace"] = json!(elsewhere);
        stranger.post("/marketplace/templates", &body)
    };
    for close in ["bioinformatcs", "bioinfromatics", "bioinforrmatics", "bioinformaticz", "biolnformatics"] {
        let refused =
            publish(&name.replacen("bioinformatics", close, 1)).expect_problem(409, "name_too_close");
        assert_eq!(refused.json()["existing"], json!(format!("{}/{name}", stall.namespace)), "{close}");
    }
    publish(&fresh("geospatial")).expect(201);
}

#[test]
fn a_refusal_for_likeness_tells_nothing_of_private_templates() {
    let stall = Stall::new();
    let name = fresh("classified");
    stall.publish_with(&name, json!({"visibility": "private"})).expect(201);
    let stranger = stall.app.person(&stall.app.institution(), "researcher");
    let mut body = stall.body(&name.replacen("classified", "clasified", 1));
    body["namespace"] = json!(take(&stranger, &json!({})));
    stranger.post("/marketplace/templates", &body).expect(201);
}

#[test]
fn a_template_with_errors_is_refused_and_every_error_is_named() {
    let stall = Stall::new();
    let secret = yaml_with("Leaky", "post_install: |\n  export KEY=AKIAQ3EGRZ7HVT5LMNOP\n  echo $KEY\n");
    let refused =
        stall.publish_with("leaky-tool", json!({"template": secret})).expect_problem(422, "template_invalid");
    let errors = refused.json()["errors"].as_array().unwrap().clone();
    assert!(errors.iter().any(|error| error["pointer"] == "/template/post_install"), "{errors:?}");
    assert!(!refused.text().contains("AKIAQ3EGRZ7HVT5LMNOP"), "a finding never repeats the secret");
    for unreadable in ["a: [", "a: 1\na: 2\n", "x: &a 1\ny: *a\n", "name: only", "\u{0}"] {
        let refused = stall.publish_with("odd-tool", json!({"template": unreadable}));
        refused.expect_problem(422, "template_invalid");
    }
}

#[test]
fn versions_are_semantic_and_come_from_the_request_or_the_template() {
    let stall = Stall::new();
    for bad in ["1", "1.0", "v1.0.0", "1.0.0+build", "01.0.0", "1.0.0-", &format!("1.0.0-{}", "a".repeat(80))]
    {
        stall.publish_with("some-tool", json!({"version": bad})).expect_problem(422, "invalid_field");
    }
    let inside = yaml_with("Versioned", "version: 2.1.0\n");
    let members = json!({"template": inside, "version": Value::Null});
    assert_eq!(stall.publish_with("inner-tool", members).expect(201).field("version"), "2.1.0");
    let differs = json!({"template": inside, "version": "2.2.0"});
    stall.publish_with("outer-tool", differs).expect_problem(422, "invalid_field");
    stall.publish_with("no-version", json!({"version": Value::Null})).expect_problem(422, "invalid_field");
}

#[test]
fn a_repeat_with_the_same_key_publishes_once() {
    let stall = Stall::new();
    let body = stall.body("river-models");
    let first = stall.owner.post_once("/marketplace/templates", "one", &body).expect(201);
    let again = stall.owner.post_once("/marketplace/templates", "one", &body).expect(201);
    assert_eq!(first.json(), again.json());
    let mut other = body;
    other["template"] = json!(yaml("Something else"));
    stall
        .owner
        .post_once("/marketplace/templates", "one", &other)
        .expect_problem(422, "idempotency_key_reused");
}

#[test]
fn the_operator_publishes_in_the_deployments_own_namespace() {
    let stall = Stall::new();
    let operator = stall.app.operator();
    let made = operator.post("/marketplace/namespaces", &json!({"name": "cws"}));
    assert!(matches!(made.status, 201 | 409), "{}", made.text());
    let mut body = stall.body(&fresh("base"));
    body["namespace"] = json!("cws");
    let id = operator.post("/marketplace/templates", &body).expect(201).field("id");
    let seen = stall.app.researcher().get(&at(&id)).expect(200).json();
    assert_eq!(seen["author_name"], "CloudWorkstation");
}

#[test]
fn the_templates_that_come_with_the_program_are_published_once_and_their_old_names_lead_to_them() {
    let app = App::start_local(Setup::for_tests());
    let operator = app.operator();
    let call = async |call: shipped::Call| {
        let path = match call.operation_id {
            "namespace_create" => "/marketplace/namespaces".to_owned(),
            "template_publish" => "/marketplace/templates".to_owned(),
            _ => format!("{}/versions", at(&call.path_params["template_id"])),
        };
        let reply = operator.post(&path, &call.body);
        shipped::Reply { status: reply.status, body: reply.json() }
    };
    let runtime = Runtime::new().unwrap();
    let count = u32::try_from(cws_templates::shipped::shipped().len()).unwrap();
    assert_eq!(runtime.block_on(shipped::publish(call)).unwrap().new, count);
    assert_eq!(runtime.block_on(shipped::publish(call)).unwrap().new, 0, "a second start publishes nothing");
    let stall = Stall::in_app(app);
    let old = yaml_with("Child", "inherits: [\"R Research Workstation\"]\n");
    let made = stall.publish_with("my-statistics", json!({"template": old})).expect(201).json();
    let pinned: Vec<_> = made["lock"].as_array().unwrap().iter().map(|entry| entry["ref"].clone()).collect();
    assert!(pinned.contains(&json!("cws/r-rstudio")), "{pinned:?}");
}

#[test]
fn a_short_version_in_the_template_is_filled_up() {
    let stall = Stall::new();
    let template = yaml_with("Short", "version: 1.0\n");
    let members = json!({"template": template, "version": Value::Null});
    let made = stall.publish_with("short-tool", members).expect(201).json();
    assert_eq!(made["version"], "1.0.0");
    let findings = made["findings"].as_array().unwrap();
    assert!(findings.iter().any(|f| f["pointer"] == "/version" && f["level"] == "warning"), "{findings:?}");
    stall.publish_with("same-tool", json!({"template": template, "version": "1.0.0"})).expect(201);
    stall
        .publish_with("next-tool", json!({"template": template, "version": "1.1.0"}))
        .expect_problem(422, "invalid_field");
}

#[test]
fn a_template_that_does_not_fit_its_parents_is_refused_and_the_field_is_named() {
    let stall = Stall::new();
    let parent = fresh("parent");
    let uses =
        "  pip: ['{{.tool}}']\nparameters:\n  tool: {description: What is installed., default: numpy}\n";
    let yaml = yaml_with("Parent", uses);
    stall.publish_with(&parent, json!({"template": yaml})).expect(201);
    let child = |base: &str, more: &str| {
        format!(
            "name: Child\ndescription: A child of another template.\nbase: {base}\ninherits: [{}/{parent}@^1]\n{more}",
            stall.namespace
        )
    };
    for (base, more, pointer) in [
        (
            "ubuntu-24.04",
            "parameters:\n  tool: {description: Two words., default: numpy scipy}\n",
            "/parameters/tool/default",
        ),
        ("ubuntu-24.04", "packages: {conda: [scipy]}\n", "/packages/conda"),
        ("ubuntu-22.04", "", "/base"),
        ("amazonlinux-2023", "", "/base"),
    ] {
        let template = child(base, more);
        let refused = stall.publish_with("child-tool", json!({"template": template}));
        let errors =
            refused.expect_problem(422, "template_invalid").json()["errors"].as_array().unwrap().clone();
        let named = errors.iter().any(|error| error["pointer"] == json!(format!("/template{pointer}")));
        assert!(named, "{base} {more}: {errors:?}");
    }
    stall.publish_with("child-tool", json!({"template": child("ubuntu-24.04", "")})).expect(201);
}

#[test]
fn a_template_full_of_odd_words_is_published_with_findings_that_are_cut() {
    let stall = Stall::new();
    let keys: String = (0..250).map(|n| format!("? \"odd{n}{}\"\n: x\n", "\\e\\\"é".repeat(300))).collect();
    let made =
        stall.publish_with("odd-words", json!({"template": yaml_with("Odd", &keys)})).expect(201).json();
    let findings = made["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 200);
    assert!(findings.iter().all(|finding| finding["pointer"].as_str().unwrap().len() <= 250));
    stall.owner.get(&format!("{}/versions/1.0.0", at(made["id"].as_str().unwrap()))).expect(200);
}
