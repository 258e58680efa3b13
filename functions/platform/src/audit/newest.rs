//! The records of an institution from the newest to the oldest: its parts, merged by time.

use super::rows::Window;
use cws_route::audit::{AUDIT_PARTS, AuditRecord, part_name};
use cws_store::{Range, Scoped, StoreError, record::Slot};
use futures::future::try_join_all;
use std::collections::VecDeque;

/// Records read of a part at a time: a sixteenth of the page that is wanted and some more, since chance
/// spreads them.
const PART_ROWS_MAX: u32 = 64;
const PART_ROWS_MORE: u32 = 8;

/// The records that are left, newest first.
pub struct Newest<'a> {
    store: &'a Scoped,
    window: Window,
    rows: u32,
    parts: Vec<Part>,
}

struct Part {
    name: String,
    ready: VecDeque<Slot<AuditRecord>>,
    after: Option<String>,
    has_more: bool,
}

impl<'a> Newest<'a> {
    /// Those in a window of time that are older than the record `after`, for somebody who wants so many.
    pub fn new(store: &'a Scoped, window: Window, after: Option<&str>, wanted: u32) -> Self {
        let part = |part| Part {
            name: part_name(part),
            ready: VecDeque::new(),
            after: after.map(str::to_owned),
            has_more: true,
        };
        let rows = (wanted.div_ceil(AUDIT_PARTS) + PART_ROWS_MORE).min(PART_ROWS_MAX);
        Self { store, window, rows, parts: (0..AUDIT_PARTS).map(part).collect() }
    }

    /// The next one; none at the end.
    ///
    /// # Errors
    /// What the store says.
    pub async fn next(&mut self) -> Result<Option<Slot<AuditRecord>>, StoreError> {
        self.refill().await?;
        // INVARIANT (order): every part that has more is ready, so the newest in front is the newest of all.
        let newest = self.parts.iter_mut().max_by(|one, other| one.front().cmp(&other.front()));
        Ok(newest.and_then(|part| part.ready.pop_front()))
    }

    async fn refill(&mut self) -> Result<(), StoreError> {
        let (store, span, limit) = (self.store, self.window.span(), self.rows);
        let short = self.parts.iter_mut().filter(|part| part.ready.is_empty() && part.has_more);
        let reads = short.map(|part| {
            let span = span.clone();
            async move {
                // A page may hold nothing that is live and still not be the last.
                while part.ready.is_empty() && part.has_more {
                    let after = part.after.take();
                    let shape = |range| Range { span: span.clone(), after, limit, reverse: true, ..range };
                    let rows = store.range::<AuditRecord>(Some(&part.name), shape).await?;
                    part.has_more = rows.next.is_some();
                    part.after = rows.next;
                    part.ready.extend(rows.slots);
                }
                Ok::<(), StoreError>(())
            }
        });
        try_join_all(reads).await.map(drop)
    }
}

impl Part {
    fn front(&self) -> Option<&str> {
        self.ready.front().map(|slot| slot.key().sort.as_str())
    }
}
