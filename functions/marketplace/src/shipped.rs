//! Publishes the templates that come with the program, through the same routes as anybody's.

use cws_templates::{
    aliases::ALIASES,
    name::check_name,
    shipped::{Shipped, shipped},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thiserror::Error;

/// The namespace of the templates that come with the program.
pub const NAMESPACE: &str = "cws";

/// One call of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Route.
    pub operation_id: &'static str,
    /// Parameters of the path.
    pub path_params: BTreeMap<String, String>,
    /// Body.
    pub body: Value,
}

/// What a route answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Body.
    pub body: Value,
}

/// A call that should have gone through.
#[derive(Debug, Error)]
#[error("`{operation_id}` for `{what}` answered {status}: {body}")]
pub struct ShippedError {
    /// Route.
    pub operation_id: &'static str,
    /// For which namespace or template.
    pub what: String,
    /// Status.
    pub status: u16,
    /// Body.
    pub body: Value,
}

/// Publishes what is not published yet; `call` runs a route as the operator. Answers how many versions
/// are new. Safe to do at every start: what is there stays as it is.
///
/// # Errors
/// The first call that was refused for another reason than that its work was done before.
pub async fn publish(mut call: impl AsyncFnMut(Call) -> Reply) -> Result<u32, ShippedError> {
    let namespace =
        Call { operation_id: "namespace_create", path_params: BTreeMap::new(), body: namespace() };
    let reply = call(namespace).await;
    accept("namespace_create", NAMESPACE, &reply, "namespace_taken")?;
    let mut published = 0;
    for template in shipped() {
        let first =
            Call { operation_id: "template_publish", path_params: BTreeMap::new(), body: first(template) };
        let reply = call(first).await;
        if accept("template_publish", template.name, &reply, "name_taken")? {
            published += 1;
        } else if let Some(id) = reply.body.get("template_id").and_then(Value::as_str) {
            let path_params = BTreeMap::from([("template_id".to_owned(), id.to_owned())]);
            let next = Call { operation_id: "template_version_publish", path_params, body: next(template) };
            let reply = call(next).await;
            published +=
                u32::from(accept("template_version_publish", template.name, &reply, "version_exists")?);
        }
    }
    Ok(published)
}

/// Whether the call did something; a refusal with this code says that it was done before.
fn accept(operation_id: &'static str, what: &str, reply: &Reply, done: &str) -> Result<bool, ShippedError> {
    match reply.status {
        201 => Ok(true),
        409 if reply.body.get("code").is_some_and(|code| code == done) => Ok(false),
        status => Err(ShippedError { operation_id, what: what.to_owned(), status, body: reply.body.clone() }),
    }
}

fn namespace() -> Value {
    json!({"name": NAMESPACE, "description": "The research environments that come with CloudWorkstation."})
}

fn first(template: &Shipped) -> Value {
    json!({
        "namespace": template.namespace,
        "name": template.name,
        "template": template.yaml,
        "visibility": "public",
        "aliases": aliases_of(template.name),
        "channel": "stable",
    })
}

fn next(template: &Shipped) -> Value {
    json!({"template": template.yaml, "channel": "stable"})
}

/// The old names that lead to a template, as far as they may be names.
fn aliases_of(name: &str) -> Vec<&'static str> {
    let leads = ALIASES.iter().filter(|(_, to)| *to == name).map(|(old, _)| *old);
    leads.filter(|old| check_name(old).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{examine, publish::submitted_version};

    #[test]
    fn every_shipped_template_would_be_accepted() {
        assert!(shipped().len() >= 12);
        for template in shipped() {
            let (parsed, report) = examine::read(template.yaml).unwrap();
            assert!(examine::check(&report).is_ok(), "{}: {:?}", template.name, report.findings);
            assert!(submitted_version(None, &parsed.template).is_ok(), "{}", template.name);
            assert!(aliases_of(template.name).len() <= 8, "{}", template.name);
        }
    }

    #[test]
    fn what_was_done_before_is_no_failure_and_anything_else_is() {
        let taken = Reply { status: 409, body: json!({"code": "namespace_taken"}) };
        assert!(!accept("namespace_create", NAMESPACE, &taken, "namespace_taken").unwrap());
        let refused = Reply { status: 409, body: json!({"code": "name_too_close"}) };
        assert!(accept("template_publish", "x", &refused, "name_taken").is_err());
    }
}
