//! What a handler can reach, and no more.

use crate::{Caller, Found, Problem, Spec, shell::ShellParts, spec::Access};
use cws_authz::{Action, Context, Membership, Resource};
use cws_cloud::{Port, clock, stage::Stage};
use cws_model::{
    Id, InstitutionId, Timestamp,
    id::{CommitId, Kind, RequestId},
    identity::Role,
};
use cws_store::{
    Revision, Scoped, Slot,
    cursor::{Binding, Cursor, LIFETIME_SECONDS},
};
use serde::Serialize;
use std::sync::Arc;

/// The context of one run of one handler.
pub struct Ctx {
    spec: &'static Spec,
    parts: Arc<ShellParts>,
    caller: Caller,
    request_id: RequestId,
    commit_id: CommitId,
    now: Timestamp,
    if_match: Option<String>,
    stage: Stage,
}

impl Ctx {
    pub(crate) fn new(
        spec: &'static Spec,
        parts: Arc<ShellParts>,
        caller: Caller,
        request_id: RequestId,
        now: Timestamp,
        if_match: Option<String>,
        stage: Stage,
    ) -> Self {
        let commit_id = clock::new_id(now, parts.entropy.as_ref());
        Self { spec, parts, caller, request_id, commit_id, now, if_match, stage }
    }

    /// Who is calling.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The institution that the caller's session names.
    ///
    /// # Errors
    /// 401 when nobody is signed in.
    pub fn institution(&self) -> Result<&InstitutionId, Problem> {
        self.caller.institution().ok_or_else(|| Problem::new("unauthenticated", "sign in first"))
    }

    /// The time of this request: when this run of its handler began.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The time at this instant, for what must be later than something that a port just did.
    pub fn instant(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// The request's id.
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// The id of the commit that this run will make.
    pub fn commit_id(&self) -> &CommitId {
        &self.commit_id
    }

    /// The revision that rows written by this run will have: the ETag to answer with.
    pub fn revision(&self) -> Revision {
        Revision(self.commit_id.to_string())
    }

    /// A new id.
    pub fn id<K: Kind>(&self) -> Id<K> {
        clock::new_id(self.now, self.parts.entropy.as_ref())
    }

    /// An id that stays the same when the handler runs again after a conflict: for what is named
    /// outside before the commit.
    ///
    /// # Errors
    /// Never in practice; the request id has the same form.
    pub fn id_of_request<K: Kind>(&self) -> Result<Id<K>, Problem> {
        let body = self.request_id.as_str().split_once('_').map_or("", |(_, body)| body);
        format!("{}_{body}", K::PREFIX).parse().map_err(Problem::internal)
    }

    /// Random bytes, fit for keys.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        clock::random(self.parts.entropy.as_ref())
    }

    /// Where this deployment is reached, such as `http://127.0.0.1:8947`.
    pub fn base_url(&self) -> &str {
        &self.parts.base_url
    }

    /// The rows of the caller's institution.
    ///
    /// # Errors
    /// 401 when nobody is signed in.
    pub fn store(&self) -> Result<Scoped, Problem> {
        let institution = self.institution()?.clone();
        Ok(Scoped::institution(self.parts.store.clone(), institution, self.spec.reach(), self.now))
    }

    /// The rows of a named institution: for system administrators, and for public routes such as
    /// sign-in, whose body names it.
    ///
    /// # Errors
    /// 404 for anybody else, unless it is the caller's own.
    pub fn store_of(&self, institution: &InstitutionId) -> Result<Scoped, Problem> {
        let own = self.caller.institution() == Some(institution);
        let above = self.caller.principal.role == Some(Role::SystemAdmin);
        if own || above || matches!(self.spec.access, Access::Public(_)) {
            Ok(Scoped::institution(
                self.parts.store.clone(),
                institution.clone(),
                self.spec.reach(),
                self.now,
            ))
        } else {
            Err(Problem::not_found())
        }
    }

    /// Templates, namespaces and logs: what all institutions share.
    pub fn catalogue(&self) -> Scoped {
        let institution = self.caller.institution().unwrap_or(&self.parts.home);
        Scoped::catalogue(self.parts.store.clone(), institution.clone(), self.spec.reach(), self.now)
    }

