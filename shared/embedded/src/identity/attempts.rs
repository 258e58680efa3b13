//! Lock-out: ten failures in a row, then a pause that doubles, up to a quarter of an hour.
//!
//! INVARIANT (no free guess): an attempt is counted before it is looked at, so a crowd of guesses at
//! one moment gets no more tries than the same guesses one by one. Names that nobody has are
//! counted too, so that a lock does not say who exists.

use super::rows::{Attempts, RowError, Rows, TRIES, attempts_key};
use cws_model::{InstitutionId, Timestamp};
use cws_store::{Expect, Op, Writes};

/// Failures that cost nothing but the time.
const FREE_FAILURES: u32 = 10;
/// First pause, seconds.
const PAUSE_MIN_S: i64 = 30;
/// Longest pause, seconds.
const PAUSE_MAX_S: i64 = 15 * 60;
/// Failures are forgotten after this long without another, seconds.
const MEMORY_S: i64 = 24 * 3600;

/// Why an attempt is not looked at.
#[derive(Debug)]
pub(super) enum NotNow {
    Locked(Timestamp),
    Row(RowError),
}

impl From<RowError> for NotNow {
    fn from(error: RowError) -> Self {
        Self::Row(error)
    }
}

/// The pause after so many failures; `None` while they are few.
fn pause_s(failures: u32) -> Option<i64> {
    let doublings = failures.checked_sub(FREE_FAILURES)?.min(16);
    Some(PAUSE_MIN_S.saturating_mul(1 << doublings).min(PAUSE_MAX_S))
}

impl Rows {
    /// Counts an attempt as failed until it is known to be good.
    pub(super) async fn begin_attempt(&self, scope: &str) -> Result<(), NotNow> {
        if self.stage.as_ref().is_some_and(|stage| !stage.is_first_try()) {
            return Ok(());
        }
        for _ in 0..TRIES {
            let now = self.now();
            let slot = self.get::<Attempts>(attempts_key(scope)).await?;
            let before = slot.value().copied().unwrap_or_default();
            if let Some(until) = before.locked_until.filter(|until| now < *until) {
                return Err(NotNow::Locked(until));
            }
            let failures = before.failures.saturating_add(1);
            let locked_until = pause_s(failures).map(|pause| now.plus_seconds(pause));
            let mut writes = Writes::new();
            writes
                .put_until(&slot, &Attempts { failures, locked_until }, Some(now.plus_seconds(MEMORY_S)))
                .map_err(RowError::from)?;
            if self.commit_now(writes).await? {
                return Ok(());
            }
        }
        Err(RowError::Busy.into())
    }

    /// Takes back one attempt that was neither right nor wrong.
    pub(super) async fn take_back_attempt(&self, scope: &str) -> Result<(), RowError> {
        for _ in 0..TRIES {
            let slot = self.get::<Attempts>(attempts_key(scope)).await?;
            let Some(Attempts { failures, .. }) = slot.value().copied() else { return Ok(()) };
            let mut writes = Writes::new();
            writes.put(&slot, &Attempts { failures: failures.saturating_sub(1), locked_until: None })?;
            if self.commit_now(writes).await? {
                return Ok(());
            }
        }
        Err(RowError::Busy)
    }
}

/// What the failures of a login name are counted under, whether or not anybody has it.
pub(super) fn typed(institution: &InstitutionId, name: &str) -> String {
    format!("{institution}/{}", name.to_ascii_lowercase())
}

/// Forgets the failures: part of the commit that a right attempt makes.
pub(super) fn forget(scope: &str) -> Op {
    Op::Delete { key: attempts_key(scope), expect: Expect::Any }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_the_tenth_failure_and_stop_at_a_quarter_of_an_hour() {
        let pauses: Vec<_> = (9..18).map(|failures| pause_s(failures).unwrap_or(0)).collect();
        assert_eq!(pauses, [0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(pause_s(u32::MAX), Some(900));
    }
}
