//! What the operating system says of this process's memory. Linux only; elsewhere nothing is known.

use std::fs;

/// What was seen of it, KiB.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// In use once the large store was open, before most requests.
    pub(super) idle_kib: Option<u64>,
    /// The most that was in use while it was asked.
    pub(super) peak_kib: Option<u64>,
    /// What of it, after that, is pages of files that are mapped, such as the search index: the system takes
    /// them back when it needs them. Each mapping of a file counts anew.
    pub(super) mapped_kib: Option<u64>,
}

/// In use now, KiB.
pub(super) fn resident_kib() -> Option<u64> {
    status("VmRSS:")
}

/// The most that was in use since the start, KiB.
pub(super) fn peak_kib() -> Option<u64> {
    status("VmHWM:")
}

/// Pages of mapped files that are in use now, KiB.
pub(super) fn mapped_kib() -> Option<u64> {
    status("RssFile:")
}

fn status(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
