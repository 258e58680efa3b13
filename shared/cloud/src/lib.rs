//! The ports: everything outside the store that the product needs, as traits, with the contract suite
//! that every adapter passes. Adapters live in `shared/embedded` and `shared/aws`.

pub mod clock;
pub mod contract;
pub mod identity;
pub mod mail;
pub mod mirror;
pub mod port;
pub mod script_check;
pub mod signer;
pub mod stage;
pub mod token;

pub use clock::{Clock, Entropy};
pub use port::{Port, Ports};
