//! Suites that walk the route table, so that a new route is in them from its first day.

mod decisions;
mod examples;
mod foreign;
mod lists;
mod scene;
mod types;
mod unauthenticated;
mod validation;
