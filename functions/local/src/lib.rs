//! `cws`: the whole product in one process on a laptop, over SQLite and the embedded adapters.
//!
//! `world` puts the parts together; `serve`, `doors`, `inlet` and `http` speak to browsers and curl;
//! `background` does what event sources and schedules do on AWS, `first_start` fills an empty store.

pub mod background;
pub mod beats;
pub mod bench;
pub mod doors;
pub mod first_start;
pub mod http;
pub mod inlet;
pub mod keys;
pub mod login_file;
pub mod parked_events;
pub mod patient;
pub mod serve;
pub mod verify;
pub mod world;

use cws_route::{Consumers, Routes, events::Events};

/// Every domain's routes: the one table.
pub fn all_routes() -> Vec<Routes> {
    vec![cws_identity::routes(), cws_projects::routes(), cws_marketplace::routes(), cws_platform::routes()]
}

/// Every domain's consumers.
pub fn all_consumers() -> Vec<Consumers> {
    vec![cws_marketplace::consumers(), cws_platform::consumers()]
}

/// Every domain's events: the one catalogue.
pub fn all_events() -> Vec<Events> {
    vec![cws_identity::events::EVENTS, cws_projects::events::EVENTS, cws_marketplace::events::EVENTS]
}
