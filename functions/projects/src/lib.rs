//! Projects: people who work together, by role, and what they share.
//!
//! A project is one row (`prj`) that also counts its owners and members, so that every change of who is
//! in it rewrites that row under a condition: two changes never pass each other unseen.

pub mod events;
pub mod fault;
pub mod find;
pub mod names;
pub mod roster;
pub mod routes;
pub mod tags;

use cws_route::Routes;
use routes::*;

/// The routes of this domain, in path order.
pub fn routes() -> Routes {
    Routes::new("projects")
        .add::<project_create::ProjectCreate>()
        .add::<project_list::ProjectList>()
        .add::<project_view::ProjectView>()
        .add::<project_update::ProjectUpdate>()
        .add::<project_archive::ProjectArchive>()
        .add::<member_list::MemberList>()
        .add::<member_add::MemberAdd>()
        .add::<member_view::MemberView>()
        .add::<member_update::MemberUpdate>()
        .add::<member_remove::MemberRemove>()
}
