//! Event consumers: what happens after a commit, at least once, in no promised order.

use crate::shell::ShellParts;
use cws_cloud::{Port, clock};
use cws_model::{
    Event, Id, Timestamp,
    id::{CommitId, Kind as IdKind},
};
use cws_store::{Kind, Store, Writes};
use futures::future::BoxFuture;
use std::sync::Arc;
use thiserror::Error;

/// What a consumer states about itself.
#[derive(Debug, Clone, Copy)]
pub struct ConsumerSpec {
    /// The name everywhere: file, handler, function, log field.
    pub name: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// Types it listens to; a trailing `*` takes all that start so.
    pub listens: &'static [&'static str],
    /// Kinds of rows it reads.
    pub reads: &'static [Kind],
    /// Kinds of rows it writes.
    pub writes: &'static [Kind],
    /// Ports it calls.
    pub calls: &'static [&'static str],
}

impl ConsumerSpec {
    /// Whether it wants events of a type.
    pub fn wants(&self, kind: &str) -> bool {
        self.listens.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => *pattern == kind,
        })
    }
}

/// Why an event was not consumed. It comes again later: at most five times, then it is parked.
#[derive(Debug, Error)]
pub enum ConsumeError {
    /// The store.
    #[error(transparent)]
    Store(#[from] cws_store::StoreError),
    /// Something that it needs does not answer now. The event waits, and this is not counted.
    #[error("{0}")]
    Away(String),
    /// The event itself, or anything else that will not pass by waiting.
    #[error("{0}")]
    Other(String),
}

/// What a consumer can reach: the program's own handle on everything.
#[derive(Clone)]
pub struct SystemCtx {
    parts: Arc<ShellParts>,
    spec: &'static ConsumerSpec,
    now: Timestamp,
}

impl SystemCtx {
    /// The context of one run.
    pub fn new(parts: Arc<ShellParts>, spec: &'static ConsumerSpec) -> Self {
        let now = parts.clock.now();
        Self { parts, spec, now }
    }

    /// The whole store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.parts.store
    }

    /// The time of this run.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id.
    pub fn id<K: IdKind>(&self) -> Id<K> {
        clock::new_id(self.now, self.parts.entropy.as_ref())
    }

    /// A port that the SPEC names.
    ///
    /// # Errors
    /// When it does not, or when the deployment does not offer it.
    pub fn port<P: Port + ?Sized>(&self) -> Result<Arc<P>, ConsumeError> {
        let offered = self.parts.ports.get::<P>().filter(|_| self.spec.calls.contains(&P::NAME));
        offered
            .ok_or_else(|| ConsumeError::Other(format!("port `{}` is not declared or not offered", P::NAME)))
    }

    /// Commits outside the event's own commit, for consumers that work through many rows.
    ///
    /// # Errors
    /// What the store says.
    pub async fn commit(&self, writes: Writes) -> Result<(), cws_store::StoreError> {
        self.parts.store.commit(&writes.into_commit(self.id::<cws_model::id::CommitKind>())).await
    }

    /// The id of the commit that will be made.
    pub fn commit_id(&self) -> CommitId {
        self.id()
    }
}

/// A consumer. The file that holds it is named after it.
pub trait Consumer: Send + Sync + 'static {
    /// What it states about itself.
    const SPEC: ConsumerSpec;

    /// Decides what to write because of an event. INVARIANT (same event, same effect): the writes are
    /// committed together with the mark that the event was seen; anything else it does must bear
    /// being done twice.
    fn handle(ctx: &SystemCtx, event: &Event) -> impl Future<Output = Result<Writes, ConsumeError>> + Send;
}

/// A consumer without its type.
pub trait AnyConsumer: Send + Sync {
    /// Its statement.
    fn spec(&self) -> &'static ConsumerSpec;
    /// Runs it.
    fn handle<'a>(
        &'a self,
        ctx: &'a SystemCtx,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Writes, ConsumeError>>;
}

struct Entry<C>(std::marker::PhantomData<fn() -> C>);

struct Stated<C>(std::marker::PhantomData<C>);

impl<C: Consumer> Stated<C> {
    const SPEC: &'static ConsumerSpec = &C::SPEC;
}

impl<C: Consumer> AnyConsumer for Entry<C> {
    fn spec(&self) -> &'static ConsumerSpec {
        Stated::<C>::SPEC
    }

    fn handle<'a>(
        &'a self,
        ctx: &'a SystemCtx,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Writes, ConsumeError>> {
        Box::pin(C::handle(ctx, event))
    }
}

/// The consumers of a domain, or of all of them.
pub struct Consumers {
    domain: &'static str,
    entries: Vec<Arc<dyn AnyConsumer>>,
}

impl Consumers {
    /// None yet.
    pub fn new(domain: &'static str) -> Self {
        Self { domain, entries: Vec::new() }
    }

    /// Adds a consumer.
    #[must_use]
    pub fn add<C: Consumer>(mut self) -> Self {
        self.entries.push(Arc::new(Entry::<C>(std::marker::PhantomData)));
        self
    }

    /// Domain.
    pub fn domain(&self) -> &'static str {
        self.domain
    }

    /// The consumers.
    pub fn entries(&self) -> &[Arc<dyn AnyConsumer>] {
        &self.entries
    }
}
