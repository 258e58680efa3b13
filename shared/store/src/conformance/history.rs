//! Histories of one row: several clients read, write, swap and delete at the same time; what they were
//! told must fit one order.

use super::{
    Access, Call, Case, Failure, Ground, Outcome,
    ground::{conflict, ensure, give_way, put, together},
    is_linearizable,
};
use crate::{Expect, Item, Op, Value};
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

const HISTORIES: usize = 6;
const ROUNDS: usize = 10;
const CLIENTS: usize = 6;
const CALLS: usize = 8;

/// The cases of this subject.
pub(super) fn cases() -> Vec<Case> {
    (0..HISTORIES)
        .map(|n| Case::new(format!("history::history_{n}_of_one_row_is_linearizable"), rounds))
        .collect()
}

async fn rounds(g: Ground) -> Outcome {
    for round in 0..ROUNDS.min(g.scale.steps) {
        let sort = format!("row/{round}");
        let record = Record { g: &g, sort: &sort, clock: AtomicU64::new(0), calls: Mutex::default() };
        together((0..CLIENTS).map(|client| record.client(client as u64))).await?;
        let calls = record.calls.into_inner().unwrap_or_else(PoisonError::into_inner);
        ensure!(is_linearizable(&calls, None), "no order explains {calls:?}");
    }
    Ok(())
}

struct Record<'a> {
    g: &'a Ground,
    sort: &'a str,
    clock: AtomicU64,
    calls: Mutex<Vec<Call>>,
}

impl Record<'_> {
    async fn client(&self, client: u64) -> Outcome {
        let mut last_seen = None;
        for call in 0..CALLS as u64 {
            let new = client * 100 + call + 1;
            for _ in 0..self.g.dice.below(3) {
                give_way().await;
            }
            let start = self.clock.fetch_add(1, Ordering::SeqCst);
            let access = self.access(new, &mut last_seen).await?;
            let end = self.clock.fetch_add(1, Ordering::SeqCst);
            self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(Call { start, end, access });
        }
        Ok(())
    }

    async fn access(&self, new: u64, last_seen: &mut Option<Item>) -> Result<Access, Failure> {
        let key = self.g.key(self.sort);
        match self.g.dice.below(8) {
            0 => {
                self.g.put(self.sort, &new.to_string()).await?;
                Ok(Access::Write(new))
            }
            1 => {
                self.g.delete(self.sort).await?;
                Ok(Access::Delete)
            }
            2..=4 => {
                let unchanged =
                    last_seen.as_ref().map_or(Expect::Absent, |row| Expect::Revision(row.revision.clone()));
                let op: Op = put(key, unchanged, &new.to_string());
                let done = match self.g.write(vec![op]).await {
                    Ok(_) => true,
                    refused => conflict(refused).map(|_| false)?,
                };
                Ok(Access::Swap(number(last_seen.as_ref())?, new, done))
            }
            _ => {
                *last_seen = self.g.item(&key).await?;
                Ok(Access::Read(number(last_seen.as_ref())?))
            }
        }
    }
}

fn number(row: Option<&Item>) -> Result<Option<u64>, Failure> {
    match row.map(|row| &row.value) {
        None => Ok(None),
        Some(Value::Json(text)) => Ok(Some(text.parse()?)),
        Some(other) => Err(Failure(format!("found {other:?}"))),
    }
}
