//! `GET /marketplace/templates/search`: templates by words, with facets.

use crate::{
    discover::{self, CALLS, READS, discover},
    filters::{SearchQuery, TemplatePage, open},
};
use cws_authz::Action;
use cws_route::{Answer, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_search::{Facets, Query};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Names the route; never constructed.
pub enum TemplateSearch {}

/// What was found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchOut {
    /// The page.
    #[serde(flatten)]
    pub page: TemplatePage,
    /// What choosing another value would find; null unless asked for.
    pub facets: Option<FacetsOut>,
    /// The text as it was probably meant, when a word of it is in no template that the caller may see.
    pub did_you_mean: Option<String>,
}

/// Values with their counts, most first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FacetsOut {
    /// By facet: `category`, `tag`, `domain`, `namespace`, and `rating` in whole stars; at most 20 values each.
    pub values: BTreeMap<String, Vec<FacetValue>>,
    /// False when only the newest of very many matches were counted.
    pub exact: bool,
}

/// A value.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FacetValue {
    /// Value, as the filter of the same name takes it.
    pub value: String,
    /// How many templates have it.
    pub count: u64,
}

impl From<Facets> for FacetsOut {
    fn from(facets: Facets) -> Self {
        let pairs = |values: Vec<(String, u64)>| {
            values.into_iter().map(|(value, count)| FacetValue { value, count }).collect()
        };
        let values = facets.values.into_iter().map(|(facet, values)| (facet, pairs(values)));
        Self { values: values.collect(), exact: facets.exact }
    }
}

impl Route for TemplateSearch {
    const SPEC: Spec = Spec::get("template_search", "/marketplace/templates/search")
        .summary("Search templates: exact name first, beginnings, misspelt words, facets")
        .requires(Action::TemplateList)
        .reads(READS)
        .calls(CALLS);

    type Input = Input<Nothing, SearchQuery>;
    type Output = SearchOut;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        discover::marketplace(ctx)
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<SearchOut>, Problem> {
        let asked = input.query;
        let after = open(ctx, asked.cursor.as_deref(), &asked)?;
        let filters = asked.filters().into_query();
        let query = Query { text: asked.q.clone(), facets: asked.facets, after, ..filters };
        let mut found = discover(ctx, query).await?;
        let facets = found.first.facets.take().map(FacetsOut::from);
        let did_you_mean = found.first.did_you_mean.take();
        Ok(Answer::json(SearchOut { page: TemplatePage::new(ctx, found, &asked)?, facets, did_you_mean }))
    }
}
