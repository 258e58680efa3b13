//! Is a history of calls on one key linearizable? Wing and Gong's search with Lowe's memory of
//! states that led nowhere.
//!
//! A history is linearizable when each call can be thought to happen at one moment between its start
//! and its end, such that every answer is right for a single row.

use std::collections::HashSet;

/// What a call did to the row, and what it was answered. Values are unique numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read this; `None` when there was no row.
    Read(Option<u64>),
    /// Wrote this, whatever was there.
    Write(u64),
    /// Wrote the second over the first, if it was still there (`None`: no row); was told whether it did.
    Swap(Option<u64>, u64, bool),
    /// Removed the row, whatever was there.
    Delete,
}

/// A finished call: the ticks of a shared counter when it started and ended.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Tick before the call.
    pub start: u64,
    /// Tick after the answer.
    pub end: u64,
    /// The call.
    pub access: Access,
}

impl Access {
    /// The row after this access at this moment; nothing when the answer would have been wrong.
    fn after(self, row: Option<u64>) -> Option<Option<u64>> {
        match self {
            Self::Read(seen) => (seen == row).then_some(row),
            Self::Write(new) => Some(Some(new)),
            Self::Swap(old, new, done) if (old == row) == done => Some(if done { Some(new) } else { row }),
            Self::Swap(..) => None,
            Self::Delete => Some(None),
        }
    }
}

/// Whether the calls, at most 64, fit one order for a row that begins as `row`.
pub fn is_linearizable(calls: &[Call], row: Option<u64>) -> bool {
    let all = if calls.len() >= 64 { u64::MAX } else { (1 << calls.len()) - 1 };
    calls.len() <= 64 && search(calls, all, row, &mut HashSet::new())
}

/// `left` has a bit for each call that has no place yet.
fn search(calls: &[Call], left: u64, row: Option<u64>, dead: &mut HashSet<(u64, Option<u64>)>) -> bool {
    if left == 0 {
        return true;
    }
    if dead.contains(&(left, row)) {
        return false;
    }
    let waiting = || calls.iter().enumerate().filter(|(place, _)| left & (1 << place) != 0);
    // What started after another one ended cannot come before it.
    let first_end = waiting().map(|(_, call)| call.end).min().unwrap_or(u64::MAX);
    let fits = waiting().filter(|(_, call)| call.start <= first_end).any(|(place, call)| {
        let next = call.access.after(row);
        next.is_some_and(|next| search(calls, left & !(1 << place), next, dead))
    });
    if !fits {
        dead.insert((left, row));
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::{Access::*, *};

    fn history(calls: &[(u64, u64, Access)]) -> Vec<Call> {
        calls.iter().map(|&(start, end, access)| Call { start, end, access }).collect()
    }

    #[test]
    fn calls_one_after_the_other_must_answer_like_one_row() {
        let fine = [(0, 1, Write(1)), (2, 3, Read(Some(1))), (4, 5, Delete), (6, 7, Read(None))];
        assert!(is_linearizable(&history(&fine), None));
        let lost = [(0, 1, Write(1)), (2, 3, Read(None))];
        assert!(!is_linearizable(&history(&lost), None));
    }

    #[test]
    fn calls_at_the_same_time_may_take_either_order() {
        for seen in [None, Some(1)] {
            assert!(is_linearizable(&history(&[(0, 5, Write(1)), (1, 4, Read(seen))]), None));
        }
    }

    #[test]
    fn a_value_seen_once_cannot_be_unseen() {
        let back = [(0, 9, Write(1)), (1, 2, Read(Some(1))), (3, 4, Read(None))];
        assert!(!is_linearizable(&history(&back), None));
    }

    #[test]
    fn two_swaps_of_the_same_value_cannot_both_have_been_done() {
        let both = [(0, 3, Swap(Some(7), 1, true)), (1, 2, Swap(Some(7), 2, true))];
        assert!(!is_linearizable(&history(&both), Some(7)));
        let one = [(0, 3, Swap(Some(7), 1, true)), (1, 2, Swap(Some(7), 2, false))];
        assert!(is_linearizable(&history(&one), Some(7)));
    }

    #[test]
    fn a_swap_refused_for_no_reason_is_found() {
        assert!(!is_linearizable(&history(&[(0, 1, Swap(Some(7), 1, false))]), Some(7)));
    }
}
