//! Puts the parts together: SQLite, the embedded adapters, every domain's routes and consumers.

use crate::{
    all_consumers, all_events, all_routes,
    beats::{Beats, ProcessProbe},
    first_start, keys,
    login_file::LoginService,
};
use cws_authz::{Authorizer, AuthzError};
use cws_cloud::{
    Clock, Entropy, Ports, clock,
    identity::Identity,
    mail::Mail,
    mirror::{CheckpointCopies, CheckpointMirror},
    script_check::ScriptCheck,
    signer::{PublicKeys, Signer},
    token,
};
use cws_embedded::{
    checkpoint_file::CheckpointFile,
    https::HttpsClient,
    identity::{
        EmbeddedIssuer, ExternalLogins, HashCost, IssuerConfig, IssuerError,
        operator::{OperatorError, OperatorKey, ensure_operator_key, verify_operator},
    },
    keys::FileKeys,
    mail_file::MailFile,
    script_tools::ScriptTools,
    sqlite::{Durability, OpenError, Options, SqliteStore},
    system::{SystemClock, SystemEntropy},
    template_index::IndexFile,
};
use cws_model::{IdError, InstitutionId};
use cws_platform::{
    document::{ApiDocument, ApiDocuments},
    health::HealthProbe,
};
use cws_route::{
    Problem, Shell, ShellParts, Table, asyncapi,
    consumer::AnyConsumer,
    openapi,
    shell::{Authenticate, OperatorCheck},
    table::TableError,
};
use cws_search::{TemplateIndex, TemplateSearch};
use cws_store::{
    Store, StoreError,
    cursor::Sealer,
    retry::{Retrying, Rule},
};
use futures::future::BoxFuture;
use std::{net::SocketAddr, path::Path, sync::Arc};
use thiserror::Error;

/// The institution of a laptop.
pub const HOME: &str = "local";

/// Why the parts cannot be put together.
#[derive(Debug, Error)]
pub enum WorldError {
    /// The data directory.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Policies.
    #[error(transparent)]
    Authz(#[from] AuthzError),
    /// Routes.
    #[error("the route table is wrong: {0}")]
    Table(#[from] TableError),
    /// The issuer.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The operator's key.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// Something in the data directory.
    #[error("{0}")]
    Data(String),
    /// The name of the first institution.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The first start did not go through.
    #[error("the first start failed: {0}")]
    FirstStart(String),
}

/// How the parts are put together.
pub struct Setup {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// When a commit counts as done.
    pub durability: Durability,
    /// Cost of a password hash.
    pub hash_cost: HashCost,
    /// Whether the templates that come with the program are published.
    pub templates: bool,
    /// Where the program listens, if it does.
    pub listen: Option<SocketAddr>,
    /// Whether it may listen beyond this machine.
    pub allow_remote: bool,
    /// Whether the program runs as a Lambda function.
    pub inside_lambda: bool,
    /// Largest database file, bytes.
    pub store_max_bytes: Option<u64>,
    /// Further issuers whose tokens are taken, such as a Cognito user pool.
    pub trusted: Vec<token::TrustedIssuer>,
    /// What goes around the store: tests put faults there.
    pub around: Option<Around>,
    /// Tools that read the scripts of templates.
    pub script_check: Arc<dyn ScriptCheck>,
    /// Login services of institutions, at most one each.
    pub logins: Vec<LoginService>,
}

/// Puts something around a store.
pub type Around = Arc<dyn Fn(Arc<dyn Store>) -> Arc<dyn Store> + Send + Sync>;

impl Default for Setup {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::default()),
            durability: Durability::Full,
            hash_cost: HashCost::OWASP,
            templates: true,
            listen: None,
            allow_remote: false,
            inside_lambda: false,
            store_max_bytes: None,
            trusted: Vec::new(),
            around: None,
            script_check: Arc::new(ScriptTools::of_this_process()),
            logins: Vec::new(),
        }
    }
}

