//! Audit records beside their log: what the routes show and what verification holds against each other.
//!
//! A record is a row of its institution; its leaf in the log names it with the SHA-256 of the row's text. So
//! an edited row has another digest, a deleted one leaves a leaf without a row, an inserted one has no leaf,
//! and the log itself is bound by signed checkpoints, of which a second place keeps a copy.

pub mod check;
pub mod fault;
pub mod heads;
pub mod newest;
pub mod rows;

pub use fault::{Fault, FaultKind};
