//! The catalogue of events: complete, true of what is sent, and the AsyncAPI document made of it.

use super::layers::root;
use cws_local::{
    all_events, all_routes,
    world::{Setup, World},
};
use cws_model::Event;
use cws_route::{Request, Table, asyncapi, events::EventKind, relay::event_of, request::Credential};
use cws_store::{Consistency, Range, key::read_all, outbox};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
};

/// Types that a schedule sends to a consumer; nobody else sees them.
const SCHEDULES: [&str; 2] = ["log.due.v1", "usage.due.v1"];

fn catalogue() -> BTreeMap<&'static str, &'static EventKind> {
    all_events().iter().flat_map(|events| events.kinds).map(|kind| (kind.kind, kind)).collect()
}

fn document() -> Value {
    asyncapi::document(&all_events(), env!("CARGO_PKG_VERSION"))
}

/// What the routes say that they emit.
fn emitted() -> BTreeSet<&'static str> {
    let table = Table::new(all_routes()).unwrap();
    table.rows().iter().flat_map(|row| row.spec().emits).copied().collect()
}

#[test]
fn every_event_that_a_route_emits_is_in_the_catalogue_and_no_other_is() {
    let listed: BTreeSet<&str> = catalogue().keys().copied().collect();
    assert_eq!(emitted(), listed);
    let count: usize = all_events().iter().map(|events| events.kinds.len()).sum();
    assert_eq!(count, listed.len(), "each is listed once");
}

#[test]
fn whatever_a_consumer_listens_to_is_in_the_catalogue() {
    for consumers in cws_local::all_consumers() {
        for consumer in consumers.entries() {
            for pattern in consumer.spec().listens {
                let known = catalogue().keys().any(|kind| match pattern.strip_suffix('*') {
                    Some(start) => kind.starts_with(start),
                    None => kind == pattern,
                });
                assert!(known || SCHEDULES.contains(pattern), "{}: {pattern}", consumer.spec().name);
            }
        }
    }
}

#[test]
fn the_committed_document_is_the_one_that_the_catalogue_makes() {
    let path = root().join("infra/generated/asyncapi.json");
    let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if made != committed && env::var_os("CI").is_none() {
        fs::write(&path, &made).unwrap();
    }
    assert!(
        made == committed,
        "infra/generated/asyncapi.json was stale; it is written anew: read its difference"
    );
}

#[test]
fn the_document_has_the_shape_of_asyncapi_3() {
    let document = document();
    assert_eq!(document["asyncapi"], "3.0.0");
    for member in ["title", "version"] {
        assert!(document["info"][member].is_string(), "{member}");
    }
    let (channels, operations) =
        (document["channels"].as_object().unwrap(), document["operations"].as_object().unwrap());
    assert_eq!((channels.len(), operations.len()), (catalogue().len(), catalogue().len()));
    for (name, operation) in operations {
        assert_eq!(operation["action"], "send", "{name}");
        let channel = reference(&document, &operation["channel"]);
        let message = reference(&document, reference(&document, &operation["messages"][0]));
        assert!(channel["messages"].as_object().unwrap().contains_key(message["name"].as_str().unwrap()));
        assert_eq!(channel["address"], message["name"], "{name}");
        assert_eq!(message["contentType"], "application/cloudevents+json", "{name}");
        let payload = &message["payload"]["allOf"];
        assert_eq!(payload[1]["properties"]["type"]["const"], message["name"]);
        let envelope = reference(&document, &payload[0]);
        let data = reference(&document, &payload[1]["properties"]["data"]);
        for schema in [envelope, data] {
            assert_eq!(schema["type"], "object", "{name}");
            assert!(!schema["properties"].as_object().unwrap().is_empty(), "{name}");
        }
    }
    let mut references = BTreeSet::new();
    super::document::collect(&document, &mut references);
    for pointer in references {
        assert!(document.pointer(pointer.strip_prefix('#').unwrap()).is_some(), "{pointer} leads nowhere");
    }
}

fn reference<'a>(document: &'a Value, holder: &'a Value) -> &'a Value {
    match holder["$ref"].as_str() {
        Some(pointer) => document.pointer(pointer.strip_prefix('#').unwrap()).unwrap(),
        None => holder,
    }
}