    /// The program's own rows, as far as the SPEC names them.
    pub fn system(&self) -> Scoped {
        self.catalogue().beyond_tenants()
    }

    /// A port that the SPEC names. What one writes into the store of the routes is part of this run's commit.
    ///
    /// # Errors
    /// 500 when it does not, or when the deployment does not offer it.
    pub fn port<P: Port + ?Sized>(&self) -> Result<Arc<P>, Problem> {
        if !self.spec.calls.contains(&P::NAME) {
            return Err(Problem::internal(format!("the route does not declare that it calls `{}`", P::NAME)));
        }
        let port = self.parts.ports.get::<P>();
        let port = port.ok_or_else(|| Problem::internal(format!("port `{}` is not offered", P::NAME)))?;
        Ok(P::staged(port, &self.stage))
    }

    /// What the ports hold back for the commit.
    pub(crate) fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Whether the caller may do this to that.
    pub fn allows(&self, action: Action, resource: &Resource, memberships: &[Membership]) -> bool {
        let context = Context::at(self.now);
        let request = cws_authz::Request {
            principal: &self.caller.principal,
            action,
            resource,
            memberships,
            context: &context,
        };
        self.parts.authorizer.decide(&request).allowed
    }

    /// The decision about a target with its grant.
    pub(crate) fn decide<T>(&self, action: Action, found: &Found<T>) -> cws_authz::Decision {
        let context = Context { now: self.now, grant: found.grant.clone() };
        let request = cws_authz::Request {
            principal: &self.caller.principal,
            action,
            resource: &found.resource,
            memberships: &found.memberships,
            context: &context,
        };
        self.parts.authorizer.decide(&request)
    }

    /// The authorizer, for the routes that explain decisions.
    pub fn authorizer(&self) -> &cws_authz::Authorizer {
        &self.parts.authorizer
    }

    /// Holds `If-Match` against what was read.
    ///
    /// # Errors
    /// 412 when the row is another one by now.
    pub fn check_match<T: cws_store::Record>(&self, slot: &Slot<T>) -> Result<(), Problem> {
        let Some(wanted) = self.if_match.as_deref().filter(|text| *text != "*") else { return Ok(()) };
        let current = slot.revision().map(|Revision(text)| format!("\"{text}\""));
        if wanted.split(',').any(|tag| Some(tag.trim()) == current.as_deref()) {
            return Ok(());
        }
        let detail = "it was changed since you read it; read it again and send its ETag";
        Err(Problem::new("precondition_failed", detail).header("etag", current.unwrap_or_default()))
    }

    /// Opens a cursor: the position it holds, if it belongs to this caller, route and query.
    ///
    /// # Errors
    /// `invalid_cursor`.
    pub fn open_cursor(
        &self,
        cursor: Option<&str>,
        query: &impl Serialize,
    ) -> Result<Option<String>, Problem> {
        let Some(text) = cursor else { return Ok(None) };
        let query = self.query_text(query)?;
        self.parts.sealer.open(text, &self.binding(&query), self.now).map(Some).map_err(|error| Problem {
            inside: Some(Box::new(error)),
            ..Problem::new("invalid_cursor", "the cursor is forged, expired, or belongs to another query")
        })
    }

    /// Seals a position into a cursor.
    ///
    /// # Errors
    /// 500 when the position is too long.
    pub fn seal_cursor(
        &self,
        position: Option<String>,
        query: &impl Serialize,
    ) -> Result<Option<String>, Problem> {
        let Some(position) = position else { return Ok(None) };
        let query = self.query_text(query)?;
        let expires_at = self.now.plus_seconds(LIFETIME_SECONDS);
        let cursor = Cursor { position, binding: self.binding(&query), expires_at };
        self.parts.sealer.seal(&cursor, self.random()).map(Some).map_err(Problem::internal)
    }

    /// What a cursor is bound to besides the caller: route and filters.
    fn query_text(&self, query: &impl Serialize) -> Result<Vec<u8>, Problem> {
        serde_json::to_vec(&(self.spec.operation_id, query)).map_err(Problem::internal)
    }

    fn binding<'a>(&'a self, query: &'a [u8]) -> Binding<'a> {
        let institution = self.caller.institution().map_or("", InstitutionId::as_str);
        Binding { query, principal: self.caller.id(), institution }
    }
}
