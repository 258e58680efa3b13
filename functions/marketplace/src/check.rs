//! Checks a version for real: over the bytes, envelopes and log tiles that are stored now.
//!
//! Nothing is believed because a row says so: every `valid` is the outcome of a computation here, which
//! whoever holds the same texts and the trust root can repeat.

use crate::{
    record::{Happening, LogRecord},
    vouch::public_key,
};
use cws_model::{
    Timestamp,
    id::PublisherKeyId,
    marketplace::{
        KeyRevocation, PublisherEvidence, PublisherKey, TemplateMeta, TemplateVersion, VersionEvidence,
        Visibility,
    },
};
use cws_templates::{
    Digest,
    sign::{Envelope, PublicKey, Statement, verify_version},
};
use schemars::JsonSchema;
use serde::Serialize;

/// Whether the stored bytes are those of the version.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BytesCheck {
    /// SHA-256 that the version was published with, hex.
    pub named: String,
    /// SHA-256 of the bytes that are stored now, hex.
    pub found: String,
    /// Whether the two are equal.
    pub valid: bool,
}

/// Whether an envelope holds over the stored bytes, the version and its lock.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EnvelopeCheck {
    /// The DSSE envelope; null when what is stored is none.
    pub envelope: Option<Envelope>,
    /// SHA-256 of the raw public key that it was checked with, hex.
    pub key_id: String,
    /// Whether it holds.
    pub valid: bool,
    /// Why not.
    pub problem: Option<String>,
}

/// The publisher's own signature.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PublisherCheck {
    /// The registered key.
    pub key: PublisherKeyId,
    /// The 32 raw bytes of the public key, base64.
    pub public_key: String,
    /// Whether it holds.
    #[serde(flatten)]
    pub signature: EnvelopeCheck,
    /// Set when the key is no longer trusted. What was published before that stays valid.
    pub revoked: Option<KeyRevocation>,
}

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The template.
    pub meta: &'a TemplateMeta,
    /// The version.
    pub row: &'a TemplateVersion,
    /// What was kept as its proof.
    pub evidence: &'a VersionEvidence,
    /// The bytes that are stored now.
    pub bytes: &'a [u8],
}

impl Subject<'_> {
    /// Checks the bytes.
    pub fn bytes(&self) -> BytesCheck {
        let found = Digest::of(self.bytes).to_string();
        BytesCheck { named: self.row.digest.clone(), valid: found == self.row.digest, found }
    }

    /// Checks the registry's envelope.
    pub fn registry(&self, key: &PublicKey) -> EnvelopeCheck {
        self.envelope(&self.evidence.envelope, key)
    }

    /// Checks the publisher's envelope, with the key as it is registered now.
    pub fn publisher(&self, kept: &PublisherEvidence, registered: Option<&PublisherKey>) -> PublisherCheck {
        let mut signature = match public_key(&kept.public_key) {
            Ok(key) => self.envelope(&kept.envelope, &key),
            Err(_) => EnvelopeCheck::refused(None, String::new(), "the key that was kept is none".to_owned()),
        };
        let revoked = registered.and_then(|key| key.revoked.clone());
        let fault = match (registered, &revoked) {
            (None, _) => Some("the namespace has no such key"),
            (Some(key), _) if key.public_key != kept.public_key => {
                Some("the namespace registered another key")
            }
            (_, Some(revoked)) if revoked.at < self.row.published_at => Some("the key was revoked before"),
            _ => None,
        };
        if let Some(fault) = fault {
            signature.valid = false;
            signature.problem.get_or_insert_with(|| fault.to_owned());
        }
        PublisherCheck { key: kept.key.clone(), public_key: kept.public_key.clone(), signature, revoked }
    }

    fn envelope(&self, text: &str, key: &PublicKey) -> EnvelopeCheck {
        let key_id = key.key_id();
        let Ok(envelope) = serde_json::from_str::<Envelope>(text) else {
            return EnvelopeCheck::refused(None, key_id, "what is stored is no envelope".to_owned());
        };
        let outcome = verify_version(self.bytes, &envelope, std::slice::from_ref(key), 1)
            .map_err(|error| error.to_string())
            .and_then(|statement| self.matches(&statement).map_err(str::to_owned));
        match outcome {
            Ok(()) => EnvelopeCheck { envelope: Some(envelope), key_id, valid: true, problem: None },
            Err(problem) => EnvelopeCheck::refused(Some(envelope), key_id, problem),
        }
    }

    /// Whether a statement is about this very version and lock.
    fn matches(&self, statement: &Statement) -> Result<(), &'static str> {
        let facts = &statement.predicate;
        let named =
            facts.template.namespace() == self.meta.namespace && facts.template.name() == self.meta.name;
        if !named || facts.version != self.row.version {
            return Err("the statement is about another version");
        }
        if Digest::of(self.evidence.lock.as_bytes()) != facts.lock_digest {
            return Err("the lock is not the one that was signed");
        }
        if Timestamp::parse(&facts.published_at) != Some(self.row.published_at) {
            return Err("the statement names another time");
        }
        Ok(())
    }

    /// Whether the record that was kept tells of this very publication.
    pub fn recorded(&self) -> bool {
        let Ok(record) = serde_json::from_str::<LogRecord>(&self.evidence.log.leaf) else { return false };
        let Ok(envelope) = serde_json::from_str::<Envelope>(&self.evidence.envelope) else { return false };
        let Ok(statement) = envelope.payload_bytes() else { return false };
        let named = record.digest.as_ref().is_none_or(|digest| *digest == self.row.digest);
        let hidden = record.name.is_none() && self.meta.visibility == Visibility::Public;
        record.kind == Happening::Published
            && named
            && !hidden
            && record.statement_digest.as_deref() == Some(Digest::of(&statement).as_str())
    }
}

impl EnvelopeCheck {
    fn refused(envelope: Option<Envelope>, key_id: String, problem: String) -> Self {
        Self { envelope, key_id, valid: false, problem: Some(problem) }
    }
}
