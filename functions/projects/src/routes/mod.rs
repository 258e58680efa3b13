//! One file for each route.

pub mod member_add;
pub mod member_list;
pub mod member_remove;
pub mod member_update;
pub mod member_view;
pub mod project_archive;
pub mod project_create;
pub mod project_list;
pub mod project_update;
pub mod project_view;
