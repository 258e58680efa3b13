//! Contract suites: what the words of a port mean. Every adapter of a port passes its suite.

pub mod identity;

/// What was found instead of what the contract says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach(pub String);

/// What a case found.
pub type Outcome = Result<(), Breach>;

/// Holds when the condition does.
pub(crate) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(Breach(otherwise())) }
}

/// Holds when the answer is the expected one.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Outcome {
    ensure(found == expected, || format!("found {found:?}, expected {expected:?}"))
}
