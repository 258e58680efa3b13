//! What must not be left without anybody: an institution without an administrator, a project without an
//! owner who may sign in.
//!
//! INVARIANT (somebody answers): whoever is left in charge is part of the commit as a condition, so two who
//! give up at once do not both go through.

use crate::{
    fault::{HOLDS_PROJECTS, LAST_ADMINISTRATOR, LAST_OWNER},
    view::resource_of,
};
use cws_authz::Action;
use cws_model::{
    id::ProjectId,
    identity::{Role, User, UserProject, UserStatus},
    project::{Member, Project, ProjectRole, ProjectStatus},
};
use cws_route::{Ctx, ErrorCode, Problem};
use cws_store::{Expect, Key, Kind, Op, Scoped, Slot, Writes, kind, rows::Administrator};
use std::collections::BTreeSet;

/// Kinds of rows that are read to know what a person holds.
pub const READS: &[Kind] = &[
    kind::USER,
    kind::DIRECTORY,
    kind::USER_PROJECT,
    kind::USER_STANDING,
    kind::USER_ACTIVE,
    kind::PROJECT,
    kind::MEMBER,
];

/// Most projects that a refusal names.
const NAMED_MAX: usize = 10;
/// Most projects whose staying as they are is a condition of one commit, which has room for so many.
const CONDITIONS_MAX: usize = 35;
/// Rows that are read at once.
const PAGE: u32 = 100;

fn administers(user: &User) -> bool {
    user.role == Role::InstitutionAdmin && user.status == UserStatus::Active
}

/// Keeps the list of an institution's administrators, and the last of them in it.
///
/// # Errors
/// `last_administrator`.
pub async fn administrators(
    ctx: &Ctx,
    writes: &mut Writes,
    before: Option<&User>,
    after: &User,
) -> Result<(), Problem> {
    if before.is_some_and(administers) == administers(after) {
        return Ok(());
    }
    let store = ctx.store_of(&after.institution)?;
    let slot: Slot<Administrator> = store.get(None, after.id.as_str()).await?;
    if administers(after) {
        return Ok(writes.put(&slot, &Administrator { since: ctx.now() })?);
    }
    let some = store.range::<Administrator>(None, |range| range.limit(2)).await?;
    let other = some.slots.iter().find(|slot| slot.key().sort != after.id.as_str());
    writes.check(other.ok_or_else(|| {
        let detail = "this is the institution's last administrator; make somebody else one first";
        Problem::new(LAST_ADMINISTRATOR.code, detail)
    })?);
    writes.delete(&slot);
    Ok(())
}

/// Refuses to make somebody an external collaborator who runs projects: their roles there are beyond one.
///
/// # Errors
/// `holds_project_roles`, with the projects for whoever may see them.
pub async fn runs_no_project(ctx: &Ctx, writes: &mut Writes, user: &User) -> Result<(), Problem> {
    let held = held(ctx, writes, user, ProjectRole::Manager).await?;
    let projects: Vec<_> = held.iter().filter_map(Slot::value).map(|project| project.id.clone()).collect();
    if projects.is_empty() {
        return Ok(());
    }
    let detail = "the person owns or manages projects; give those roles to others first";
    Err(named(ctx, user, &HOLDS_PROJECTS, detail, projects)
        .and_field("/role", "is beyond what the person may hold"))
}

/// Refuses to shut somebody out whose projects would have no owner left who may sign in.
///
/// # Errors
/// `last_owner`, with the projects for whoever may see them.
pub async fn leaves_no_project_alone(ctx: &Ctx, writes: &mut Writes, user: &User) -> Result<(), Problem> {
    let store = ctx.store_of(&user.institution)?;
    let (mut alone, mut relied_on) = (Vec::new(), BTreeSet::new());
    for (number, place) in held(ctx, writes, user, ProjectRole::Owner).await?.into_iter().enumerate() {
        let Some(project) = place.value() else { continue };
        let co_owner = match project.owner_count {
            0 | 1 => None,
            _ => co_owner(&store, project, user).await?,
        };
        let Some(other) = co_owner else {
            alone.push(project.id.clone());
            continue;
        };
        if number < CONDITIONS_MAX {
            // The other stays active, and stays an owner: whoever leaves rewrites the project's row.
            writes.check(&place);
            if relied_on.insert(other.key().clone()) {
                writes.check(&other);
            }
        }
    }
    if alone.is_empty() {
        return Ok(());
    }
    let detail = "the person is the last active owner of projects; make somebody else an owner first";
    Err(named(ctx, user, &LAST_OWNER, detail, alone))
}

/// The open projects in which somebody has at least this role. That they gain no further one meanwhile is a
/// condition of the commit.
async fn held(
    ctx: &Ctx,
    writes: &mut Writes,
    user: &User,
    least: ProjectRole,
) -> Result<Vec<Slot<Project>>, Problem> {
    let store = ctx.store_of(&user.institution)?;
    let key = Key::new(store.partition(&kind::USER_STANDING, None)?, user.id.as_str());
    let standing = store.item(&kind::USER_STANDING, None, user.id.as_str()).await?;
    let expect = standing.map_or(Expect::Absent, |item| Expect::Revision(item.revision));
    writes.op(Op::Check { key, expect });
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let page = store
            .range::<UserProject>(Some(user.id.as_str()), |range| range.limit(PAGE).after(after.take()))
            .await?;
        let rows = page.slots.iter().filter_map(Slot::value).filter(|row| row.role >= least);
        let ids: Vec<ProjectId> = rows.map(|row| row.project_id.clone()).collect();
        let places: Vec<_> = ids.iter().map(|id| (None, id.as_str())).collect();
        let projects = store.get_many::<Project>(&places).await?.into_iter();
        let open = |slot: &Slot<Project>| {
            slot.value().is_some_and(|project| project.status == ProjectStatus::Active)
        };
        found.extend(projects.filter(open));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Another owner of a project who may sign in.
async fn co_owner(store: &Scoped, project: &Project, user: &User) -> Result<Option<Slot<User>>, Problem> {
    let mut after = None;
    loop {
        let page = store
            .range::<Member>(Some(project.id.as_str()), |range| range.limit(PAGE).after(after.take()))
            .await?;
        let owners = page.slots.iter().filter_map(Slot::value).filter(|row| row.role == ProjectRole::Owner);
        for owner in owners.filter(|owner| owner.user_id != user.id) {
            let slot = store.get::<User>(None, owner.user_id.as_str()).await?;
            if slot.value().is_some_and(|other| other.status == UserStatus::Active) {
                return Ok(Some(slot));
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(None),
        }
    }
}

/// INVARIANT (no oracle): who may not list the person's projects is not told which they are.
fn named(ctx: &Ctx, user: &User, code: &ErrorCode, detail: &str, mut projects: Vec<ProjectId>) -> Problem {
    let problem = Problem::new(code.code, detail);
    if !ctx.allows(Action::UserProjectsView, &resource_of(user), &[]) {
        return problem;
    }
    projects.truncate(NAMED_MAX);
    problem.with("projects", projects)
}
