//! The shell: the same steps around every route.
//!
//! limits → caller → parse → idempotency → target → authorize → call → one commit of the handler's
//! writes with audit record, stored answer and events → on conflict again (at most 4 times) → answer.

mod authenticate;
mod commit;
mod idempotency;
mod refusal;
mod run;

pub use authenticate::{Authenticate, OperatorCheck};
pub(crate) use run::run;

use crate::{
    Problem, Request, Response, Spec, Table,
    table::{Lookup, Row},
};
use cws_authz::Authorizer;
use cws_cloud::{Clock, Entropy, Ports};
use cws_model::InstitutionId;
use cws_store::{Store, cursor::Sealer};
use std::{collections::BTreeMap, sync::Arc};

/// What a deployment gives to the shell.
pub struct ShellParts {
    /// State.
    pub store: Arc<dyn Store>,
    /// Decisions.
    pub authorizer: Authorizer,
    /// Callers.
    pub authenticate: Authenticate,
    /// Everything else outside.
    pub ports: Ports,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Cursors.
    pub sealer: Sealer,
    /// Where this deployment is reached.
    pub base_url: String,
    /// The institution that the operator works in.
    pub home: InstitutionId,
}

/// Runs routes.
pub struct Shell {
    parts: Arc<ShellParts>,
    table: Table,
}

/// A route that was found, with the values of its path's parameters.
pub struct Place<'a> {
    row: &'a Row,
    params: BTreeMap<String, String>,
}

impl Place<'_> {
    /// What the route states about itself.
    pub fn spec(&self) -> &'static Spec {
        self.row.spec()
    }
}

impl Shell {
    /// A shell over a table.
    pub fn new(parts: Arc<ShellParts>, table: Table) -> Self {
        Self { parts, table }
    }

    /// What it was given.
    pub fn parts(&self) -> &Arc<ShellParts> {
        &self.parts
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The route at a method and path.
    ///
    /// # Errors
    /// 404 or 405.
    pub fn find(&self, method: &str, path: &str) -> Result<Place<'_>, Problem> {
        match self.table.find(method, path) {
            Lookup::Found(row, params) => Ok(Place { row, params }),
            Lookup::OtherMethod(allowed) => {
                let detail = format!("this path takes {}", allowed.join(", "));
                Err(Problem::new("method_not_allowed", detail).header("allow", allowed.join(", ")))
            }
            Lookup::Nothing => Err(Problem::not_found()),
        }
    }

    /// Runs a route that was found.
    pub async fn serve_at(&self, place: Place<'_>, request: Request) -> Response {
        place.row.route.serve(self, Request { path_params: place.params, ..request }).await
    }

    /// Runs the route at a method and path: how a laptop finds it.
    pub async fn serve_path(&self, method: &str, path: &str, request: Request) -> Response {
        match self.find(method, path) {
            Ok(place) => self.serve_at(place, request).await,
            Err(problem) => self.refuse(method, problem),
        }
    }

    /// Answers a request that came to no route, or that the transport did not let through; it is
    /// logged and has a request id like any other.
    pub fn refuse(&self, method: &str, problem: Problem) -> Response {
        run::refuse(self, method, problem)
    }

    /// Runs the route of an operation id: how a Lambda function finds it. `None` when there is none.
    pub async fn serve_operation(&self, operation_id: &str, request: Request) -> Option<Response> {
        let row = self.table.by_id(operation_id)?;
        Some(row.route.serve(self, request).await)
    }

    pub(crate) fn request_id(&self) -> cws_model::id::RequestId {
        cws_cloud::clock::new_id(self.parts.clock.now(), self.parts.entropy.as_ref())
    }
}
