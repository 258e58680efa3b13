//! What the index knows about one template.

use serde::{Deserialize, Serialize};

/// Who may find a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Findable {
    /// Everybody.
    Public,
    /// Everybody in [`Document::institution_id`].
    Institution,
    /// Only those named in [`Document::readers`].
    Restricted,
}

/// One template as search sees it: the latest version's words and the numbers that order lists.
///
/// An index is derived data. Whatever a document says, a caller re-reads the template from the store and
/// authorizes it again before showing it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Identity; also what breaks ties in every order.
    pub template_id: String,
    /// The namespace, as in `namespace/name`.
    pub namespace: String,
    /// The name within the namespace.
    pub name: String,
    /// Older names, with or without a namespace. An exact alias ranks like the exact name.
    pub aliases: Vec<String>,
    /// Human title.
    pub title: String,
    /// Latest version.
    pub version: String,
    /// Prose; only its words are kept.
    pub description: String,
    /// The one category, or empty.
    pub category: String,
    /// The one research domain, or empty.
    pub domain: String,
    /// Tags; compared without case.
    pub tags: Vec<String>,
    /// The author as shown.
    pub author: String,
    /// The institution that owns the template.
    pub institution_id: String,
    /// Who may find it.
    pub visibility: Findable,
    /// Principals (users, projects) that may find a [`Findable::Restricted`] template; else ignored.
    #[serde(default)]
    pub readers: Vec<String>,
    /// Bayesian mean rating, 0 to 5. Kept to a millionth; what is not a number counts as 0.
    pub rating_mean: f64,
    /// Reviews behind the rating.
    pub rating_count: u32,
    /// Downloads, ever.
    pub downloads: u64,
    /// Downloads in the recent window; orders [`crate::Sort::Trending`].
    pub downloads_recent: u64,
    /// Deprecated templates are found only when asked for.
    pub deprecated: bool,
    /// Every version is yanked: found only when deprecated ones are asked for.
    pub yanked_only: bool,
    /// Creation, milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Last change, milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
    /// The store's revision that this document was made from; handed back with each hit.
    pub revision: String,
}

impl Document {
    /// Shown in ordinary lists: neither deprecated nor wholly yanked.
    pub(crate) fn live(&self) -> bool {
        !(self.deprecated || self.yanked_only)
    }

    /// Rating in millionths, 0 to 5,000,000: an integer, so that a page boundary is exact.
    pub(crate) fn rating_micros(&self) -> i64 {
        rating_micros(self.rating_mean)
    }

    /// Good enough to be shown first: rating ≥ 4.0 from at least 5 reviews.
    pub(crate) fn featured(&self) -> bool {
        self.rating_micros() >= 4_000_000 && self.rating_count >= 5
    }
}

/// A rating in millionths, held to 0 to 5.
pub(crate) fn rating_micros(rating: f64) -> i64 {
    let held = if rating.is_nan() { 0.0 } else { rating.clamp(0.0, 5.0) };
    #[expect(clippy::cast_possible_truncation, reason = "held to 0 to 5 above, so it fits")]
    let micros = (held * 1_000_000.0).round() as i64;
    micros
}
