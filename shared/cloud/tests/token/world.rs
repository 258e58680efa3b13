//! Three issuers that are trusted, a clock, and a fetcher that counts.

use crate::keys::{Ed, Rsa, pool_key};
use cws_cloud::{
    Clock,
    token::{
        FetchError, IssuerKind, KeyFetcher, KeySource, TokenAlgorithm, TokenError, TokenVerifier,
        TrustedIssuer, VerifiedToken,
    },
};
use cws_model::Timestamp;
use futures::{executor::block_on, future::BoxFuture};
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicU32, Ordering},
};

pub(crate) const POOL: &str = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf";
pub(crate) const POOL_KEYS: &str = "https://cognito-idp.eu-central-1.amazonaws.com/keys";
pub(crate) const LOCAL: &str = "http://127.0.0.1:8947";
pub(crate) const CAMPUS: &str = "https://login.uni-bern.example";
/// Now, seconds since 1970.
pub(crate) const NOW_S: i64 = 1_800_000_000;

pub(crate) struct FakeClock(AtomicI64);

impl FakeClock {
    pub(crate) fn advance_s(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst) * 1000)
    }
}

/// Answers a JWK set, or nothing, and counts how often it was asked.
pub(crate) struct Fetcher {
    pub(crate) asked: AtomicU32,
    pub(crate) answer: Mutex<Result<Vec<u8>, FetchError>>,
}

impl Fetcher {
    pub(crate) fn answers(&self, keys: &[Value]) {
        *self.answer.lock().expect("lock") = Ok(json!({"keys": keys}).to_string().into_bytes());
    }

    pub(crate) fn fails(&self) {
        *self.answer.lock().expect("lock") = Err(FetchError("connection refused".to_owned()));
    }

    pub(crate) fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

impl KeyFetcher for Fetcher {
    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        assert_eq!(url, POOL_KEYS, "keys are fetched only from where the configuration says");
        self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answer.lock().expect("lock").clone();
        Box::pin(async move {
            // A real fetch lets others run before it answers.
            yield_once().await;
            answer
        })
    }
}

pub(crate) struct World {
    pub(crate) verifier: TokenVerifier,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) fetcher: Arc<Fetcher>,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(FakeClock(AtomicI64::new(NOW_S)));
        let fetcher = Arc::new(Fetcher { asked: AtomicU32::new(0), answer: Mutex::new(Ok(Vec::new())) });
        fetcher.answers(&[pool_key().jwk("pool-1")]);
        let verifier = TokenVerifier::new(issuers(), Arc::clone(&fetcher) as _, Arc::clone(&clock) as _);
        Self { verifier, clock, fetcher }
    }

    pub(crate) fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        block_on(self.verifier.verify(token))
    }
}

fn issuers() -> Vec<TrustedIssuer> {
    let fixed = |jwk: Value| KeySource::Fixed(json!({"keys": [jwk]}));
    let clients = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    vec![
        TrustedIssuer {
            issuer: POOL.to_owned(),
            kind: IssuerKind::Cognito,
            client_ids: clients(&["web", "cli"]),
            algorithms: vec![TokenAlgorithm::Rs256],
            keys: KeySource::Url(POOL_KEYS.to_owned()),
        },
        TrustedIssuer {
            issuer: LOCAL.to_owned(),
            kind: IssuerKind::Embedded,
            client_ids: clients(&["cws"]),
            algorithms: vec![TokenAlgorithm::EdDsa],
            keys: fixed(local_key().jwk("local-1")),
        },
        TrustedIssuer {
            issuer: CAMPUS.to_owned(),
            kind: IssuerKind::Oidc,
            client_ids: clients(&["cws-campus"]),
            algorithms: vec![TokenAlgorithm::EdDsa],
            keys: fixed(campus_key().jwk("campus-1")),
        },
    ]
}

pub(crate) fn local_key() -> Ed {
    Ed::new(1)
}

pub(crate) fn campus_key() -> Ed {
    Ed::new(2)
}

/// The header that a user pool writes.
pub(crate) fn pool_header() -> Value {
    json!({"kid": "pool-1", "alg": "RS256"})
}

/// The claims of an access token that a user pool issues.
pub(crate) fn pool_claims() -> Value {
    json!({
        "sub": "3f6c1e0a-1111-2222-3333-444455556666", "iss": POOL, "client_id": "web", "origin_jti": "ses-1",
        "token_use": "access", "scope": "cws/api openid", "auth_time": NOW_S - 100, "exp": NOW_S + 800,
        "iat": NOW_S - 100, "jti": "j-1", "username": "ada",
    })
}

pub(crate) fn local_header() -> Value {
    json!({"typ": "JWT", "kid": "local-1", "alg": "EdDSA"})
}

pub(crate) fn local_claims() -> Value {
    json!({
        "sub": "usr_00000000000000000000000000", "iss": LOCAL, "client_id": "cws", "origin_jti": "ses-2",
        "token_use": "access", "scope": "cws/api", "auth_time": NOW_S - 50, "exp": NOW_S + 850,
        "iat": NOW_S - 10, "jti": "j-2", "username": "ada", "cws:institution": "uni-bern",
        "cws:user": "usr_00000000000000000000000000", "cws:mfa": true,
    })
}

pub(crate) fn campus_header() -> Value {
    json!({"typ": "at+jwt", "kid": "campus-1", "alg": "EdDSA"})
}

pub(crate) fn campus_claims() -> Value {
    json!({
        "sub": "ada@uni-bern.example", "iss": CAMPUS, "aud": ["https://other.example", "cws-campus"],
        "exp": NOW_S + 600, "iat": NOW_S - 5, "amr": ["pwd", "mfa"], "azp": "cws-campus",
    })
}

/// An object with some members replaced; `null` removes one.
pub(crate) fn with(base: Value, changes: Value) -> Value {
    let (Value::Object(mut base), Value::Object(changes)) = (base, changes) else { panic!("not objects") };
    for (name, value) in changes {
        if value.is_null() {
            base.remove(&name);
        } else {
            base.insert(name, value);
        }
    }
    Value::Object(base)
}

/// A token of the user pool with some claims changed.
pub(crate) fn pool_token(changes: Value) -> String {
    pool_token_by(pool_key(), json!({}), changes)
}

/// The same, by a key and with a changed header.
pub(crate) fn pool_token_by(key: &Rsa, header: Value, claims: Value) -> String {
    key.sign(&with(pool_header(), header), &with(pool_claims(), claims))
}

/// Is pending once, so that futures that are polled together interleave.
async fn yield_once() {
    let mut yielded = false;
    futures::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
