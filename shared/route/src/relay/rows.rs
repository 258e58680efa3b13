//! What the relay keeps: what a consumer knows of an event, and the events that were given up.

use cws_model::{Event, Timestamp};
use cws_store::{Item, Key, Kind, Record, StoreError, Value, kind, outbox};
use serde::{Deserialize, Serialize};

/// Part of the parked rows in which outbox rows stand that hold no event.
pub(super) const UNREADABLE: &str = "~unreadable";
/// Schema version of an outbox row.
const OUTBOX_SCHEMA: u32 = 1;
/// Longest reason that is kept, characters.
const REASON_MAX_CHARS: usize = 1000;

/// What a consumer knows of an event.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Consumed {
    /// Failed tries so far; the event is done when `done`.
    pub(super) tries: u32,
    pub(super) done: bool,
    /// Times that something it needs did not answer; these are no tries.
    #[serde(default)]
    pub(super) outages: u32,
    /// Before this it is not tried again.
    #[serde(default)]
    pub(super) next_try: Option<Timestamp>,
}

impl Record for Consumed {
    const KIND: Kind = kind::CONSUMED;
}

/// An event that a consumer gave up on. It stays until it is consumed after all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parked {
    /// The event; none when the outbox row held none.
    pub event: Option<Event>,
    /// What the outbox row held instead of an event.
    #[serde(default)]
    pub row: Option<String>,
    /// Why, from the last try.
    pub reason: String,
    /// When it was parked.
    pub at: Timestamp,
}

impl Parked {
    pub(super) fn new(event: &Event, reason: &str, at: Timestamp) -> Self {
        Self { event: Some(event.clone()), row: None, reason: shortened(reason), at }
    }

    pub(super) fn unreadable(item: &Item, reason: &str, at: Timestamp) -> Self {
        let row = match &item.value {
            Value::Json(text) => text.clone(),
            Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Value::Count(count) => count.to_string(),
        };
        Self { event: None, row: Some(row), reason: shortened(reason), at }
    }
}

impl Record for Parked {
    const KIND: Kind = kind::PARKED;
}

fn shortened(reason: &str) -> String {
    reason.chars().take(REASON_MAX_CHARS).collect()
}

pub(super) fn seen_key(consumer: &str, event: &Event) -> Key {
    let part = format!("{consumer}#{:x}", outbox::shard_of(event));
    Key::new(kind::CONSUMED.part(&part), event.id.as_str())
}

pub(super) fn parked_key(part: &str, id: &str) -> Key {
    Key::new(kind::PARKED.part(part), id)
}

/// The event in an outbox row.
///
/// # Errors
/// `NewerSchema` or `Corrupt`.
pub fn event_of(item: &Item) -> Result<Event, StoreError> {
    let what = || kind::OUTBOX.prefix.to_owned();
    if item.schema > OUTBOX_SCHEMA {
        return Err(StoreError::NewerSchema { what: what(), found: item.schema, known: OUTBOX_SCHEMA });
    }
    match &item.value {
        Value::Json(text) => event_in(text),
        _ => Err(StoreError::Corrupt { kind: what(), reason: "not JSON".to_owned() }),
    }
}

pub(super) fn event_in(text: &str) -> Result<Event, StoreError> {
    serde_json::from_str(text)
        .map_err(|e| StoreError::Corrupt { kind: kind::OUTBOX.prefix.to_owned(), reason: e.to_string() })
}
