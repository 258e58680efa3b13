//! Every embedded adapter: what the product stands on when it runs on a laptop.

pub mod checkpoint_file;
pub mod https;
pub mod identity;
pub mod keys;
pub mod mail_file;
pub mod script_tools;
pub mod sqlite;
pub mod system;
pub mod template_index;
