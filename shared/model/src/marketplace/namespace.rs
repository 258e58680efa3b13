//! Namespaces: the names that templates are published under, who may publish there, and with which keys.

use crate::{
    InstitutionId, Timestamp,
    id::PublisherKeyId,
    text::{Line, Prose},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Role in a namespace, lowest first: the order is the rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NamespaceRole {
    /// Reads private templates.
    Member,
    /// Publishes.
    Maintainer,
    /// Names the others, keeps the keys.
    Owner,
}

impl NamespaceRole {
    /// Every role, lowest first.
    pub const ALL: &[Self] = &[Self::Member, Self::Maintainer, Self::Owner];

    /// The name used in the API and in policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Maintainer => "maintainer",
            Self::Owner => "owner",
        }
    }
}

/// Whether versions in a namespace must carry a signature of their publisher.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignaturePolicy {
    /// They may.
    #[default]
    Optional,
    /// They must; without one nothing is published.
    Required,
}

/// A namespace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Namespace {
    /// Unique on the deployment: 2 to 64 characters of a-z, 0-9 and single inner hyphens.
    pub name: String,
    /// Institution it belongs to.
    pub institution: InstitutionId,
    /// Who publishes here, and what.
    pub description: Prose<1000>,
    /// Whether versions must be signed by their publisher.
    pub publisher_signatures: SignaturePolicy,
    /// How many owners it has; at least one as long as it lives.
    pub owner_count: u32,
    /// How many members it has, of any role.
    pub member_count: u32,
    /// How many keys it has that are not revoked.
    pub key_count: u32,
    /// Id of who took it.
    pub created_by: String,
    /// When it was taken.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// One person's place in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamespaceMember {
    /// Id of the person; `operator` for the holder of the deployment's own credential.
    pub user_id: String,
    /// Role.
    pub role: NamespaceRole,
    /// Id of who gave it.
    pub added_by: String,
    /// When the person came in.
    pub added_at: Timestamp,
    /// When the role last changed.
    pub updated_at: Timestamp,
}

/// When and why a key stopped being trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyRevocation {
    /// When. What was published with the key before stays verified.
    pub at: Timestamp,
    /// Why.
    pub reason: Line<500>,
}

/// An Ed25519 key that a namespace signs its versions with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublisherKey {
    /// Id.
    pub id: PublisherKeyId,
    /// Namespace that it signs for.
    pub namespace: String,
    /// What the owners call it.
    pub label: Line<100>,
    /// The 32 raw bytes of the public key, base64.
    pub public_key: String,
    /// SHA-256 of those bytes, hex: the `keyid` in envelopes.
    pub fingerprint: String,
    /// Id of who registered it.
    pub added_by: String,
    /// When it was registered.
    pub added_at: Timestamp,
    /// Set once it is no longer trusted.
    pub revoked: Option<KeyRevocation>,
}
