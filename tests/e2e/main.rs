//! One way through the product that every deployment takes alike: by `cargo run` over SQLite, and by
//! `sam deploy` over DynamoDB when `API_URL` names one. Nothing in here knows which it is.

#[expect(dead_code, reason = "`it` uses all of it; what needs a process or the inside has no place here")]
#[path = "../it/support/mod.rs"]
mod support;

mod events;
mod identity;
mod marketplace;
mod refusals;
