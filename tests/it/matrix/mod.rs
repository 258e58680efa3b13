//! Suites that walk the route table, so that a new route is in them from its first day.

mod unauthenticated;
mod validation;