/// Routes are called without the program around them, so that what they send stays in the outbox.
struct Desk {
    world: World,
    operator: String,
}

impl Desk {
    async fn call(&self, operation_id: &str, path: &[(&str, &str)], body: &Value) -> Value {
        let mut headers = BTreeMap::from([("if-match".to_owned(), "*".to_owned())]);
        if !body.is_null() {
            headers.insert("content-type".to_owned(), "application/json".to_owned());
        }
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let request = Request {
            path_params: path.iter().map(owned).collect(),
            headers,
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            credential: Credential::Bearer(self.operator.clone()),
            from_loopback: true,
            ..Request::default()
        };
        let response = self.world.shell.serve_operation(operation_id, request).await.unwrap();
        assert!(response.status < 300, "{operation_id}: {}", String::from_utf8_lossy(&response.body));
        serde_json::from_slice(&response.body).unwrap_or_default()
    }

    async fn sent(&self) -> Vec<Event> {
        let mut sent = Vec::new();
        for shard in 0..outbox::SHARDS {
            let range = Range::all(outbox::partition(shard));
            let rows = read_all(self.world.store.as_ref(), range, Consistency::Strong).await.unwrap();
            sent.extend(rows.iter().map(|row| event_of(row).unwrap()));
        }
        sent
    }
}

#[tokio::test]
async fn what_is_sent_is_what_the_catalogue_says() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::open(dir.path(), "http://localhost", Setup::for_tests()).await.unwrap();
    let operator = fs::read_to_string(&world.operator.path).unwrap().trim().to_owned();
    let desk = Desk { world, operator };
    do_everything(&desk).await;
    let (catalogue, mut seen) = (catalogue(), BTreeSet::new());
    for event in desk.sent().await {
        let listed =
            catalogue.get(event.kind.as_str()).unwrap_or_else(|| panic!("{} is not listed", event.kind));
        let fits = listed.check(&event.data);
        assert!(fits.is_ok(), "{}: {fits:?} {}", event.kind, event.data);
        seen.insert(listed.kind);
    }
    assert!(seen.len() >= 10, "{seen:?}");
}

async fn do_everything(desk: &Desk) {
    let null = Value::Null;
    let new = json!({"username": "ada", "email": "ada@example.org", "full_name": "Ada"});
    let made = desk.call("user_create", &[], &new).await;
    let ada = made["id"].as_str().or(made["user"]["id"].as_str()).unwrap_or_else(|| panic!("{made}"));
    desk.call("user_deactivate", &[("user_id", ada)], &null).await;
    desk.call("user_reactivate", &[("user_id", ada)], &null).await;
    desk.call("namespace_create", &[], &json!({"name": "lab"})).await;
    let member = [("namespace", "lab"), ("user_id", ada)];
    desk.call("namespace_member_set", &member, &json!({"role": "maintainer"})).await;
    let manifest = "name: River\nslug: river\ndescription: Tools for rivers and their catchments\nbase: ubuntu-24.04\n\
        version: 1.0.0\npackage_manager: apt\npackages:\n  system: [jq]\n";
    let new = json!({"namespace": "lab", "name": "river", "version": "1.0.0", "template": manifest});
    let made = desk.call("template_publish", &[], &new).await;
    let id = made["id"].as_str().or(made["template_id"].as_str()).unwrap_or_else(|| panic!("{made}"));
    let next = json!({"version": "1.1.0", "template": manifest.replace("1.0.0", "1.1.0")});
    desk.call("template_version_publish", &[("template_id", id)], &next).await;
    let version = [("template_id", id), ("version", "1.0.0")];
    desk.call("template_version_yank", &version, &json!({"reason": "It fills the disk."})).await;
    desk.call("template_version_unyank", &version, &null).await;
    desk.call("template_version_download", &version, &null).await;
    desk.call("template_update", &[("template_id", id)], &json!({"tags": ["water"]})).await;
    let channel = [("template_id", id), ("channel", "stable")];
    desk.call("template_channel_set", &channel, &json!({"version": "1.1.0"})).await;
    desk.call("template_deprecate", &[("template_id", id)], &json!({"reason": "Nobody looks after it."}))
        .await;
}
