//! `authenticate`, the one of it: is this bearer token from an issuer that we trust, for us, now?
//!
//! Issuers are configured beforehand; nothing in a token says where to find a key. Only RS256 and
//! EdDSA exist here, so neither `none` nor a public key used as an HMAC secret can be tried.

pub mod cache;
mod claims;
pub mod error;
mod header;
pub mod jwks;
mod seen;

pub use cache::{FetchError, KeyFetcher, REFETCH_COOL_DOWN_S};
pub use error::TokenError;

use crate::Clock;
use cache::KeyCache;
use claims::Claims;
use cws_model::{InstitutionId, Timestamp, id::UserId};
use header::Header;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use seen::{Mark, Seen, SeenTokens};
use std::sync::Arc;

/// Longest token that is looked at, bytes.
pub const TOKEN_MAX_BYTES: usize = 8 * 1024;

/// How an issuer's tokens look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerKind {
    /// The embedded issuer.
    Embedded,
    /// An Amazon Cognito user pool.
    Cognito,
    /// Any other OpenID provider. Its bearer tokens must be access tokens after RFC 9068.
    Oidc,
}

/// A signature algorithm that an issuer may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits or more.
    Rs256,
    /// Ed25519.
    EdDsa,
}

impl TokenAlgorithm {
    /// Name in a header and in a JWK.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads a name; answers `None` for every algorithm that is not accepted anywhere.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Rs256, Self::EdDsa].into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    const fn as_library(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}

/// Where an issuer's public keys come from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// A JWK set at an address.
    Url(String),
    /// A JWK set that is known.
    Fixed(serde_json::Value),
}

/// An issuer whose tokens are accepted.
#[derive(Debug, Clone)]
pub struct TrustedIssuer {
    /// Exactly its `iss`.
    pub issuer: String,
    /// How its tokens look.
    pub kind: IssuerKind,
    /// Clients whose tokens are for us: `client_id`, or `aud` of an OpenID provider.
    pub client_ids: Vec<String>,
    /// Algorithms that it uses.
    pub algorithms: Vec<TokenAlgorithm>,
    /// Its keys.
    pub keys: KeySource,
}

/// A token that was checked whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// Issuer.
    pub issuer: String,
    /// Subject; with the issuer the key of a person.
    pub subject: String,
    /// Session that it belongs to.
    pub session_id: Option<String>,
    /// When it was issued: to the millisecond from the embedded issuer, to the second from others.
    pub issued_at: Timestamp,
    /// From when on it does not work.
    pub expires_at: Timestamp,
    /// When the person signed in. Where the issuer does not say, 1970: a token that is new says nothing about
    /// how long ago somebody typed a password, so it never counts as a fresh sign-in.
    pub auth_time: Timestamp,
    /// Whether a second factor was shown.
    pub mfa: bool,
    /// Institution, as the issuer says it. A hint: the directory decides.
    pub institution_hint: Option<InstitutionId>,
    /// Person, as the issuer says it. A hint: the directory decides.
    pub user_hint: Option<UserId>,
    /// Scopes, in the order given.
    pub scopes: Vec<String>,
}

/// What a token is presented as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Bearer,
    IdToken,
}

/// Verifies tokens of the configured issuers.
pub struct TokenVerifier {
    issuers: Vec<(TrustedIssuer, KeyCache)>,
    seen: SeenTokens,
    clock: Arc<dyn Clock>,
}

impl TokenVerifier {
    /// A verifier; keys are fetched when the first token needs them.
    pub fn new(issuers: Vec<TrustedIssuer>, fetcher: Arc<dyn KeyFetcher>, clock: Arc<dyn Clock>) -> Self {
        let issuers = issuers
            .into_iter()
            .map(|issuer| {
                let cache = KeyCache::new(&issuer, Arc::clone(&fetcher));
                (issuer, cache)
            })
            .collect();
        Self { issuers, seen: SeenTokens::default(), clock }
    }

    /// Verifies a bearer token of a request.
    ///
    /// # Errors
    /// See `TokenError`: all are the caller's fault but `KeysUnavailable`.
    pub async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        let mark = if token.len() > TOKEN_MAX_BYTES { None } else { Mark::of(token) };
        let key_set = |issuer: usize| self.issuers.get(issuer).map(|(_, cache)| cache.set());
        if let Some(known) = mark.and_then(|mark| self.seen.find(&mark, self.clock.now(), key_set)) {
            return Ok(known);
        }
        let checked = self.check(token, Purpose::Bearer).await?;
        let token = checked.token.clone();
        if let Some(mark) = mark {
            self.seen.keep(mark, checked);
        }
        Ok(token)
    }

    /// Verifies an ID token that an OpenID provider answered for an authorization code. Never for a
    /// bearer token: an ID token says who signed in, not what may be called.
    ///
    /// # Errors
    /// As `verify`; `WrongUse` for a token of any other kind of issuer.
    pub async fn verify_id_token(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        Ok(self.check(token, Purpose::IdToken).await?.token)
    }

    async fn check(&self, token: &str, purpose: Purpose) -> Result<Seen, TokenError> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(TokenError::TooLong);
        }
        let header = Header::of(token)?;
        let named = claims::unverified_issuer(token)?;
        let mut issuers = self.issuers.iter().enumerate();
        let (place, (issuer, cache)) =
            issuers.find(|(_, (issuer, _))| issuer.issuer == named).ok_or(TokenError::IssuerUnknown)?;
        if !issuer.algorithms.contains(&header.algorithm) {
            return Err(TokenError::Algorithm);
        }
        let now = self.clock.now();
        let (key, key_set) = cache.key(&header.key_id, header.algorithm, now).await?;
        let claims = verify_signature(token, &key, header.algorithm)?;
        let times = claims.times()?;
        times.check(now)?;
        match purpose {
            Purpose::Bearer => claims.check_bearer(issuer, &header)?,
            Purpose::IdToken => claims.check_id_token(issuer, &header)?,
        }
        Ok(Seen { token: claims.into_verified(issuer.kind)?, times, issuer: place, key_set })
    }
}

/// The signature alone. Times and names are checked by `Claims`, against the injected clock.
fn verify_signature(token: &str, key: &DecodingKey, algorithm: TokenAlgorithm) -> Result<Claims, TokenError> {
    let mut only_signature = Validation::new(algorithm.as_library());
    only_signature.required_spec_claims.clear();
    only_signature.validate_exp = false;
    only_signature.validate_nbf = false;
    only_signature.validate_aud = false;
    jsonwebtoken::decode::<Claims>(token, key, &only_signature)
        .map(|data| data.claims)
        .map_err(|error| TokenError::of_library(&error))
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.issuers.iter().map(|(issuer, _)| issuer.issuer.as_str());
        f.debug_list().entries(names).finish()
    }
}
