//! `DELETE /marketplace/templates/{template_id}/reviews/{review_id}`: removes a review.

use crate::review::{Change, READS, ReviewAt, ReviewPath, claim, find_review, move_places, rate, told};
use cws_authz::Action;
use cws_model::marketplace::ReviewClaim;
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Writes, kind};

/// Names the route; never constructed.
pub enum ReviewDelete {}

impl Route for ReviewDelete {
    const SPEC: Spec =
        Spec::delete("review_delete", "/marketplace/templates/{template_id}/reviews/{review_id}")
            .summary("Remove a review: one's own, or as administrator of the template's institution")
            .requires(Action::ReviewDelete)
            .reads(READS)
            .writes(&[kind::REVIEW, kind::REVIEW_CLAIM, kind::TEMPLATE])
            .audit(AuditRule::Record("review.deleted"))
            .emits(&["review.deleted.v1"]);

    type Input = Input<ReviewPath>;
    type Output = ();
    type Target = ReviewAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_review(ctx, &input.path).await
    }

    /// The votes are removed by a consumer of the event: there may be more than a commit holds.
    async fn call(ctx: &Ctx, _: Self::Input, at: Self::Target) -> Result<Answer<()>, Problem> {
        ctx.check_match(&at.review)?;
        let review = at.review.value().ok_or_else(Problem::not_found)?;
        let catalogue = ctx.catalogue();
        let mut writes = Writes::new();
        writes.delete(&at.review);
        move_places(&catalogue, Some(review), None, &mut writes)?;
        rate(&catalogue, Change::Removed(review), &mut writes).await?;
        let sort = claim(&review.author, &review.version);
        let held = catalogue.get::<ReviewClaim>(Some(at.meta.id.as_str()), &sort).await?;
        writes.delete(&held);
        let (id, told) = (review.id.to_string(), told(review));
        Ok(Answer::empty()
            .writes(writes)
            .event("review.deleted.v1", id.clone(), told.clone())
            .about(id, told))
    }
}
