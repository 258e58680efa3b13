//! Audit records: who did what to what, written in the same commit as the change itself.

use cws_model::{
    InstitutionId, Timestamp,
    id::{AuditId, RequestId},
};
use cws_store::{Key, Kind, Record, StoreError, key::spread, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name of the audit log among the Merkle logs.
pub const AUDIT_LOG: &str = "audit";
/// Name of the template log.
pub const TEMPLATE_LOG: &str = "templates";

/// Whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused; one record a minute for each caller and route, or for each person who could not sign in.
    Denied,
}

/// One record. Its stored text is what the log's leaf is the digest of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditRecord {
    /// Id; sorts by time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Institution in which.
    pub institution: InstitutionId,
    /// `user`, `service_account`, `operator` or `anonymous`.
    pub actor_kind: String,
    /// Who.
    pub actor: String,
    /// What, such as `project.created`.
    pub action: String,
    /// Operation id of the route.
    pub route: String,
    /// To what.
    pub subject: Option<String>,
    /// Whether it was done.
    pub outcome: Outcome,
    /// What was changed: never a secret, never personal data.
    pub change: Option<serde_json::Value>,
    /// The request, as its answer and the log name it.
    pub request_id: RequestId,
}

/// How many parts the records of an institution are spread over: ids grow with time, so that one part
/// would take every write of a large institution at its end.
pub const AUDIT_PARTS: u32 = 16;

/// The part in which the record of an id stands.
pub fn part_of(id: &str) -> String {
    part_name(spread(id, AUDIT_PARTS))
}

/// The name of a part.
pub fn part_name(part: u32) -> String {
    format!("{:x}", part % AUDIT_PARTS)
}

/// Where the record of an id stands.
pub fn record_key(institution: &InstitutionId, id: &str) -> Key {
    Key::new(kind::AUDIT.of_part(institution, &part_of(id)), id)
}

impl Record for AuditRecord {
    const KIND: Kind = kind::AUDIT;
}

/// What the log keeps of a record: enough to find it and to see that it was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLeaf {
    /// Record.
    pub id: AuditId,
    /// Institution whose record it is.
    pub institution: InstitutionId,
    /// SHA-256 of the stored text, hex.
    pub digest: String,
}

/// SHA-256, hex.
pub fn digest_hex(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The two texts of a record: the row and the leaf.
///
/// # Errors
/// `Corrupt` when it is no JSON, which its type excludes.
pub fn texts(record: &AuditRecord) -> Result<(String, String), StoreError> {
    let corrupt = |e: serde_json::Error| StoreError::Corrupt {
        kind: kind::AUDIT.prefix.to_owned(),
        reason: e.to_string(),
    };
    let row = serde_json::to_string(record).map_err(corrupt)?;
    let leaf = AuditLeaf {
        id: record.id.clone(),
        institution: record.institution.clone(),
        digest: digest_hex(row.as_bytes()),
    };
    Ok((row, serde_json::to_string(&leaf).map_err(corrupt)?))
}
