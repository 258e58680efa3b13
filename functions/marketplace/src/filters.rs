//! What lists of templates can be narrowed and ordered by, and the answer that they have in common.

use crate::{
    describe::label,
    discover::{Discovered, TemplateItem},
};
use cws_model::Timestamp;
use cws_route::{Ctx, Problem, page::Limit};
use cws_search::{Position, Query, Sort};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An order of templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Best match first: the exact name, then names that begin so, then words. Without a text, as `downloads`.
    Relevance,
    /// Best rated first.
    Rating,
    /// Most downloaded first.
    Downloads,
    /// Last changed first.
    Updated,
    /// Newest first.
    Created,
    /// By name.
    Name,
    /// Most downloaded in the last 7 days first.
    Trending,
}

impl From<Order> for Sort {
    fn from(order: Order) -> Self {
        match order {
            Order::Relevance => Self::Relevance,
            Order::Rating => Self::Rating,
            Order::Downloads => Self::Downloads,
            Order::Updated => Self::Updated,
            Order::Created => Self::Created,
            Order::Name => Self::Name,
            Order::Trending => Self::Trending,
        }
    }
}

/// Filters of a list of templates. All of them have to hold.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateQuery {
    /// Only this category.
    #[schemars(length(max = 200))]
    pub category: Option<String>,
    /// Only templates with this tag; may come up to ten times, and then all have to be there.
    #[serde(default)]
    #[schemars(length(max = 10))]
    pub tag: Vec<String>,
    /// Only templates that this person published first: an id.
    #[schemars(length(max = 64))]
    pub author: Option<String>,
    /// Only this namespace.
    #[schemars(length(max = 64))]
    pub namespace: Option<String>,
    /// Only this research domain.
    #[schemars(length(max = 200))]
    pub domain: Option<String>,
    /// Only rated at least so, 0 to 5.
    #[schemars(range(min = 0, max = 5))]
    pub min_rating: Option<f64>,
    /// Whether deprecated templates, and those without a version that is offered, are listed too.
    #[serde(default)]
    pub deprecated: bool,
    /// Order; `downloads` when left out.
    pub sort: Option<Order>,
    /// Items a page, 1 to 100.
    #[serde(default, skip_serializing)]
    pub limit: Limit,
    /// Where the last page ended.
    #[serde(skip_serializing)]
    pub cursor: Option<String>,
}

/// As [`TemplateQuery`], with a text.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchQuery {
    /// Words to find: at most 256 characters and 12 words. All have to be there, the last one may be a beginning.
    #[schemars(length(max = 256))]
    pub q: Option<String>,
    /// Whether to count the categories, tags, domains, namespaces and ratings of what was found.
    #[serde(default)]
    pub facets: bool,
    /// Only this category.
    #[schemars(length(max = 200))]
    pub category: Option<String>,
    /// Only templates with this tag; may come up to ten times, and then all have to be there.
    #[serde(default)]
    #[schemars(length(max = 10))]
    pub tag: Vec<String>,
    /// Only templates that this person published first: an id.
    #[schemars(length(max = 64))]
    pub author: Option<String>,
    /// Only this namespace.
    #[schemars(length(max = 64))]
    pub namespace: Option<String>,
    /// Only this research domain.
    #[schemars(length(max = 200))]
    pub domain: Option<String>,
    /// Only rated at least so, 0 to 5.
    #[schemars(range(min = 0, max = 5))]
    pub min_rating: Option<f64>,
    /// Whether deprecated templates, and those without a version that is offered, are listed too.
    #[serde(default)]
    pub deprecated: bool,
    /// Order; `relevance` when left out.
    pub sort: Option<Order>,
    /// Items a page, 1 to 100.
    #[serde(default, skip_serializing)]
    pub limit: Limit,
    /// Where the last page ended.
    #[serde(skip_serializing)]
    pub cursor: Option<String>,
}

