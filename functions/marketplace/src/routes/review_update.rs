//! `PATCH /marketplace/templates/{template_id}/reviews/{review_id}`: changes one's own review.

use crate::review::{Change, READS, ReviewAt, ReviewOut, ReviewPath, find_review, move_places, rate, told};
use cws_authz::Action;
use cws_model::{
    marketplace::Stars,
    text::{Line, Prose},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// Names the route; never constructed.
pub enum ReviewUpdate {}

/// What changes; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewChange {
    /// 1 (worst) to 5 (best).
    pub rating: Option<Stars>,
    /// Headline.
    pub title: Option<Line<120>>,
    /// Text.
    pub content: Option<Prose<4000>>,
}

impl Route for ReviewUpdate {
    const SPEC: Spec =
        Spec::patch("review_update", "/marketplace/templates/{template_id}/reviews/{review_id}")
            .summary("Change one's own review")
            .requires(Action::ReviewUpdate)
            .reads(READS)
            .writes(&[kind::REVIEW, kind::REVIEW_CLAIM, kind::TEMPLATE])
            .audit(AuditRule::Record("review.updated"))
            .emits(&["review.updated.v1"]);

    type Input = Input<ReviewPath, Nothing, ReviewChange>;
    type Output = ReviewOut;
    type Target = ReviewAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_review(ctx, &input.path).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, at: Self::Target) -> Result<Answer<ReviewOut>, Problem> {
        ctx.check_match(&at.review)?;
        let before = at.review.value().cloned().ok_or_else(Problem::not_found)?;
        let mut review = before.clone();
        review.rating = input.body.rating.unwrap_or(review.rating);
        review.title = input.body.title.or(review.title);
        review.content = input.body.content.unwrap_or(review.content);
        review.updated_at = ctx.now();
        let catalogue = ctx.catalogue();
        let mut writes = Writes::new();
        writes.put(&at.review, &review)?;
        move_places(&catalogue, Some(&before), Some(&review), &mut writes)?;
        rate(&catalogue, Change::Rated(&review), &mut writes).await?;
        let (id, told) = (review.id.to_string(), told(&review));
        Ok(Answer::json(ReviewOut::new(review, &ctx.revision()))
            .writes(writes)
            .event("review.updated.v1", id.clone(), told.clone())
            .about(id, told)
            .etag(Some(&ctx.revision())))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"rating": 5}))
    }
}
