//! How routes find a namespace or a template, together with the caller's place in it.

use crate::place;
use cws_authz::{Membership, Resource, resource};
use cws_model::{
    id::TemplateId,
    marketplace::{Namespace, NamespaceMember, TemplateMeta, Visibility},
};
use cws_route::{Ctx, Found, Problem};
use cws_store::{Scoped, Slot};
use cws_templates::name::check_name;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// A namespace and the caller's place in it.
#[derive(Debug)]
pub struct NamespaceAt {
    /// The namespace.
    pub meta: Slot<Namespace>,
    /// The caller's row; the slot of another person when the route is about one.
    pub member: Slot<NamespaceMember>,
}

/// A name of a namespace, template or alias, as it comes in: checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Name(#[schemars(length(min = 2, max = 64), regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))] String);

impl Name {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        check_name(&text).map_err(D::Error::custom)?;
        Ok(Self(text))
    }
}

/// Path of a route about a namespace.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct NamespacePath {
    /// The namespace.
    pub namespace: Name,
}

/// Path of a route about a template.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct TemplatePath {
    /// The template.
    pub template_id: TemplateId,
}

/// Reads a namespace and the caller's row in it, in one call.
///
/// # Errors
/// 404 when there is no such namespace.
pub async fn find_namespace(ctx: &Ctx, name: &str) -> Result<Found<NamespaceAt>, Problem> {
    let catalogue = ctx.catalogue();
    let at = read_namespace(&catalogue, name, ctx.caller().id()).await?;
    let resource = at.meta.value().map(namespace_resource).ok_or_else(Problem::not_found)?;
    let membership = at.member.value().map(|row| Membership::namespace(name, row.role));
    Ok(Found::new(resource, at).memberships(membership))
}

/// Reads a namespace and one person's row in it, in one call.
///
/// # Errors
/// What the store says.
pub async fn read_namespace(catalogue: &Scoped, name: &str, person: &str) -> Result<NamespaceAt, Problem> {
    let meta = catalogue.key::<Namespace>(Some(name), place::META)?;
    let member = catalogue.key::<NamespaceMember>(Some(name), &place::member(person))?;
    let items = catalogue.items_at(&[meta.clone(), member.clone()]).await?;
    let mut items = items.into_iter();
    Ok(NamespaceAt {
        meta: Slot::read(meta, items.next().flatten(), catalogue.now())?,
        member: Slot::read(member, items.next().flatten(), catalogue.now())?,
    })
}

/// Reads a template and, unless everybody may see it, the caller's row in its namespace: for routes
/// that only show it.
///
/// # Errors
/// 404 when there is no such template.
pub async fn find_shown(ctx: &Ctx, id: &TemplateId) -> Result<Found<Slot<TemplateMeta>>, Problem> {
    let slot = ctx.catalogue().get::<TemplateMeta>(Some(id.as_str()), place::META).await?;
    let meta = slot.value().ok_or_else(Problem::not_found)?;
    let memberships = memberships_to_view(ctx, meta).await?;
    Ok(Found::new(template_resource(meta), slot).memberships(memberships))
}

/// Reads a template and the caller's row in its namespace: for routes that change it.
///
/// # Errors
/// 404 when there is no such template.
pub async fn find_template(ctx: &Ctx, id: &TemplateId) -> Result<Found<Slot<TemplateMeta>>, Problem> {
    let slot = ctx.catalogue().get::<TemplateMeta>(Some(id.as_str()), place::META).await?;
    let meta = slot.value().ok_or_else(Problem::not_found)?;
    let membership = own_membership(ctx, &meta.namespace).await?;
    Ok(Found::new(template_resource(meta), slot).memberships(membership))
}

/// The membership that decides whether the caller sees a template: not read where none is needed.
///
/// # Errors
/// What the store says.
pub async fn memberships_to_view(ctx: &Ctx, meta: &TemplateMeta) -> Result<Vec<Membership>, Problem> {
    let everybody = meta.visibility == Visibility::Public && meta.listed;
    let own_house = meta.visibility == Visibility::Institution && meta.listed;
    if everybody || (own_house && ctx.caller().institution() == Some(&meta.institution)) {
        return Ok(Vec::new());
    }
    Ok(own_membership(ctx, &meta.namespace).await?.into_iter().collect())
}

/// The caller's membership in a namespace.
///
/// # Errors
/// What the store says.
pub async fn own_membership(ctx: &Ctx, namespace: &str) -> Result<Option<Membership>, Problem> {
    let sort = place::member(ctx.caller().id());
    let row = ctx.catalogue().get::<NamespaceMember>(Some(namespace), &sort).await?;
    Ok(row.value().map(|row| Membership::namespace(namespace, row.role)))
}

/// A namespace as policies see it.
pub fn namespace_resource(namespace: &Namespace) -> Resource {
    Resource::Namespace(resource::Namespace {
        name: namespace.name.clone(),
        institution: namespace.institution.clone(),
    })
}

/// A template as policies see it.
pub fn template_resource(meta: &TemplateMeta) -> Resource {
    Resource::Template(asked_about(meta))
}

/// The attributes of a template that decisions depend on; reviews carry them too.
pub fn asked_about(meta: &TemplateMeta) -> resource::Template {
    resource::Template {
        id: meta.id.to_string(),
        institution: meta.institution.clone(),
        namespace: meta.namespace.clone(),
        visibility: meta.visibility,
        listed: meta.listed,
    }
}
