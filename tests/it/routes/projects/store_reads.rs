//! How often the routes of a project read the store: in process, because no deployment tells.

use super::{Crew, place};
use crate::support::{App, Caller};
use cws_authz::Authorizer;
use cws_cloud::{
    Clock, Ports,
    token::{TokenVerifier, VerifiedToken, cache::NoFetcher},
};
use cws_embedded::system::{SystemClock, SystemEntropy};
use cws_model::identity::User;
use cws_route::{Request, Shell, ShellParts, Table, request::Credential, shell::Authenticate};
use cws_store::{
    Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError, Value, cursor::Sealer, kind,
};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::runtime::Runtime;

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store that counts how often it is read.
struct Counting {
    inner: Arc<dyn Store>,
    reads: AtomicU32,
}

impl Store for Counting {
    fn get<'a>(&'a self, keys: &'a [Key], consistency: Consistency) -> Answer<'a, Vec<Option<Item>>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.get(keys, consistency)
    }

    fn range<'a>(&'a self, range: &'a Range, consistency: Consistency) -> Answer<'a, Page> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.range(range, consistency)
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> Answer<'a, ()> {
        self.inner.commit(commit)
    }

    fn health(&self) -> Answer<'_, Health> {
        self.inner.health()
    }
}

/// The routes of projects over the counted store of a running deployment.
struct Counted {
    store: Arc<Counting>,
    shell: Shell,
    runtime: Runtime,
    /// Whether tokens name the person, as those of the embedded issuer do.
    hints: bool,
}

impl Counted {
    fn over(app: &App) -> Self {
        let parts = app.world().shell.parts();
        let store = Arc::new(Counting { inner: parts.store.clone(), reads: AtomicU32::new(0) });
        let verifier = TokenVerifier::new(Vec::new(), Arc::new(NoFetcher), Arc::new(SystemClock));
        let counted = Arc::new(ShellParts {
            store: store.clone(),
            authorizer: Authorizer::new().unwrap(),
            authenticate: Authenticate::new(verifier, None),
            ports: Ports::new(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::default()),
            sealer: Sealer::new([7; 32]),
            base_url: String::new(),
            home: parts.home.clone(),
        });
        let shell = Shell::new(counted, Table::new([cws_projects::routes()]).unwrap());
        Self { store, shell, runtime: Runtime::new().unwrap(), hints: false }
    }

    /// The token of somebody, as an authorizer in front of the program hands it on.
    fn token(&self, who: &Caller) -> VerifiedToken {
        let key = Key::new(kind::USER.part("local"), who.user_id.as_str());
        let items = self.runtime.block_on(self.store.inner.get(&[key], Consistency::Strong)).unwrap();
        let Some(Item { value: Value::Json(text), .. }) = items.into_iter().next().flatten() else {
            panic!()
        };
        let user: User = serde_json::from_str(&text).unwrap();
        let now = SystemClock.now();
        VerifiedToken {
            issuer: user.issuer,
            subject: user.subject,
            session_id: None,
            issued_at: now,
            expires_at: now.plus_seconds(60),
            auth_time: now,
            mfa: false,
            institution_hint: self.hints.then_some(user.institution),
            user_hint: self.hints.then_some(user.id),
            scopes: Vec::new(),
        }
    }

    /// How often one request reads, and its status.
    fn reads(&self, who: &Caller, method: &str, path: &str) -> (u32, u16) {
        let credential = Credential::Verified(Box::new(self.token(who)));
        let request = Request { credential, ..Request::default() };
        self.store.reads.store(0, Ordering::SeqCst);
        let path = format!("/api/v2{path}");
        let response = self.runtime.block_on(self.shell.serve_path(method, &path, request));
        (self.store.reads.load(Ordering::SeqCst), response.status)
    }
}

#[test]
fn viewing_a_project_takes_at_most_three_reads_and_two_once_the_caller_is_known() {
    let crew = Crew::new();
    let counted = Counted::over(&crew.app);
    let stranger = crew.app.researcher();
    for (person, status) in [(&crew.owner, 200), (&crew.viewer, 200), (&stranger, 404)] {
        assert_eq!(counted.reads(person, "GET", &crew.path()), (3, status));
        assert_eq!(counted.reads(person, "GET", &crew.path()), (2, status));
    }
}

#[test]
fn a_token_that_names_the_person_saves_the_way_through_the_directory() {
    let crew = Crew::new();
    let counted = Counted { hints: true, ..Counted::over(&crew.app) };
    for person in [&crew.owner, &crew.viewer] {
        assert_eq!(counted.reads(person, "GET", &crew.path()), (2, 200));
    }
}

#[test]
fn a_page_of_fifty_projects_takes_as_many_reads_as_a_page_of_one() {
    let crew = Crew::new();
    for _ in 0..50 {
        super::open(&crew.owner);
    }
    let counted = Counted::over(&crew.app);
    counted.reads(&crew.owner, "GET", &crew.path());
    assert_eq!(counted.reads(&crew.owner, "GET", "/projects"), (3, 200));
    assert_eq!(counted.reads(&crew.viewer, "GET", &place(&crew.project, &crew.owner)).1, 200);
    assert_eq!(counted.reads(&crew.viewer, "GET", &place(&crew.project, &crew.owner)), (3, 200));
}
