//! The statement that is signed: which version, and the digests of its stored bytes and of its lock.

use semver::Version;
use serde::{Deserialize, Serialize};

use super::{Envelope, MAX_SIGNED_BYTES, PublicKey, SignError, pae, verify};
use crate::digest::Digest;
use crate::name::TemplateName;

/// DSSE payload type of a statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// In-toto statement type.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// In-toto predicate type of a published version.
pub const PREDICATE_TYPE: &str = "urn:cloudworkstation:template-version:v1";

/// What a signature vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionFacts {
    /// Namespace and name.
    pub template: TemplateName,
    /// The version.
    pub version: Version,
    /// Of the lock ([`crate::resolve::Lock::digest`]).
    pub lock_digest: Digest,
    /// RFC 3339, UTC; given by the caller.
    pub published_at: String,
}

/// An in-toto statement about one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Always [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub statement_type: String,
    /// One subject: `namespace/name@version`.
    pub subject: Vec<Subject>,
    /// Always [`PREDICATE_TYPE`].
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// The facts.
    pub predicate: VersionFacts,
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// `namespace/name@version`.
    pub name: String,
    /// Of the stored bytes.
    pub digest: SubjectDigest,
}

/// The digest of a subject, by algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectDigest {
    /// SHA-256.
    pub sha256: Digest,
}

impl Statement {
    /// The digest of the stored bytes.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.subject.first().map(|subject| &subject.digest.sha256)
    }

    fn well_formed(&self) -> bool {
        let named = format!("{}@{}", self.predicate.template, self.predicate.version);
        self.statement_type == STATEMENT_TYPE
            && self.predicate_type == PREDICATE_TYPE
            && self.subject.len() == 1
            && self.subject.first().is_some_and(|subject| subject.name == named)
    }
}

/// The payload for a version: JSON without spaces. These bytes are stored; nothing is ever re-serialized to verify.
///
/// # Errors
/// [`SignError::TooLarge`] when it could not be signed.
pub fn statement_bytes(facts: VersionFacts, stored_bytes_digest: Digest) -> Result<Vec<u8>, SignError> {
    let subject = Subject {
        name: format!("{}@{}", facts.template, facts.version),
        digest: SubjectDigest { sha256: stored_bytes_digest },
    };
    let statement = Statement {
        statement_type: STATEMENT_TYPE.to_owned(),
        subject: vec![subject],
        predicate_type: PREDICATE_TYPE.to_owned(),
        predicate: facts,
    };
    let bytes = serde_json::to_vec(&statement).map_err(|_| SignError::Statement)?;
    to_be_signed(&bytes)?;
    Ok(bytes)
}

/// What a signer signs for this payload.
///
/// # Errors
/// [`SignError::TooLarge`].
pub fn to_be_signed(statement: &[u8]) -> Result<Vec<u8>, SignError> {
    let message = pae(PAYLOAD_TYPE, statement);
    if message.len() > MAX_SIGNED_BYTES { Err(SignError::TooLarge(message.len())) } else { Ok(message) }
}

/// Checks that `stored` are the bytes of the version that `envelope` vouches for, signed by at least `threshold` of
/// `keys`, and returns the statement. The caller compares name and version with what it asked for.
///
/// # Errors
/// [`SignError`].
pub fn verify_version(
    stored: &[u8],
    envelope: &Envelope,
    keys: &[PublicKey],
    threshold: usize,
) -> Result<Statement, SignError> {
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(SignError::PayloadType);
    }
    let payload = verify(envelope, keys, threshold)?;
    let statement: Statement = serde_json::from_slice(&payload).map_err(|_| SignError::Statement)?;
    let named = statement.digest().filter(|_| statement.well_formed()).ok_or(SignError::Statement)?;
    let found = Digest::of(stored);
    if found == *named { Ok(statement) } else { Err(SignError::Digest { found, named: named.clone() }) }
}
