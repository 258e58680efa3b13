//! A downloaded template against signatures and log proof: on files alone, without a network.
//!
//! Three files: the bytes as they were downloaded, the answer of the verification route, and the trust root,
//! kept from a time when the server was trusted. Of the answer nothing is believed but what is signed.

use super::Report;
use crate::audit::{Fault, FaultKind};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_model::Timestamp;
use cws_templates::{
    Digest,
    sign::{Envelope, PublicKey, SignError, Statement, verify_version},
};
use cws_translog::{ProofFile, VerifierKey};
use serde::{Deserialize, de::DeserializeOwned};
use thiserror::Error;

/// Why nothing could be checked.
#[derive(Debug, Error)]
pub enum OfflineError {
    /// A file is not what it should be.
    #[error("the {file} cannot be read: {source}")]
    File {
        /// `bundle` or `trust root`.
        file: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A key in the trust root is none.
    #[error("the {0} of the trust root is no public key")]
    Key(&'static str),
}

/// What the verification route answered, as far as it is used here.
#[derive(Debug, Clone, Deserialize)]
pub struct TemplateBundle {
    /// Namespace.
    pub namespace: String,
    /// Name in the namespace.
    pub name: String,
    /// Version.
    pub version: String,
    /// What the server says of a version that it no longer offers; not signed.
    pub warning: Option<String>,
    /// The registry's signature.
    pub registry: Signed,
    /// The publisher's signature.
    pub publisher: Option<PublisherSigned>,
    /// The record in the log.
    pub log: Logged,
}

/// A signature.
#[derive(Debug, Clone, Deserialize)]
pub struct Signed {
    /// The envelope.
    pub envelope: Option<Envelope>,
}

/// The publisher's signature.
#[derive(Debug, Clone, Deserialize)]
pub struct PublisherSigned {
    /// Id of the registered key.
    pub key: String,
    /// The envelope.
    pub envelope: Option<Envelope>,
}

/// The record in the log.
#[derive(Debug, Clone, Deserialize)]
pub struct Logged {
    /// The record's text.
    pub entry: String,
    /// The proof file; none while the record waits.
    pub proof: Option<String>,
}

/// The keys to verify with, as far as they are used here.
#[derive(Debug, Clone, Deserialize)]
pub struct TrustRoot {
    /// The registry's key.
    pub registry: RootKey,
    /// Verifier key of the template log.
    pub template_log: Option<String>,
    /// How many registry keys have to sign.
    pub policy: RootPolicy,
    /// Keys of namespaces.
    #[serde(default)]
    pub publisher_keys: Vec<PublisherRootKey>,
}

/// A public key.
#[derive(Debug, Clone, Deserialize)]
pub struct RootKey {
    /// The 32 raw bytes, base64.
    pub public_key: String,
}

/// How many keys have to sign.
#[derive(Debug, Clone, Deserialize)]
pub struct RootPolicy {
    /// Registry keys.
    pub registry_threshold: usize,
}

/// A key that a namespace registered.
#[derive(Debug, Clone, Deserialize)]
pub struct PublisherRootKey {
    /// Id.
    pub id: String,
    /// The namespace that it signs for.
    pub namespace: String,
    /// The 32 raw bytes, base64.
    pub public_key: String,
    /// Since when it is no longer trusted.
    pub revoked_at: Option<Timestamp>,
}

/// The record's members that must fit.
#[derive(Debug, Deserialize)]
struct LogRecord {
    kind: String,
    digest: Option<String>,
    statement_digest: Option<String>,
}

/// Checks a downloaded template.
///
/// # Errors
/// `OfflineError` when bundle or trust root cannot be read; everything that does not hold is in the report.
pub fn verify_template_offline(
    manifest: &[u8],
    bundle: &[u8],
    trust_root: &[u8],
) -> Result<Report, OfflineError> {
    let bundle: TemplateBundle = read("bundle", bundle)?;
    let root: TrustRoot = read("trust root", trust_root)?;
    let registry = public_key(&root.registry.public_key).ok_or(OfflineError::Key("registry key"))?;
    let mut report = Report::default();
    let threshold = root.policy.registry_threshold.max(1);
    let statement =
        signed(&mut report, "registry", manifest, &bundle, &bundle.registry.envelope, (&registry, threshold));
    if let (Some(statement), Some(publisher)) = (&statement, &bundle.publisher) {
        check_publisher(&mut report, manifest, &bundle, publisher, (&root, statement));
    }
    check_log(&mut report, manifest, &bundle, &root)?;
    if let Some(warning) = &bundle.warning {
        report.checked(format!("the server's warning, which is not signed: {warning}"));
    }
    Ok(report)
}

fn read<T: DeserializeOwned>(file: &'static str, bytes: &[u8]) -> Result<T, OfflineError> {
    serde_json::from_slice(bytes).map_err(|source| OfflineError::File { file, source })
}

fn public_key(base64: &str) -> Option<PublicKey> {
    PublicKey::from_raw(&STANDARD.decode(base64).ok()?).ok()
}

/// Checks an envelope over the bytes; the statement in it must name this version.
fn signed(
    report: &mut Report,
    who: &str,
    manifest: &[u8],
    bundle: &TemplateBundle,
    envelope: &Option<Envelope>,
    (key, threshold): (&PublicKey, usize),
) -> Option<Statement> {
    let outcome = match envelope {
        None => Err("there is none".to_owned()),
        Some(envelope) => verify_version(manifest, envelope, std::slice::from_ref(key), threshold)
            .map_err(|error: SignError| error.to_string()),
    };
    let named = |statement: &Statement| {
        let facts = &statement.predicate;
        facts.template.namespace() == bundle.namespace
            && facts.template.name() == bundle.name
            && facts.version.to_string() == bundle.version
    };
    match outcome {
        Ok(statement) if named(&statement) => {
            report.checked(format!(
                "signature of the {who} over {}/{}@{}",
                bundle.namespace, bundle.name, bundle.version
            ));
            Some(statement)
        }
        Ok(_) => {
            let detail = format!("the signature of the {who} is over another template or version");
            report.add([Fault::new(FaultKind::SignatureWrong, detail)]);
            None
        }
        Err(why) => {
            let detail = format!("the signature of the {who} does not hold: {why}");
            report.add([Fault::new(FaultKind::SignatureWrong, detail)]);
            None
        }
    }
}

/// INVARIANT (own namespace): a publisher's key counts for the namespace that registered it and no other.
fn check_publisher(
    report: &mut Report,
    manifest: &[u8],
    bundle: &TemplateBundle,
    publisher: &PublisherSigned,
    (root, statement): (&TrustRoot, &Statement),
) {
    // A namespace with nothing public in it is named by a digest there.
    let digest = format!("sha256:{}", Digest::of(bundle.namespace.as_bytes()));
    let own = |namespace: &str| namespace == bundle.namespace || namespace == digest;
    let listed = root.publisher_keys.iter().find(|key| key.id == publisher.key && own(&key.namespace));
    let Some((listed, key)) = listed.and_then(|listed| Some((listed, public_key(&listed.public_key)?)))
    else {
        let detail = format!(
            "the trust root lists no key `{}` of namespace `{}`; does it hold every page?",
            publisher.key, bundle.namespace
        );
        report.add([Fault::new(FaultKind::SignatureWrong, detail)]);
        return;
    };
    let published = Timestamp::parse(&statement.predicate.published_at);
    if listed.revoked_at.is_some_and(|revoked| published.is_none_or(|published| revoked < published)) {
        let detail = format!("the publisher's key `{}` was revoked before it signed", publisher.key);
        report.add([Fault::new(FaultKind::SignatureWrong, detail)]);
        return;
    }
    signed(report, "publisher", manifest, bundle, &publisher.envelope, (&key, 1));
}

fn check_log(
    report: &mut Report,
    manifest: &[u8],
    bundle: &TemplateBundle,
    root: &TrustRoot,
) -> Result<(), OfflineError> {
    let key = root.template_log.as_deref().map(str::parse::<VerifierKey>);
    let key = key.transpose().map_err(|_| OfflineError::Key("template log's key"))?;
    let wrong = |detail: String| Fault::new(FaultKind::ProofWrong, detail);
    let (Some(key), Some(proof)) = (key, &bundle.log.proof) else {
        report.add([wrong("the version is not shown to be in the template log yet".to_owned())]);
        return Ok(());
    };
    let file = match proof.parse::<ProofFile>() {
        Ok(file) => file,
        Err(error) => {
            report.add([wrong(format!("the log proof cannot be read: {error}"))]);
            return Ok(());
        }
    };
    match file.verify(bundle.log.entry.as_bytes(), key.name(), std::slice::from_ref(&key)) {
        Ok(checkpoint) if records(manifest, bundle) => {
            report.checked(format!(
                "record {} of the {} in log {}",
                file.index(),
                checkpoint.size(),
                key.name()
            ));
        }
        Ok(_) => report.add([wrong("the log's record is about other bytes or another signature".to_owned())]),
        Err(error) => report.add([wrong(format!("the log proof does not hold: {error}"))]),
    }
    Ok(())
}

/// Whether the record tells of the publication of these bytes under this signature.
fn records(manifest: &[u8], bundle: &TemplateBundle) -> bool {
    let Ok(record) = serde_json::from_str::<LogRecord>(&bundle.log.entry) else { return false };
    let Some(Ok(statement)) = bundle.registry.envelope.as_ref().map(Envelope::payload_bytes) else {
        return false;
    };
    record.kind == "published"
        && record.digest.is_none_or(|digest| digest == Digest::of(manifest).as_str())
        && record.statement_digest.as_deref() == Some(Digest::of(&statement).as_str())
}

#[cfg(test)]
mod tests;
