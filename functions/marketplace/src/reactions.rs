//! What happens after a commit of the marketplace: one file a consumer.

pub mod review_vote_sweep;
pub mod search_index_build;
