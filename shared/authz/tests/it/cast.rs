//! Who and what the tests speak of: two institutions, callers in every role, resources of every kind.

use cws_authz::{
    Action, Authorizer, Context, Decision, Institution, InstitutionRole, Membership, Namespace, Principal,
    Project, Request, Resource, Review, Template, User, Visibility,
};
use cws_model::{InstitutionId, Timestamp};
use std::sync::LazyLock;

pub(crate) static AUTHORIZER: LazyLock<Authorizer> =
    LazyLock::new(|| Authorizer::new().expect("the product's policies load"));

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);
pub(crate) const HOME: &str = "uni-a";
pub(crate) const AWAY: &str = "uni-b";
pub(crate) const ACTOR: &str = "usr_actor";
pub(crate) const OTHER: &str = "usr_other";

pub(crate) fn institution_id(slug: &str) -> InstitutionId {
    slug.parse().expect("a slug")
}

/// Somebody of the home institution, signed in a moment ago.
pub(crate) fn somebody(role: InstitutionRole) -> Principal {
    let mut principal = Principal::of(ACTOR, institution_id(HOME), role);
    principal.auth_time = Some(NOW);
    if role == InstitutionRole::External {
        principal.access_expires_at = Some(NOW.plus_seconds(3600));
    }
    principal
}

pub(crate) fn researcher() -> Principal {
    somebody(InstitutionRole::Researcher)
}

pub(crate) fn institution(slug: &str) -> Resource {
    Resource::Institution(Institution { id: institution_id(slug) })
}

pub(crate) fn user(id: &str, slug: &str, role: InstitutionRole) -> Resource {
    Resource::User(User { id: id.to_owned(), institution: institution_id(slug), role: Some(role) })
}

pub(crate) fn project(id: &str, slug: &str) -> Resource {
    Resource::Project(Project { id: id.to_owned(), institution: institution_id(slug), archived: false })
}

pub(crate) fn archived(id: &str, slug: &str) -> Resource {
    Resource::Project(Project { id: id.to_owned(), institution: institution_id(slug), archived: true })
}

pub(crate) fn namespace(name: &str, slug: &str) -> Resource {
    Resource::Namespace(Namespace { name: name.to_owned(), institution: institution_id(slug) })
}

pub(crate) fn template_of(namespace: &str, slug: &str, visibility: Visibility) -> Template {
    Template {
        id: "tpl_one".to_owned(),
        institution: institution_id(slug),
        namespace: namespace.to_owned(),
        visibility,
        listed: true,
    }
}

pub(crate) fn template(namespace: &str, slug: &str, visibility: Visibility) -> Resource {
    Resource::Template(template_of(namespace, slug, visibility))
}

pub(crate) fn review(author: &str, template: Template) -> Resource {
    Resource::Review(Review { id: "rev_one".to_owned(), author: author.to_owned(), template })
}

pub(crate) fn decide(
    principal: &Principal,
    memberships: &[Membership],
    action: Action,
    resource: &Resource,
    context: &Context,
) -> Decision {
    AUTHORIZER.decide(&Request { principal, action, resource, memberships, context })
}

/// Asks about an action that grants nothing.
pub(crate) fn may(
    principal: &Principal,
    memberships: &[Membership],
    action: Action,
    resource: &Resource,
) -> bool {
    decide(principal, memberships, action, resource, &Context::at(NOW)).allowed
}
