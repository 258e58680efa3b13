//! Events: CloudEvents 1.0, one catalogue for webhooks, EventBridge and sockets.

use crate::{InstitutionId, Timestamp, id::EventId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that happened. Serialises as a CloudEvents 1.0 JSON event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Always `1.0`.
    pub specversion: String,
    /// Unique; consumers drop an id that they have seen.
    pub id: EventId,
    /// Type with its version, such as `template.published.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Always `/cloudworkstation`.
    pub source: String,
    /// The thing it happened to, such as `tpl_…`.
    pub subject: String,
    /// When.
    pub time: Timestamp,
    /// Institution in which it happened.
    pub institution: InstitutionId,
    /// What happened; its schema belongs to the type.
    pub data: serde_json::Value,
}
