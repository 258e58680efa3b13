//! Rules about the code itself, held by tests.

mod document;
mod layers;
mod tidy;
