//! Suites that walk the route table, so that a new route is in them from its first day.

mod examples;
mod foreign;
mod scene;
mod types;
mod unauthenticated;
mod validation;
