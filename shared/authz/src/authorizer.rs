//! The one place where a question is decided.

use crate::{
    Action, AuthzError, Context, Decision, DecisionError, Grant, Membership, NamespaceRole, Principal,
    PrincipalKind, Request, Resource, entities,
    request::{GrantIn, institution_rank},
};
use cedar_policy::{
    ActionConstraint, Context as CedarContext, Effect, Entities, Entity, EntityUid, Policy, PolicyId,
    PolicySet, Request as CedarRequest, Response, Schema, ValidationMode, Validator,
};
use cws_model::{Timestamp, identity::Role, project::ProjectRole};
use std::collections::HashSet;

/// How many entities a policy may be away from what it reads: only the caller's, the resource's
/// and the context's own attributes.
const VALIDATION_LEVEL: u32 = 1;

const SCHEMA: &str = include_str!("schema.cedarschema");
const POLICIES: &str = include_str!("policies.cedar");

/// Decides. Parses and validates once; deciding reads nothing and takes no lock.
#[derive(Debug)]
pub struct Authorizer {
    cedar: cedar_policy::Authorizer,
    policies: PolicySet,
    schema: Schema,
    types: entities::Types,
    asked: Vec<Asked>,
}

/// What is known in advance about one action.
#[derive(Debug)]
struct Asked {
    action: Action,
    uid: EntityUid,
    /// Those of the policies that speak of the action: the others cannot decide about it.
    policies: PolicySet,
}

impl Authorizer {
    /// Loads the product's own policies.
    ///
    /// # Errors
    /// When schema or policies do not parse, do not fit each other at level 1, or do not know
    /// every [`Action`]: the program must not start then.
    pub fn new() -> Result<Self, AuthzError> {
        Self::from_sources(SCHEMA, POLICIES)
    }

    /// Loads other policies, as a check of a change to them does.
    ///
    /// # Errors
    /// As [`Authorizer::new`].
    pub fn from_sources(schema: &str, policies: &str) -> Result<Self, AuthzError> {
        let (schema, _) =
            Schema::from_cedarschema_str(schema).map_err(|error| AuthzError::Schema(error.to_string()))?;
        let policies = named(policies)?;
        let verdict = Validator::new(schema.clone()).validate_with_level(
            &policies,
            ValidationMode::Strict,
            VALIDATION_LEVEL,
        );
        if let Some(first) = verdict.validation_errors().next() {
            return Err(AuthzError::Invalid(first.to_string()));
        }
        let types = entities::Types::parse()?;
        let asked = asked(&schema, &types, &policies)?;
        Ok(Self { cedar: cedar_policy::Authorizer::new(), policies, schema, types, asked })
    }

    /// Answers one question. Whatever goes wrong is a no, with its reason in `errors`.
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        let (action, kind) = (request.action, request.resource.kind());
        if action.resource_kind() != kind {
            return Decision::failed(DecisionError::WrongResource(action, kind));
        }
        if action.grants().is_some() && !grant_fits(request) {
            return Decision::failed(DecisionError::GrantUnfit(action));
        }
        if request.principal.kind == PrincipalKind::Anonymous {
            return Decision::denied();
        }
        match self.evaluate(request) {
            Ok(response) => self.decision(&response),
            Err(error) => Decision::failed(error),
        }
    }

    /// The actions that the caller may do to the resource. An action that gives roles is among them
    /// when the caller may give the least role to somebody.
    pub fn permissions(
        &self,
        principal: &Principal,
        memberships: &[Membership],
        resource: &Resource,
        now: Timestamp,
    ) -> Vec<Action> {
        let may = |action: &Action| {
            let context = Context { now, grant: least_grant(*action, resource) };
            self.decide(&Request { principal, action: *action, resource, memberships, context: &context })
                .allowed
        };
        Action::on(resource.kind()).filter(may).collect()
    }

    /// The loaded policies, for tools that look at them.
    pub const fn policies(&self) -> &PolicySet {
        &self.policies
    }

    /// The loaded schema, for tools that look at it.
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// What a policy says in words, and whether it permits.
    pub(crate) fn describe(&self, id: &str) -> Option<(String, bool)> {
        let policy = self.policies.policy(&PolicyId::new(id))?;
        Some((policy.annotation("description")?.to_owned(), policy.effect() == Effect::Permit))
    }

    /// The entities that a question is decided on: the caller's and the resource's.
    ///
    /// # Errors
    /// When there is no caller, or an attribute cannot be expressed.
    pub fn entities(&self, request: &Request<'_>) -> Result<[Entity; 2], DecisionError> {
        let (uid, attributes, groups) =
            self.types.principal(request).ok_or_else(|| failed("nobody is no entity"))?;
        let principal = Entity::new(uid, attributes, groups).map_err(failed)?;
        let (uid, attributes) = self
            .types
            .resource(request.resource)
            .ok_or_else(|| failed("resource kind has no entity type"))?;
        Ok([principal, Entity::new(uid, attributes, HashSet::new()).map_err(failed)?])
    }

    fn evaluate(&self, request: &Request<'_>) -> Result<Response, DecisionError> {
        let [principal, resource] = self.entities(request)?;
        let asked = self.asked.iter().find(|asked| asked.action == request.action);
        let asked = asked.ok_or_else(|| failed("action is not in the schema"))?;
        let context = CedarContext::from_pairs(entities::context_pairs(request)).map_err(failed)?;
        let (who, what) = (principal.uid(), resource.uid());
        let question = CedarRequest::new(who, asked.uid.clone(), what, context, Some(&self.schema));
        // The schema is not applied to the entities: a test holds that all that are built here fit it.
        let entities = Entities::from_entities([principal, resource], None).map_err(failed)?;
        Ok(self.cedar.is_authorized(&question.map_err(failed)?, &asked.policies, &entities))
    }

    /// INVARIANT (errors-deny): Cedar leaves out a policy that fails, which could be a forbid; so a
    /// failure anywhere is a no.
    fn decision(&self, response: &Response) -> Decision {
        let diagnostics = response.diagnostics();
        let errors: Vec<_> = diagnostics.errors().map(failed).collect();
        let mut policies: Vec<_> = diagnostics.reason().map(ToString::to_string).collect();
        policies.sort();
        let allowed = response.decision() == cedar_policy::Decision::Allow && errors.is_empty();
        Decision { allowed, policies, errors }
    }
}

