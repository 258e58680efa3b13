//! `GET /marketplace/categories`: the categories of the templates that the caller may see.

use crate::{
    discover::{self, CALLS, ask},
    index::document::eyes,
};
use cws_authz::Action;
use cws_model::Timestamp;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_search::{FACET_VALUES, Query};
use schemars::JsonSchema;
use serde::Serialize;

/// Names the route; never constructed.
pub enum TemplateCategoryList {}

/// A category.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CategoryOut {
    /// Category, as the filter of lists takes it.
    pub category: String,
    /// How many templates have it; deprecated ones do not count.
    pub count: u64,
}

/// The categories.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CategoriesOut {
    /// The categories with most templates first; at most 1,000.
    pub items: Vec<CategoryOut>,
    /// Always null: there are no further pages.
    pub next: Option<String>,
    /// False when only the newest of very many templates were counted.
    pub exact: bool,
    /// Up to when what was committed is counted.
    pub index_as_of: Timestamp,
}

impl Route for TemplateCategoryList {
    const SPEC: Spec = Spec::get("template_category_list", "/marketplace/categories")
        .summary("List the categories with how many templates each has")
        .requires(Action::TemplateList)
        .calls(CALLS);

    type Input = Input;
    type Output = CategoriesOut;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        discover::marketplace(ctx)
    }

    async fn call(ctx: &Ctx, _: Self::Input, (): ()) -> Result<Answer<CategoriesOut>, Problem> {
        let visible_to = eyes(&ctx.caller().principal);
        let query = Query {
            visible_to,
            facets: true,
            facet_values: Some(FACET_VALUES),
            limit: 1,
            ..Query::default()
        };
        let page = ask(ctx, query).await?;
        let mut facets = page.facets.unwrap_or_default();
        let counted = facets.values.remove("category").unwrap_or_default();
        let items = counted.into_iter().map(|(category, count)| CategoryOut { category, count });
        let index_as_of = Timestamp::from_millis(page.index_as_of_ms);
        Ok(Answer::json(CategoriesOut {
            items: items.collect(),
            next: None,
            exact: facets.exact,
            index_as_of,
        }))
    }
}
