//! `GET /marketplace/trust-root`: the keys to verify templates with.

use crate::{
    log::{self, Log},
    names::{public_among, shown_namespace},
    place,
    vouch::registry_key,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_cloud::signer::PublicKeys;
use cws_model::{Timestamp, id::PublisherKeyId, marketplace::PublisherKey};
use cws_route::{Answer, Ctx, Found, Input, Listing, Nothing, PageQuery, Problem, Route, Spec};
use cws_store::{Slot, kind};
use cws_templates::sign::{PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE};
use cws_translog::VerifierKey;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// Names the route; never constructed.
pub enum TrustRootView {}

/// The registry's key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RegistryKeyOut {
    /// Always `Ed25519`.
    pub algorithm: &'static str,
    /// SHA-256 of the raw key, hex: the `keyid` in envelopes.
    pub key_id: String,
    /// The 32 raw bytes, base64.
    pub public_key: String,
}

/// A key that a namespace registered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PublisherKeyOut {
    /// Id.
    pub id: PublisherKeyId,
    /// The namespace that it signs for, and for no other: its name, or `sha256:` and the SHA-256 of its name while it
    /// holds nothing public.
    pub namespace: String,
    /// SHA-256 of the raw key, hex: the `keyid` in envelopes.
    pub key_id: String,
    /// The 32 raw bytes, base64.
    pub public_key: String,
    /// Since when it is trusted.
    pub added_at: Timestamp,
    /// Since when it no longer is; what was published before stays verified.
    pub revoked_at: Option<Timestamp>,
}

/// What is signed, and how many keys have to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyOut {
    /// DSSE payload type of a version's envelope.
    pub payload_type: &'static str,
    /// In-toto statement type.
    pub statement_type: &'static str,
    /// In-toto predicate type.
    pub predicate_type: &'static str,
    /// How many registry keys have to sign a version.
    pub registry_threshold: u32,
}

/// The keys to verify with.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrustRootOut {
    /// The registry's key: signs every version.
    pub registry: RegistryKeyOut,
    /// Verifier key of the template log (C2SP signed-note); null before its first record.
    pub template_log: Option<String>,
    /// Verifier key of the audit log; null before its first record.
    pub audit_log: Option<String>,
    /// What is signed.
    pub policy: PolicyOut,
    /// The namespaces' keys, a page of them.
    pub publisher_keys: Vec<PublisherKeyOut>,
    /// Cursor of the next page of publisher keys; null at the end.
    pub next: Option<String>,
}

impl Route for TrustRootView {
    const SPEC: Spec = Spec::get("trust_root_view", "/marketplace/trust-root")
        .summary("Read the keys that templates are verified with")
        .public("whoever verifies a template offline needs them; all of them are public keys")
        .reads(&[kind::NAMESPACE, kind::TEMPLATE_NAME, kind::LOG_HEAD])
        .calls(&["public_keys"]);

    type Input = Input<Nothing, PageQuery>;
    type Output = TrustRootOut;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<TrustRootOut>, Problem> {
        let (catalogue, query) = (ctx.catalogue(), input.query);
        let signer = ctx.port::<dyn PublicKeys>()?;
        let registry = registry_key(signer.as_ref()).await?;
        let listing =
            Listing::new(&catalogue, query.limit, query.cursor.as_deref(), &()).part(place::ALL_KEYS);
        let page = listing.page::<PublisherKey>(ctx, |_| true).await?;
        let keys: Vec<PublisherKey> = page.items.into_iter().filter_map(Slot::into_value).collect();
        let public = public_among(ctx, &keys.iter().map(|key| key.namespace.as_str()).collect()).await?;
        let verifier = async |log| {
            let key = log::verifier(&catalogue, signer.as_ref(), log).await?;
            Ok::<_, Problem>(key.as_ref().map(VerifierKey::to_string))
        };
        Ok(Answer::json(TrustRootOut {
            registry: RegistryKeyOut {
                algorithm: "Ed25519",
                key_id: registry.key_id(),
                public_key: STANDARD.encode(registry.raw()),
            },
            template_log: verifier(Log::Templates).await?,
            audit_log: verifier(Log::Audit).await?,
            policy: PolicyOut {
                payload_type: PAYLOAD_TYPE,
                statement_type: STATEMENT_TYPE,
                predicate_type: PREDICATE_TYPE,
                registry_threshold: 1,
            },
            publisher_keys: keys.into_iter().map(|key| shown(key, &public)).collect(),
            next: page.next,
        }))
    }
}

/// INVARIANT (nothing private): anybody reads this, so a namespace is named once it holds something public.
fn shown(key: PublisherKey, public: &BTreeSet<String>) -> PublisherKeyOut {
    PublisherKeyOut {
        id: key.id,
        namespace: shown_namespace(&key.namespace, public.contains(&key.namespace)),
        key_id: key.fingerprint,
        public_key: key.public_key,
        added_at: key.added_at,
        revoked_at: key.revoked.map(|revoked| revoked.at),
    }
}
