//! `GET /marketplace/templates/{template_id}/ratings`: the numbers behind a template's rating.

use crate::{
    find::{TemplatePath, find_shown},
    place,
};
use cws_authz::Action;
use cws_model::{
    id::TemplateId,
    marketplace::{
        TemplateMeta, TemplateStats,
        review::{PRIOR_MEAN, PRIOR_WEIGHT},
    },
};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, kind};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Names the route; never constructed.
pub enum TemplateRatingView {}

/// The ratings of a template, over all its versions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RatingOut {
    /// Template.
    pub template_id: TemplateId,
    /// How many ratings.
    pub count: u32,
    /// Their mean; null while there is none.
    pub mean: Option<f64>,
    /// The rating that lists show and order by: `(prior_weight * prior_mean + sum) / (prior_weight + count)`; 0
    /// while nobody rated it.
    pub rating: f64,
    /// The rating that a template is taken to have before anybody rated it.
    pub prior_mean: f64,
    /// How many ratings that assumption weighs as much as.
    pub prior_weight: u32,
    /// How many of each rating, by `1` to `5`.
    pub histogram: BTreeMap<String, u32>,
}

impl Route for TemplateRatingView {
    const SPEC: Spec = Spec::get("template_rating_view", "/marketplace/templates/{template_id}/ratings")
        .summary("View how a template is rated")
        .requires(Action::TemplateView)
        .reads(&[kind::TEMPLATE, kind::NAMESPACE]);

    type Input = Input<TemplatePath>;
    type Output = RatingOut;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_shown(ctx, &input.path.template_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, _: Self::Target) -> Result<Answer<RatingOut>, Problem> {
        let template_id = input.path.template_id;
        let slot = ctx.catalogue().get::<TemplateStats>(Some(template_id.as_str()), place::STATS).await?;
        let stats = slot.into_value().unwrap_or_default();
        let histogram = (1..=5_u8).zip(stats.rating_spread);
        Ok(Answer::json(RatingOut {
            template_id,
            count: stats.rating_count,
            mean: stats.mean(),
            rating: stats.rating,
            prior_mean: PRIOR_MEAN,
            prior_weight: PRIOR_WEIGHT,
            histogram: histogram.map(|(stars, count)| (stars.to_string(), count)).collect(),
        }))
    }
}
