//! `GET /projects`: the projects that the caller may see.
//!
//! Who may see every project of the institution reads the projects themselves; anybody else reads the
//! index of their own. With `owner`, everybody reads that person's index. Whichever way: what is answered
//! went through the decision that `project_view` makes.

use crate::find::{membership_of, resource_of};
use cws_authz::{Action, Membership, Resource, resource};
use cws_model::{
    id::UserId,
    identity::UserProject,
    project::{Member, Project, ProjectRole, ProjectStatus},
    text::Line,
};
use cws_route::{Answer, Ctx, Found, Input, ListOf, Listing, Nothing, Problem, Route, Spec, page::Limit};
use cws_store::{Key, Scoped, Slot, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rows of the index that are read at once: each leads to a project and a membership, 100 keys in all.
const READ_AT_ONCE: u32 = 50;
/// Rows that one page looks through at most before it answers with what it has.
const LOOKED_AT_MAX: u32 = 2000;

/// Which projects.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectQuery {
    /// Only this status.
    pub status: Option<ProjectStatus>,
    /// Only projects whose name or description holds this, in any case.
    pub q: Option<Line<100>>,
    /// Only projects that this person is an owner of.
    pub owner: Option<UserId>,
    /// Items a page, 1 to 100.
    #[serde(default, skip_serializing)]
    pub limit: Limit,
    /// Where the last page ended.
    #[serde(skip_serializing)]
    pub cursor: Option<String>,
}

impl ProjectQuery {
    fn keeps(&self, project: &Project) -> bool {
        let holds = |text: &Line<100>| {
            let text = text.as_str().to_lowercase();
            let fields = [project.name.as_str(), project.description.as_str()];
            fields.iter().any(|field| field.to_lowercase().contains(&text))
        };
        self.status.is_none_or(|status| project.status == status) && self.q.as_ref().is_none_or(holds)
    }
}

/// Names the route; never constructed.
pub enum ProjectList {}

impl Route for ProjectList {
    const SPEC: Spec = Spec::get("project_list", "/projects")
        .summary("List projects")
        .requires(Action::ProjectList)
        .reads(&[kind::PROJECT, kind::MEMBER, kind::USER_PROJECT]);

    type Input = Input<Nothing, ProjectQuery>;
    type Output = ListOf<Project>;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        let id = ctx.institution()?.clone();
        Ok(Found::new(Resource::Institution(resource::Institution { id }), ()))
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<Self::Output>, Problem> {
        let query = input.query;
        let page = match &query.owner {
            None if sees_all(ctx)? => of_institution(ctx, &query).await?,
            None => of_person(ctx, &query, ctx.caller().id()).await?,
            Some(owner) => of_person(ctx, &query, owner.as_str()).await?,
        };
        Ok(Answer::json(page))
    }
}

/// Whether the caller sees projects that it is not in.
fn sees_all(ctx: &Ctx) -> Result<bool, Problem> {
    let institution = ctx.institution()?.clone();
    let any = resource::Project { id: "any".to_owned(), institution, archived: false };
    Ok(sees(ctx, &Resource::Project(any), &[]))
}

fn sees(ctx: &Ctx, project: &Resource, memberships: &[Membership]) -> bool {
    ctx.allows(Action::ProjectView, project, memberships)
}

async fn of_institution(ctx: &Ctx, query: &ProjectQuery) -> Result<ListOf<Project>, Problem> {
    let store = ctx.store()?;
    let keep = |project: &Project| query.keeps(project) && sees(ctx, &resource_of(project), &[]);
    let listing = Listing::new(&store, query.limit, query.cursor.as_deref(), query);
    let page = listing.page(ctx, keep).await?;
    Ok(ListOf { items: page.items.into_iter().filter_map(Slot::into_value).collect(), next: page.next })
}

/// Reads a page along a person's index.
async fn of_person(ctx: &Ctx, query: &ProjectQuery, person: &str) -> Result<ListOf<Project>, Problem> {
    let store = ctx.store()?;
    let mut after = ctx.open_cursor(query.cursor.as_deref(), query)?;
    let mut items = Vec::new();
    let mut looked_at = 0;
    loop {
        // The first look is as long as the page, so that a short page without filters costs little.
        let look = if looked_at == 0 { query.limit.get().min(READ_AT_ONCE) } else { READ_AT_ONCE };
        let shape = |range: cws_store::Range| range.limit(look).after(after.take());
        let rows = store.range::<UserProject>(Some(person), shape).await?;
        let mut left = follow(ctx, &store, query, rows.slots).await?.into_iter().peekable();
        while let Some((sort, project)) = left.next() {
            looked_at += 1;
            items.extend(project);
            if items.len() >= query.limit.get() as usize || looked_at >= LOOKED_AT_MAX {
                let more = left.peek().is_some() || rows.next.is_some();
                return Ok(ListOf { items, next: ctx.seal_cursor(more.then_some(sort), query)? });
            }
        }
        match rows.next {
            Some(next) => after = Some(next),
            None => return Ok(ListOf { items, next: None }),
        }
    }
}

/// Each row of an index with its project, if that is asked for and the caller may see it.
async fn follow(
    ctx: &Ctx,
    store: &Scoped,
    query: &ProjectQuery,
    index: Vec<Slot<UserProject>>,
) -> Result<Vec<(String, Option<Project>)>, Problem> {
    let owned = |row: &UserProject| query.owner.is_none() || row.role == ProjectRole::Owner;
    let ids: Vec<_> =
        index.iter().filter_map(Slot::value).filter(|row| owned(row)).map(|row| &row.project_id).collect();
    let mut seen = Vec::new();
    if !ids.is_empty() {
        let mut keys = Vec::with_capacity(ids.len() * 2);
        for id in ids {
            keys.push(store.key::<Project>(None, id.as_str())?);
            keys.push(store.key::<Member>(Some(id.as_str()), ctx.caller().id())?);
        }
        seen = visible(ctx, store, query, keys).await?;
    }
    let mut seen = seen.into_iter().peekable();
    let pair = |slot: Slot<UserProject>| {
        let sort = slot.key().sort.clone();
        let project = seen.next_if(|project| project.id.as_str() == sort);
        (sort, project)
    };
    Ok(index.into_iter().map(pair).collect())
}

/// Reads projects and the caller's places in them, pair by pair, and keeps what the caller may see.
async fn visible(
    ctx: &Ctx,
    store: &Scoped,
    query: &ProjectQuery,
    keys: Vec<Key>,
) -> Result<Vec<Project>, Problem> {
    let items = store.items_at(&keys).await?;
    let mut rows = keys.into_iter().zip(items);
    let mut kept = Vec::new();
    while let (Some((at, project)), Some((mine, member))) = (rows.next(), rows.next()) {
        let project = Slot::<Project>::read(at, project, ctx.now())?.into_value();
        let member = Slot::<Member>::read(mine, member, ctx.now())?;
        let held: Vec<_> = member.value().map(membership_of).into_iter().collect();
        kept.extend(project.filter(|it| query.keeps(it) && sees(ctx, &resource_of(it), &held)));
    }
    Ok(kept)
}
