//! Lists of templates: found in the search index, then read from the store and held against the policies.
//!
//! INVARIANT (list equals view): the index only proposes. What is shown was read in this request and passed
//! the same decision as the view of it, so that a page never shows what a view would refuse.

use crate::{
    find::template_resource,
    index::document::{eyes, is_restricted},
    place,
};
use cws_authz::{Action, Membership, Resource, resource};
use cws_cloud::Port;
use cws_model::{
    InstitutionId, Timestamp,
    id::TemplateId,
    marketplace::{Deprecation, NamespaceMember, TemplateMeta, TemplateStats, Visibility},
};
use cws_route::{Ctx, Found, Problem};
use cws_search::{Page, Position, Query, QueryError, SearchError, TemplateSearch};
use cws_store::{Key, Kind, Slot, kind};
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of rows that a list of templates reads.
pub const READS: &[Kind] = &[kind::TEMPLATE, kind::NAMESPACE];
/// Ports that a list of templates calls.
pub const CALLS: &[&str] = &[<dyn TemplateSearch as Port>::NAME];
/// Templates that are read at once: two rows each, and a get takes a hundred.
const READ_AT_ONCE: usize = 50;
/// How often the index is asked for more to fill a page from which something fell out.
const ROUNDS: u32 = 4;

/// A template as lists show it; what its latest version holds is in the single view.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TemplateItem {
    /// Id.
    pub id: TemplateId,
    /// Namespace.
    pub namespace: String,
    /// Name in the namespace.
    pub name: String,
    /// Display name.
    pub title: String,
    /// The version shown; null when every version is yanked.
    pub version: Option<Version>,
    /// SHA-256 of the stored bytes of that version, hex.
    pub digest: Option<String>,
    /// Id of who published it first.
    pub author: String,
    /// Name of that person as it stood then.
    pub author_name: String,
    /// Institution of the namespace.
    pub institution: InstitutionId,
    /// Who may see it.
    pub visibility: Visibility,
    /// Category; empty when there is none.
    pub category: String,
    /// Research domain; empty when there is none.
    pub domain: String,
    /// Words to find it by.
    pub tags: BTreeSet<String>,
    /// Bayesian mean of the ratings, 0 to 5; 0 while there is none.
    pub rating: f64,
    /// How many ratings.
    pub rating_count: u32,
    /// Downloads, ever; counted with a short delay.
    pub downloads: u64,
    /// Downloads of the last 7 days, today included.
    pub downloads_recent: u64,
    /// One or two sentences.
    pub description: String,
    /// How many versions were ever published.
    pub version_count: u32,
    /// Set once it should no longer be used.
    pub deprecated: Option<Deprecation>,
    /// When it was first published.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl TemplateItem {
    fn new(meta: TemplateMeta, stats: &TemplateStats) -> Self {
        let (version, digest) = meta.latest.map(|latest| (latest.version, latest.digest)).unzip();
        Self {
            id: meta.id,
            namespace: meta.namespace,
            name: meta.name,
            title: meta.title.to_string(),
            version,
            digest,
            author: meta.author,
            author_name: meta.author_name,
            institution: meta.institution,
            visibility: meta.visibility,
            category: meta.category,
            domain: meta.domain,
            tags: meta.tags,
            rating: stats.rating,
            rating_count: stats.rating_count,
            downloads: stats.downloads,
            downloads_recent: stats.downloads_recent,
            description: meta.description.as_str().to_owned(),
            version_count: meta.version_count,
            deprecated: meta.deprecated,
            created_at: meta.created_at,
            updated_at: meta.updated_at,
        }
    }
}

/// What a list is about: the marketplace as the caller's institution sees it.
///
/// # Errors
/// 401 when nobody is signed in.
pub fn marketplace(ctx: &Ctx) -> Result<Found, Problem> {
    let id = ctx.institution()?.clone();
    Ok(Found::new(Resource::Institution(resource::Institution { id }), ()))
}

/// A page of templates, and what the index said first.
#[derive(Debug)]
pub struct Discovered {
    /// Templates that the caller may see, in order.
    pub items: Vec<TemplateItem>,
    /// Where the next page starts.
    pub next: Option<Position>,
    /// Total, facets, suggestion and age of the index.
    pub first: Page,
}

