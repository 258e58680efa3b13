//! Publishes the templates that come with the program, through the same routes as anybody's.

use crate::{examine, publish::submitted_version};
use cws_route::audit::digest_hex;
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

/// What came of publishing.
#[derive(Debug, Default)]
pub struct Published {
    /// Versions that are new.
    pub new: u32,
    /// Templates that this deployment does not have, or not as they are shipped.
    pub refused: Vec<ShippedError>,
}

/// Publishes what is not published yet; `call` runs a route as the operator. Safe to do at every start:
/// what is there stays as it is. A template that is refused, such as for a publisher's name that is too
/// close to its own, holds up no other.
///
/// # Errors
/// A namespace that cannot be made, or a route that failed.
pub async fn publish(mut call: impl AsyncFnMut(Call) -> Reply) -> Result<Published, ShippedError> {
    let reply = call(Call::new("namespace_create", namespace())).await;
    accept("namespace_create", NAMESPACE, &reply, "namespace_taken")?;
    let mut published = Published::default();
    for template in shipped() {
        match publish_one(template, &mut call).await {
            Ok(new) => published.new += u32::from(new),
            Err(error) if error.status < 500 => published.refused.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok(published)
}

/// Answers whether a version is new.
async fn publish_one(
    template: &Shipped,
    call: &mut impl AsyncFnMut(Call) -> Reply,
) -> Result<bool, ShippedError> {
    let reply = call(Call::new("template_publish", first(template))).await;
    if accept("template_publish", template.name, &reply, "name_taken")? {
        return Ok(true);
    }
    let id = reply.body.get("template_id").and_then(Value::as_str).unwrap_or_default();
    let next = Call::new("template_version_publish", next(template)).at("template_id", id);
    let reply = call(next).await;
    if accept("template_version_publish", template.name, &reply, "version_exists")? {
        return Ok(true);
    }
    same_bytes(template, id, call).await?;
    Ok(false)
}

/// INVARIANT (not swallowed): a version that exists holds the bytes that are shipped under its number; a
/// text that was edited without a new version is told of.
async fn same_bytes(
    template: &Shipped,
    id: &str,
    call: &mut impl AsyncFnMut(Call) -> Reply,
) -> Result<(), ShippedError> {
    let operation_id = "template_version_view";
    let version = examine::read(template.yaml)
        .ok()
        .and_then(|(parsed, _)| submitted_version(None, &parsed.template).ok())
        .map_or_else(String::new, |version| version.to_string());
    let reply =
        call(Call::new(operation_id, Value::Null).at("template_id", id).at("version", &version)).await;
    let digest = reply.body.get("digest").and_then(Value::as_str);
    if digest == Some(digest_hex(template.yaml.as_bytes()).as_str()) {
        return Ok(());
    }
    let body = json!({"detail": format!("version {version} was published with another text than is shipped: raise it")});
    Err(ShippedError { operation_id, what: template.name.to_owned(), status: reply.status, body })
}

impl Call {
    fn new(operation_id: &'static str, body: Value) -> Self {
        Self { operation_id, path_params: BTreeMap::new(), body }
    }

    fn at(mut self, name: &str, value: &str) -> Self {
        self.path_params.insert(name.to_owned(), value.to_owned());
        self
    }
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
    use futures::executor::block_on;

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

    fn answer(status: u16, body: Value) -> Reply {
        Reply { status, body }
    }

    #[test]
    fn a_template_that_is_refused_is_told_of_and_holds_up_no_other() {
        let refused = shipped().get(3).unwrap().name;
        let outcome = block_on(publish(async |call: Call| {
            if call.body.get("name").is_some_and(|name| name == refused) {
                return answer(409, json!({"code": "name_too_close", "existing": "lab/other"}));
            }
            answer(201, json!({}))
        }));
        let outcome = outcome.unwrap();
        assert_eq!(outcome.new as usize, shipped().len() - 1);
        assert_eq!(outcome.refused.iter().map(|error| error.what.as_str()).collect::<Vec<_>>(), [refused]);
    }

    #[test]
    fn a_text_that_was_edited_without_a_new_version_is_told_of() {
        let edited = shipped().get(2).unwrap();
        let outcome = block_on(publish(async |call: Call| match call.operation_id {
            "template_publish" => {
                let id = call.body.get("name").cloned();
                answer(409, json!({"code": "name_taken", "template_id": id}))
            }
            "template_version_view" => {
                let name = call.path_params.get("template_id").unwrap();
                let text = shipped().iter().find(|template| template.name == name).unwrap().yaml;
                let stored = if name == edited.name { format!("{text}# before\n") } else { text.to_owned() };
                answer(200, json!({"digest": digest_hex(stored.as_bytes())}))
            }
            "namespace_create" => answer(409, json!({"code": "namespace_taken"})),
            _ => answer(409, json!({"code": "version_exists"})),
        }));
        let outcome = outcome.unwrap();
        assert_eq!(outcome.new, 0);
        let refused: Vec<&str> = outcome.refused.iter().map(|error| error.what.as_str()).collect();
        assert_eq!(refused, [edited.name]);
    }

    #[test]
    fn a_route_that_fails_ends_it() {
        let outcome = block_on(publish(async |_: Call| answer(503, json!({"code": "unavailable"}))));
        assert_eq!(outcome.unwrap_err().status, 503);
    }

    #[test]
    fn what_was_done_before_is_no_failure_and_anything_else_is() {
        let taken = Reply { status: 409, body: json!({"code": "namespace_taken"}) };
        assert!(!accept("namespace_create", NAMESPACE, &taken, "namespace_taken").unwrap());
        let refused = Reply { status: 409, body: json!({"code": "name_too_close"}) };
        assert!(accept("template_publish", "x", &refused, "name_taken").is_err());
    }
}
