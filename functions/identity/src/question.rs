//! Questions about permissions: "may this person do that to this thing".
//!
//! INVARIANT (no oracle): what the asker may not see answers like what does not exist.

use crate::{
    asked_grant,
    view::{find_user, resource_of},
};
use cws_authz::{Action, Context, Membership, Principal, Resource, ResourceKind, resource};
use cws_model::{
    id::{ReviewId, TemplateId, UserId},
    identity::{Institution, User},
    marketplace::{Namespace, NamespaceMember, Review, TemplateMeta},
    project::{Member, Project, ProjectStatus},
};
use cws_route::{Ctx, Problem};
use cws_store::{Kind, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// Kinds of rows that a question reads.
pub const READS: &[Kind] = &[
    kind::USER,
    kind::DIRECTORY,
    kind::INSTITUTION,
    kind::PROJECT,
    kind::MEMBER,
    kind::NAMESPACE,
    kind::TEMPLATE,
    kind::REVIEW,
];

/// Longest id of anything, bytes.
const ID_MAX_BYTES: usize = 128;

/// A question.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is to be done, such as `project_update`.
    #[schemars(length(min = 1, max = 64))]
    pub action: String,
    /// To what: an id, a namespace or an institution; a review as `<template id>/<review id>`. Left out: the
    /// caller's institution.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    pub resource: Option<String>,
    /// By whom; the caller when left out.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// For an action that gives a role: which role. For `user_update` the one that stays when left out, for
    /// `namespace_member_set` none, which takes the role.
    #[serde(default)]
    #[schemars(length(min = 1, max = 32))]
    pub role: Option<String>,
    /// For an action about somebody's role in a project or namespace: whose. The caller's own to leave.
    #[serde(default)]
    pub target_user_id: Option<UserId>,
}

/// A question with everything that its answer depends on.
pub struct Posed {
    /// Who.
    pub principal: Principal,
    /// What.
    pub action: Action,
    /// To what.
    pub resource: Resource,
    /// Memberships of who, in what.
    pub memberships: Vec<Membership>,
    /// When, and what is granted.
    pub context: Context,
}

impl Posed {
    /// As the authorizer takes it.
    pub fn request(&self) -> cws_authz::Request<'_> {
        cws_authz::Request {
            principal: &self.principal,
            action: self.action,
            resource: &self.resource,
            memberships: &self.memberships,
            context: &self.context,
        }
    }
}

/// Looks up everything that a question depends on.
///
/// # Errors
/// A field that means nothing, or 404 for what the asker may not see.
pub async fn pose(ctx: &Ctx, question: &Question) -> Result<Posed, Problem> {
    let action = Action::parse(&question.action)
        .ok_or_else(|| Problem::field("/action", format!("`{}` is no action", question.action)))?;
    let principal = principal(ctx, question.user_id.as_ref()).await?;
    let resource = load(ctx, action.resource_kind(), question.resource.as_deref()).await?;
    let memberships = memberships(ctx, &principal.id, &resource).await?;
    let grant = asked_grant::of(ctx, action, &resource, question).await?;
    let context = Context { now: ctx.now(), grant };
    Ok(Posed { principal, action, resource, memberships, context })
}

/// The caller, or another person whose permissions the caller may see, as seen without a session: what takes
/// a sign-in of the last minutes is then a no.
///
/// # Errors
/// 404 for a person whose permissions the caller may not see.
pub async fn principal(ctx: &Ctx, user_id: Option<&UserId>) -> Result<Principal, Problem> {
    let Some(user_id) = user_id.filter(|id| id.as_str() != ctx.caller().id()) else {
        return Ok(ctx.caller().principal.clone());
    };
    let user = find_user(ctx, user_id).await?.value.into_value();
    let user = user.filter(|user| ctx.allows(Action::UserPermissionsView, &resource_of(user), &[]));
    user.map(|user| as_principal(&user)).ok_or_else(Problem::not_found)
}

/// A person as policies see the caller of a request.
pub fn as_principal(user: &User) -> Principal {
    let mut principal = Principal::of(user.id.as_str(), user.institution.clone(), user.role);
    principal.mfa_enrolled = user.mfa_enrolled;
    principal.access_expires_at = user.access_expires_at;
    principal
}

