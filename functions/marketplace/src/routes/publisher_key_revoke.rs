//! `POST /marketplace/namespaces/{namespace}/keys/{key_id}/revoke`: stops trusting a key.
//!
//! What was published with it before stays verified: its record in the log is older than the revocation.

use super::publisher_key_add::record;
use crate::{
    errors,
    find::{Name, NamespaceAt, find_namespace},
    place,
    record::Happening,
};
use cws_authz::Action;
use cws_model::{
    id::PublisherKeyId,
    marketplace::{KeyRevocation, PublisherKey},
    text::Line,
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// Names the route; never constructed.
pub enum PublisherKeyRevoke {}

/// Path.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct KeyPath {
    /// The namespace.
    pub namespace: Name,
    /// The key.
    pub key_id: PublisherKeyId,
}

/// Why.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeIn {
    /// Why it is no longer trusted.
    pub reason: Line<500>,
}

impl Route for PublisherKeyRevoke {
    const SPEC: Spec =
        Spec::post("publisher_key_revoke", "/marketplace/namespaces/{namespace}/keys/{key_id}/revoke")
            .summary("Stop trusting a key")
            .requires(Action::PublisherKeyRevoke)
            .errors(&[errors::WRONG_STATE])
            .reads(&[kind::TEMPLATE_NAME])
            .writes(&[kind::NAMESPACE])
            .audit(AuditRule::Record("publisher_key.revoked"))
            .emits(&["publisher_key.revoked.v1"]);

    type Input = Input<KeyPath, Nothing, RevokeIn>;
    type Output = PublisherKey;
    type Target = NamespaceAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_namespace(ctx, input.path.namespace.as_str()).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, at: Self::Target) -> Result<Answer<PublisherKey>, Problem> {
        let mut namespace = at.meta.value().cloned().ok_or_else(Problem::not_found)?;
        let id = input.path.key_id;
        let catalogue = ctx.catalogue();
        let slot = catalogue.get::<PublisherKey>(Some(&namespace.name), &place::key(&id)).await?;
        let mut key = slot.value().cloned().ok_or_else(Problem::not_found)?;
        if key.revoked.is_some() {
            return Err(Problem::new("wrong_state", "the key is revoked already"));
        }
        key.revoked = Some(KeyRevocation { at: ctx.now(), reason: input.body.reason });
        let mut writes = Writes::new();
        writes.put(&slot, &key)?;
        let listed = place::listed_key(&namespace.name, &id);
        writes.overwrite(catalogue.key::<PublisherKey>(Some(place::ALL_KEYS), &listed)?, &key, None)?;
        namespace.key_count = namespace.key_count.saturating_sub(1);
        namespace.updated_at = ctx.now();
        writes.put(&at.meta, &namespace)?;
        record(Happening::KeyRevoked, &key, ctx, &mut writes).await?;
        let change =
            serde_json::json!({"namespace": namespace.name, "key": id, "fingerprint": key.fingerprint});
        Ok(Answer::json(key)
            .writes(writes)
            .event("publisher_key.revoked.v1", namespace.name.clone(), change.clone())
            .about(id.as_str(), change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"reason": "The laptop that held it was stolen."}))
    }
}
