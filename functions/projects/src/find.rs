//! How routes find a project, and a person's place in it: one read of the store each.

use crate::{fault, roster::RosterError};
use cws_authz::{Action, Grant, Membership, Resource, resource};
use cws_model::{
    id::{ProjectId, UserId},
    identity::{User, UserProject, UserStatus},
    project::{Member, Project, ProjectRole, ProjectStatus},
};
use cws_route::{Ctx, Found, Problem};
use cws_store::{Item, Key, Record, Scoped, Slot, StoreError, Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// Members that are read at once.
const PAGE: u32 = 100;

/// Path of a route about one project.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ProjectPath {
    /// The project.
    pub project_id: ProjectId,
}

/// Path of a route about one person in a project.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct MemberPath {
    /// The project.
    pub project_id: ProjectId,
    /// The person.
    pub user_id: UserId,
}

/// A project as policies see it.
pub fn resource_of(project: &Project) -> Resource {
    Resource::Project(resource::Project {
        id: project.id.to_string(),
        institution: project.institution.clone(),
        archived: project.status == ProjectStatus::Archived,
    })
}

/// A membership as policies see it.
pub fn membership_of(member: &Member) -> Membership {
    Membership::project(member.project_id.as_str(), member.role)
}

/// Rows of several kinds from one read of the store.
struct Rows<'a> {
    ctx: &'a Ctx,
    rows: Vec<(Key, Option<Item>)>,
}

impl<'a> Rows<'a> {
    async fn read(ctx: &'a Ctx, keys: Vec<Key>) -> Result<Self, Problem> {
        let items = ctx.store()?.items_at(&keys).await?;
        Ok(Self { ctx, rows: keys.into_iter().zip(items).collect() })
    }

    fn slot<T: Record>(&self, key: &Key) -> Result<Slot<T>, Problem> {
        let item = self.rows.iter().find(|(have, _)| have == key).and_then(|(_, item)| item.clone());
        Ok(Slot::read(key.clone(), item, self.ctx.now())?)
    }
}

/// Reads a project and the caller's place in it.
///
/// # Errors
/// 404 when there is none in the caller's institution.
pub async fn project(ctx: &Ctx, id: &ProjectId) -> Result<Found<Slot<Project>>, Problem> {
    let store = ctx.store()?;
    let at = store.key::<Project>(None, id.as_str())?;
    let mine = store.key::<Member>(Some(id.as_str()), ctx.caller().id())?;
    let rows = Rows::read(ctx, vec![at.clone(), mine.clone()]).await?;
    let slot = rows.slot::<Project>(&at)?;
    let resource = slot.value().map(resource_of).ok_or_else(Problem::not_found)?;
    let caller = rows.slot::<Member>(&mine)?;
    Ok(Found::new(resource, slot).memberships(caller.value().map(membership_of)))
}

/// As `project`, for a change.
///
/// # Errors
/// 404 as `project`; `project_archived` for a caller who sees that the project is closed.
pub async fn open_project(ctx: &Ctx, id: &ProjectId) -> Result<Found<Slot<Project>>, Problem> {
    let found = project(ctx, id).await?;
    check_open(ctx, &found, found.value.value())?;
    Ok(found)
}

/// INVARIANT (no oracle): whoever may not see the project is not told that it is archived; the policies
/// answer such a caller as for a project that does not exist.
fn check_open<T>(ctx: &Ctx, found: &Found<T>, project: Option<&Project>) -> Result<(), Problem> {
    let archived = project.is_some_and(|project| project.status == ProjectStatus::Archived);
    let seen = ctx.allows(Action::ProjectView, &found.resource, &found.memberships);
    if archived && seen { Err(fault::archived()) } else { Ok(()) }
}

/// A person's place in a project: everything that changes with it.
#[derive(Debug)]
pub struct Seat {
    /// The project, whose counts change.
    pub project: Slot<Project>,
    /// The place.
    pub member: Slot<Member>,
    /// The same, found by the person.
    pub index: Slot<UserProject>,
}

impl Seat {
    /// The role that the person holds now.
    pub fn role(&self) -> Option<ProjectRole> {
        self.member.value().map(|member| member.role)
    }
}

/// Reads the place of a person in a project that is open to change, and asks to give it the role `to`.
///
/// # Errors
/// As `open_project`.
pub async fn seat(ctx: &Ctx, path: &MemberPath, to: Option<ProjectRole>) -> Result<Found<Seat>, Problem> {
    let MemberPath { project_id, user_id } = path;
    let store = ctx.store()?;
    let at = store.key::<Project>(None, project_id.as_str())?;
    let theirs = store.key::<Member>(Some(project_id.as_str()), user_id.as_str())?;
    let index = store.key::<UserProject>(Some(user_id.as_str()), project_id.as_str())?;
    let mine = store.key::<Member>(Some(project_id.as_str()), ctx.caller().id())?;
    let mut keys = vec![at.clone(), theirs.clone(), index.clone()];
    if mine != theirs {
        keys.push(mine.clone());
    }
    let rows = Rows::read(ctx, keys).await?;
    let seat = Seat { project: rows.slot(&at)?, member: rows.slot(&theirs)?, index: rows.slot(&index)? };
    let resource = seat.project.value().map(resource_of).ok_or_else(Problem::not_found)?;
    let caller = rows.slot::<Member>(&mine)?;
    let grant = Grant::project(user_id.as_str(), seat.role(), to);
    let found = Found::new(resource, seat).memberships(caller.value().map(membership_of)).granting(grant);
    check_open(ctx, &found, found.value.project.value())?;
    Ok(found)
}

/// Counts that somebody gains a role that runs a project, as part of the commit that gives it: what was
/// decided from what they ran before is decided again.
///
/// # Errors
/// `Undeclared` when the route does not state it.
pub fn gains(store: &Scoped, writes: &mut Writes, user_id: &str, role: ProjectRole) -> Result<(), Problem> {
    if role >= ProjectRole::Manager {
        writes.add(Key::new(store.partition(&kind::USER_STANDING, None)?, user_id), 1);
    }
    Ok(())
}

/// Holds that somebody else who may sign in owns the project, when an owner gives the role up; that they stay
/// active is a condition of the commit.
///
/// # Errors
/// `last_owner`.
pub async fn still_answered(
    ctx: &Ctx,
    writes: &mut Writes,
    seat: &Seat,
    to: Option<ProjectRole>,
) -> Result<(), Problem> {
    let Some(leaving) = seat.member.value().filter(|member| member.role == ProjectRole::Owner) else {
        return Ok(());
    };
    if to == Some(ProjectRole::Owner) {
        return Ok(());
    }
    let store = ctx.store()?;
    let (part, mut after) = (Some(leaving.project_id.as_str()), None);
    let mut alone = true;
    loop {
        let page = store.range::<Member>(part, |range| range.limit(PAGE).after(after.take())).await?;
        let owners = page.slots.iter().filter_map(Slot::value).filter(|row| row.role == ProjectRole::Owner);
        for owner in owners.filter(|owner| owner.user_id != leaving.user_id) {
            let slot = store.get::<User>(None, owner.user_id.as_str()).await?;
            if slot.value().is_some_and(|user| user.status == UserStatus::Active) {
                writes.check(&slot);
                return Ok(());
            }
            alone = false;
        }
        match page.next {
            Some(next) => after = Some(next),
            // The project counted more owners than there are by now: somebody was faster, so decide again.
            None if alone => return Err(StoreError::Conflict { failed: Vec::new() }.into()),
            None => return Err(fault::roster(RosterError::LastOwner)),
        }
    }
}
