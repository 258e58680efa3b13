//! What every black-box test stands on: a deployment to talk to, and people who talk to it.
//!
//! Without `API_URL` each test gets a server of its own, on loopback, over a fresh data directory. With
//! it, all tests talk to that deployment, and use names of their own so as not to meet.

pub mod app;
pub mod caller;
pub mod clock;
pub mod inside;
pub mod program;
pub mod reply;
pub mod totp;
pub mod weather;

pub use app::App;
pub use caller::Caller;
pub use reply::Reply;
