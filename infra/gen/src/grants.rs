//! What a function may do: its statement about itself, and what the shell does for it. Nothing else.
//!
//! INVARIANT (bounded roles): rows are granted by kind, as the leading key `<kind>#*`; no role scans,
//! and none reaches a table as a whole.

use crate::offered::{Port, offered};
use cws_route::{Access, AuditRule, ConsumerSpec, Idempotency, Spec};
use cws_store::{Kind, kind};
use std::collections::BTreeSet;

/// One thing that a function may do to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// `get`, `range`, and the condition of a commit that what was read is still so.
    Read,
    /// Operations of a commit.
    Write,
    /// New rows alone: what the shell adds to a commit.
    Append,
}

impl Grant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Append];

    /// Name of its statement.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Append => "Append",
        }
    }

    /// Its actions.
    pub const fn actions(self) -> &'static [&'static str] {
        match self {
            // A condition on a row that is only read is a way of reading it.
            Self::Read => &[
                "dynamodb:BatchGetItem",
                "dynamodb:ConditionCheckItem",
                "dynamodb:GetItem",
                "dynamodb:Query",
            ],
            Self::Write => &[
                "dynamodb:ConditionCheckItem",
                "dynamodb:DeleteItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
            ],
            Self::Append => &["dynamodb:PutItem"],
        }
    }
}

/// All that a function may do.
#[derive(Debug, Default)]
pub struct Statement {
    /// Kinds of rows that it reads.
    pub reads: BTreeSet<&'static str>,
    /// Kinds of rows that it writes.
    pub writes: BTreeSet<&'static str>,
    /// Kinds of rows that it adds to, and neither reads nor changes.
    pub appends: BTreeSet<&'static str>,
    /// Ports that it calls.
    pub ports: Vec<&'static str>,
}

impl Statement {
    fn new(reads: &[Kind], writes: &[Kind], ports: &[&'static str]) -> Self {
        let mut statement = Self::default();
        statement.read(reads);
        statement.write(writes);
        statement.ports = ports.to_vec();
        for port in ports.iter().filter_map(|name| offered(name)) {
            statement.read(port.reads);
        }
        statement
    }

    fn read(&mut self, kinds: &[Kind]) {
        self.reads.extend(kinds.iter().map(|kind| kind.prefix));
    }

    /// A kind that may be written may be read, as in the store's handles.
    fn write(&mut self, kinds: &[Kind]) {
        self.read(kinds);
        self.writes.extend(kinds.iter().map(|kind| kind.prefix));
    }

    fn append(&mut self, kinds: &[Kind]) {
        let others = kinds.iter().map(|kind| kind.prefix).filter(|prefix| !self.writes.contains(prefix));
        self.appends.extend(others);
    }

    /// The kinds of a grant.
    pub const fn kinds(&self, grant: Grant) -> &BTreeSet<&'static str> {
        match grant {
            Grant::Read => &self.reads,
            Grant::Write => &self.writes,
            Grant::Append => &self.appends,
        }
    }

    pub(crate) fn offered(&self) -> impl Iterator<Item = &'static Port> {
        self.ports.iter().filter_map(|name| offered(name))
    }
}

/// What the function of a route may do.
pub fn of_route(spec: &Spec) -> Statement {
    let mut statement = Statement::new(spec.reads, spec.writes, spec.calls);
    if matches!(spec.access, Access::Action(_)) {
        // The shell finds the caller, and records a refusal.
        statement.read(&[kind::DIRECTORY, kind::USER]);
        statement.append(&[kind::AUDIT, kind::AUDIT_DENIAL, kind::LOG_PENDING]);
    }
    if matches!(spec.audit, AuditRule::Record(_)) {
        statement.append(&[kind::AUDIT, kind::LOG_PENDING]);
    }
    if !spec.emits.is_empty() {
        statement.append(&[kind::OUTBOX]);
    }
    if !matches!(spec.idempotency, Idempotency::None(_)) {
        statement.write(&[kind::IDEMPOTENCY]);
    }
    statement
}

/// What the function of a consumer may do.
pub fn of_consumer(spec: &ConsumerSpec) -> Statement {
    let mut statement = Statement::new(spec.reads, spec.writes, spec.calls);
    // The relay remembers what was seen, and parks what failed too often.
    statement.write(&[kind::CONSUMED, kind::PARKED]);
    statement
}
