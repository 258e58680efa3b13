//! A route, and the list of routes of a domain.

use crate::{
    Answer, Ctx, Problem, Request, Response, Shell, Spec,
    input::{InputSchemas, RequestInput},
    shell,
    stated::Stated,
};
use cws_authz::{Action, Grant, Membership, Resource};
use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use std::{marker::PhantomData, sync::OnceLock};

/// What the request is about: the resource that the caller must be allowed to act on, the caller's
/// memberships that count for it, and whatever the handler wants to keep of what was read.
#[derive(Debug)]
pub struct Found<T = ()> {
    /// Asked about.
    pub resource: Resource,
    /// Of the caller, in the resource's project or namespace.
    pub memberships: Vec<Membership>,
    /// The role that is given, changed or taken.
    pub grant: Option<Grant>,
    /// The action, when what the request says makes it another than the SPEC's.
    pub action: Option<Action>,
    /// For the handler.
    pub value: T,
}

impl<T> Found<T> {
    /// A target without memberships.
    pub fn new(resource: Resource, value: T) -> Self {
        Self { resource, memberships: Vec::new(), grant: None, action: None, value }
    }

    /// With the caller's memberships.
    #[must_use]
    pub fn memberships(mut self, memberships: impl IntoIterator<Item = Membership>) -> Self {
        self.memberships.extend(memberships);
        self
    }

    /// With another action than the SPEC's, because of what the request says.
    #[must_use]
    pub fn asking(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }

    /// With the role that is given, changed or taken.
    #[must_use]
    pub fn granting(mut self, grant: Grant) -> Self {
        self.grant = Some(grant);
        self
    }
}

impl Found {
    /// For a public route, which is about nothing in particular.
    pub fn open() -> Self {
        Self::new(Resource::System, ())
    }
}

/// One API route. The file that holds it is named after its operation id.
pub trait Route: Send + Sync + 'static {
    /// What it states about itself.
    const SPEC: Spec;
    /// What it takes.
    type Input: RequestInput + 'static;
    /// What it answers.
    type Output: Serialize + JsonSchema + Send + Sync;
    /// What it keeps of looking up its target.
    type Target: Send + Sync;

    /// Finds what the request is about. A missing thing is `Problem::not_found()`.
    fn target(
        ctx: &Ctx,
        input: &Self::Input,
    ) -> impl Future<Output = Result<Found<Self::Target>, Problem>> + Send;

    /// Decides. INVARIANT (no effects): it performs nothing; its writes come back with the answer.
    fn call(
        ctx: &Ctx,
        input: Self::Input,
        target: Self::Target,
    ) -> impl Future<Output = Result<Answer<Self::Output>, Problem>> + Send;

    /// A body that is really accepted, for the API document and for tests; `None` without a body.
    fn example() -> Option<serde_json::Value> {
        None
    }
}

/// What a table knows of a route: its SPEC, its schemas, and how to run it.
pub trait AnyRoute: Send + Sync {
    /// Its statement.
    fn spec(&self) -> &'static Spec;
    /// Schemas of what it takes.
    fn input(&self, generator: &mut SchemaGenerator) -> InputSchemas;
    /// Schema of what it answers.
    fn output(&self, generator: &mut SchemaGenerator) -> Schema;
    /// An accepted body.
    fn example(&self) -> Option<serde_json::Value>;
    /// Runs it.
    fn serve<'a>(&'a self, shell: &'a Shell, request: Request) -> BoxFuture<'a, Response>;
}

struct Entry<R> {
    stated: OnceLock<Stated>,
    route: PhantomData<fn() -> R>,
}

impl<R: Route> Entry<R> {
    fn stated(&self) -> &Stated {
        self.stated.get_or_init(|| {
            let mut generator = SchemaGenerator::default();
            let input = R::Input::schemas(&mut generator);
            Stated::new(&input, &generator.take_definitions(true))
        })
    }
}

/// Gives every route's SPEC one address.
///
/// INVARIANT (deny by default): a route that does not say who may call it does not build.
struct Home<R>(PhantomData<R>);

impl<R: Route> Home<R> {
    const SPEC: &'static Spec = {
        assert!(R::SPEC.declares_access(), "a SPEC needs `.requires(action)` or `.public(reason)`");
        &R::SPEC
    };
}

impl<R: Route> AnyRoute for Entry<R> {
    fn spec(&self) -> &'static Spec {
        Home::<R>::SPEC
    }

    fn input(&self, generator: &mut SchemaGenerator) -> InputSchemas {
        R::Input::schemas(generator)
    }

    fn output(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<R::Output>()
    }

    fn example(&self) -> Option<serde_json::Value> {
        R::example()
    }

    fn serve<'a>(&'a self, shell: &'a Shell, request: Request) -> BoxFuture<'a, Response> {
        Box::pin(shell::run::<R>(shell, Home::<R>::SPEC, self.stated(), request))
    }
}

/// The routes of one domain, in path order.
pub struct Routes {
    domain: &'static str,
    entries: Vec<Box<dyn AnyRoute>>,
}

impl Routes {
    /// None yet.
    pub fn new(domain: &'static str) -> Self {
        Self { domain, entries: Vec::new() }
    }

    /// Adds a route.
    #[must_use]
    pub fn add<R: Route>(mut self) -> Self {
        self.entries.push(Box::new(Entry::<R> { stated: OnceLock::new(), route: PhantomData }));
        self
    }

    /// Domain.
    pub fn domain(&self) -> &'static str {
        self.domain
    }

    /// The routes.
    pub fn into_entries(self) -> Vec<Box<dyn AnyRoute>> {
        self.entries
    }
}
