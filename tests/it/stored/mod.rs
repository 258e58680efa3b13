//! What is stored stays readable: the shape of every kind of row is a reviewed file, and a store that an earlier
//! version of the program wrote is started and read.
//!
//! In process, because no deployment shows its rows.

mod dump;
mod earlier;
mod life;
mod shapes;

use crate::contract::layers::root;
use std::path::PathBuf;

/// Where the reviewed files are.
fn golden(name: &str) -> PathBuf {
    root().join("tests/stored").join(name)
}

/// Whether the reviewed files are to be written anew.
fn blessed() -> bool {
    std::env::var_os("CWS_BLESS").is_some()
}
