//! An issuer's keys: kept, and asked for again only when a token names one that is not known.
//!
//! INVARIANT (cool-down): an issuer is asked at most once per `REFETCH_COOL_DOWN_S`, whatever tokens
//! come; and keys that are known work on while it does not answer.

use super::{KeySource, TokenAlgorithm, TokenError, TrustedIssuer, jwks};
use cws_model::Timestamp;
use futures::{future::BoxFuture, lock::Mutex};
use jsonwebtoken::DecodingKey;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use thiserror::Error;

/// Shortest time between two fetches from one issuer, seconds.
pub const REFETCH_COOL_DOWN_S: i64 = 10;

/// Why keys could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the keys cannot be fetched: {0}")]
pub struct FetchError(pub String);

/// Fetches a document over HTTPS.
pub trait KeyFetcher: Send + Sync + 'static {
    /// The body of a 200 answer, at most `jwks::JWKS_MAX_BYTES`, within five seconds.
    ///
    /// # Errors
    /// Anything else.
    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, FetchError>>;
}

/// Fetches nothing: for a deployment whose issuers' keys are all known.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoFetcher;

impl KeyFetcher for NoFetcher {
    fn fetch<'a>(&'a self, _url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        Box::pin(async { Err(FetchError("no fetcher is configured".to_owned())) })
    }
}

struct LastFetch {
    at: Option<Timestamp>,
    failed: bool,
}

/// The keys, and how often they were fetched: the number of their set.
#[derive(Default)]
struct Known {
    keys: jwks::Keys,
    set: u64,
}

pub(super) struct KeyCache {
    url: Option<String>,
    fetcher: Arc<dyn KeyFetcher>,
    known: RwLock<Known>,
    /// Held while fetching, so that a crowd of unknown keys causes one fetch.
    last: Mutex<LastFetch>,
}

impl KeyCache {
    pub(super) fn new(issuer: &TrustedIssuer, fetcher: Arc<dyn KeyFetcher>) -> Self {
        let (url, known) = match &issuer.keys {
            KeySource::Url(url) => (Some(url.clone()), jwks::Keys::new()),
            KeySource::Fixed(set) => (None, jwks::read(set).unwrap_or_default()),
        };
        let last = LastFetch { at: None, failed: false };
        let known = RwLock::new(Known { keys: known, set: 0 });
        Self { url, fetcher, known, last: Mutex::new(last) }
    }

    /// The key and the number of the set that it is from, fetching the set when it is not known.
    pub(super) async fn key(
        &self,
        key_id: &str,
        algorithm: TokenAlgorithm,
        now: Timestamp,
    ) -> Result<(DecodingKey, u64), TokenError> {
        let place = (key_id.to_owned(), algorithm);
        if let Some(key) = self.known(&place) {
            return Ok(key);
        }
        let Some(url) = &self.url else { return Err(TokenError::KeyUnknown) };
        let mut last = self.last.lock().await;
        if last.at.is_none_or(|at| (now.seconds() - at.seconds()).abs() >= REFETCH_COOL_DOWN_S) {
            last.at = Some(now);
            // Until the answer is in, the fetch counts as failed: a dropped future leaves it so.
            last.failed = true;
            if let Some(keys) = self.fetch(url).await {
                last.failed = false;
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                *known = Known { keys, set: known.set + 1 };
            }
        }
        let missing = if last.failed { TokenError::KeysUnavailable } else { TokenError::KeyUnknown };
        self.known(&place).ok_or(missing)
    }

    /// The number of the set that is known now.
    pub(super) fn set(&self) -> u64 {
        self.read().set
    }

    fn known(&self, place: &(String, TokenAlgorithm)) -> Option<(DecodingKey, u64)> {
        let known = self.read();
        known.keys.get(place).map(|key| (key.clone(), known.set))
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, url: &str) -> Option<jwks::Keys> {
        let body = self.fetcher.fetch(url).await.ok()?;
        if body.len() > jwks::JWKS_MAX_BYTES {
            return None;
        }
        jwks::read(&serde_json::from_slice(&body).ok()?)
    }
}
