//! The role that a question is about: what the person holds now is read, what they would hold is asked.
//!
//! INVARIANT (same as the route): a grant is made here as the route of the action makes it, from the same row,
//! so that a question and the route that it is about are answered alike.

use crate::question::Question;
use cws_authz::{Action, Grant, GrantIn, Resource};
use cws_model::{
    id::UserId,
    identity::Role,
    marketplace::{NamespaceMember, NamespaceRole},
    project::{Member, ProjectRole},
};
use cws_route::{Ctx, Problem};
use serde::de::DeserializeOwned;

/// The id of somebody who is not there yet.
const NOBODY_YET: &str = "usr_somebody";

/// The grant of a question; `None` for an action that gives no role.
///
/// # Errors
/// A role or a person that is missing or too much; 404 for a person who is not in the project.
pub async fn of(
    ctx: &Ctx,
    action: Action,
    resource: &Resource,
    question: &Question,
) -> Result<Option<Grant>, Problem> {
    match action.grants() {
        None => Ok(None),
        Some(GrantIn::Institution) => institution(resource, question).map(Some),
        Some(GrantIn::Project) => project(ctx, action, resource, question).await.map(Some),
        Some(GrantIn::Namespace) => namespace(ctx, resource, question).await.map(Some),
    }
}

fn institution(resource: &Resource, question: &Question) -> Result<Grant, Problem> {
    let asked = role::<Role>(question)?;
    Ok(match resource {
        Resource::User(user) => {
            let to = asked.or(user.role).unwrap_or(Role::External);
            Grant::institution(user.id.as_str(), user.role, to)
        }
        _ => {
            let target = question.target_user_id.as_ref().map_or(NOBODY_YET, UserId::as_str);
            Grant::institution(target, None, asked.unwrap_or(Role::Researcher))
        }
    })
}

async fn project(
    ctx: &Ctx,
    action: Action,
    resource: &Resource,
    question: &Question,
) -> Result<Grant, Problem> {
    let (target, to) = (somebody(question)?, role::<ProjectRole>(question)?);
    match (action, to) {
        (Action::MemberRemove, Some(_)) => {
            return Err(Problem::field("/role", "this action takes the role that there is; leave it out"));
        }
        (Action::MemberAdd | Action::MemberUpdate, None) => {
            return Err(Problem::field("/role", "this action gives a role; say which"));
        }
        _ => {}
    }
    let place = resource.project().ok_or_else(Problem::not_found)?;
    let row = ctx.store()?.get::<Member>(Some(place), target.as_str()).await?.into_value();
    if row.is_none() && action != Action::MemberAdd {
        return Err(Problem::not_found());
    }
    Ok(Grant::project(target.as_str(), row.map(|row| row.role), to))
}

async fn namespace(ctx: &Ctx, resource: &Resource, question: &Question) -> Result<Grant, Problem> {
    let (target, to) = (somebody(question)?, role::<NamespaceRole>(question)?);
    let place = resource.namespace().ok_or_else(Problem::not_found)?;
    let sort = format!("member/{target}");
    let row = ctx.catalogue().get::<NamespaceMember>(Some(place), &sort).await?.into_value();
    Ok(Grant::namespace(target.as_str(), row.map(|row| row.role), to))
}

fn somebody(question: &Question) -> Result<&UserId, Problem> {
    let missing = || Problem::field("/target_user_id", "this action is about somebody's role; say whose");
    question.target_user_id.as_ref().ok_or_else(missing)
}

/// The role that is asked for, by the name that the API uses.
fn role<T: DeserializeOwned>(question: &Question) -> Result<Option<T>, Problem> {
    let Some(name) = question.role.as_deref() else { return Ok(None) };
    let role = serde_json::from_value(serde_json::Value::String(name.to_owned()));
    role.map(Some).map_err(|_| Problem::field("/role", format!("`{name}` is no role here")))
}
