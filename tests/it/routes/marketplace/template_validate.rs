//! `POST /marketplace/templates/validate`.

use super::stall::{Stall, yaml, yaml_with};
use serde_json::{Value, json};

#[test]
fn a_good_template_is_judged_and_nothing_is_published() {
    let stall = Stall::new();
    let verdict =
        stall.app.researcher().post("/marketplace/templates/validate", &json!({"template": yaml("Rivers")}));
    let verdict = verdict.expect(200).json();
    assert_eq!(
        (&verdict["valid"], &verdict["lock"], &verdict["signing"]),
        (&json!(true), &json!([]), &Value::Null)
    );
    assert!(verdict["score"].as_u64().unwrap() > 50);
}

#[test]
fn what_would_be_refused_is_said_with_every_finding() {
    let stall = Stall::new();
    let validate = |template: String| {
        let verdict =
            stall.owner.post("/marketplace/templates/validate", &json!({"template": template})).expect(200);
        assert_eq!(verdict.json()["valid"], false, "{}", verdict.text());
        verdict.json()["findings"].as_array().unwrap().clone()
    };
    let codes = |findings: Vec<Value>| -> Vec<String> {
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    };
    assert!(codes(validate("a: [".to_owned())).contains(&"structure.unreadable".to_owned()));
    let missing = yaml_with("Child", "inherits: [nobody/nothing]\n");
    assert!(codes(validate(missing)).contains(&"reference.unresolvable".to_owned()));
    let leaky = yaml_with("Leaky", "post_install: |\n  export KEY=AKIAQ3EGRZ7HVT5LMNOP\n");
    assert!(codes(validate(leaky)).iter().any(|code| code.starts_with("secret.")));
}

#[test]
fn a_namespace_that_may_not_be_seen_is_no_namespace() {
    let stall = Stall::new();
    let stranger = stall.app.person(&stall.app.institution(), "researcher");
    let validate = |namespace: &str| {
        let body =
            json!({"template": yaml("Rivers"), "namespace": namespace, "name": "rivers", "version": "1.0.0"});
        stranger.post("/marketplace/templates/validate", &body).expect_problem(422, "invalid_field").json()["errors"].clone()
    };
    assert_eq!(validate(&stall.namespace), validate("no-such-namespace"));
}
