//! Rules about the code itself, held by tests.

mod document;
pub(crate) mod layers;
mod mirror;
mod events;
mod tidy;