impl Setup {
    /// Fast: survives the end of the process but not of the machine, hashes cheaply, ships nothing.
    pub fn for_tests() -> Self {
        Self {
            durability: Durability::TestOnly,
            hash_cost: HashCost { memory_kib: 8, passes: 1, lanes: 1 },
            templates: false,
            ..Self::default()
        }
    }
}

/// Everything that runs in the process.
pub struct World {
    /// Routes.
    pub shell: Arc<Shell>,
    /// The store, for what only SQLite can: being woken, being swept.
    pub store: Arc<SqliteStore>,
    /// Consumers.
    pub consumers: Vec<Arc<dyn AnyConsumer>>,
    /// Where the operator's key is.
    pub operator: OperatorKey,
    /// How the work in the background is.
    pub beats: Arc<Beats>,
}

struct StoredOperator(Arc<dyn Store>);

impl OperatorCheck for StoredOperator {
    fn is_operator<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move { verify_operator(self.0.as_ref(), token).await })
    }
}

impl World {
    /// Opens or creates a data directory.
    ///
    /// # Errors
    /// See `WorldError`.
    pub async fn open(data: &Path, base_url: &str, setup: Setup) -> Result<Self, WorldError> {
        let options =
            Options { durability: setup.durability, max_bytes: setup.store_max_bytes, ..Options::default() };
        let sqlite = SqliteStore::open(data, options)?;
        let (clock, entropy) = (setup.clock.clone(), setup.entropy.clone());
        let store = resilient(sqlite.clone(), setup.around.as_ref(), entropy.as_ref());
        let operator = ensure_operator_key(data, store.as_ref(), clock.now(), entropy.as_ref()).await?;
        let file_keys = FileKeys::open(&data.join("keys"), entropy.as_ref())
            .map_err(|e| WorldError::Data(e.to_string()))?;
        let issuer = issuer(&store, &setup, &file_keys).await?;
        let mut trusted = vec![issuer.trusted()];
        trusted.extend(setup.trusted);
        let verifier = token::TokenVerifier::new(trusted.clone(), fetcher(&trusted), clock.clone());
        let table = Table::new(all_routes())?;
        let sealer = Sealer::new(keys::cursor_key(store.as_ref(), clock.as_ref(), entropy.as_ref()).await?);
        let index = Arc::new(template_index(data, store.as_ref(), clock.as_ref()).await?);
        let beats = Arc::new(Beats::new(clock.now()));
        let parts = Arc::new(ShellParts {
            ports: ports(data, &table, issuer, file_keys)?
                .with::<dyn TemplateSearch>(index.clone())
                .with::<dyn TemplateIndex>(index)
                .with::<dyn ScriptCheck>(setup.script_check)
                .with::<dyn HealthProbe>(Arc::new(ProcessProbe {
                    store: store.clone(),
                    beats: beats.clone(),
                })),
            store: store.clone(),
            authorizer: Authorizer::new()?,
            authenticate: Authenticate::new(verifier, Some(Arc::new(StoredOperator(store.clone())))),
            clock,
            entropy,
            sealer,
            base_url: base_url.to_owned(),
            home: HOME.parse::<InstitutionId>()?,
        });
        let consumers = all_consumers().iter().flat_map(|domain| domain.entries().to_vec()).collect();
        let shell = Arc::new(Shell::new(parts, table));
        let world = Self { shell, store: sqlite, consumers, operator, beats };
        first_start::fill(&world, setup.templates).await.map_err(|problem: Problem| {
            WorldError::FirstStart(format!("{} {} {:?}", problem.code, problem.detail, problem.inside))
        })?;
        Ok(world)
    }
}

