//! One binary for every integration test, so that linking happens once.
//!
//! `routes` and `flows` talk HTTP only and run against any deployment; `matrix` walks the route table;
//! `contract` holds rules about the code itself; `faults` gives the program a bad day;
//! `stored` holds what is stored to what earlier versions stored.

mod contract;
mod faults;
mod flows;
mod inside;
mod matrix;
mod routes;
mod stored;
/// The squats that the rule itself is tested with.
#[path = "../../shared/templates/tests/it/squats.rs"]
mod squats;
mod support;
