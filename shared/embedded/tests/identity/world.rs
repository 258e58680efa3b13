//! An issuer in a fresh directory, a person in it, and shorthands.

use cws_cloud::{
    Clock, Entropy,
    identity::{Identity, Login, Logins, NewLogin, Registration, Secret, SignInError, Tokens},
    token::{TokenVerifier, cache::NoFetcher},
};
use cws_embedded::{
    identity::{EmbeddedIssuer, HashCost, IssuerConfig, TokenKey},
    sqlite::{Durability, Options, SqliteStore},
    system::SystemEntropy,
};
use cws_model::{InstitutionId, Timestamp, id::UserId};
use cws_store::Store;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tempfile::TempDir;

pub(crate) const ISSUER: &str = "http://127.0.0.1:8947";
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const OTHER_PASSWORD: &str = "purple staple engine";
pub(crate) const START_S: i64 = 1_800_000_000;

/// A clock that stands still until it is moved.
pub(crate) struct FakeClock(AtomicI64);

impl FakeClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START_S)))
    }

    pub(crate) fn advance_s(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.seconds() * 1000)
    }
}

pub(crate) fn entropy() -> Arc<dyn Entropy> {
    Arc::new(SystemEntropy::default())
}

pub(crate) struct World {
    pub(crate) issuer: Arc<EmbeddedIssuer>,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) dir: TempDir,
}

/// What tests use: the cheapest hash that argon2 allows.
pub(crate) fn config() -> IssuerConfig {
    let hash_cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
    IssuerConfig { hash_cost, ..IssuerConfig::new(ISSUER) }
}

pub(crate) fn issuer_on(store: Arc<dyn Store>, clock: Arc<FakeClock>) -> EmbeddedIssuer {
    let key = TokenKey::from_seed(&[7; 32]).expect("key");
    EmbeddedIssuer::new(store, clock, entropy(), key, config()).expect("issuer")
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("directory");
        let options = Options { durability: Durability::TestOnly, ..Options::default() };
        let store: Arc<dyn Store> = SqliteStore::open(dir.path(), options).expect("store");
        let clock = FakeClock::new();
        let issuer = Arc::new(issuer_on(Arc::clone(&store), Arc::clone(&clock)));
        Self { issuer, clock, store, dir }
    }

    /// A world in which Ada has a password.
    pub(crate) async fn with_ada() -> Self {
        let world = Self::new();
        let setup = world.register(&ada()).await.setup.expect("setup token");
        world.issuer.set_password(&setup.token, &Secret::new(PASSWORD)).await.expect("password");
        world
    }

    pub(crate) async fn register(&self, new: &NewLogin) -> Registration {
        self.issuer.register(new).await.expect("registration")
    }

    pub(crate) async fn try_sign_in(&self, name: &str, password: &str) -> Result<Tokens, SignInError> {
        self.issuer.sign_in(&login(name), &Secret::new(password), None).await
    }

    pub(crate) async fn sign_in(&self) -> Tokens {
        self.try_sign_in("ada", PASSWORD).await.expect("session")
    }

    pub(crate) async fn sign_in_with(&self, code: &str) -> Result<Tokens, SignInError> {
        self.issuer.sign_in(&login("ada"), &Secret::new(PASSWORD), Some(&Secret::new(code))).await
    }

    pub(crate) fn verifier(&self) -> TokenVerifier {
        TokenVerifier::new(vec![self.issuer.trusted()], Arc::new(NoFetcher), Arc::clone(&self.clock) as _)
    }
}

pub(crate) fn bern() -> InstitutionId {
    "uni-bern".parse().expect("slug")
}

pub(crate) fn login(name: &str) -> Login {
    Login { institution: bern(), name: name.to_owned() }
}

pub(crate) fn logins(username: &str, email: &str) -> Logins {
    Logins { username: username.parse().expect("user name"), email: email.parse().expect("address") }
}

pub(crate) fn user(number: u8) -> UserId {
    UserId::new(Timestamp::from_millis(START_S * 1000), [number; 10])
}

pub(crate) fn person(number: u8, username: &str, email: &str) -> NewLogin {
    NewLogin { institution: bern(), user_id: user(number), logins: logins(username, email), external: None }
}

pub(crate) fn ada() -> NewLogin {
    person(1, "ada", "Ada@Example.org")
}

pub(crate) fn ada_subject() -> String {
    user(1).to_string()
}
