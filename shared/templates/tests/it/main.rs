//! What the crate promises, told through its public face.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failing test should stop where it fails"
)]

mod bounds;
mod catalogue;
mod merging;
mod names;
mod other_tools;
mod parameters;
mod parsing;
mod properties;
mod rendering;
mod resolving;
mod resolving_world;
mod schema_check;
mod scripts_bad;
mod scripts_good;
mod secrets;
mod shipped;
mod signing;
mod similar;
mod squats;
mod validating;
mod weak_and_policies;
