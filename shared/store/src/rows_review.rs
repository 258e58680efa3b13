//! Which type of the reviews is kept under which kind of row.

use crate::{
    Record,
    kind::{self, Kind},
};
use cws_model::marketplace::{Review, ReviewClaim, ReviewPlace, ReviewVote};

impl Record for Review {
    const KIND: Kind = kind::REVIEW;
}

impl Record for ReviewPlace {
    const KIND: Kind = kind::REVIEW;
}

impl Record for ReviewClaim {
    const KIND: Kind = kind::REVIEW_CLAIM;
}

impl Record for ReviewVote {
    const KIND: Kind = kind::REVIEW_VOTE;
}
