//! `GET /users/registry/{user_id}/permissions`: what a person may do to a thing.

use crate::{
    question::{READS, load, memberships, principal},
    view::{UserPath, find_user},
};
use cws_authz::{Action, ResourceKind};
use cws_model::{id::UserId, identity::User};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::Slot;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// To what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PermissionQuery {
    /// An id such as `prj_…`, `namespace/<name>` or `institution/<id>`; the person's institution when
    /// left out.
    #[schemars(length(max = 128))]
    pub resource: Option<String>,
}

/// What a person may do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Permissions {
    /// Who.
    pub user_id: UserId,
    /// To what.
    pub resource: String,
    /// The actions that are allowed; one that gives a role is among them when the least role may be given.
    pub actions: Vec<String>,
    /// Names that an administrator gave the person for portals to read; nothing here decides by them.
    pub scopes: Vec<String>,
}

/// Names the route; never constructed.
pub enum UserPermissions {}

impl Route for UserPermissions {
    const SPEC: Spec = Spec::get("user_permissions", "/users/registry/{user_id}/permissions")
        .summary("List what a person may do")
        .requires(Action::UserPermissionsView)
        .reads(READS);

    type Input = Input<UserPath, PermissionQuery>;
    type Output = Permissions;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_user(ctx, &input.path.user_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, slot: Self::Target) -> Result<Answer<Permissions>, Problem> {
        let user = slot.into_value().ok_or_else(Problem::not_found)?;
        let (kind, id) = named(input.query.resource.as_deref())?;
        let id = id.unwrap_or(user.institution.as_str());
        let resource = load(ctx, kind, Some(id)).await?;
        let who = principal(ctx, Some(&user.id)).await?;
        let held = memberships(ctx, user.id.as_str(), &resource).await?;
        let actions = ctx.authorizer().permissions(&who, &held, &resource, ctx.now());
        Ok(Answer::json(Permissions {
            user_id: user.id,
            resource: resource.id().to_owned(),
            actions: actions.iter().map(ToString::to_string).collect(),
            scopes: user.permissions.into_iter().collect(),
        }))
    }
}

/// What a text names: the prefix of an id says its kind.
fn named(resource: Option<&str>) -> Result<(ResourceKind, Option<&str>), Problem> {
    let Some(text) = resource else { return Ok((ResourceKind::Institution, None)) };
    let kinds = [
        ("prj_", "", ResourceKind::Project),
        ("tpl_", "", ResourceKind::Template),
        ("usr_", "", ResourceKind::User),
        ("namespace/", "namespace/", ResourceKind::Namespace),
        ("institution/", "institution/", ResourceKind::Institution),
    ];
    let found = kinds.iter().find(|(start, _, _)| text.starts_with(start));
    let (_, cut, kind) = found.ok_or_else(|| Problem::field("?resource", "names no kind of thing"))?;
    Ok((*kind, text.strip_prefix(cut)))
}
