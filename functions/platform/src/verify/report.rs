//! What a verification found, for people and for programs.

use crate::audit::Fault;
use serde::Serialize;
use std::fmt;

/// Faults that are listed; what is beyond is counted.
pub const FAULTS_MAX: usize = 200;

/// What was checked, and what is wrong.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// What was looked at, such as `1200 audit records`.
    pub checked: Vec<String>,
    /// What is wrong; empty when nothing is.
    pub faults: Vec<Fault>,
    /// Faults beyond those listed.
    pub more_faults: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.more_faults == 0
    }

    pub(super) fn add(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            if self.faults.contains(&fault) {
                continue;
            }
            if self.faults.len() < FAULTS_MAX {
                self.faults.push(fault);
            } else {
                self.more_faults += 1;
            }
        }
    }

    pub(super) fn checked(&mut self, what: impl Into<String>) {
        self.checked.push(what.into());
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for what in &self.checked {
            writeln!(f, "checked  {what}")?;
        }
        for fault in &self.faults {
            writeln!(f, "FAULT    {fault}")?;
        }
        if self.more_faults > 0 {
            writeln!(f, "FAULT    and {} more", self.more_faults)?;
        }
        let verdict =
            if self.is_clean() { "everything is as it was written" } else { "NOT as it was written" };
        writeln!(f, "{verdict}")
    }
}
