//! Signing with keys that never leave AWS KMS: Ed25519, the same signatures as from a key file.

use crate::Access;
use aws_sdk_kms::{
    Client,
    config::{BehaviorVersion, Builder, Region, retry::RetryConfig},
    error::{DisplayErrorContext, SdkError},
    primitives::Blob,
    types::{MessageType, SigningAlgorithmSpec},
};
use cws_cloud::signer::{KeyName, MESSAGE_MAX_BYTES, PublicKeys, SignError, Signer};
use futures::{FutureExt as _, future::BoxFuture};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// What comes before the 32 bytes of an Ed25519 key in a DER `SubjectPublicKeyInfo`: RFC 8410,
/// section 10.1.
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The deployment's signing keys in KMS.
#[derive(Debug)]
pub struct KmsSigner {
    client: Client,
    key_ids: BTreeMap<KeyName, String>,
    /// A key's public half never changes.
    public: Mutex<BTreeMap<KeyName, [u8; 32]>>,
}

impl KmsSigner {
    /// With the id or ARN of each key.
    pub fn new(access: &Access, key_ids: BTreeMap<KeyName, String>) -> Self {
        let mut config = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(access.region().to_owned()))
            .credentials_provider(access.credentials())
            .retry_config(RetryConfig::standard().with_max_attempts(crate::connect::CALL_MAX_TRIES))
            .timeout_config(access.timeouts());
        config.set_endpoint_url(access.endpoint("KMS").map(str::to_owned));
        Self { client: Client::from_conf(config.build()), key_ids, public: Mutex::default() }
    }

    fn id(&self, key: KeyName) -> Result<&str, SignError> {
        let missing = || SignError::Unavailable(format!("no key `{}` is configured", key.as_str()));
        self.key_ids.get(&key).map(String::as_str).ok_or_else(missing)
    }

    async fn sign_now(&self, key: KeyName, message: &[u8]) -> Result<[u8; 64], SignError> {
        if message.len() > MESSAGE_MAX_BYTES {
            return Err(SignError::TooLong(message.len()));
        }
        let answer = self
            .client
            .sign()
            .key_id(self.id(key)?)
            .message(Blob::new(message))
            .message_type(MessageType::Raw)
            .signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512)
            .send()
            .await
            .map_err(unavailable)?;
        exact(answer.signature, "a signature")
    }

    async fn fetch_public(&self, key: KeyName) -> Result<[u8; 32], SignError> {
        if let Some(known) = self.known().get(&key) {
            return Ok(*known);
        }
        let answer = self.client.get_public_key().key_id(self.id(key)?).send().await.map_err(unavailable)?;
        let raw = raw_key(answer.public_key.unwrap_or_else(|| Blob::new([])).as_ref())?;
        self.known().insert(key, raw);
        Ok(raw)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<KeyName, [u8; 32]>> {
        self.public.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn raw_key(spki: &[u8]) -> Result<[u8; 32], SignError> {
    let raw = spki.strip_prefix(&SPKI_PREFIX).and_then(|raw| raw.try_into().ok());
    raw.ok_or_else(|| SignError::Unavailable("KMS answered a public key that is not Ed25519".to_owned()))
}

fn exact<const N: usize>(blob: Option<Blob>, what: &str) -> Result<[u8; N], SignError> {
    let bytes = blob.map(Blob::into_inner).unwrap_or_default();
    let length = bytes.len();
    bytes.try_into().map_err(|_| SignError::Unavailable(format!("KMS answered {what} of {length} bytes")))
}

fn unavailable<E, R>(error: SdkError<E, R>) -> SignError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    SignError::Unavailable(DisplayErrorContext(error).to_string())
}

impl PublicKeys for KmsSigner {
    fn public_key(&self, key: KeyName) -> BoxFuture<'_, Result<[u8; 32], SignError>> {
        self.fetch_public(key).boxed()
    }
}

impl Signer for KmsSigner {
    fn sign<'a>(&'a self, key: KeyName, message: &'a [u8]) -> BoxFuture<'a, Result<[u8; 64], SignError>> {
        self.sign_now(key, message).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ed25519_key_is_taken() {
        let spki: Vec<u8> = SPKI_PREFIX.into_iter().chain([7; 32]).collect();
        assert_eq!(raw_key(&spki).unwrap(), [7; 32]);
        assert!(raw_key(&spki[..43]).is_err());
        assert!(raw_key(&[7; 44]).is_err());
        assert!(raw_key(&[]).is_err());
    }
}
