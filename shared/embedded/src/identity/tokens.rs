//! Access tokens: EdDSA, with the claims that Cognito puts into its own.

use super::hash::{random_text, sha256_hex};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cws_cloud::{
    Entropy,
    identity::{Account, Secret},
};
use cws_model::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use serde_json::{Value, json};
use std::{fmt, sync::Arc};

/// The key that signs access tokens.
#[derive(Clone)]
pub struct TokenKey {
    id: String,
    public: String,
    private: Arc<EncodingKey>,
}

impl TokenKey {
    /// From an Ed25519 seed; `None` when it is refused.
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let private = EncodingKey::from_ed_der(pair.to_pkcs8v1().ok()?.as_ref());
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let id = sha256_hex(public.as_bytes()).chars().take(16).collect();
        Some(Self { id, public, private: Arc::new(private) })
    }

    /// Its `kid`: made from the public key, so that another key has another one.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The JWK set that verifies its tokens.
    pub fn jwks(&self) -> Value {
        json!({"keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.id, "x": self.public,
        }]})
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What an access token says.
pub(super) struct Grant<'a> {
    pub(super) account: &'a Account,
    pub(super) username: &'a str,
    pub(super) session_id: &'a str,
    pub(super) auth_time: Timestamp,
    pub(super) mfa: bool,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iss: &'a str,
    client_id: &'a str,
    origin_jti: &'a str,
    token_use: &'static str,
    scope: &'a str,
    auth_time: i64,
    exp: i64,
    iat: i64,
    #[serde(rename = "cws:iat_ms")]
    issued_at_ms: i64,
    jti: String,
    username: &'a str,
    #[serde(rename = "cws:institution")]
    institution: &'a str,
    #[serde(rename = "cws:user")]
    user: &'a str,
    #[serde(rename = "cws:mfa")]
    mfa: bool,
}

/// Makes access tokens.
pub(super) struct Mint {
    pub(super) key: TokenKey,
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) scope: String,
    pub(super) ttl_s: u32,
}

impl Mint {
    /// A token from now on; `None` when the library refuses to sign.
    pub(super) fn access_token(
        &self,
        grant: &Grant<'_>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Option<Secret> {
        let claims = Claims {
            sub: &grant.account.subject,
            iss: &self.issuer,
            client_id: &self.client_id,
            origin_jti: grant.session_id,
            token_use: "access",
            scope: &self.scope,
            auth_time: grant.auth_time.seconds(),
            exp: now.seconds() + i64::from(self.ttl_s),
            iat: now.seconds(),
            issued_at_ms: now.millis(),
            jti: random_text::<16>(entropy),
            username: grant.username,
            institution: grant.account.institution.as_str(),
            user: grant.account.user_id.as_str(),
            mfa: grant.mfa,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.key.id.clone());
        jsonwebtoken::encode(&header, &claims, &self.key.private).ok().map(Secret::new)
    }
}
