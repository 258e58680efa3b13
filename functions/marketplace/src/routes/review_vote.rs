//! `PUT /marketplace/templates/{template_id}/reviews/{review_id}/vote`: says whether a review helped.

use crate::{
    find::template_resource,
    review::{OWN_REVIEW, READS, ReviewAt, ReviewPath, find_review, move_places},
};
use cws_authz::Action;
use cws_model::{
    id::ReviewId,
    marketplace::{Review, ReviewVote as Vote},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names the route; never constructed.
pub enum ReviewVote {}

/// A vote. Another one by the same person takes its place.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoteIn {
    /// Whether it helped.
    pub helpful: bool,
}

/// The vote, and where the review stands with it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VoteOut {
    /// Review.
    pub review_id: ReviewId,
    /// The caller's vote.
    pub vote: bool,
    /// How many found it helpful.
    pub helpful: u32,
    /// How many did not.
    pub unhelpful: u32,
}

impl Route for ReviewVote {
    const SPEC: Spec =
        Spec::put("review_vote", "/marketplace/templates/{template_id}/reviews/{review_id}/vote")
            .summary("Vote on a review: one vote a person, the last one counts")
            .requires(Action::ReviewVote)
            .without_if_match()
            .errors(&[OWN_REVIEW])
            .reads(READS)
            .writes(&[kind::REVIEW, kind::REVIEW_VOTE, kind::TEMPLATE])
            .audit(AuditRule::Record("review.voted"));

    type Input = Input<ReviewPath, Nothing, VoteIn>;
    type Output = VoteOut;
    type Target = ReviewAt;

    /// The question is asked of the template: whoever publishes it does not vote on what is said of it.
    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        let found = find_review(ctx, &input.path).await?;
        let resource = template_resource(&found.value.meta);
        Ok(Found::new(resource, found.value).memberships(found.memberships))
    }

    async fn call(ctx: &Ctx, input: Self::Input, at: Self::Target) -> Result<Answer<VoteOut>, Problem> {
        let before = at.review.value().cloned().ok_or_else(Problem::not_found)?;
        if before.author == ctx.caller().id() {
            return Err(Problem::new("own_review", "others say whether your review helped"));
        }
        let catalogue = ctx.catalogue();
        let slot = catalogue.get::<Vote>(Some(before.id.as_str()), ctx.caller().id()).await?;
        let old = slot.value().map(|vote| vote.helpful);
        let review = recounted(&before, old, input.body.helpful);
        let mut writes = Writes::new();
        if old != Some(input.body.helpful) {
            writes.put(&slot, &Vote { helpful: input.body.helpful, at: ctx.now() })?;
            writes.put(&at.review, &review)?;
            move_places(&catalogue, Some(&before), Some(&review), &mut writes)?;
        }
        let told = serde_json::json!({"template_id": review.template_id, "helpful": input.body.helpful});
        let (helpful, unhelpful) = (review.helpful, review.unhelpful);
        let out = VoteOut { review_id: review.id, vote: input.body.helpful, helpful, unhelpful };
        let subject = out.review_id.to_string();
        Ok(Answer::json(out).writes(writes).about(subject, told))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"helpful": true}))
    }
}

/// INVARIANT (one vote): a person's new vote goes in as the old one goes out.
fn recounted(review: &Review, old: Option<bool>, new: bool) -> Review {
    let mut review = review.clone();
    match old {
        Some(true) => review.helpful = review.helpful.saturating_sub(1),
        Some(false) => review.unhelpful = review.unhelpful.saturating_sub(1),
        None => {}
    }
    if new {
        review.helpful = review.helpful.saturating_add(1);
    } else {
        review.unhelpful = review.unhelpful.saturating_add(1);
    }
    review
}
