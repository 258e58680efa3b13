//! `GET /marketplace/recommended`: what the caller may want to use, and why.

use crate::{
    discover::{self, CALLS},
    recommend::{Recommended, recommend},
};
use cws_authz::Action;
use cws_model::Timestamp;
use cws_route::{Answer, Ctx, Found, Input, Nothing, Problem, Route, Spec, page::Limit};
use cws_store::kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names the route; never constructed.
pub enum TemplateRecommended {}

/// How many.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecommendedQuery {
    /// Templates at most, 1 to 100.
    #[serde(default)]
    pub limit: Limit,
}

/// What is recommended.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RecommendedOut {
    /// The templates: what the caller's projects use, then the best of the same categories, then the best.
    pub items: Vec<Recommended>,
    /// Always null: there are no further pages.
    pub next: Option<String>,
    /// Up to when what was committed is found.
    pub index_as_of: Timestamp,
}

impl Route for TemplateRecommended {
    const SPEC: Spec = Spec::get("template_recommended", "/marketplace/recommended")
        .summary("List templates to try, each with the reason why it is recommended")
        .requires(Action::TemplateList)
        .reads(&[kind::TEMPLATE, kind::NAMESPACE, kind::USER_PROJECT, kind::PROJECT, kind::TEMPLATE_USE])
        .calls(CALLS);

    type Input = Input<Nothing, RecommendedQuery>;
    type Output = RecommendedOut;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        discover::marketplace(ctx)
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<RecommendedOut>, Problem> {
        let wanted = input.query.limit.get() as usize;
        let (items, index_as_of) = recommend(ctx, wanted).await?;
        Ok(Answer::json(RecommendedOut { items, next: None, index_as_of }))
    }
}
