//! Policies of AWS inside a template, as YAML or as JSON in a script.

use serde_json::Value;

use super::texts::Text;
use crate::finding::{Finding, pointer_step};

pub(super) fn check(document: &Value, texts: &[Text]) -> Vec<Finding> {
    let mut findings = Vec::new();
    walk(document, "", &mut findings);
    let mut left = MAX_STATEMENTS;
    for text in texts.iter().filter(|text| text.text.contains("Effect")) {
        // In a double-quoted shell text the quotes of JSON are escaped; both forms are looked at.
        let plain = text.text.replace("\\\"", "\"");
        let Some(found) = statements(&plain, &mut left) else {
            let message = "a script holds more policy statements than can be checked";
            findings
                .push(Finding::error("iam.too_many_statements", &text.pointer, message).fix("shorten it"));
            continue;
        };
        findings.extend(found.iter().flat_map(|one| statement(one, &text.pointer)));
    }
    findings
}

/// Most statements that are read in all texts. More are refused, so that a check cannot be made to take minutes.
const MAX_STATEMENTS: usize = 200;

/// Opening braces before an `Effect` that are tried as the start of its statement.
const TRIED_BRACES: usize = 6;

/// Most bytes of one statement that are read.
const STATEMENT_BYTES: usize = 20 * 1024;

/// The JSON objects of a text that hold an `Effect`, or nothing when there are too many.
fn statements(text: &str, left: &mut usize) -> Option<Vec<Value>> {
    let places: Vec<usize> = text.match_indices("\"Effect\"").map(|(at, _)| at).collect();
    *left = left.checked_sub(places.len())?;
    let read = |at: &usize| {
        let (before, _) = text.split_at(*at);
        before.rmatch_indices('{').take(TRIED_BRACES).find_map(|(brace, _)| {
            let (_, from) = text.split_at(brace);
            let from = from.get(..from.floor_char_boundary(STATEMENT_BYTES))?;
            let value = serde_json::Deserializer::from_str(from).into_iter::<Value>().next()?.ok()?;
            value.get("Effect").is_some().then_some(value)
        })
    };
    Some(places.iter().filter_map(read).collect())
}

fn walk(value: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("Effect") {
                findings.extend(statement(value, pointer));
            }
            for (name, member) in members {
                walk(member, &format!("{pointer}{}", pointer_step(name)), findings);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{pointer}/{index}"), findings);
            }
        }
        _ => {}
    }
}

/// A member that may be one text or a list of them, in lower case.
fn words(statement: &Value, member: &str) -> Vec<String> {
    match statement.get(member) {
        Some(Value::String(text)) => vec![text.to_lowercase()],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_lowercase).collect(),
        _ => Vec::new(),
    }
}

fn statement(statement: &Value, pointer: &str) -> Vec<Finding> {
    if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
        return Vec::new();
    }
    let actions = words(statement, "Action");
    let everything =
        words(statement, "Resource").iter().any(|r| r == "*" || r == "arn:aws:*" || r == "arn:*");
    let narrow = "name the actions and resources that are needed";
    let any = |test: &dyn Fn(&str) -> bool| actions.iter().any(|action| test(action));
    let mut findings = Vec::new();
    let mut error = |code, message: &str| findings.push(Finding::error(code, pointer, message).fix(narrow));
    if any(&|a| a == "*" || a == "*:*") {
        error("iam.every_action", "a policy allows every action");
    } else if statement.get("NotAction").is_some() {
        error("iam.not_action", "a policy allows every action but some");
    }
    if statement.get("NotResource").is_some() {
        error("iam.not_resource", "a policy allows every resource but some");
    }
    let powerful = |a: &str| {
        ["iam:*", "iam:passrole", "sts:assumerole", "sts:*", "organizations:*", "kms:*"].contains(&a)
    };
    if everything && any(&powerful) {
        error("iam.powers_on_everything", "a policy allows roles or keys to be used on every resource");
    } else if everything && any(&|a| a.ends_with(":*")) {
        error("iam.service_on_everything", "a policy allows all of a service on every resource");
    }
    if public_principal(statement) && statement.get("Condition").is_none() {
        error("iam.public_principal", "a policy lets anyone in");
    }
    findings
}

fn public_principal(statement: &Value) -> bool {
    match statement.get("Principal") {
        Some(Value::String(text)) => text == "*",
        Some(principal) => words(principal, "AWS").iter().any(|who| who == "*"),
        None => false,
    }
}
