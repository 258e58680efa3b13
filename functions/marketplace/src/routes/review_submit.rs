//! `POST /marketplace/templates/{template_id}/reviews`: reviews a version.

use crate::{
    find::{TemplatePath, find_template},
    review::{Change, REVIEW_EXISTS, ReviewOut, claim, move_places, rate, told},
    version_key::{read_version, version_key},
};
use cws_authz::Action;
use cws_model::{
    marketplace::{Review, ReviewClaim, Stars, TemplateMeta, TemplateVersion},
    text::{Line, Prose},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;

/// Names the route; never constructed.
pub enum ReviewSubmit {}

/// A new review.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewIn {
    /// Version that it is about; the one that the template shows when left out.
    #[schemars(length(max = 64))]
    pub version: Option<String>,
    /// 1 (worst) to 5 (best).
    pub rating: Stars,
    /// Headline.
    pub title: Option<Line<120>>,
    /// Text.
    #[serde(default)]
    pub content: Prose<4000>,
}

impl Route for ReviewSubmit {
    const SPEC: Spec = Spec::post("review_submit", "/marketplace/templates/{template_id}/reviews")
        .summary("Review a version, once")
        .requires(Action::ReviewSubmit)
        .answers(&["ETag", "Location"])
        .status(201)
        .errors(&[REVIEW_EXISTS])
        .reads(&[kind::NAMESPACE, kind::TEMPLATE_VERSION])
        .writes(&[kind::REVIEW, kind::REVIEW_CLAIM, kind::TEMPLATE])
        .audit(AuditRule::Record("review.submitted"))
        .emits(&["review.submitted.v1"]);

    type Input = Input<TemplatePath, Nothing, ReviewIn>;
    type Output = ReviewOut;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_template(ctx, &input.path.template_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, slot: Self::Target) -> Result<Answer<ReviewOut>, Problem> {
        let body = input.body;
        let meta = slot.into_value().ok_or_else(Problem::not_found)?;
        let version = reviewed(ctx, &meta, body.version.as_deref()).await?;
        let catalogue = ctx.catalogue();
        let mut writes = Writes::new();
        let review = Review {
            id: ctx.id(),
            template_id: meta.id.clone(),
            version,
            rating: body.rating,
            title: body.title,
            content: body.content,
            author: ctx.caller().id().to_owned(),
            author_name: ctx
                .caller()
                .user
                .as_ref()
                .map_or_else(String::new, |user| user.full_name.to_string()),
            verified_use: false,
            helpful: 0,
            unhelpful: 0,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        claim_version(ctx, &review, &mut writes).await?;
        writes.create(catalogue.key::<Review>(Some(meta.id.as_str()), review.id.as_str())?, &review)?;
        move_places(&catalogue, None, Some(&review), &mut writes)?;
        rate(&catalogue, Change::Written(&review), &mut writes).await?;
        let (id, told) = (review.id.to_string(), told(&review));
        Ok(Answer::json(ReviewOut::new(review, &ctx.revision()))
            .writes(writes)
            .header("location", format!("/api/v2/marketplace/templates/{}/reviews/{id}", meta.id))
            .event("review.submitted.v1", id.clone(), told.clone())
            .about(id, told)
            .etag(Some(&ctx.revision())))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({
            "rating": 4, "title": "Ready in five minutes", "content": "Everything that the course needs was there.",
        }))
    }
}

/// The version that a review is about. Yanked ones count: somebody used them.
async fn reviewed(ctx: &Ctx, meta: &TemplateMeta, given: Option<&str>) -> Result<Version, Problem> {
    let Some(text) = given else {
        let latest = meta.latest.as_ref().map(|latest| latest.version.clone());
        return latest.ok_or_else(|| Problem::field("/version", "the template shows no version; name one"));
    };
    let version = read_version(text).map_err(|error| Problem::field("/version", error.to_string()))?;
    let row = ctx.catalogue().get::<TemplateVersion>(Some(meta.id.as_str()), &version_key(&version)).await?;
    match row.value() {
        Some(_) => Ok(version),
        None => Err(Problem::field("/version", format!("there is no version {version}"))),
    }
}

/// INVARIANT (one review): the claim of person and version must be free in the commit of the review.
async fn claim_version(ctx: &Ctx, review: &Review, writes: &mut Writes) -> Result<(), Problem> {
    let sort = claim(&review.author, &review.version);
    let slot = ctx.catalogue().get::<ReviewClaim>(Some(review.template_id.as_str()), &sort).await?;
    if let Some(held) = slot.value() {
        let detail = format!("you reviewed version {} before; change that review instead", review.version);
        return Err(Problem::new("review_exists", detail).with("review_id", &held.review_id));
    }
    writes.put(&slot, &ReviewClaim { review_id: review.id.clone() })?;
    Ok(())
}
