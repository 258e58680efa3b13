//! An outbox with events in it, consumers that note what they are given, and a clock that is moved by hand.

use cws_authz::Authorizer;
use cws_cloud::{
    Clock, Entropy, Ports,
    clock::new_id,
    token::{TokenVerifier, cache::NoFetcher},
};
use cws_model::{
    Event, Timestamp,
    id::{CommitId, EventId},
};
use cws_route::{
    ConsumeError, ConsumerSpec, ShellParts, SystemCtx,
    consumer::AnyConsumer,
    relay::{Passed, Relay},
    shell::Authenticate,
};
use cws_store::{
    Commit, Consistency, Health, Item, Key, Op, Page, Range, Store, StoreError, Value, Writes,
    conformance::Reference, cursor::Sealer, faults::Dice, key::read_all, kind, outbox,
};
use futures::future::BoxFuture;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

pub(crate) const START_MS: i64 = 1_795_430_000_000;

/// A clock that stands still until it is moved.
#[derive(Default)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(START_MS + self.0.load(Ordering::SeqCst))
    }
}

struct Rolled(Dice);

impl Entropy for Rolled {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill_with(|| u8::try_from(self.0.below(256)).unwrap());
    }
}

type Script = dyn Fn(&Event, usize) -> Result<Writes, ConsumeError> + Send + Sync;

/// A consumer that notes every event it is given, and does what its script says.
pub(crate) struct Scripted {
    spec: &'static ConsumerSpec,
    given: Mutex<Vec<EventId>>,
    script: Box<Script>,
}

pub(crate) const ALL: ConsumerSpec = ConsumerSpec {
    name: "takes_all",
    summary: "Takes everything",
    listens: &["thing.*"],
    reads: &[],
    writes: &[kind::META],
    calls: &[],
};
static TAKES_ALL: ConsumerSpec = ALL;
static TAKES_FIRST: ConsumerSpec = ConsumerSpec { name: "takes_first", listens: &["thing.first.v1"], ..ALL };

impl Scripted {
    /// Counts each event in a row of its own: what shows how often an event had an effect.
    pub(crate) fn counting() -> Arc<Self> {
        Self::doing(|event, _| Ok(effect("takes_all", event)))
    }

    pub(crate) fn of_first() -> Arc<Self> {
        let script = |event: &Event, _: usize| Ok(effect("takes_first", event));
        Arc::new(Self { spec: &TAKES_FIRST, given: Mutex::default(), script: Box::new(script) })
    }

    /// Does what it is told, with the event and how often it was given that one before.
    pub(crate) fn doing(
        script: impl Fn(&Event, usize) -> Result<Writes, ConsumeError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { spec: &TAKES_ALL, given: Mutex::default(), script: Box::new(script) })
    }

    pub(crate) fn times(&self, event: &Event) -> usize {
        self.given.lock().unwrap().iter().filter(|id| **id == event.id).count()
    }

    pub(crate) fn order(&self) -> Vec<EventId> {
        self.given.lock().unwrap().clone()
    }
}

impl AnyConsumer for Scripted {
    fn spec(&self) -> &'static ConsumerSpec {
        self.spec
    }

    fn handle<'a>(
        &'a self,
        _: &'a SystemCtx,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Writes, ConsumeError>> {
        let before = self.times(event);
        self.given.lock().unwrap().push(event.id.clone());
        Box::pin(async move { (self.script)(event, before) })
    }
}

fn effect_key(consumer: &str, event: &Event) -> Key {
    Key::new(kind::META.part(consumer), event.id.as_str())
}

/// One effect of an event, which adds up if it happens twice.
pub(crate) fn effect(consumer: &str, event: &Event) -> Writes {
    let mut writes = Writes::new();
    writes.add(effect_key(consumer, event), 1);
    writes
}

/// A store that can be exchanged for another one: what a relay stands on is made once, since validating
/// policies takes longer than any test here.
struct Exchanged(Mutex<Arc<dyn Store>>);

