//! The embedded issuer: passwords, second factors, sessions and tokens with the claims that Cognito
//! gives. Also the operator's key.
//!
//! It keeps `crd`, `ses` and `otp` rows and nothing else. What a login leads to is known twice, on
//! purpose: its own `login/…` rows say which subject signs in with a name, and the directory, which
//! the identity routes write in the commit that creates the person, says which institution and
//! person a token's subject is. A registration whose person was never committed therefore binds no
//! name: names are bound when the first password is set.

pub mod operator;

mod account;
mod attempts;
mod exchange;
mod factor;
mod hash;
mod one_time;
mod passwords;
mod port;
mod rows;
mod sessions;
mod sign_in;
mod tokens;
mod totp;

pub use exchange::ExternalLogins;
pub use passwords::HashCost;
pub use tokens::TokenKey;

use cws_cloud::{Clock, Entropy};
use cws_store::Store;
use passwords::Passwords;
use rows::Rows;
use std::{fmt, net::SocketAddr, sync::Arc};
use thiserror::Error;
use tokens::Mint;

/// How the issuer works.
#[derive(Debug, Clone)]
pub struct IssuerConfig {
    /// `iss` of its tokens, such as `http://127.0.0.1:8947`.
    pub issuer_url: String,
    /// `client_id` of its tokens.
    pub client_id: String,
    /// `scope` of its tokens.
    pub scope: String,
    /// Life of an access token, seconds.
    pub access_ttl_s: u32,
    /// Life of a session, seconds: a refresh does not prolong it.
    pub refresh_ttl_s: u32,
    /// How long a rotated refresh token still answers its successor, seconds, at most 10.
    pub refresh_grace_s: u32,
    /// Life of a setup token, seconds.
    pub setup_ttl_s: u32,
    /// Life of a reset token, seconds.
    pub reset_ttl_s: u32,
    /// Cost of a password hash.
    pub hash_cost: HashCost,
    /// Name that an authenticator shows beside the code.
    pub display_name: String,
    /// Whether the program runs as a Lambda function (`AWS_LAMBDA_FUNCTION_NAME` is set).
    pub inside_lambda: bool,
    /// Where the program listens, if it does.
    pub listen: Option<SocketAddr>,
    /// Whether it may listen beyond this machine.
    pub allow_remote: bool,
}

impl IssuerConfig {
    /// 15 minutes, 30 days, and the rest as a laptop needs it.
    pub fn new(issuer_url: impl Into<String>) -> Self {
        Self {
            issuer_url: issuer_url.into(),
            client_id: "cws".to_owned(),
            scope: "cws/api".to_owned(),
            access_ttl_s: 15 * 60,
            refresh_ttl_s: 30 * 24 * 3600,
            refresh_grace_s: 10,
            setup_ttl_s: 72 * 3600,
            reset_ttl_s: 30 * 60,
            hash_cost: HashCost::OWASP,
            display_name: "CloudWorkstation".to_owned(),
            inside_lambda: false,
            listen: None,
            allow_remote: false,
        }
    }
}

/// Why the issuer is not built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IssuerError {
    /// In a Lambda function, people sign in with Cognito.
    #[error("the embedded issuer does not run inside lambda; configure a cognito user pool")]
    InsideLambda,
    /// Passwords would cross the network.
    #[error(
        "the embedded issuer listens on `{0}`, which is not this machine alone; put TLS in front and allow it with --allow-remote"
    )]
    Remote(SocketAddr),
    /// The cost is outside what argon2 allows.
    #[error("the password hash cost is not possible")]
    HashCost,
}

/// The issuer.
#[derive(Clone)]
pub struct EmbeddedIssuer {
    rows: Rows,
    passwords: Arc<Passwords>,
    mint: Arc<Mint>,
    config: Arc<IssuerConfig>,
    external: Option<Arc<ExternalLogins>>,
    /// Further issuers whose access tokens this deployment takes.
    also_trusted: Arc<[String]>,
}

impl EmbeddedIssuer {
    /// An issuer on a store. Call within a tokio runtime: hashing runs on its blocking threads.
    ///
    /// INVARIANT (laptop only): it is not built inside Lambda, nor on an address that others reach
    /// unless that was asked for.
    ///
    /// # Errors
    /// See `IssuerError`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        key: TokenKey,
        config: IssuerConfig,
    ) -> Result<Self, IssuerError> {
        if config.inside_lambda {
            return Err(IssuerError::InsideLambda);
        }
        let beyond = config.listen.filter(|address| !address.ip().to_canonical().is_loopback());
        if let Some(address) = beyond.filter(|_| !config.allow_remote) {
            return Err(IssuerError::Remote(address));
        }
        let passwords =
            Passwords::new(config.hash_cost, Arc::clone(&entropy)).ok_or(IssuerError::HashCost)?;
        let mint = Mint {
            key,
            issuer: config.issuer_url.clone(),
            client_id: config.client_id.clone(),
            scope: config.scope.clone(),
            ttl_s: config.access_ttl_s,
        };
        let rows = Rows { store, clock, entropy, stage: None };
        Ok(Self {
            rows,
            passwords: Arc::new(passwords),
            mint: Arc::new(mint),
            config: Arc::new(config),
            external: None,
            also_trusted: Arc::new([]),
        })
    }

    /// Also lets people in through their institution's own login service.
    #[must_use]
    pub fn with_external(self, external: ExternalLogins) -> Self {
        Self { external: Some(Arc::new(external)), ..self }
    }

    /// Also lets people be registered with an identity of these issuers, whose access tokens a verifier takes.
    #[must_use]
    pub fn with_trusted(self, issuers: impl IntoIterator<Item = String>) -> Self {
        Self { also_trusted: issuers.into_iter().collect(), ..self }
    }

    /// What a verifier must know to trust this issuer.
    pub fn trusted(&self) -> cws_cloud::token::TrustedIssuer {
        cws_cloud::token::TrustedIssuer {
            issuer: self.config.issuer_url.clone(),
            kind: cws_cloud::token::IssuerKind::Embedded,
            client_ids: vec![self.config.client_id.clone()],
            algorithms: vec![cws_cloud::token::TokenAlgorithm::EdDsa],
            keys: cws_cloud::token::KeySource::Fixed(self.mint.key.jwks()),
        }
    }
}

impl fmt::Debug for EmbeddedIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedIssuer").field("config", &self.config).finish_non_exhaustive()
    }
}
