//! The header of a token: which key, which algorithm, and nothing else that could steer us.

use super::{TokenAlgorithm, TokenError};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

/// Longest `kid`, bytes.
const KEY_ID_MAX_BYTES: usize = 256;

/// What a header says.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) algorithm: TokenAlgorithm,
    pub(super) key_id: String,
    /// `typ` in lower case, without `application/`.
    pub(super) media_type: Option<String>,
}

/// A field that occurs twice is refused by the parser, so no two readers see different ones.
#[derive(Deserialize)]
struct Raw {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    jku: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
    enc: Option<IgnoredAny>,
}

impl Header {
    pub(super) fn of(token: &str) -> Result<Self, TokenError> {
        let (encoded, _, _) = parts(token)?;
        let raw: Raw = json(encoded)?;
        raw.refuse_steering()?;
        let algorithm = TokenAlgorithm::parse(&raw.alg).ok_or(TokenError::Algorithm)?;
        let key_id = raw.kid.filter(|kid| (1..=KEY_ID_MAX_BYTES).contains(&kid.len()));
        let media_type = raw.typ.map(|typ| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").map_or(typ.clone(), str::to_owned)
        });
        Ok(Self { algorithm, key_id: key_id.ok_or(TokenError::KeyIdMissing)?, media_type })
    }
}

impl Raw {
    /// Headers that bring a key along, ask for an extension, or change what the parts mean.
    fn refuse_steering(&self) -> Result<(), TokenError> {
        let present = [
            ("jku", self.jku.is_some()),
            ("jwk", self.jwk.is_some()),
            ("x5u", self.x5u.is_some()),
            ("x5c", self.x5c.is_some()),
            ("crit", self.crit.is_some()),
            ("b64", self.b64.is_some()),
            ("zip", self.zip.is_some()),
            ("enc", self.enc.is_some()),
        ];
        let found = present.into_iter().find(|(_, present)| *present);
        found.map_or(Ok(()), |(name, _)| Err(TokenError::HeaderForbidden(name)))
    }
}

/// The three parts of a token.
pub(super) fn parts(token: &str) -> Result<(&str, &str, &str), TokenError> {
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(payload), Some(signature), None) if !signature.is_empty() => {
            Ok((header, payload, signature))
        }
        _ => Err(TokenError::Malformed),
    }
}

/// A part, decoded and parsed.
pub(super) fn json<T: DeserializeOwned>(encoded: &str) -> Result<T, TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)
}
