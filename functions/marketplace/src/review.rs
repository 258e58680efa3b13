//! Reviews: how they look from outside, where their rows are, and how routes find one.
//!
//! A review is one row. It stands in two more lists, by rating and by helpfulness, whose sort keys are
//! moved in the commit that changes it, so that every order pages by key.

use crate::{
    find::{asked_about, own_membership},
    place,
};
use cws_authz::{Resource, resource};
use cws_model::{
    Timestamp,
    id::{ReviewId, TemplateId},
    marketplace::{Review, ReviewClaim, ReviewPlace, Stars, TemplateMeta, TemplateStats},
};
use cws_route::{Ctx, ErrorCode, Found, Problem};
use cws_store::{Kind, Range, Record, Revision, Scoped, Slot, Span, Writes, kind};
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

/// One review for each person and version.
pub const REVIEW_EXISTS: ErrorCode = ErrorCode::new(
    409,
    "review_exists",
    "You reviewed this version before; `review_id` names the review to change.",
);
/// Votes on one's own.
pub const OWN_REVIEW: ErrorCode = ErrorCode::new(409, "own_review", "Nobody votes on their own review.");
/// Kinds of rows that routes about one review read.
pub const READS: &[Kind] = &[kind::NAMESPACE];

/// An order of reviews.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOrder {
    /// Newest first.
    #[default]
    Recent,
    /// Found helpful by most first.
    Helpful,
    /// Best rating first.
    Rating,
}

/// Path of a route about a review.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ReviewPath {
    /// The template.
    pub template_id: TemplateId,
    /// The review.
    pub review_id: ReviewId,
}

/// A review.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewOut {
    /// Id.
    pub id: ReviewId,
    /// Template.
    pub template_id: TemplateId,
    /// Version that it is about.
    pub version: Version,
    /// Rating.
    pub rating: Stars,
    /// Headline.
    pub title: Option<String>,
    /// Text; as its author wrote it, not to be trusted as markup.
    pub content: String,
    /// Id of who wrote it.
    pub author: String,
    /// Name of that person as it stood then.
    pub author_name: String,
    /// Whether the author launched this version.
    pub verified_use: bool,
    /// How many found it helpful.
    pub helpful: u32,
    /// How many did not.
    pub unhelpful: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the author last changed it.
    pub updated_at: Timestamp,
    /// What `If-Match` takes to change it.
    pub etag: String,
}

impl ReviewOut {
    /// From its row.
    pub fn new(review: Review, revision: &Revision) -> Self {
        Self {
            id: review.id,
            template_id: review.template_id,
            version: review.version,
            rating: review.rating,
            title: review.title.map(|title| title.to_string()),
            content: review.content.as_str().to_owned(),
            author: review.author,
            author_name: review.author_name,
            verified_use: review.verified_use,
            helpful: review.helpful,
            unhelpful: review.unhelpful,
            created_at: review.created_at,
            updated_at: review.updated_at,
            etag: format!("\"{}\"", revision.0),
        }
    }
}

/// A review and its template.
#[derive(Debug)]
pub struct ReviewAt {
    /// The template.
    pub meta: TemplateMeta,
    /// The review.
    pub review: Slot<Review>,
}

/// Finds a review, its template, and the caller's place in the template's namespace.
///
/// # Errors
/// 404 when there is no such template or review.
pub async fn find_review(ctx: &Ctx, path: &ReviewPath) -> Result<Found<ReviewAt>, Problem> {
    let catalogue = ctx.catalogue();
    let id = path.template_id.as_str();
    let keys = [
        catalogue.key::<TemplateMeta>(Some(id), place::META)?,
        catalogue.key::<Review>(Some(id), path.review_id.as_str())?,
    ];
    let mut items = catalogue.items_at(&keys).await?.into_iter();
    let [meta, review] = keys;
    let meta = Slot::<TemplateMeta>::read(meta, items.next().flatten(), ctx.now())?.into_value();
    let review = Slot::<Review>::read(review, items.next().flatten(), ctx.now())?;
    let (meta, author) =
        meta.zip(review.value().map(|review| review.author.clone())).ok_or_else(Problem::not_found)?;
    let resource = Resource::Review(resource::Review {
        id: path.review_id.to_string(),
        author,
        template: asked_about(&meta),
    });
    let membership = own_membership(ctx, &meta.namespace).await?;
    Ok(Found::new(resource, ReviewAt { meta, review }).memberships(membership))
}

/// Part of a template's reviews that a list in this order walks, highest sort key first: the reviews
/// themselves by age, which is the order of their ids, or their places.
pub fn part(id: &TemplateId, order: ReviewOrder) -> String {
    match order {
        ReviewOrder::Recent => id.to_string(),
        ReviewOrder::Helpful => format!("{id}#helpful"),
        ReviewOrder::Rating => format!("{id}#rating"),
    }
}

/// Sort keys of a review in the two lists; ids sort by age, so that among equals the newest comes first.
fn places(review: &Review) -> [(ReviewOrder, String); 2] {
    [
        (ReviewOrder::Helpful, format!("{:010}/{}", review.helpful, review.id)),
        (ReviewOrder::Rating, format!("{}/{}", review.rating.get(), review.id)),
    ]
}

