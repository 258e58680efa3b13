//! What a handler gives back: the answer, and what is to be written with it.

use crate::Problem;
use cws_model::{Event, InstitutionId, Timestamp};
use cws_store::{Expect, Key, Op, Revision, Value, Writes, kind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// The output type of a route whose answer is not JSON.
#[derive(Debug)]
pub enum Raw {}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl JsonSchema for Raw {
    fn schema_name() -> Cow<'static, str> {
        "Raw".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({})
    }
}

/// The body of an answer.
#[derive(Debug)]
pub enum Payload<T> {
    /// JSON.
    Json(T),
    /// Bytes of the SPEC's media type.
    Bytes(Vec<u8>),
    /// None.
    Empty,
}

/// An event that the handler wants sent; the shell gives it its id, time and institution.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Type with version, such as `template.published.v1`.
    pub kind: &'static str,
    /// What it happened to.
    pub subject: String,
    /// What happened.
    pub data: serde_json::Value,
}

impl Draft {
    /// The event itself.
    pub fn into_event(
        self,
        id: cws_model::id::EventId,
        institution: cws_model::InstitutionId,
        time: Timestamp,
    ) -> Event {
        Event {
            specversion: "1.0".to_owned(),
            id,
            kind: self.kind.to_owned(),
            source: "/cloudworkstation".to_owned(),
            subject: self.subject,
            time,
            institution,
            data: self.data,
        }
    }
}

/// An answer and its commit.
#[derive(Debug)]
pub struct Answer<T> {
    /// Body.
    pub payload: Payload<T>,
    /// Status, when it is not the SPEC's.
    pub status: Option<u16>,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// Rows to write.
    pub writes: Writes,
    /// Events to send.
    pub events: Vec<Draft>,
    /// What the audit record says it was done to.
    pub subject: Option<String>,
    /// What the audit record says was changed: never a secret, never personal data.
    pub change: Option<serde_json::Value>,
    /// On a public route: who turned out to be calling, and where.
    pub actor: Option<(InstitutionId, String)>,
}

impl<T> Answer<T> {
    fn of(payload: Payload<T>) -> Self {
        Self {
            payload,
            status: None,
            headers: Vec::new(),
            writes: Writes::new(),
            events: Vec::new(),
            subject: None,
            change: None,
            actor: None,
        }
    }

    /// JSON.
    pub fn json(body: T) -> Self {
        Self::of(Payload::Json(body))
    }

    /// Bytes.
    pub fn bytes(body: Vec<u8>) -> Self {
        Self::of(Payload::Bytes(body))
    }

    /// Nothing.
    pub fn empty() -> Self {
        Self::of(Payload::Empty)
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With the ETag of a row as it was read.
    #[must_use]
    pub fn etag(self, revision: Option<&Revision>) -> Self {
        match revision {
            Some(Revision(text)) => self.header("etag", format!("\"{text}\"")),
            None => self,
        }
    }

    /// With what is to be written.
    #[must_use]
    pub fn writes(mut self, writes: Writes) -> Self {
        self.writes.extend(writes);
        self
    }

    /// With an event.
    #[must_use]
    pub fn event(mut self, kind: &'static str, subject: impl Into<String>, data: serde_json::Value) -> Self {
        self.events.push(Draft { kind, subject: subject.into(), data });
        self
    }

    /// On a public route, such as sign-in: who turned out to be calling, for the audit record.
    #[must_use]
    pub fn by(mut self, institution: InstitutionId, actor: impl Into<String>) -> Self {
        self.actor = Some((institution, actor.into()));
        self
    }

    /// With what the audit record names.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>, change: serde_json::Value) -> Self {
        self.subject = Some(subject.into());
        self.change = Some(change);
        self
    }
}

/// Adds a leaf to a Merkle log: it gets its index when the sequencer comes by.
///
/// # Errors
/// Never in practice; the leaf is text.
pub fn log_leaf(writes: &mut Writes, log: &str, order: &str, leaf: String) -> Result<(), Problem> {
    let key = log_leaf_key(log, order);
    writes.op(Op::Put { key, expect: Expect::Absent, value: Value::Json(leaf), schema: 1, expires_at: None });
    Ok(())
}

/// How many partitions the pending leaves of a log are spread over.
pub const LOG_SHARDS: u32 = 8;

/// Where a pending leaf waits: sharded by the last character of its order, which is random.
pub fn log_leaf_key(log: &str, order: &str) -> Key {
    let shard = cws_store::key::spread(order, LOG_SHARDS);
    Key::new(log_pending_partition(log, shard), order)
}

/// Partition of the pending leaves of a log.
pub fn log_pending_partition(log: &str, shard: u32) -> String {
    kind::LOG_PENDING.part(&format!("{log}#{shard}"))
}
