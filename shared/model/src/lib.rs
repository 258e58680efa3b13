//! The words of the product: ids, value types and entities. Pure: no I/O, no async, no clock.
//!
//! INVARIANT (purity): nothing here can fail for an outside reason. Time, ids and randomness
//! come in as arguments.

pub mod event;
pub mod id;
pub mod identity;
pub mod marketplace;
pub mod money;
pub mod project;
pub mod text;
pub mod time;

pub use event::Event;
pub use id::{Id, IdError, InstitutionId};
pub use time::Timestamp;
