//! How a namespace looks from outside, and the limits of what is in it.

use crate::place;
use cws_model::{
    InstitutionId, Timestamp,
    marketplace::{Namespace, NamespaceMember, SignaturePolicy},
};
use cws_route::Problem;
use cws_store::{Range, Scoped, Slot, Span};
use schemars::JsonSchema;
use serde::Serialize;

/// Most people in a namespace.
pub const MEMBERS_MAX: u32 = 200;
/// Most keys of a namespace that are not revoked.
pub const KEYS_MAX: u32 = 20;

/// A namespace and who is in it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NamespaceOut {
    /// Unique on the deployment.
    pub name: String,
    /// Institution it belongs to.
    pub institution: InstitutionId,
    /// Who publishes here, and what.
    pub description: String,
    /// Whether every version must carry a signature of its publisher.
    pub publisher_signatures: SignaturePolicy,
    /// Who is in it, at most 200.
    pub members: Vec<NamespaceMember>,
    /// How many keys it has that are not revoked.
    pub key_count: u32,
    /// When it was taken.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl NamespaceOut {
    /// From its rows.
    pub fn new(namespace: Namespace, members: Vec<NamespaceMember>) -> Self {
        Self {
            name: namespace.name,
            institution: namespace.institution,
            description: namespace.description.as_str().to_owned(),
            publisher_signatures: namespace.publisher_signatures,
            members,
            key_count: namespace.key_count,
            created_at: namespace.created_at,
            updated_at: namespace.updated_at,
        }
    }
}

/// Everybody in a namespace.
///
/// # Errors
/// What the store says.
pub async fn members(catalogue: &Scoped, namespace: &str) -> Result<Vec<NamespaceMember>, Problem> {
    let shape =
        |range: Range| Range { span: Span::Prefix(place::MEMBERS.to_owned()), ..range.limit(MEMBERS_MAX) };
    let rows = catalogue.range::<NamespaceMember>(Some(namespace), shape).await?;
    Ok(rows.slots.into_iter().filter_map(Slot::into_value).collect())
}
