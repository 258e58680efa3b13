//! What to recommend to a person: what their projects use, and the best of the categories that it is from.

use crate::discover::{self, TemplateItem, discover};
use cws_model::{
    Timestamp,
    id::{ProjectId, TemplateId},
    identity::UserProject,
    marketplace::TemplateUse,
    project::Project,
};
use cws_route::{Ctx, Problem};
use cws_search::{Query, Sort};
use cws_store::Slot;
use schemars::JsonSchema;
use serde::Serialize;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Projects that are looked at: the first of the person.
const PROJECTS_MAX: u32 = 20;
/// Templates in use that are looked at, in each project.
const USES_MAX: u32 = 100;
/// Categories that are recommended from: those used most.
const CATEGORIES_MAX: usize = 3;

/// Why a template is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A project of the caller downloaded or locked it.
    Project,
    /// It is of a category that a project of the caller uses, and rated well in it.
    Category,
    /// It is rated well.
    Rating,
}

/// Why a template is recommended, for programs and for people.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Because {
    /// Kind of reason.
    pub reason: Reason,
    /// The reason in words.
    pub text: String,
    /// The project of the caller that it comes from.
    pub project_id: Option<ProjectId>,
    /// The category.
    pub category: Option<String>,
    /// The template of that category that the project uses.
    pub like: Option<TemplateId>,
}

/// A recommended template.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Recommended {
    /// The template.
    #[serde(flatten)]
    pub template: TemplateItem,
    /// Why.
    pub because: Because,
}

/// A template that a project of the caller uses.
struct Used {
    item: TemplateItem,
    times: u32,
    project_id: ProjectId,
    project: String,
}

/// What is recommended to the caller, at most `wanted`, and how old the index is.
///
/// # Errors
/// What the store or the index says.
pub async fn recommend(ctx: &Ctx, wanted: usize) -> Result<(Vec<Recommended>, Timestamp), Problem> {
    let used = used(ctx).await?;
    let known: BTreeSet<TemplateId> = used.iter().map(|used| used.item.id.clone()).collect();
    // What is in use takes half the room at most, so that there is always something new to see.
    let mut list: Vec<Recommended> =
        used.iter().filter(|used| is_offered(&used.item)).map(of_project).collect();
    list.truncate(wanted.div_ceil(2));
    let mut shown: BTreeSet<TemplateId> = known.clone();
    for like in favourites(&used) {
        let category = like.item.category.clone();
        let query = Query { category: Some(category), ..best(wanted) };
        let found = discover(ctx, query).await?;
        let new: Vec<_> = found.items.into_iter().filter(|item| shown.insert(item.id.clone())).collect();
        list.extend(new.into_iter().map(|item| of_category(item, like)));
    }
    let found = discover(ctx, best(wanted)).await?;
    let index_as_of = Timestamp::from_millis(found.first.index_as_of_ms);
    let new: Vec<_> = found.items.into_iter().filter(|item| shown.insert(item.id.clone())).collect();
    list.extend(new.into_iter().map(of_rating));
    list.truncate(wanted);
    Ok((list, index_as_of))
}

fn best(wanted: usize) -> Query {
    let limit = u32::try_from(wanted).unwrap_or(cws_search::MAX_LIMIT).clamp(1, cws_search::MAX_LIMIT);
    Query { sort: Sort::Rating, limit, ..Query::default() }
}

fn is_offered(item: &TemplateItem) -> bool {
    item.deprecated.is_none() && item.version.is_some()
}

/// The templates that the caller's projects use and that the caller may see, most used first.
async fn used(ctx: &Ctx) -> Result<Vec<Used>, Problem> {
    let store = ctx.store()?;
    let shape = |range: cws_store::Range| range.limit(PROJECTS_MAX);
    let rows = store.range::<UserProject>(Some(ctx.caller().id()), shape).await?;
    let projects = rows.slots.into_iter().filter_map(Slot::into_value).map(|row| row.project_id);
    let mut uses: BTreeMap<TemplateId, (u32, ProjectId)> = BTreeMap::new();
    for project_id in projects {
        let shape = |range: cws_store::Range| range.limit(USES_MAX);
        let rows = store.range::<TemplateUse>(Some(project_id.as_str()), shape).await?;
        for row in rows.slots.into_iter().filter_map(Slot::into_value) {
            let most = uses.entry(row.template_id).or_insert((row.times, project_id.clone()));
            if row.times > most.0 {
                *most = (row.times, project_id.clone());
            }
        }
    }
    let mut order: Vec<_> = uses.into_iter().collect();
    order.sort_by(|(a, (x, _)), (b, (y, _))| (Reverse(x), a).cmp(&(Reverse(y), b)));
    order.truncate(USES_MAX as usize);
    name(ctx, order).await
}

async fn name(ctx: &Ctx, order: Vec<(TemplateId, (u32, ProjectId))>) -> Result<Vec<Used>, Problem> {
    let ids: Vec<String> = order.iter().map(|(id, _)| id.to_string()).collect();
    let items = discover::read(ctx, &ids).await?;
    let projects: BTreeSet<&str> = order.iter().map(|(_, (_, project_id))| project_id.as_str()).collect();
    let places: Vec<_> = projects.into_iter().map(|id| (None, id)).collect();
    let rows = ctx.store()?.get_many::<Project>(&places).await?;
    let rows = rows.into_iter().filter_map(Slot::into_value);
    let names: BTreeMap<ProjectId, String> = rows.map(|row| (row.id, row.name.to_string())).collect();
    let mut uses: BTreeMap<TemplateId, (u32, ProjectId)> = order.into_iter().collect();
    let used = items.into_iter().filter_map(|item| {
        let (times, project_id) = uses.remove(&item.id)?;
        let project = names.get(&project_id)?.clone();
        Some(Used { item, times, project_id, project })
    });
    Ok(used.collect())
}

/// The most used template of each of the most used categories.
fn favourites(used: &[Used]) -> Vec<&Used> {
    let mut times: BTreeMap<&str, u64> = BTreeMap::new();
    for used in used.iter().filter(|used| !used.item.category.is_empty()) {
        *times.entry(&used.item.category).or_default() += u64::from(used.times);
    }
    let mut order: Vec<_> = times.into_iter().collect();
    order.sort_by_key(|(category, times)| (Reverse(*times), *category));
    let first = |category: &str| used.iter().find(|used| used.item.category == category);
    order.into_iter().take(CATEGORIES_MAX).filter_map(|(category, _)| first(category)).collect()
}

fn of_project(used: &Used) -> Recommended {
    let because = Because {
        reason: Reason::Project,
        text: format!("your project `{}` uses it", used.project),
        project_id: Some(used.project_id.clone()),
        category: None,
        like: None,
    };
    Recommended { template: used.item.clone(), because }
}

fn of_category(template: TemplateItem, like: &Used) -> Recommended {
    let item = &like.item;
    let because = Because {
        reason: Reason::Category,
        text: format!(
            "in the category `{}`, like `{}/{}`, which your project `{}` uses",
            item.category, item.namespace, item.name, like.project
        ),
        project_id: Some(like.project_id.clone()),
        category: Some(item.category.clone()),
        like: Some(item.id.clone()),
    };
    Recommended { template, because }
}

fn of_rating(template: TemplateItem) -> Recommended {
    let text = match template.rating_count {
        0 => "it is new to your projects; nobody has rated it so far".to_owned(),
        1 => "rated by one person".to_owned(),
        count => format!("rated {:.1} by {count} people", template.rating),
    };
    let because = Because { reason: Reason::Rating, text, project_id: None, category: None, like: None };
    Recommended { template, because }
}
