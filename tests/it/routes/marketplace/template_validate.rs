//! `POST /marketplace/templates/validate`.

use super::stall::{Stall, yaml, yaml_with};
use crate::support::App;
use cws_cloud::script_check::{Said, ScriptCheck, ScriptVerdict};
use cws_local::world::Setup;
use serde_json::{Value, json};
use std::{pin::Pin, sync::Arc};

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

#[test]
fn a_script_that_bash_cannot_read_is_an_error_with_its_line_and_tools_that_lack_are_named() {
    let stall = Stall::new();
    let broken = yaml_with("Broken", "post_install: |\n  echo a\n  if then\n");
    let verdict =
        stall.owner.post("/marketplace/templates/validate", &json!({"template": broken})).expect(200).json();
    let tools = verdict["script_tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["tool"].as_str().unwrap()).collect();
    assert_eq!(names, ["bash", "shellcheck"]);
    for tool in tools {
        assert_eq!(tool["read"] == json!(true), tool["problem"].is_null(), "{tool}");
    }
    // A deployment without bash says so above.
    if tools[0]["read"] == json!(true) {
        let findings = verdict["findings"].as_array().unwrap();
        let said = findings.iter().find(|finding| finding["code"] == "shell.syntax").unwrap();
        assert_eq!((&said["pointer"], &said["level"]), (&json!("/post_install"), &json!("error")));
        assert!(said["message"].as_str().unwrap().starts_with("line 2: syntax error"), "{said}");
        stall
            .publish_with("broken-tool", json!({"template": broken}))
            .expect_problem(422, "template_invalid");
    }
}

/// Tools that say what a test wants, about what they were given.
struct Tools;

impl ScriptCheck for Tools {
    fn check(&self, script: String) -> Pin<Box<dyn Future<Output = ScriptVerdict> + Send + '_>> {
        Box::pin(async move {
            let comment = json!({"line": 3, "level": "warning", "code": 2086, "message": script.trim()});
            let shellcheck = Said::Printed(json!({"comments": [comment]}).to_string());
            ScriptVerdict { bash: Said::Nothing("bash is not on the PATH".to_owned()), shellcheck }
        })
    }
}

#[test]
fn what_the_tools_say_is_in_the_report_of_validation_and_publication() {
    let setup = Setup { script_check: Arc::new(Tools), ..Setup::for_tests() };
    let stall = Stall::in_app(App::start_local(setup));
    let more = "post_install: |\n  echo {{.grid}}\nparameters: {grid: {description: Width., default: 5km}}\n";
    let template = yaml_with("Grids", more);
    let verdict = stall
        .owner
        .post("/marketplace/templates/validate", &json!({"template": template}))
        .expect(200)
        .json();
    let made = stall.publish_with("grid-tool", json!({"template": template})).expect(201).json();
    for answer in [&verdict, &made] {
        let findings = answer["findings"].as_array().unwrap();
        let said = findings.iter().find(|finding| finding["code"] == "shellcheck.SC2086").unwrap();
        assert_eq!(said["message"], "line 3: echo 5km", "values are put in before a tool reads");
        assert_eq!(
            answer["script_tools"],
            json!([
                {"tool": "bash", "read": false, "problem": "bash is not on the PATH"},
                {"tool": "shellcheck", "read": true, "problem": null},
            ])
        );
    }
    let plain =
        stall.owner.post("/marketplace/templates/validate", &json!({"template": yaml("Rivers")})).expect(200);
    assert_eq!(plain.json()["script_tools"], json!([]), "nothing to read");
}

#[test]
fn a_template_that_would_cost_much_work_is_judged_by_its_size() {
    let stall = Stall::new();
    let lines = "  wget -O f\n".repeat(80_000);
    let names: Vec<String> = (0..5_000).map(|n| format!("us/t{n}@^1")).collect();
    for (more, code, pointer) in [
        (format!("post_install: |\n{lines}"), "structure.script_size", "/post_install"),
        (format!("inherits: {names:?}\n"), "structure.references", "/inherits"),
    ] {
        let template = yaml_with("Large", &more);
        let body = json!({"template": template});
        let verdict = stall.owner.post("/marketplace/templates/validate", &body).expect(200).json();
        let findings = verdict["findings"].as_array().unwrap();
        assert!(findings.iter().any(|f| f["code"] == code && f["pointer"] == pointer), "{code}");
        let refused = stall.publish_with("large-tool", body).expect_problem(422, "template_invalid").json();
        let errors = refused["errors"].as_array().unwrap();
        assert!(errors.iter().any(|e| e["pointer"] == json!(format!("/template{pointer}"))), "{code}");
    }
}