impl Exchanged {
    fn now(&self) -> Arc<dyn Store> {
        self.0.lock().unwrap().clone()
    }
}

impl Store for Exchanged {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        how: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        Box::pin(async move { self.now().get(keys, how).await })
    }

    fn range<'a>(&'a self, range: &'a Range, how: Consistency) -> BoxFuture<'a, Result<Page, StoreError>> {
        Box::pin(async move { self.now().range(range, how).await })
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { self.now().commit(commit).await })
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        Box::pin(async move { self.now().health().await })
    }
}

pub(crate) struct Rig {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<HandClock>,
    entropy: Arc<Rolled>,
    exchanged: Arc<Exchanged>,
    parts: Arc<ShellParts>,
}

impl Rig {
    pub(crate) fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(Reference::new());
        let (clock, entropy) = (Arc::<HandClock>::default(), Arc::new(Rolled(Dice::new(11))));
        let exchanged = Arc::new(Exchanged(Mutex::new(store.clone())));
        let verifier = TokenVerifier::new(Vec::new(), Arc::new(NoFetcher), clock.clone());
        let parts = Arc::new(ShellParts {
            store: exchanged.clone(),
            authorizer: Authorizer::new().unwrap(),
            authenticate: Authenticate::new(verifier, None),
            ports: Ports::new(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            sealer: Sealer::new([7; 32]),
            base_url: String::new(),
            home: "local".parse().unwrap(),
        });
        Self { store, clock, entropy, exchanged, parts }
    }

    pub(crate) fn relay(&self, consumers: &[Arc<Scripted>]) -> Relay {
        self.relay_over(self.store.clone(), consumers)
    }

    /// A relay over another store, which those made before stand on too from now on.
    pub(crate) fn relay_over(&self, store: Arc<dyn Store>, consumers: &[Arc<Scripted>]) -> Relay {
        *self.exchanged.0.lock().unwrap() = store;
        let consumers = consumers.iter().map(|one| one.clone() as Arc<dyn AnyConsumer>).collect();
        Relay::new(self.parts.clone(), consumers)
    }

    pub(crate) fn commit_id(&self) -> CommitId {
        new_id(self.clock.now(), self.entropy.as_ref())
    }

    pub(crate) async fn op(&self, op: Op) {
        self.store.commit(&Commit { id: self.commit_id(), ops: vec![op] }).await.unwrap();
    }

    /// Puts `count` events of a type into the outbox.
    pub(crate) async fn events(&self, kind: &str, count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        for number in 0..count {
            let event = Event {
                specversion: "1.0".to_owned(),
                id: new_id(self.clock.now(), self.entropy.as_ref()),
                kind: kind.to_owned(),
                source: "/cloudworkstation".to_owned(),
                subject: format!("thing {number}"),
                time: self.clock.now(),
                institution: "local".parse().unwrap(),
                data: serde_json::Value::Null,
            };
            self.op(outbox::put(&event).unwrap()).await;
            events.push(event);
        }
        events
    }

    pub(crate) async fn item(&self, key: &Key) -> Option<Item> {
        self.store.get(std::slice::from_ref(key), Consistency::Strong).await.unwrap().remove(0)
    }

    /// How often an event had its effect.
    pub(crate) async fn effects(&self, consumer: &str, event: &Event) -> i64 {
        match self.item(&effect_key(consumer, event)).await.map(|item| item.value) {
            Some(Value::Count(count)) => count,
            _ => 0,
        }
    }

    /// How many rows the outbox still has.
    pub(crate) async fn outbox(&self) -> usize {
        let mut rows = 0;
        for shard in 0..outbox::SHARDS {
            let range = Range::all(outbox::partition(shard));
            rows += read_all(self.store.as_ref(), range, Consistency::Strong).await.unwrap().len();
        }
        rows
    }
}

/// A pass without a limit.
pub(crate) async fn whole_pass(relay: &Relay) -> Passed {
    relay.pass(u32::MAX, &|| true).await.unwrap()
}