/// Finds a page of templates that the caller may see.
///
/// # Errors
/// A limit of search that is passed, or what the index or the store says.
pub async fn discover(ctx: &Ctx, query: Query) -> Result<Discovered, Problem> {
    let wanted = query.limit as usize;
    let mut query = Query { visible_to: eyes(&ctx.caller().principal), ..query };
    let mut first = ask(ctx, query.clone()).await?;
    let (mut hits, mut next) = (std::mem::take(&mut first.hits), first.next.take());
    let mut items = Vec::with_capacity(wanted);
    for round in 1..=ROUNDS {
        let ids: Vec<String> = hits.into_iter().map(|hit| hit.template_id).collect();
        items.extend(read(ctx, &ids).await?);
        if items.len() >= wanted || next.is_none() || round == ROUNDS {
            break;
        }
        let missing = u32::try_from(wanted - items.len()).unwrap_or(query.limit);
        query = Query { limit: missing, after: next, facets: false, ..query };
        let page = ask(ctx, query.clone()).await?;
        (hits, next) = (page.hits, page.next);
    }
    Ok(Discovered { items, next, first })
}

/// Asks the index.
///
/// # Errors
/// A limit that is passed, or 503 when there is no answer.
pub async fn ask(ctx: &Ctx, query: Query) -> Result<Page, Problem> {
    ctx.port::<dyn TemplateSearch>()?.search(query).await.map_err(problem)
}

fn problem(error: SearchError) -> Problem {
    let SearchError::Refused(refusal) = error else {
        return Problem::new("unavailable", "the search index does not answer; try again").because(error);
    };
    let pointer = match refusal {
        QueryError::TextTooLong { .. } | QueryError::TooManyTerms { .. } => "?q",
        QueryError::TooManyTags { .. } => "?tag",
        QueryError::Limit { .. } => "?limit",
        QueryError::Rating => "?min_rating",
        QueryError::Position => return Problem::new("invalid_cursor", "the cursor belongs to another order"),
    };
    Problem::malformed(pointer, refusal.to_string())
}

/// Reads templates, in the order of the ids; those that are gone or that the caller may not see are left out.
///
/// # Errors
/// What the store says.
pub async fn read(ctx: &Ctx, ids: &[String]) -> Result<Vec<TemplateItem>, Problem> {
    let mut items = Vec::with_capacity(ids.len());
    for ids in ids.chunks(READ_AT_ONCE) {
        let rows = rows(ctx, ids).await?;
        let memberships = memberships(ctx, &rows).await?;
        for (meta, stats) in rows {
            let held = memberships.get(&meta.namespace).into_iter().cloned().collect::<Vec<_>>();
            if ctx.allows(Action::TemplateView, &template_resource(&meta), &held) {
                items.push(TemplateItem::new(meta, &stats));
            }
        }
    }
    Ok(items)
}

async fn rows(ctx: &Ctx, ids: &[String]) -> Result<Vec<(TemplateMeta, TemplateStats)>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let catalogue = ctx.catalogue();
    let mut keys = Vec::with_capacity(ids.len() * 2);
    for id in ids {
        keys.push(catalogue.key::<TemplateMeta>(Some(id), place::META)?);
        keys.push(catalogue.key::<TemplateStats>(Some(id), place::STATS)?);
    }
    let items = catalogue.items_at(&keys).await?;
    let mut pairs = keys.into_iter().zip(items);
    let mut rows = Vec::with_capacity(ids.len());
    while let (Some((meta_key, meta)), Some((stats_key, stats))) = (pairs.next(), pairs.next()) {
        let meta = Slot::<TemplateMeta>::read(meta_key, meta, ctx.now())?.into_value();
        let stats = Slot::<TemplateStats>::read(stats_key, stats, ctx.now())?.into_value();
        rows.extend(meta.map(|meta| (meta, stats.unwrap_or_default())));
    }
    Ok(rows)
}

/// The caller's place in the namespaces whose templates not everybody sees, in one call.
async fn memberships(
    ctx: &Ctx,
    rows: &[(TemplateMeta, TemplateStats)],
) -> Result<BTreeMap<String, Membership>, Problem> {
    let restricted =
        rows.iter().filter(|(meta, _)| is_restricted(meta)).map(|(meta, _)| meta.namespace.clone());
    let namespaces: BTreeSet<String> = restricted.collect();
    let catalogue = ctx.catalogue();
    let sort = place::member(ctx.caller().id());
    let key = |namespace: &String| catalogue.key::<NamespaceMember>(Some(namespace), &sort);
    let keys: Vec<Key> = namespaces.iter().map(key).collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let items = catalogue.items_at(&keys).await?;
    let mut held = BTreeMap::new();
    for (namespace, (key, item)) in namespaces.into_iter().zip(keys.into_iter().zip(items)) {
        if let Some(row) = Slot::<NamespaceMember>::read(key, item, ctx.now())?.into_value() {
            let membership = Membership::namespace(&namespace, row.role);
            held.insert(namespace, membership);
        }
    }
    Ok(held)
}
