//! One file a route, named after its operation id, in the tree of the domains.

mod identity;
mod marketplace;
mod platform;
mod projects;
