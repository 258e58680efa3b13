//! Signatures over a version: the registry's own, and the check of the publisher's.

use crate::place;
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_cloud::signer::{KeyName, PublicKeys, Signer};
use cws_model::{
    Timestamp,
    id::PublisherKeyId,
    marketplace::{PublisherEvidence, PublisherKey},
};
use cws_route::{Ctx, Problem};
use cws_store::Writes;
use cws_templates::{
    Digest, TemplateName,
    sign::{Envelope, PAYLOAD_TYPE, PublicKey, Signature, VersionFacts, pae, statement_bytes, to_be_signed},
};
use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;

/// How long ago the time that a publisher signed may be, milliseconds: 15 minutes.
pub const SIGNED_WITHIN_MS: i64 = 15 * 60 * 1000;

/// The publisher's signature in a request.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublisherSignatureIn {
    /// The registered key.
    pub key_id: PublisherKeyId,
    /// Ed25519 signature, 64 bytes in base64, over `to_be_signed` as the validation route answered it.
    #[schemars(length(max = 128))]
    pub signature: String,
    /// `published_at` of that answer; at most 15 minutes ago.
    pub published_at: Timestamp,
}

/// What is vouched for: the same bytes for the registry and for the publisher.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// The statement, as it is stored in envelopes.
    pub statement: Vec<u8>,
}

impl Vouched {
    /// The statement about a version.
    ///
    /// # Errors
    /// `template_invalid` when it is too large to be signed.
    pub fn new(
        template: TemplateName,
        version: Version,
        stored: &Digest,
        lock_text: &str,
        published_at: Timestamp,
    ) -> Result<Self, Problem> {
        let facts = VersionFacts {
            template,
            version,
            lock_digest: Digest::of(lock_text.as_bytes()),
            published_at: published_at.to_string(),
        };
        let statement = statement_bytes(facts, stored.clone())
            .map_err(|error| Problem::new("template_invalid", error.to_string()))?;
        Ok(Self { statement })
    }

    /// What a signer signs.
    pub fn to_be_signed(&self) -> Vec<u8> {
        pae(PAYLOAD_TYPE, &self.statement)
    }

    /// SHA-256 of the statement, hex.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.statement)
    }

    /// Has the registry sign it.
    ///
    /// # Errors
    /// 500 when the key cannot be used.
    pub async fn by_registry(&self, ctx: &Ctx) -> Result<Envelope, Problem> {
        let signer = ctx.port::<dyn Signer>()?;
        let message = to_be_signed(&self.statement).map_err(Problem::internal)?;
        let signature = signer.sign(KeyName::Registry, &message).await.map_err(Problem::internal)?;
        let key = registry_key(signer.as_ref()).await?;
        let signature = Signature::new(&key, &signature).map_err(Problem::internal)?;
        Ok(Envelope::new(PAYLOAD_TYPE, &self.statement, vec![signature]))
    }

    /// Checks the publisher's signature against the registered keys of the namespace. INVARIANT (no late key): the
    /// version is written only if the key is still as it was read, so that a key that is revoked meanwhile signs nothing.
    ///
    /// # Errors
    /// `publisher_signature_invalid`.
    pub async fn by_publisher(
        &self,
        ctx: &Ctx,
        namespace: &str,
        given: &PublisherSignatureIn,
        writes: &mut Writes,
    ) -> Result<PublisherEvidence, Problem> {
        let sort = place::key(&given.key_id);
        let slot = ctx.catalogue().get::<PublisherKey>(Some(namespace), &sort).await?;
        writes.check(&slot);
        let key = slot.into_value();
        let key = key.filter(|key| key.revoked.is_none());
        let key = key.ok_or_else(|| unsigned("the namespace has no such key, or it is revoked"))?;
        let public = public_key(&key.public_key)?;
        let signature =
            STANDARD.decode(&given.signature).map_err(|_| unsigned("the signature is not base64"))?;
        let signed = Signature::new(&public, &signature).map_err(|error| unsigned(&error.to_string()))?;
        if !public.signed(&self.to_be_signed(), &signature) {
            return Err(unsigned(
                "it is not the key's signature over this version; validate again and sign `to_be_signed`",
            ));
        }
        let envelope = Envelope::new(PAYLOAD_TYPE, &self.statement, vec![signed]);
        Ok(PublisherEvidence {
            key: key.id,
            public_key: key.public_key,
            envelope: serde_json::to_string(&envelope).map_err(Problem::internal)?,
        })
    }
}

/// The time that the statement names: the publisher's, if it signed, or now.
///
/// # Errors
/// `publisher_signature_invalid` when the publisher signed too long ago, or in the future.
pub fn published_at(given: Option<&PublisherSignatureIn>, now: Timestamp) -> Result<Timestamp, Problem> {
    let Some(given) = given else { return Ok(now) };
    let ago_ms = now.millis().saturating_sub(given.published_at.millis());
    match ago_ms {
        ..0 => Err(unsigned("`published_at` is in the future; send back the time that validation answered")),
        0..=SIGNED_WITHIN_MS => Ok(given.published_at),
        _ => Err(unsigned("`published_at` is more than 15 minutes ago; validate and sign again")),
    }
}

/// The registry's public key.
///
/// # Errors
/// 500 when it cannot be read.
pub async fn registry_key(signer: &dyn PublicKeys) -> Result<PublicKey, Problem> {
    let raw = signer.public_key(KeyName::Registry).await.map_err(Problem::internal)?;
    PublicKey::from_raw(&raw).map_err(Problem::internal)
}

/// Reads a public key as it is kept.
///
/// # Errors
/// 500 when it is none.
pub fn public_key(base64: &str) -> Result<PublicKey, Problem> {
    let raw = STANDARD.decode(base64).map_err(Problem::internal)?;
    PublicKey::from_raw(&raw).map_err(Problem::internal)
}

/// A publisher's signature that does not count.
pub fn unsigned(why: &str) -> Problem {
    Problem::new("publisher_signature_invalid", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_was_signed_is_neither_in_the_future_nor_long_ago() {
        let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
        let at = |millis: i64| PublisherSignatureIn {
            key_id: "pky_00000000000000000000000000".parse().unwrap(),
            signature: String::new(),
            published_at: Timestamp::from_millis(now.millis() + millis),
        };
        for (millis, held) in
            [(1, false), (0, true), (-SIGNED_WITHIN_MS, true), (-SIGNED_WITHIN_MS - 1, false)]
        {
            assert_eq!(published_at(Some(&at(millis)), now).is_ok(), held, "{millis}");
        }
    }
}