/// Moves a review in the lists by rating and by helpfulness; `None` before is a new one, `None` after a
/// removed one. INVARIANT (one place): it happens in the commit that writes the review, under the
/// condition that the review is as it was read.
///
/// # Errors
/// `Undeclared` when the route does not write reviews.
pub fn move_places(
    catalogue: &Scoped,
    before: Option<&Review>,
    after: Option<&Review>,
    writes: &mut Writes,
) -> Result<(), Problem> {
    let old = before.map(|review| (review, places(review)));
    let new = after.map(|review| (review, places(review)));
    let same = |at: usize| match (&old, &new) {
        (Some((_, old)), Some((_, new))) => old.get(at) == new.get(at),
        _ => false,
    };
    for at in [0, 1].into_iter().filter(|at| !same(*at)) {
        if let Some((review, (order, sort))) = old.as_ref().and_then(|(r, places)| Some((r, places.get(at)?)))
        {
            let key = catalogue.key::<ReviewPlace>(Some(&part(&review.template_id, *order)), sort)?;
            writes.op(cws_store::Op::Delete { key, expect: cws_store::Expect::Any });
        }
        if let Some((review, (order, sort))) = new.as_ref().and_then(|(r, places)| Some((r, places.get(at)?)))
        {
            let key = catalogue.key::<ReviewPlace>(Some(&part(&review.template_id, *order)), sort)?;
            let row = ReviewPlace { review_id: review.id.clone(), version: review.version.clone() };
            writes.overwrite(key, &row, None)?;
        }
    }
    Ok(())
}

/// The rating of a person that counts: that of their newest review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The review.
    pub review_id: ReviewId,
    /// Its rating.
    pub rating: Stars,
}

impl Record for Counted {
    const KIND: Kind = kind::REVIEW_CLAIM;
}

/// What happens to a review.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    /// It is new.
    Written(&'a Review),
    /// It has another rating.
    Rated(&'a Review),
    /// It goes.
    Removed(&'a Review),
}

/// Counts a change in the template's numbers. INVARIANT (one person, one rating): of all reviews of a person the newest
/// counts, so that five versions are not five voices. INVARIANT (exact ratings): the sums are written with the review,
/// under the condition that they are as they were read.
///
/// # Errors
/// What the store says.
pub async fn rate(catalogue: &Scoped, change: Change<'_>, writes: &mut Writes) -> Result<(), Problem> {
    let (Change::Written(review) | Change::Rated(review) | Change::Removed(review)) = change;
    let part = Some(review.template_id.as_str());
    let held = catalogue.get::<Counted>(part, &counted(&review.author)).await?;
    let before = held.value().cloned();
    let own = before.as_ref().is_some_and(|before| before.review_id == review.id);
    let after = match change {
        Change::Written(review) => Some(Counted { review_id: review.id.clone(), rating: review.rating }),
        _ if !own => return Ok(()),
        Change::Rated(review) => Some(Counted { review_id: review.id.clone(), rating: review.rating }),
        Change::Removed(review) => newest_but(catalogue, review).await?,
    };
    match &after {
        Some(after) if before.as_ref() != Some(after) => writes.put(&held, after)?,
        Some(_) => writes.check(&held),
        None => writes.delete(&held),
    }
    let (before, after) = (before.map(|it| it.rating), after.map(|it| it.rating));
    if before != after {
        let slot = catalogue.get::<TemplateStats>(part, place::STATS).await?;
        let mut stats = slot.value().cloned().unwrap_or_default();
        stats.rated(before, after);
        writes.put(&slot, &stats)?;
    }
    Ok(())
}

/// The newest of a person's other reviews of a template. Ids sort by age.
async fn newest_but(catalogue: &Scoped, gone: &Review) -> Result<Option<Counted>, Problem> {
    let part = Some(gone.template_id.as_str());
    let (mut newest, mut after): (Option<ReviewId>, _) = (None, None);
    loop {
        let shape =
            |range: Range| Range { span: Span::Prefix(format!("{}/", gone.author)), ..range }.after(after);
        let page = catalogue.range::<ReviewClaim>(part, shape).await?;
        let ids = page.slots.into_iter().filter_map(Slot::into_value).map(|claim| claim.review_id);
        newest = ids.filter(|id| *id != gone.id).chain(newest).max();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let Some(id) = newest else { return Ok(None) };
    let review = catalogue.get::<Review>(part, id.as_str()).await?.into_value();
    Ok(review.map(|review| Counted { review_id: review.id, rating: review.rating }))
}

/// Sort of the rating of a person that counts. No person is called so.
fn counted(author: &str) -> String {
    format!("~counted/{author}")
}

/// Sort of the claim of the one review that a person may write of a version.
pub fn claim(author: &str, version: &Version) -> String {
    format!("{author}/{version}")
}

/// What events and audit records say of a review: never its text.
pub fn told(review: &Review) -> serde_json::Value {
    serde_json::json!({
        "template_id": review.template_id, "review_id": review.id, "version": review.version, "rating": review.rating,
    })
}
