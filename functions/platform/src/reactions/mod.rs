//! What happens after a commit, or at a time: one file a consumer.

pub mod log_sequence;
