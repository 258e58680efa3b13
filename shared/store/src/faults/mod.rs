//! Decorators that make a store behave as a distant one does on a bad day, or that watch it.
//!
//! Each goes around any store. When a fault strikes is decided by a seed or a count, never by a
//! clock, so that a failing test fails again.

mod conflict;
mod crash;
mod recording;
mod stale;
mod throttle;
mod unknown;

pub use crate::dice::{Dice, When};
pub use conflict::Conflict;
pub use crash::Crash;
pub use recording::{Recording, Tally};
pub use stale::Stale;
pub use throttle::Throttle;
pub use unknown::{FailAfterCommit, FailBeforeCommit};
