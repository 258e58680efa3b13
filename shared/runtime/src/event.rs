//! The events that Lambda delivers, as far as they are looked at. Everything that may be missing or
//! null is, so that an event of a newer version, or of an emulator, reads all the same.

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Null counts as the default.
fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A request through a REST API with proxy integration, payload version 1.0.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ProxyEvent {
    #[serde(deserialize_with = "lenient")]
    pub(crate) path_parameters: BTreeMap<String, String>,
    /// Decoded values, and no order between names.
    #[serde(deserialize_with = "lenient")]
    pub(crate) multi_value_query_string_parameters: BTreeMap<String, Vec<String>>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) body: String,
    #[serde(deserialize_with = "lenient")]
    pub(crate) is_base64_encoded: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) request_context: RequestContext,
}

/// What API Gateway knows of a request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RequestContext {
    /// What the authorizer found out; values may come as text.
    #[serde(deserialize_with = "lenient")]
    pub(crate) authorizer: BTreeMap<String, serde_json::Value>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) domain_name: String,
    #[serde(deserialize_with = "lenient")]
    pub(crate) stage: String,
}

/// The answer to it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProxyAnswer {
    pub(crate) status_code: u16,
    pub(crate) multi_value_headers: BTreeMap<String, Vec<String>>,
    pub(crate) body: String,
    pub(crate) is_base64_encoded: bool,
}

/// What a REQUEST authorizer is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AuthorizerEvent {
    #[serde(deserialize_with = "lenient")]
    pub(crate) method_arn: String,
    #[serde(deserialize_with = "lenient")]
    pub(crate) headers: BTreeMap<String, String>,
}

/// What calls a consumer: messages from its queue, or its schedule.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct QueueBatch {
    /// Type of the event that the schedule stands for, such as `log.due.v1`.
    pub(crate) wake: Option<String>,
    #[serde(rename = "Records", deserialize_with = "lenient")]
    pub(crate) records: Vec<QueueMessage>,
}

/// One of them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct QueueMessage {
    pub(crate) message_id: String,
    #[serde(deserialize_with = "lenient")]
    pub(crate) body: String,
}

/// What EventBridge puts into a queue.
#[derive(Debug, Deserialize)]
pub(crate) struct BusEnvelope {
    pub(crate) detail: cws_model::Event,
}

/// Records of the table's stream, keys only.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StreamBatch {
    #[serde(rename = "Records", deserialize_with = "lenient")]
    pub(crate) records: Vec<StreamRecord>,
}

/// One of them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct StreamRecord {
    pub(crate) event_name: String,
    pub(crate) dynamodb: StreamChange,
}

/// What changed.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct StreamChange {
    pub(crate) keys: StreamKeys,
    pub(crate) sequence_number: String,
}

/// Where it changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StreamKeys {
    pub(crate) pk: Text,
    pub(crate) sk: Text,
}

/// A string attribute.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Text {
    #[serde(rename = "S")]
    pub(crate) s: String,
}

/// Which records of a batch are to come again; all others are done.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchAnswer {
    pub(crate) batch_item_failures: Vec<ItemFailure>,
}

/// One of them: a message id, or a sequence number.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemFailure {
    pub(crate) item_identifier: String,
}

impl BatchAnswer {
    pub(crate) fn again(&mut self, item_identifier: impl Into<String>) {
        self.batch_item_failures.push(ItemFailure { item_identifier: item_identifier.into() });
    }
}
