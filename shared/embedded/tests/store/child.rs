//! This test program started again as a child: to be killed, limited, or run as somebody else.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Names the directory that a child works in; without it a child's part does nothing.
const DATA: &str = "CWS_TEST_CHILD_DATA";

/// The directory to work in, when this process is such a child.
pub(crate) fn data() -> Option<PathBuf> {
    std::env::var_os(DATA).map(PathBuf::from)
}

/// A command that runs one test of this program as a child.
pub(crate) fn command(test: &str, data: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1", "--quiet"]);
    command.env(DATA, data).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
