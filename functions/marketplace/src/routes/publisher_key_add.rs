//! `POST /marketplace/namespaces/{namespace}/keys`: registers a key that the namespace signs with.

use crate::{
    errors,
    find::{NamespaceAt, NamespacePath, find_namespace},
    names::{public_among, shown_namespace},
    namespace::KEYS_MAX,
    place,
    record::{Happening, LogRecord},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_authz::Action;
use cws_model::{id::PublisherKeyId, marketplace::PublisherKey, text::Line};
use cws_route::{Answer, AuditRule, Ctx, ErrorCode, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Range, Span, Writes, kind};
use cws_templates::sign::PublicKey;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Names the route; never constructed.
pub enum PublisherKeyAdd {}

/// A key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyIn {
    /// What the owners call it.
    pub label: Line<100>,
    /// The 32 raw bytes of an Ed25519 public key, base64.
    #[schemars(length(min = 44, max = 44))]
    pub public_key: String,
}

impl Route for PublisherKeyAdd {
    const SPEC: Spec = Spec::post("publisher_key_add", "/marketplace/namespaces/{namespace}/keys")
        .summary("Register a key that the namespace signs with")
        .requires(Action::PublisherKeyAdd)
        .status(201)
        .errors(&[
            errors::TOO_MANY,
            ErrorCode::new(
                409,
                "key_exists",
                "The key was registered before; a revoked key never comes back.",
            ),
        ])
        .reads(&[kind::TEMPLATE_NAME])
        .writes(&[kind::NAMESPACE])
        .audit(AuditRule::Record("publisher_key.added"))
        .emits(&["publisher_key.added.v1"]);

    type Input = Input<NamespacePath, Nothing, KeyIn>;
    type Output = PublisherKey;
    type Target = NamespaceAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_namespace(ctx, input.path.namespace.as_str()).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, at: Self::Target) -> Result<Answer<PublisherKey>, Problem> {
        let mut namespace = at.meta.value().cloned().ok_or_else(Problem::not_found)?;
        let public = read_key(&input.body.public_key)?;
        let fingerprint = public.key_id();
        check_room(ctx, &namespace.name, &fingerprint).await?;
        let id: PublisherKeyId = ctx.id();
        let key = PublisherKey {
            id: id.clone(),
            namespace: namespace.name.clone(),
            label: input.body.label,
            public_key: STANDARD.encode(public.raw()),
            fingerprint: fingerprint.clone(),
            added_by: ctx.caller().id().to_owned(),
            added_at: ctx.now(),
            revoked: None,
        };
        let catalogue = ctx.catalogue();
        let mut writes = Writes::new();
        let listed = place::listed_key(&namespace.name, &id);
        writes.create(catalogue.key::<PublisherKey>(Some(&namespace.name), &place::key(&id))?, &key)?;
        writes.create(catalogue.key::<PublisherKey>(Some(place::ALL_KEYS), &listed)?, &key)?;
        namespace.key_count = namespace.key_count.saturating_add(1);
        namespace.updated_at = ctx.now();
        writes.put(&at.meta, &namespace)?;
        record(Happening::KeyAdded, &key, ctx, &mut writes).await?;
        let change = serde_json::json!({"namespace": namespace.name, "key": id, "fingerprint": fingerprint});
        Ok(Answer::json(key)
            .writes(writes)
            .event("publisher_key.added.v1", namespace.name.clone(), change.clone())
            .about(id.as_str(), change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({
            "label": "release key 2026", "public_key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        }))
    }
}

fn read_key(text: &str) -> Result<PublicKey, Problem> {
    let raw = STANDARD.decode(text).map_err(|_| Problem::field("/public_key", "must be standard base64"))?;
    PublicKey::from_raw(&raw).map_err(|error| Problem::field("/public_key", error.to_string()))
}

async fn check_room(ctx: &Ctx, namespace: &str, fingerprint: &str) -> Result<(), Problem> {
    let shape = |range: Range| Range { span: Span::Prefix(place::KEYS.to_owned()), ..range.limit(1000) };
    let rows = ctx.catalogue().range::<PublisherKey>(Some(namespace), shape).await?;
    let keys: Vec<&PublisherKey> = rows.slots.iter().filter_map(|slot| slot.value()).collect();
    if keys.iter().any(|key| key.fingerprint == fingerprint) {
        return Err(Problem::new("key_exists", "the namespace knows this key; make a new one"));
    }
    let trusted = keys.iter().filter(|key| key.revoked.is_none()).count();
    if u32::try_from(trusted).unwrap_or(u32::MAX) >= KEYS_MAX {
        let detail = format!("a namespace has at most {KEYS_MAX} keys that are not revoked");
        return Err(Problem::new("too_many", detail).with("limit", KEYS_MAX));
    }
    Ok(())
}

/// Records what happened to a key in the template log.
///
/// # Errors
/// 500, which the types exclude.
pub async fn record(
    kind: Happening,
    key: &PublisherKey,
    ctx: &Ctx,
    writes: &mut Writes,
) -> Result<(), Problem> {
    let public = !public_among(ctx, &BTreeSet::from([key.namespace.as_str()])).await?.is_empty();
    let namespace = shown_namespace(&key.namespace, public);
    let record = LogRecord::of_key(kind, &namespace, &key.fingerprint, ctx.now());
    record.add(ctx, writes).map(|_| ())
}
