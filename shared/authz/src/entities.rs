//! Turns a question into Cedar's terms: two entities, an action, a context.
//!
//! INVARIANT (two-entities): a decision sees the caller and the resource, whose attributes name
//! role groups that need not be loaded. The schema is validated at level 1, which keeps it so.

use crate::{
    AuthzError, Context, Membership, NamespaceRole, Principal, PrincipalKind, Request, Resource,
    request::institution_rank,
    resource::{Project, ResourceKind, Template},
};
use cedar_policy::{EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use cws_model::{InstitutionId, identity::Role, project::ProjectRole};
use std::collections::{HashMap, HashSet};

type Attributes = HashMap<String, RestrictedExpression>;

/// Entity type names, parsed once.
#[derive(Debug)]
pub(crate) struct Types {
    group: EntityTypeName,
    action: EntityTypeName,
    user: EntityTypeName,
    service_account: EntityTypeName,
    operator: EntityTypeName,
    institution: EntityTypeName,
    kinds: Vec<(ResourceKind, EntityTypeName)>,
}

impl Types {
    pub(crate) fn parse() -> Result<Self, AuthzError> {
        let named = |name: &str| {
            name.parse::<EntityTypeName>().map_err(|error| AuthzError::Schema(error.to_string()))
        };
        let kind = |kind: &ResourceKind| named(kind.entity_type()).map(|name| (*kind, name));
        Ok(Self {
            group: named("RoleGroup")?,
            action: named("Action")?,
            user: named("User")?,
            service_account: named("ServiceAccount")?,
            operator: named("Operator")?,
            institution: named("Institution")?,
            kinds: ResourceKind::ALL.iter().map(kind).collect::<Result<_, _>>()?,
        })
    }

    /// The entity that an action is in the schema.
    pub(crate) fn action(&self, name: &str) -> EntityUid {
        uid(&self.action, name)
    }

    /// The caller with the groups it is in as far as `resource` is concerned; `None` for nobody.
    pub(crate) fn principal(
        &self,
        request: &Request<'_>,
    ) -> Option<(EntityUid, Attributes, HashSet<EntityUid>)> {
        let principal = request.principal;
        let name = match principal.kind {
            PrincipalKind::Anonymous => return None,
            PrincipalKind::User => &self.user,
            PrincipalKind::ServiceAccount => &self.service_account,
            PrincipalKind::Operator => &self.operator,
        };
        let mut attributes = Attributes::from([("id".to_owned(), text(&principal.id))]);
        if let Some(institution) = &principal.institution {
            attributes.insert("institution".to_owned(), self.institution(institution));
        }
        let mut groups = HashSet::new();
        self.institution_groups(principal, &mut groups);
        for membership in request.memberships {
            self.membership_groups(membership, request.resource, &mut groups);
        }
        Some((uid(name, &principal.id), attributes, groups))
    }

    /// The resource's entity.
    pub(crate) fn resource(&self, resource: &Resource) -> Option<(EntityUid, Attributes)> {
        let kind = resource.kind();
        let (_, name) = self.kinds.iter().find(|(named, _)| *named == kind)?;
        Some((uid(name, resource.id()), self.attributes(resource)))
    }

    fn attributes(&self, resource: &Resource) -> Attributes {
        let mut attributes = Attributes::new();
        let mut set = |name: &str, value| attributes.insert(name.to_owned(), value);
        if let Some(id) = resource.institution() {
            set("institution", self.institution(id));
            set("admins", self.group(&institution_group(id, "admin")));
            set("auditors", self.group(&institution_group(id, "auditor")));
        }
        match resource {
            Resource::System => {}
            Resource::Institution(it) => {
                set("staff", self.group(&institution_group(&it.id, "staff")));
            }
            Resource::User(it) => {
                set("id", text(&it.id));
                set("rank", RestrictedExpression::new_long(it.role.map_or(0, institution_rank)));
            }
            Resource::Project(it) => {
                set("archived", RestrictedExpression::new_bool(it.archived));
                self.project_groups(it, &mut attributes);
            }
            Resource::Namespace(it) => self.namespace_groups(&it.name, &mut attributes),
            Resource::Template(it) => self.published(it, &mut attributes),
            Resource::Review(it) => {
                set("author", text(&it.author));
                self.published(&it.template, &mut attributes);
            }
        }
        attributes
    }

    fn project_groups(&self, project: &Project, attributes: &mut Attributes) {
        for (name, role) in [
            ("owners", ProjectRole::Owner),
            ("managers", ProjectRole::Manager),
            ("members", ProjectRole::Member),
            ("viewers", ProjectRole::Viewer),
        ] {
            attributes.insert(name.to_owned(), self.group(&project_group(&project.id, role)));
        }
    }

    fn namespace_groups(&self, namespace: &str, attributes: &mut Attributes) {
        for (name, role) in [
            ("owners", NamespaceRole::Owner),
            ("maintainers", NamespaceRole::Maintainer),
            ("members", NamespaceRole::Member),
        ] {
            attributes.insert(name.to_owned(), self.group(&namespace_group(namespace, role)));
        }
    }

    fn published(&self, template: &Template, attributes: &mut Attributes) {
        attributes.insert("visibility".to_owned(), text(template.visibility.as_str()));
        attributes.insert("listed".to_owned(), RestrictedExpression::new_bool(template.listed));
        self.namespace_groups(&template.namespace, attributes);
    }

    fn institution_groups(&self, principal: &Principal, groups: &mut HashSet<EntityUid>) {
        let mut join = |group: &str| groups.insert(uid(&self.group, group));
        let here = |role| principal.institution.as_ref().map(|id| institution_group(id, role));
        match principal.role {
            Some(Role::SystemAdmin) => {
                join("system/admin");
            }
            Some(Role::InstitutionAdmin) => {
                here("admin").map(|group| join(&group));
                here("staff").map(|group| join(&group));
            }
            Some(Role::InstitutionAuditor) => {
                join("everywhere/auditor");
                here("auditor").map(|group| join(&group));
            }
            Some(Role::Researcher) => {
                here("staff").map(|group| join(&group));
            }
            Some(Role::External) => {
                join("everywhere/external");
            }
            Some(Role::ServiceAccount) | None => {}
        }
    }

    /// A role holds every role below it, so that a policy names the lowest that suffices.
    fn membership_groups(
        &self,
        membership: &Membership,
        resource: &Resource,
        groups: &mut HashSet<EntityUid>,
    ) {
        match membership {
            Membership::Project { project, role } if resource.project() == Some(project) => {
                let held = PROJECT_ROLES.iter().filter(|below| *below <= role);
                groups.extend(held.map(|role| uid(&self.group, &project_group(project, *role))));
            }
            Membership::Namespace { namespace, role } if resource.namespace() == Some(namespace) => {
                let held = NamespaceRole::ALL.iter().filter(|below| *below <= role);
                groups.extend(held.map(|role| uid(&self.group, &namespace_group(namespace, *role))));
            }
            Membership::Project { .. } | Membership::Namespace { .. } => {}
        }
    }

    fn group(&self, id: &str) -> RestrictedExpression {
        RestrictedExpression::new_entity_uid(uid(&self.group, id))
    }

    fn institution(&self, id: &InstitutionId) -> RestrictedExpression {
        RestrictedExpression::new_entity_uid(uid(&self.institution, id.as_str()))
    }
}

pub(crate) const PROJECT_ROLES: [ProjectRole; 4] =
    [ProjectRole::Viewer, ProjectRole::Member, ProjectRole::Manager, ProjectRole::Owner];

/// The context record of a request, as the schema's `Session` or `Granting`.
pub(crate) fn context_pairs(request: &Request<'_>) -> Vec<(String, RestrictedExpression)> {
    let (principal, Context { now, grant }) = (request.principal, request.context);
    let flag = RestrictedExpression::new_bool;
    let mut pairs = vec![
        ("now_ms".to_owned(), RestrictedExpression::new_long(now.millis())),
        ("fresh_session".to_owned(), flag(principal.is_fresh(*now))),
        ("mfa_enrolled".to_owned(), flag(principal.mfa_enrolled)),
        ("mfa".to_owned(), flag(principal.mfa)),
    ];
    let mut set = |name: &str, value| pairs.push((name.to_owned(), value));
    if let Some(end) = principal.access_expires_at {
        set("access_expires_at_ms", RestrictedExpression::new_long(end.millis()));
    }
    if let Some(scopes) = &principal.scopes {
        set("scopes", RestrictedExpression::new_set(scopes.iter().map(|scope| text(scope))));
    }
    if let Some(scope) = request.action.scope() {
        set("action_scope", text(scope));
    }
    if let Some(grant) = grant.as_ref().filter(|_| request.action.grants().is_some()) {
        let fields = [
            ("target".to_owned(), text(grant.target())),
            ("from".to_owned(), RestrictedExpression::new_long(grant.from_rank())),
            ("to".to_owned(), RestrictedExpression::new_long(grant.to_rank())),
        ];
        pairs
            .extend(RestrictedExpression::new_record(fields).ok().map(|record| ("grant".to_owned(), record)));
    }
    pairs
}

fn uid(name: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(name.clone(), EntityId::new(id))
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn institution_group(id: &InstitutionId, role: &str) -> String {
    format!("institution/{id}/{role}")
}

fn project_group(project: &str, role: ProjectRole) -> String {
    format!("project/{project}/{}", role.as_str())
}

fn namespace_group(namespace: &str, role: NamespaceRole) -> String {
    format!("namespace/{namespace}/{}", role.as_str())
}
