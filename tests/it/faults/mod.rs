//! What a store's bad day must not change: in process, because no deployment can be made to fail on time.

mod lost_answers;
