//! JWK sets: which of their keys we use.

use super::TokenAlgorithm;
use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Largest JWK set that is read, bytes.
pub const JWKS_MAX_BYTES: usize = 256 * 1024;

/// Keys by `kid` and algorithm: a key is used with its own algorithm only.
pub(super) type Keys = BTreeMap<(String, TokenAlgorithm), DecodingKey>;

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// The usable keys of a set; those that we cannot use are left out, as RFC 7517 section 5 asks.
/// `None` when it is no JWK set.
pub(super) fn read(set: &Value) -> Option<Keys> {
    let set = Set::deserialize(set).ok()?;
    Some(set.keys.iter().filter_map(usable).collect())
}

fn usable(value: &Value) -> Option<((String, TokenAlgorithm), DecodingKey)> {
    let jwk = Jwk::deserialize(value).ok()?;
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => TokenAlgorithm::Rs256,
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            TokenAlgorithm::EdDsa
        }
        _ => return None,
    };
    let stated = jwk.common.key_algorithm;
    if stated.is_some_and(|stated| stated != KeyAlgorithm::from(algorithm.as_library())) {
        return None;
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some(((jwk.common.key_id?, algorithm), key))
}