/// The store as everything above sees it: what fails for a moment is tried again.
fn resilient(sqlite: Arc<SqliteStore>, around: Option<&Around>, entropy: &dyn Entropy) -> Arc<dyn Store> {
    let store: Arc<dyn Store> = sqlite;
    let store = around.map_or(store.clone(), |around| around(store));
    let sleep = Arc::new(|wait| Box::pin(tokio::time::sleep(wait)) as BoxFuture<'static, ()>);
    Arc::new(Retrying::new(store, Rule::new(sleep, u64::from_le_bytes(clock::random(entropy)))))
}

/// The search index. It holds nothing of its own: one that was lost is made from the store again.
async fn template_index(data: &Path, store: &dyn Store, clock: &dyn Clock) -> Result<IndexFile, WorldError> {
    let index = IndexFile::open(data).map_err(|e| WorldError::Data(e.to_string()))?;
    if index.needs_filling().map_err(|e| WorldError::Data(e.to_string()))? {
        let filled = cws_marketplace::index::rebuild::rebuild(store, &index, clock.now()).await;
        let templates = filled.map_err(|e| WorldError::Data(e.to_string()))?;
        tracing::info!(templates, "the search index was built");
    }
    Ok(index)
}

async fn issuer(
    store: &Arc<dyn Store>,
    setup: &Setup,
    keys: &FileKeys,
) -> Result<EmbeddedIssuer, WorldError> {
    let (clock, entropy) = (setup.clock.clone(), setup.entropy.clone());
    let name = keys::issuer(store.as_ref(), clock.as_ref(), entropy.as_ref()).await?;
    let config = IssuerConfig {
        hash_cost: setup.hash_cost,
        listen: setup.listen,
        allow_remote: setup.allow_remote,
        inside_lambda: setup.inside_lambda,
        ..IssuerConfig::new(name)
    };
    let issuer = EmbeddedIssuer::new(store.clone(), clock, entropy, keys.token_key(), config)?;
    let issuer = issuer.with_trusted(setup.trusted.iter().map(|trusted| trusted.issuer.clone()));
    Ok(if setup.logins.is_empty() { issuer } else { issuer.with_external(external(setup)) })
}

/// What keys are fetched by; the system's trust roots are read for it only when there is something to fetch.
fn fetcher(trusted: &[token::TrustedIssuer]) -> Arc<dyn token::KeyFetcher> {
    if trusted.iter().any(|issuer| matches!(issuer.keys, token::KeySource::Url(_))) {
        Arc::new(HttpsClient::default())
    } else {
        Arc::new(token::cache::NoFetcher)
    }
}

/// The login services of institutions, and what their ID tokens are verified by.
fn external(setup: &Setup) -> ExternalLogins {
    let client = Arc::new(HttpsClient::default());
    let trusted = setup.logins.iter().map(LoginService::trusted).collect();
    ExternalLogins {
        logins: setup.logins.iter().map(|service| service.login.clone()).collect(),
        post: client.clone(),
        verifier: Arc::new(token::TokenVerifier::new(trusted, client, setup.clock.clone())),
    }
}

fn ports(data: &Path, table: &Table, issuer: EmbeddedIssuer, keys: FileKeys) -> Result<Ports, WorldError> {
    let mirror =
        CheckpointFile::open(&data.join("checkpoints")).map_err(|e| WorldError::Data(e.to_string()))?;
    let (mirror, keys) = (Arc::new(mirror), Arc::new(keys));
    let version = env!("CARGO_PKG_VERSION");
    let documents =
        ApiDocuments::of(openapi::document(table, version), &asyncapi::document(&all_events(), version));
    let documents = documents.map_err(|e| WorldError::Data(e.to_string()))?;
    Ok(Ports::new()
        .with::<dyn Identity>(Arc::new(issuer))
        .with::<dyn PublicKeys>(keys.clone())
        .with::<dyn Signer>(keys)
        .with::<dyn Mail>(Arc::new(MailFile::in_dir(data)))
        .with::<dyn CheckpointCopies>(mirror.clone())
        .with::<dyn CheckpointMirror>(mirror)
        .with::<dyn ApiDocument>(Arc::new(documents)))
}
