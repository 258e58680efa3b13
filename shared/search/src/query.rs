//! What a caller may ask, its limits, and what comes back.

use crate::error::QueryError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest search text, in characters.
pub const MAX_TEXT_CHARS: usize = 256;
/// Most words in a search text.
pub const MAX_TERMS: usize = 12;
/// Most tags in one query.
pub const MAX_TAGS: usize = 10;
/// Most hits on a page.
pub const MAX_LIMIT: u32 = 100;

/// The order of a list. Ties are broken by template id, ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Exact name, then name prefix, then weighted BM25. Without a text: as [`Sort::Downloads`].
    #[default]
    Relevance,
    /// Best rated first.
    Rating,
    /// Most downloaded first.
    Downloads,
    /// Last changed first.
    Updated,
    /// Newest first.
    Created,
    /// By name, without case, A first.
    Name,
    /// Most downloaded lately first.
    Trending,
}

/// Whose eyes the answer is for. The default sees nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Visibility {
    /// Sees public templates.
    pub public: bool,
    /// Sees this institution's templates.
    pub institution: Option<String>,
    /// Sees restricted templates that name one of these principals.
    #[serde(default)]
    pub principals: Vec<String>,
}

/// One question to the index. All filters must hold together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Query {
    /// Words to find, at most [`MAX_TEXT_CHARS`] and [`MAX_TERMS`]; all must match, the last one as a prefix.
    pub text: Option<String>,
    /// Only this category.
    pub category: Option<String>,
    /// Only templates with every one of these tags, at most [`MAX_TAGS`].
    pub tags: Vec<String>,
    /// Only this author.
    pub author: Option<String>,
    /// Only this namespace.
    pub namespace: Option<String>,
    /// Only this research domain.
    pub domain: Option<String>,
    /// Only rated at least so, 0 to 5.
    pub min_rating: Option<f64>,
    /// Only rating ≥ 4.0 from at least 5 reviews.
    pub featured: bool,
    /// Whose eyes the answer is for.
    pub visible_to: Visibility,
    /// Deprecated and wholly yanked templates too.
    pub include_deprecated: bool,
    /// The order.
    pub sort: Sort,
    /// Hits on the page, 1 to [`MAX_LIMIT`].
    pub limit: u32,
    /// Where the page before ended.
    pub after: Option<Position>,
    /// Count facets as well.
    pub facets: bool,
    /// Values listed of each facet, at most [`crate::FACET_VALUES`]; 20 when nothing is said.
    #[serde(default)]
    pub facet_values: Option<u32>,
}

/// What places a hit in its list. Numbers ascend: what is listed largest first is kept negated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// Rating in millionths, a count, or milliseconds, negated.
    Number(i64),
    /// The name without case.
    Text(String),
    /// Relevance: 0 exact name, 1 name prefix, 2 words; then the score, less is better.
    Rank {
        /// 0, 1 or 2.
        tier: u8,
        /// BM25 in millionths; 0 in the first two tiers.
        score: i64,
    },
}

/// The place of the last hit of a page. It is a key, never an offset, so page 1,000 costs what page 1 does.
/// Serialise it and seal it: it holds a template id and numbers that the caller has just been shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The order the list is in.
    pub sort: Sort,
    /// The last hit's key.
    pub key: Key,
    /// The last hit's template.
    pub template_id: String,
}

/// One template found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The template.
    pub template_id: String,
    /// The revision that was indexed.
    pub revision: String,
    /// Its place in the list.
    pub key: Key,
}

/// How many templates the query finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Templates found, or the least number when not exact.
    pub count: u64,
    /// False: there are at least so many ("1000+").
    pub exact: bool,
}

/// Facet values with their counts, most first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facets {
    /// By facet: `category`, `tag`, `domain`, `namespace`, `rating`. At most as many values each as the query asks for.
    pub values: BTreeMap<String, Vec<(String, u64)>>,
    /// False: counted over the newest [`crate::FACET_ROWS`] matches only.
    pub exact: bool,
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The hits, in order.
    pub hits: Vec<Hit>,
    /// Where the next page starts; none on the last.
    pub next: Option<Position>,
    /// Facets, when asked for.
    pub facets: Option<Facets>,
    /// How many there are in all.
    pub total: Total,
    /// The time up to which the index holds every change, milliseconds since 1970 UTC. 0 before the first.
    pub index_as_of_ms: i64,
    /// The text as it was probably meant, when a word of it is in no visible template.
    pub did_you_mean: Option<String>,
}

impl Query {
    /// The order in force: relevance means nothing without a text.
    #[must_use]
    pub fn effective_sort(&self) -> Sort {
        let blank = self.text.as_deref().is_none_or(|text| text.trim().is_empty());
        if self.sort == Sort::Relevance && blank { Sort::Downloads } else { self.sort }
    }

    /// Checks every limit that needs no index.
    ///
    /// # Errors
    /// Says which limit is passed.
    pub fn check(&self) -> Result<(), QueryError> {
        let chars = self.text.as_deref().map_or(0, |text| text.chars().count());
        if chars > MAX_TEXT_CHARS {
            return Err(QueryError::TextTooLong { chars });
        }
        let terms = self.text.as_deref().map_or(0, |text| crate::words::terms(text).count());
        if terms > MAX_TERMS {
            return Err(QueryError::TooManyTerms { terms });
        }
        if self.tags.len() > MAX_TAGS {
            return Err(QueryError::TooManyTags { tags: self.tags.len() });
        }
        if !(1..=MAX_LIMIT).contains(&self.limit) {
            return Err(QueryError::Limit { limit: self.limit });
        }
        if self.min_rating.is_some_and(|least| !(0.0..=5.0).contains(&least)) {
            return Err(QueryError::Rating);
        }
        let fits = self.after.as_ref().is_none_or(|after| after.fits(self.effective_sort()));
        if fits { Ok(()) } else { Err(QueryError::Position) }
    }
}

impl Position {
    /// True when the position comes from a list in this order.
    fn fits(&self, sort: Sort) -> bool {
        self.sort == sort
            && match sort {
                Sort::Relevance => matches!(self.key, Key::Rank { .. }),
                Sort::Name => matches!(self.key, Key::Text(_)),
                _ => matches!(self.key, Key::Number(_)),
            }
    }
}