/// Whether the grant is one of the action's: of its place, a role where one is given, none where one
/// is taken, and about the record that changes.
fn grant_fits(request: &Request<'_>) -> bool {
    let Some(grant) = &request.context.grant else { return false };
    let fits = match (request.action, request.resource) {
        (Action::MemberAdd | Action::MemberUpdate, _) => grant.to_rank() > 0,
        (Action::MemberRemove, _) => grant.to_rank() == 0,
        (Action::UserUpdate, Resource::User(user)) => {
            grant.target() == user.id && grant.from_rank() == user.role.map_or(0, institution_rank)
        }
        _ => true,
    };
    fits && request.action.grants() == Some(grant.place())
}

/// The least that an action can grant, to nobody in particular; what a role check without a
/// certain grant in mind asks about.
pub(crate) fn least_grant(action: Action, resource: &Resource) -> Option<Grant> {
    let somebody = "";
    let viewer = Some(ProjectRole::Viewer);
    let member = Some(NamespaceRole::Member);
    Some(match (action.grants()?, action, resource) {
        (GrantIn::Project, Action::MemberAdd, _) => Grant::project(somebody, None, viewer),
        (GrantIn::Project, Action::MemberRemove, _) => Grant::project(somebody, viewer, None),
        (GrantIn::Project, ..) => Grant::project(somebody, viewer, viewer),
        (GrantIn::Namespace, ..) => Grant::namespace(somebody, None, member),
        (GrantIn::Institution, _, Resource::User(user)) => {
            Grant::institution(user.id.clone(), user.role, user.role.unwrap_or(Role::External))
        }
        (GrantIn::Institution, ..) => Grant::institution(somebody, None, Role::External),
    })
}

/// Parses the policies and gives each the id of its annotation.
fn named(source: &str) -> Result<PolicySet, AuthzError> {
    let parsed: PolicySet =
        source.parse().map_err(|error: cedar_policy::ParseErrors| AuthzError::Policies(error.to_string()))?;
    let renamed = parsed.policies().map(|policy| {
        let unnamed = || AuthzError::Unnamed(policy.id().to_string());
        policy.annotation("description").filter(|text| !text.is_empty()).ok_or_else(unnamed)?;
        let id = policy.annotation("id").filter(|id| !id.is_empty()).ok_or_else(unnamed)?;
        Ok(policy.new_id(PolicyId::new(id)))
    });
    let renamed = renamed.collect::<Result<Vec<_>, AuthzError>>()?;
    PolicySet::from_policies(renamed).map_err(|error| AuthzError::Policies(error.to_string()))
}

fn asked(schema: &Schema, types: &entities::Types, all: &PolicySet) -> Result<Vec<Asked>, AuthzError> {
    let known: HashSet<&EntityUid> = schema.actions().collect();
    let one = |action: &Action| {
        let (action, uid) = (*action, types.action(action.as_str()));
        if !known.contains(&uid) {
            return Err(AuthzError::ActionMissing(action));
        }
        let about = all.policies().filter(|policy| speaks_of(policy, &uid)).cloned();
        let policies =
            PolicySet::from_policies(about).map_err(|error| AuthzError::Policies(error.to_string()))?;
        Ok(Asked { action, uid, policies })
    };
    Action::ALL.iter().map(one).collect()
}

/// Whether the head of a policy covers the action. There are no groups of actions.
fn speaks_of(policy: &Policy, action: &EntityUid) -> bool {
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::In(actions) => actions.contains(action),
        ActionConstraint::Eq(only) => only == *action,
    }
}

fn failed(error: impl ToString) -> DecisionError {
    DecisionError::Evaluation(error.to_string())
}
