//! The public document of events, AsyncAPI 3.0, made from the catalogue: nothing in it is written by hand.

use crate::events::{EventKind, Events};
use cws_model::Event;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

const ABOUT: &str = "What CloudWorkstation tells of: CloudEvents 1.0 in JSON. Every event comes at least once, so drop an \
`id` that you have seen; the order of events is not promised. A type ends in its version; a version may gain members and \
loses none.";

/// Media type of an event.
const CLOUD_EVENT: &str = "application/cloudevents+json";

/// The document.
pub fn document(catalogue: &[Events], version: &str) -> Value {
    let settings = SchemaSettings::draft07().with(|s| {
        s.definitions_path = "/components/schemas".into();
        s.meta_schema = None;
    });
    let mut generator = SchemaGenerator::new(settings);
    let envelope = generator.subschema_for::<Event>();
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for (domain, event) in each(catalogue) {
        let kind = event.kind.to_owned();
        messages.insert(kind.clone(), message(domain, event, envelope.as_value(), &mut generator));
        channels.insert(kind.clone(), channel(event));
        operations.insert(format!("send.{kind}"), operation(event));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "CloudWorkstation events",
            "version": version,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": CLOUD_EVENT,
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": generator.take_definitions(true)},
    })
}

fn each<'a>(catalogue: &'a [Events]) -> impl Iterator<Item = (&'static str, &'static EventKind)> + 'a {
    catalogue.iter().flat_map(|events| events.kinds.iter().map(|kind| (events.domain, kind)))
}

fn channel(event: &EventKind) -> Value {
    let message = json!({"$ref": format!("#/components/messages/{}", event.kind)});
    json!({"address": event.kind, "messages": {event.kind: message}})
}

fn operation(event: &EventKind) -> Value {
    let channel = format!("#/channels/{}", event.kind);
    let message = format!("{channel}/messages/{}", event.kind);
    json!({
        "action": "send",
        "channel": {"$ref": channel},
        "summary": event.about,
        "messages": [{"$ref": message}],
    })
}

fn message(domain: &str, event: &EventKind, envelope: &Value, generator: &mut SchemaGenerator) -> Value {
    let own = json!({
        "type": "object",
        "properties": {"type": {"const": event.kind}, "data": event.schema(generator)},
    });
    json!({
        "name": event.kind,
        "title": event.kind,
        "summary": event.about,
        "contentType": CLOUD_EVENT,
        "tags": [{"name": domain}],
        "payload": {"allOf": [envelope, own]},
    })
}