/// Reads a thing as policies see it.
///
/// # Errors
/// 404 for what is not there or what the caller may not see.
pub async fn load(ctx: &Ctx, kind: ResourceKind, id: Option<&str>) -> Result<Resource, Problem> {
    let id = match (kind, id) {
        (ResourceKind::System, _) => return Ok(Resource::System),
        (ResourceKind::Institution, None) => ctx.institution()?.as_str(),
        (_, None) => return Err(Problem::field("/resource", "this action needs one")),
        (_, Some(id)) if id.is_empty() || id.len() > ID_MAX_BYTES => return Err(Problem::not_found()),
        (_, Some(id)) => id,
    };
    let resource = read(ctx, kind, id).await?.ok_or_else(Problem::not_found)?;
    let held = memberships(ctx, ctx.caller().id(), &resource).await?;
    let seen = view_of(kind).is_some_and(|view| ctx.allows(view, &resource, &held));
    if seen { Ok(resource) } else { Err(Problem::not_found()) }
}

fn view_of(kind: ResourceKind) -> Option<Action> {
    match kind {
        ResourceKind::Institution => Some(Action::InstitutionView),
        ResourceKind::User => Some(Action::UserView),
        ResourceKind::Project => Some(Action::ProjectView),
        ResourceKind::Namespace => Some(Action::NamespaceView),
        ResourceKind::Template => Some(Action::TemplateView),
        ResourceKind::Review => Some(Action::ReviewView),
        ResourceKind::System => None,
    }
}

async fn read(ctx: &Ctx, kind: ResourceKind, id: &str) -> Result<Option<Resource>, Problem> {
    Ok(match kind {
        ResourceKind::Institution => {
            let row = ctx.system().get::<Institution>(None, id).await?.into_value();
            row.map(|row| Resource::Institution(resource::Institution { id: row.id }))
        }
        ResourceKind::User => {
            let Ok(user_id) = id.parse::<UserId>() else { return Ok(None) };
            Some(find_user(ctx, &user_id).await?.resource)
        }
        ResourceKind::Project => ctx.store()?.get::<Project>(None, id).await?.into_value().map(|row| {
            let archived = row.status == ProjectStatus::Archived;
            let id = row.id.to_string();
            Resource::Project(resource::Project { id, institution: row.institution, archived })
        }),
        ResourceKind::Namespace => {
            let row = ctx.catalogue().get::<Namespace>(Some(id), "meta").await?.into_value();
            row.map(|row| {
                Resource::Namespace(resource::Namespace { name: row.name, institution: row.institution })
            })
        }
        ResourceKind::Template => {
            let row = ctx.catalogue().get::<TemplateMeta>(Some(id), "meta").await?.into_value();
            row.map(|row| Resource::Template(template(row)))
        }
        ResourceKind::Review => review(ctx, id).await?.map(Resource::Review),
        ResourceKind::System => None,
    })
}

/// A review, named with its template as in its path.
async fn review(ctx: &Ctx, id: &str) -> Result<Option<resource::Review>, Problem> {
    let parsed = id.split_once('/').map(|(one, two)| (one.parse::<TemplateId>(), two.parse::<ReviewId>()));
    let Some((Ok(template_id), Ok(review_id))) = parsed else { return Ok(None) };
    let (template_id, review_id) = (template_id.as_str(), review_id.as_str());
    let catalogue = ctx.catalogue();
    let meta = catalogue.get::<TemplateMeta>(Some(template_id), "meta").await?.into_value();
    let row = catalogue.get::<Review>(Some(template_id), review_id).await?.into_value();
    Ok(meta.zip(row).map(|(meta, row)| resource::Review {
        id: row.id.to_string(),
        author: row.author,
        template: template(meta),
    }))
}

fn template(row: TemplateMeta) -> resource::Template {
    resource::Template {
        id: row.id.to_string(),
        institution: row.institution,
        namespace: row.namespace,
        visibility: row.visibility,
        listed: row.listed,
    }
}

/// The membership row of a person in a thing's project or namespace.
///
/// # Errors
/// What the store says.
pub async fn memberships(ctx: &Ctx, user_id: &str, resource: &Resource) -> Result<Vec<Membership>, Problem> {
    if let Some(project) = resource.project() {
        let row = ctx.store()?.get::<Member>(Some(project), user_id).await?.into_value();
        return Ok(row.map(|row| Membership::project(project, row.role)).into_iter().collect());
    }
    if let Some(namespace) = resource.namespace() {
        let sort = format!("member/{user_id}");
        let row = ctx.catalogue().get::<NamespaceMember>(Some(namespace), &sort).await?.into_value();
        return Ok(row.map(|row| Membership::namespace(namespace, row.role)).into_iter().collect());
    }
    Ok(Vec::new())
}
