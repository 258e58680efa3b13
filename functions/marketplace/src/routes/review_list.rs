//! `GET /marketplace/templates/{template_id}/reviews`: what people say of a template.

use crate::{
    find::{TemplatePath, find_shown},
    review::{ReviewOrder, ReviewOut, part},
    version_key::read_version,
};
use cws_authz::Action;
use cws_model::{
    id::TemplateId,
    marketplace::{Review, ReviewPlace, TemplateMeta},
};
use cws_route::{Answer, Ctx, Found, Input, ListOf, Listing, Problem, Route, Spec, page::Limit};
use cws_store::{Scoped, Slot, kind};
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

/// Names the route; never constructed.
pub enum ReviewList {}

/// Which reviews, in which order.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewQuery {
    /// Order.
    #[serde(default)]
    pub sort: ReviewOrder,
    /// Only reviews of this version.
    #[schemars(length(max = 64))]
    pub version: Option<String>,
    /// Items a page, 1 to 100.
    #[serde(default, skip_serializing)]
    pub limit: Limit,
    /// Where the last page ended.
    #[serde(skip_serializing)]
    pub cursor: Option<String>,
}

impl Route for ReviewList {
    const SPEC: Spec = Spec::get("review_list", "/marketplace/templates/{template_id}/reviews")
        .summary("List the reviews of a template")
        .requires(Action::TemplateView)
        .reads(&[kind::TEMPLATE, kind::NAMESPACE, kind::REVIEW]);

    type Input = Input<TemplatePath, ReviewQuery>;
    type Output = ListOf<ReviewOut>;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_shown(ctx, &input.path.template_id).await
    }

    /// Whoever sees the template sees its reviews: the policies ask the same of both.
    async fn call(ctx: &Ctx, input: Self::Input, _: Self::Target) -> Result<Answer<Self::Output>, Problem> {
        let (id, query) = (input.path.template_id, input.query);
        let version = query.version.as_deref().map(read_version).transpose();
        let version = version.map_err(|error| Problem::malformed("?version", error.to_string()))?;
        let about = |other: &Version| version.as_ref().is_none_or(|version| version == other);
        let catalogue = ctx.catalogue();
        let part = part(&id, query.sort);
        let bound = (&id, &query);
        let listing =
            Listing::new(&catalogue, query.limit, query.cursor.as_deref(), &bound).part(&part).reverse();
        let page = if query.sort == ReviewOrder::Recent {
            listing.page(ctx, |review: &Review| about(&review.version)).await?
        } else {
            let page = listing.page(ctx, |place: &ReviewPlace| about(&place.version)).await?;
            ListOf { items: reviews_at(&catalogue, &id, page.items).await?, next: page.next }
        };
        Ok(Answer::json(ListOf { items: page.items.into_iter().filter_map(out).collect(), next: page.next }))
    }
}

/// The reviews at some places, in one call; one that was removed meanwhile is left out.
async fn reviews_at(
    catalogue: &Scoped,
    id: &TemplateId,
    places: Vec<Slot<ReviewPlace>>,
) -> Result<Vec<Slot<Review>>, Problem> {
    let ids: Vec<String> =
        places.into_iter().filter_map(Slot::into_value).map(|row| row.review_id.to_string()).collect();
    let places: Vec<_> = ids.iter().map(|review| (Some(id.as_str()), review.as_str())).collect();
    Ok(catalogue.get_many::<Review>(&places).await?)
}

fn out(slot: Slot<Review>) -> Option<ReviewOut> {
    let revision = slot.revision().cloned()?;
    Some(ReviewOut::new(slot.into_value()?, &revision))
}
