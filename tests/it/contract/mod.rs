//! Rules about the code itself, held by tests.

mod document;
mod events;
pub(crate) mod layers;
mod mirror;
mod tidy;