impl SearchQuery {
    /// The filters without text and facets.
    pub fn filters(&self) -> TemplateQuery {
        let it = self.clone();
        TemplateQuery {
            category: it.category,
            tag: it.tag,
            author: it.author,
            namespace: it.namespace,
            domain: it.domain,
            min_rating: it.min_rating,
            deprecated: it.deprecated,
            sort: it.sort,
            limit: it.limit,
            cursor: it.cursor,
        }
    }
}

impl TemplateQuery {
    /// As the index takes it: labels are compared as they are kept.
    pub fn into_query(self) -> Query {
        Query {
            category: self.category.map(|text| label(&text)),
            tags: self.tag.iter().map(|text| label(text)).collect(),
            author: self.author,
            namespace: self.namespace,
            domain: self.domain.map(|text| label(&text)),
            min_rating: self.min_rating,
            include_deprecated: self.deprecated,
            sort: self.sort.map_or(Sort::Relevance, Sort::from),
            limit: self.limit.get(),
            ..Query::default()
        }
    }
}

/// A page of templates.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TemplatePage {
    /// The templates, in order.
    pub items: Vec<TemplateItem>,
    /// Cursor of the next page; null at the end.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: TotalOut,
    /// Up to when what was committed is found; what came after may still be missing.
    pub index_as_of: Timestamp,
}

/// How many templates were found.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct TotalOut {
    /// Number.
    pub count: u64,
    /// False when there are more than that.
    pub exact: bool,
}

impl TemplatePage {
    /// Seals the place where the next page starts, for the same filters only.
    ///
    /// # Errors
    /// 500 when the place is too long.
    pub fn new(ctx: &Ctx, found: Discovered, filters: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self {
            next: seal(ctx, found.next, filters)?,
            items: found.items,
            total: TotalOut { count: found.first.total.count, exact: found.first.total.exact },
            index_as_of: Timestamp::from_millis(found.first.index_as_of_ms),
        })
    }
}

fn seal(ctx: &Ctx, next: Option<Position>, filters: &impl Serialize) -> Result<Option<String>, Problem> {
    let place = next.map(|position| serde_json::to_string(&position)).transpose();
    ctx.seal_cursor(place.map_err(Problem::internal)?, filters)
}

/// Opens the cursor of a list of templates.
///
/// # Errors
/// `invalid_cursor`.
pub fn open(ctx: &Ctx, cursor: Option<&str>, filters: &impl Serialize) -> Result<Option<Position>, Problem> {
    let place = ctx.open_cursor(cursor, filters)?;
    let position = place.map(|text| serde_json::from_str(&text)).transpose();
    position.map_err(|error| Problem::new("invalid_cursor", "the cursor is of another list").because(error))
}

/// What a curated list can be narrowed by.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShelfQuery {
    /// Only this category.
    #[schemars(length(max = 200))]
    pub category: Option<String>,
    /// Items a page, 1 to 100.
    #[serde(default, skip_serializing)]
    pub limit: Limit,
    /// Where the last page ended.
    #[serde(skip_serializing)]
    pub cursor: Option<String>,
}

impl ShelfQuery {
    /// As the index takes it.
    pub fn into_query(self) -> Query {
        TemplateQuery { category: self.category, limit: self.limit, ..TemplateQuery::default() }.into_query()
    }
}

/// A page of a curated list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShelfPage {
    /// The templates, in order.
    pub items: Vec<TemplateItem>,
    /// Cursor of the next page; null at the end.
    pub next: Option<String>,
    /// Up to when what was committed is found; what came after may still be missing.
    pub index_as_of: Timestamp,
}

impl ShelfPage {
    /// Seals the place where the next page starts, for the same filters only.
    ///
    /// # Errors
    /// 500 when the place is too long.
    pub fn new(ctx: &Ctx, found: Discovered, filters: &impl Serialize) -> Result<Self, Problem> {
        let index_as_of = Timestamp::from_millis(found.first.index_as_of_ms);
        Ok(Self { items: found.items, next: seal(ctx, found.next, filters)?, index_as_of })
    }
}
