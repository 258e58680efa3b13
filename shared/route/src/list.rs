//! Lists over one partition with a filter, by sealed cursors.
//!
//! INVARIANT (list equals view): the filter of a list ends with the same decision that the view makes,
//! so no page shows what a view would refuse, on any page.

use crate::{Ctx, ListOf, Problem, page::Limit};
use cws_store::{Record, Scoped, Slot};
use serde::Serialize;

/// Rows that one page looks through at most before it answers with what it has.
const LOOKED_AT_MAX: u32 = 2000;
/// Rows that are read at once.
const READ_AT_ONCE: u32 = 100;

/// Where a list is and how it is asked for.
pub struct Listing<'a, Q> {
    /// Handle.
    pub store: &'a Scoped,
    /// Part of the partition.
    pub part: Option<&'a str>,
    /// Only sort keys that start so.
    pub prefix: Option<&'a str>,
    /// Highest sort key first.
    pub reverse: bool,
    /// Items a page.
    pub limit: Limit,
    /// Cursor of the request.
    pub cursor: Option<&'a str>,
    /// Filters: a cursor belongs to them.
    pub query: &'a Q,
}

impl<'a, Q: Serialize + Sync> Listing<'a, Q> {
    /// The whole partition, upwards.
    pub fn new(store: &'a Scoped, limit: Limit, cursor: Option<&'a str>, query: &'a Q) -> Self {
        Self { store, part: None, prefix: None, reverse: false, limit, cursor, query }
    }

    /// Of one part.
    #[must_use]
    pub fn part(self, part: &'a str) -> Self {
        Self { part: Some(part), ..self }
    }

    /// Only sort keys that start so.
    #[must_use]
    pub fn prefix(self, prefix: &'a str) -> Self {
        Self { prefix: Some(prefix), ..self }
    }

    /// Highest sort key first.
    #[must_use]
    pub fn reverse(self) -> Self {
        Self { reverse: true, ..self }
    }

    /// Reads a page of the rows that `keep` keeps.
    ///
    /// # Errors
    /// A cursor that does not belong here, or what the store says.
    pub async fn page<T: Record>(
        &self,
        ctx: &Ctx,
        keep: impl Fn(&T) -> bool + Send + Sync,
    ) -> Result<ListOf<Slot<T>>, Problem> {
        let mut after = ctx.open_cursor(self.cursor, self.query)?;
        let mut items = Vec::new();
        let mut looked_at = 0;
        loop {
            let rows = self.rows::<T>(after.take()).await?;
            let mut left = rows.slots.into_iter().peekable();
            while let Some(slot) = left.next() {
                looked_at += 1;
                let sort = slot.key().sort.clone();
                if slot.value().is_some_and(&keep) {
                    items.push(slot);
                }
                let full = items.len() >= self.limit.get() as usize;
                if full || looked_at >= LOOKED_AT_MAX {
                    let more = left.peek().is_some() || rows.next.is_some();
                    let next = ctx.seal_cursor(more.then_some(sort), self.query)?;
                    return Ok(ListOf { items, next });
                }
            }
            match rows.next {
                Some(next) => after = Some(next),
                None => return Ok(ListOf { items, next: None }),
            }
        }
    }

    async fn rows<T: Record>(&self, after: Option<String>) -> Result<cws_store::scope::Rows<T>, Problem> {
        let shape = |range: cws_store::Range| {
            let range = match self.prefix {
                Some(prefix) => cws_store::Range::prefix(range.partition, prefix),
                None => range,
            };
            let range = range.limit(READ_AT_ONCE).after(after);
            if self.reverse { range.reverse() } else { range }
        };
        Ok(self.store.range::<T>(self.part, shape).await?)
    }
}

impl<T> ListOf<T> {
    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> ListOf<U> {
        ListOf { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}
