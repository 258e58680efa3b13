//! One binary for every integration test, so that linking happens once.
//!
//! `routes` and `flows` talk HTTP, each test to a server of its own; `matrix` walks the route table; `inside`
//! needs a clock, a fault or a process, and lists what else does, with the deployed test beside it; `faults` gives
//! the program a bad day; `stored` holds what is stored to what earlier versions stored; `contract` holds rules about
//! the code itself. What every deployment answers alike is the other binary, `e2e`.

mod contract;
mod faults;
mod flows;
mod inside;
mod matrix;
mod routes;
/// The squats that the rule itself is tested with.
#[path = "../../shared/templates/tests/it/squats.rs"]
mod squats;
mod stored;
mod support;
