//! Keys and tokens made by hand, so that nothing of the verifier helps to make what it verifies.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::sync::OnceLock;

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An RSA key of 2048 bits.
pub(crate) struct Rsa(RsaKeyPair);

impl Rsa {
    fn new() -> Self {
        Self(RsaKeyPair::generate(KeySize::Rsa2048).expect("key"))
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let public = self.0.public_key();
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
            "n": encoded(public.modulus().big_endian_without_leading_zero()),
            "e": encoded(public.exponent().big_endian_without_leading_zero()),
        })
    }

    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    fn signature(&self, how: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(how, &SystemRandom::new(), message, &mut signature).expect("signature");
        signature
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        token(header, claims, |message| self.signature(&RSA_PKCS1_SHA256, message))
    }

    pub(crate) fn sign_384(&self, header: &Value, claims: &Value) -> String {
        token(header, claims, |message| self.signature(&RSA_PKCS1_SHA384, message))
    }

    pub(crate) fn sign_pss(&self, header: &Value, claims: &Value) -> String {
        token(header, claims, |message| self.signature(&RSA_PSS_SHA256, message))
    }
}

/// An Ed25519 key.
pub(crate) struct Ed(Ed25519KeyPair);

impl Ed {
    pub(crate) fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("key"))
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let x = encoded(self.0.public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x})
    }

    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        token(header, claims, |message| self.0.sign(message).as_ref().to_vec())
    }
}

/// A token of any header, any claims and any signature.
pub(crate) fn token(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    raw_token(&header.to_string(), &claims.to_string(), sign)
}

/// The same of texts that need not be JSON.
pub(crate) fn raw_token(header: &str, claims: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = encoded(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// The user pool's key. Made once: it takes a while.
pub(crate) fn pool_key() -> &'static Rsa {
    static KEY: OnceLock<Rsa> = OnceLock::new();
    KEY.get_or_init(Rsa::new)
}

/// Somebody else's key, or the pool's next one.
pub(crate) fn other_key() -> &'static Rsa {
    static KEY: OnceLock<Rsa> = OnceLock::new();
    KEY.get_or_init(Rsa::new)
}
