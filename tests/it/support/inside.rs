//! The shell of a running deployment with one part changed: in process, because no deployment lets a test
//! break its store or its policies.

use super::App;
use cws_authz::Authorizer;
use cws_cloud::{
    identity::Identity,
    token::{IssuerKind, KeySource, TokenAlgorithm, TokenVerifier, TrustedIssuer, cache::NoFetcher},
};
use cws_local::all_routes;
use cws_route::{Request, Shell, ShellParts, Table, request::Credential, shell::Authenticate};
use cws_store::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError, cursor::Sealer};
use futures::future::BoxFuture;
use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};
use tokio::runtime::Runtime;

/// A shell over a deployment's data.
pub struct Inside {
    shell: Shell,
    runtime: Runtime,
}

impl Inside {
    /// Over another store and other policies.
    pub fn new(app: &App, store: Arc<dyn Store>, authorizer: Authorizer) -> Self {
        let parts = app.world().shell.parts();
        let runtime = Runtime::new().unwrap();
        let identity = parts.ports.get::<dyn Identity>().unwrap();
        let trusted = TrustedIssuer {
            issuer: identity.issuer().to_owned(),
            kind: IssuerKind::Embedded,
            client_ids: vec!["cws".to_owned()],
            algorithms: vec![TokenAlgorithm::EdDsa],
            keys: KeySource::Fixed(runtime.block_on(identity.jwks()).unwrap()),
        };
        let verifier = TokenVerifier::new(vec![trusted], Arc::new(NoFetcher), parts.clock.clone());
        let changed = Arc::new(ShellParts {
            store,
            authorizer,
            authenticate: Authenticate::new(verifier, None),
            ports: parts.ports.clone(),
            clock: parts.clock.clone(),
            entropy: parts.entropy.clone(),
            sealer: Sealer::new([7; 32]),
            base_url: parts.base_url.clone(),
            home: parts.home.clone(),
        });
        let shell = Shell::new(changed, Table::new(all_routes()).unwrap());
        Self { shell, runtime }
    }

    /// Runs a request; answers status and body.
    pub fn send(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> (u16, Value) {
        let credential = token.map_or(Credential::None, |token| Credential::Bearer(token.to_owned()));
        let headers = [("content-type", "application/json"), ("if-match", "*")];
        let request = Request {
            credential,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
            ..Request::default()
        };
        let path = if path.starts_with('/') && !path.starts_with("/api/") {
            format!("/api/v2{path}")
        } else {
            path.to_owned()
        };
        let response = self.runtime.block_on(self.shell.serve_path(method, &path, request));
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }
}

/// How a commit fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// As if another commit had been in the way.
    Conflict,
    /// As if the disk were full.
    Full,
}

/// A store whose next commits fail as a test says.
pub struct Faulty {
    inner: Arc<dyn Store>,
    next: Mutex<VecDeque<Fault>>,
}

impl Faulty {
    /// Over the store of a deployment.
    pub fn over(app: &App) -> Arc<Self> {
        let inner = app.world().shell.parts().store.clone();
        Arc::new(Self { inner, next: Mutex::new(VecDeque::new()) })
    }

    /// Lets the next commit fail.
    pub fn fail_next(&self, fault: Fault) {
        self.next.lock().unwrap().push_back(fault);
    }

    /// Whether every fault has happened.
    pub fn is_used_up(&self) -> bool {
        self.next.lock().unwrap().is_empty()
    }
}

impl Store for Faulty {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        self.inner.get(keys, consistency)
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        self.inner.range(range, consistency)
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        match self.next.lock().unwrap().pop_front() {
            Some(Fault::Conflict) => Box::pin(async { Err(StoreError::Conflict { failed: Vec::new() }) }),
            Some(Fault::Full) => Box::pin(async { Err(StoreError::Full("a test".to_owned())) }),
            None => self.inner.commit(commit),
        }
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.inner.health()
    }
}
