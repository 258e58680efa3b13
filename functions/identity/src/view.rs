//! How a person looks from outside, and how routes find one.

use cws_authz::{Action, Resource, resource};
use cws_model::{
    InstitutionId, Timestamp,
    id::{ProjectId, UserId},
    identity::{Preferences, Role, User, UserProject, UserStatus},
};
use cws_route::{Ctx, Found, Problem};
use cws_store::{
    Slot,
    rows::{DirectoryEntry, UserActive, directory_place},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most projects that are listed in a person's record; the whole list has a route of its own.
pub const PROJECTS_SHOWN: u32 = 100;

/// A person.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UserOut {
    /// Id.
    pub id: UserId,
    /// Unique in the institution.
    pub username: String,
    /// Unique in the institution.
    pub email: String,
    /// Name as the person writes it.
    pub full_name: String,
    /// Institution.
    pub institution: InstitutionId,
    /// Role in the institution.
    pub role: Role,
    /// Whether the person may sign in.
    pub status: UserStatus,
    /// Names for portals to read; nothing here decides by them.
    pub permissions: BTreeSet<String>,
    /// Projects, the first hundred; null for a caller who may not list them, and in lists.
    pub projects: Option<Vec<ProjectId>>,
    /// Settings.
    pub preferences: Preferences,
    /// For an external collaborator: when access ends.
    pub access_expires_at: Option<Timestamp>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Last sign-in or refresh.
    pub last_active_at: Option<Timestamp>,
}

impl UserOut {
    /// From the record and what stands beside it.
    pub fn new(user: User, beside: Beside) -> Self {
        Self {
            id: user.id,
            username: user.username.to_string(),
            email: user.email.as_str().to_owned(),
            full_name: user.full_name.to_string(),
            institution: user.institution,
            role: user.role,
            status: user.status,
            permissions: user.permissions,
            projects: beside.projects,
            preferences: user.preferences,
            access_expires_at: user.access_expires_at,
            created_at: user.created_at,
            updated_at: user.updated_at,
            last_active_at: beside.last_active_at,
        }
    }
}

/// Path of a route about one person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct UserPath {
    /// The person.
    pub user_id: UserId,
}

/// Reads the record that a path names: in the caller's institution, and for a system administrator in
/// whichever institution has it.
///
/// # Errors
/// 404 when there is none.
pub async fn find_user(ctx: &Ctx, user_id: &UserId) -> Result<Found<Slot<User>>, Problem> {
    let mut slot = ctx.store()?.get::<User>(None, user_id.as_str()).await?;
    if slot.value().is_none() && ctx.caller().principal.role == Some(Role::SystemAdmin) {
        let (part, sort) = person_place(user_id);
        let entry = ctx.system().get::<DirectoryEntry>(Some(&part), &sort).await?;
        if let Some(entry) = entry.value() {
            slot = ctx.store_of(&entry.institution)?.get::<User>(None, user_id.as_str()).await?;
        }
    }
    let resource = slot.value().map(resource_of).ok_or_else(Problem::not_found)?;
    Ok(Found::new(resource, slot))
}

/// Place of a person in the directory: where the id leads.
pub fn person_place(user_id: &UserId) -> (String, String) {
    directory_place("person", user_id.as_str())
}

/// A person as policies see it.
pub fn resource_of(user: &User) -> Resource {
    Resource::User(resource::User {
        id: user.id.to_string(),
        institution: user.institution.clone(),
        role: Some(user.role),
    })
}

/// What stands beside a person's record.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The first hundred projects, for whoever may list them.
    pub projects: Option<Vec<ProjectId>>,
    /// Last sign-in or refresh.
    pub last_active_at: Option<Timestamp>,
}

/// Reads what stands beside a person's record. The projects are there for whoever may list them.
///
/// # Errors
/// What the store says.
pub async fn beside(ctx: &Ctx, user: &User) -> Result<Beside, Problem> {
    let store = ctx.store_of(&user.institution)?;
    let active = store.get::<UserActive>(None, user.id.as_str()).await?;
    let mut beside = Beside { projects: None, last_active_at: active.into_value().map(|active| active.at) };
    if ctx.allows(Action::UserProjectsView, &resource_of(user), &[]) {
        let part = Some(user.id.as_str());
        let rows = store.range::<UserProject>(part, |range| range.limit(PROJECTS_SHOWN)).await?;
        let projects = rows.slots.into_iter().filter_map(Slot::into_value).map(|row| row.project_id);
        beside.projects = Some(projects.collect());
    }
    Ok(beside)
}

/// The caller's own record: what routes about oneself are about.
///
/// # Errors
/// 404 for a caller without a record, such as the operator.
pub fn myself(ctx: &Ctx) -> Result<Found<User>, Problem> {
    let user = ctx.caller().user.clone().ok_or_else(Problem::not_found)?;
    Ok(Found::new(resource_of(&user), user))
}

/// The caller, as the identity port knows them.
///
/// # Errors
/// 404 for a caller without one.
pub fn my_subject(ctx: &Ctx) -> Result<String, Problem> {
    ctx.caller().subject.clone().ok_or_else(Problem::not_found)
}
