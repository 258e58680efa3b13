//! Reviews of versions, votes on them, and the rating that a template has from them.

use super::TemplateStats;
use crate::{
    Timestamp,
    id::{ReviewId, TemplateId},
    text::{Line, Prose},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::borrow::Cow;

/// The rating that a template is taken to have before anybody rated it.
pub const PRIOR_MEAN: f64 = 3.5;
/// How many ratings that assumption weighs as much as.
pub const PRIOR_WEIGHT: u32 = 5;

/// A rating: 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Stars(u8);

impl Stars {
    /// A rating; `None` when the number is not 1 to 5.
    pub const fn new(number: u8) -> Option<Self> {
        if 1 <= number && number <= 5 { Some(Self(number)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Stars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u8::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("must be 1 to 5"))
    }
}

impl JsonSchema for Stars {
    fn schema_name() -> Cow<'static, str> {
        "Stars".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": 5})
    }
}

/// What one person says of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Id.
    pub id: ReviewId,
    /// Template.
    pub template_id: TemplateId,
    /// Version.
    pub version: Version,
    /// Rating.
    pub rating: Stars,
    /// Headline.
    pub title: Option<Line<120>>,
    /// Text.
    pub content: Prose<4000>,
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
    /// When the author last changed it; votes do not count.
    pub updated_at: Timestamp,
}

/// The claim of the one review that a person may write of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewClaim {
    /// The review.
    pub review_id: ReviewId,
}

/// A review in a list that is ordered by something other than its age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPlace {
    /// The review.
    pub review_id: ReviewId,
    /// Version that it is about.
    pub version: Version,
}

/// One person's vote on a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewVote {
    /// Whether it helped.
    pub helpful: bool,
    /// When the vote was given.
    pub at: Timestamp,
}

impl TemplateStats {
    /// Puts one rating in the place of another: `None` before is a new review, `None` after a removed one.
    pub fn rated(&mut self, before: Option<Stars>, after: Option<Stars>) {
        if let Some(stars) = before {
            self.rating_sum = self.rating_sum.saturating_sub(u64::from(stars.get()));
            self.rating_count = self.rating_count.saturating_sub(1);
            if let Some(count) = self.of(stars) {
                *count = count.saturating_sub(1);
            }
        }
        if let Some(stars) = after {
            self.rating_sum += u64::from(stars.get());
            self.rating_count += 1;
            if let Some(count) = self.of(stars) {
                *count += 1;
            }
        }
        self.rating = bayesian(self.rating_sum, self.rating_count);
    }

    /// How many ratings of this many stars there are.
    fn of(&mut self, stars: Stars) -> Option<&mut u32> {
        self.rating_spread.get_mut(usize::from(stars.get()).saturating_sub(1))
    }

    /// Mean of the ratings; `None` while there is none.
    pub fn mean(&self) -> Option<f64> {
        (self.rating_count > 0).then(|| as_f64(self.rating_sum) / f64::from(self.rating_count))
    }
}

/// The mean of the ratings and of [`PRIOR_WEIGHT`] assumed ones of [`PRIOR_MEAN`]: one enthusiast does not
/// make a template the best of all. 0 while nobody rated it.
pub fn bayesian(sum: u64, count: u32) -> f64 {
    if count == 0 {
        return 0.0;
    }
    (PRIOR_MEAN * f64::from(PRIOR_WEIGHT) + as_f64(sum)) / f64::from(PRIOR_WEIGHT + count)
}

#[expect(clippy::cast_precision_loss, reason = "at most five for each of 2^32 ratings, far below 2^53")]
fn as_f64(sum: u64) -> f64 {
    sum as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stars(number: u8) -> Option<Stars> {
        Some(Stars::new(number).unwrap())
    }

    #[test]
    fn a_rating_is_one_to_five() {
        for (number, fits) in [(0, false), (1, true), (5, true), (6, false)] {
            assert_eq!(Stars::new(number).is_some(), fits, "{number}");
            assert_eq!(serde_json::from_str::<Stars>(&number.to_string()).is_ok(), fits, "{number}");
        }
        assert!(serde_json::from_str::<Stars>("4.5").is_err());
    }

    #[test]
    fn sums_follow_new_changed_and_removed_reviews() {
        let mut stats = TemplateStats::default();
        stats.rated(None, stars(5));
        stats.rated(None, stars(2));
        stats.rated(stars(2), stars(4));
        assert_eq!((stats.rating_sum, stats.rating_count, stats.rating_spread), (9, 2, [0, 0, 0, 1, 1]));
        assert_eq!(stats.mean(), Some(4.5));
        stats.rated(stars(5), None);
        stats.rated(stars(4), None);
        assert_eq!(stats, TemplateStats::default());
        assert_eq!(stats.mean(), None);
    }

    #[test]
    fn few_ratings_stay_near_the_assumed_one_and_many_decide() {
        assert_eq!(bayesian(0, 0), 0.0);
        assert_eq!(bayesian(5, 1), 22.5 / 6.0);
        assert_eq!(bayesian(25, 5), 4.25);
        assert!(bayesian(5_000, 1_000) > 4.99);
        assert!(bayesian(1, 1) > 3.0 && bayesian(1_000, 1_000) < 1.02);
    }
}
