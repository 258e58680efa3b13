//! The catalogue of events: each type with one line about it and the type of its data. Each domain lists its
//! own in its file `events.rs`; the public document of events is made from these lists.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A type of event.
#[derive(Clone, Copy)]
pub struct EventKind {
    /// The type with its version, such as `template.published.v1`.
    pub kind: &'static str,
    /// When it is sent, in a sentence.
    pub about: &'static str,
    schema: fn(&mut SchemaGenerator) -> Schema,
    read: fn(&Value) -> Result<(), serde_json::Error>,
}

impl EventKind {
    /// An event whose data are a `T`. A new member that readers may leave out keeps the version; any other
    /// change needs the next one.
    pub const fn of<T: JsonSchema + DeserializeOwned>(kind: &'static str, about: &'static str) -> Self {
        Self { kind, about, schema: schema_of::<T>, read: read_as::<T> }
    }

    /// The schema of its data.
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.schema)(generator)
    }

    /// Whether these are such data.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self, data: &Value) -> Result<(), serde_json::Error> {
        (self.read)(data)
    }
}

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn read_as<T: DeserializeOwned>(data: &Value) -> Result<(), serde_json::Error> {
    serde_json::from_value::<T>(data.clone()).map(drop)
}

/// The events of a domain.
#[derive(Clone, Copy)]
pub struct Events {
    /// Domain.
    pub domain: &'static str,
    /// Its types.
    pub kinds: &'static [EventKind],
}
