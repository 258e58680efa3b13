//! Downloads, added up from the sharded counters that the download route keeps.

use crate::place;
use cws_model::{Timestamp, id::TemplateId, marketplace::TemplateStats};
use cws_route::SystemCtx;
use cws_store::{
    Consistency, Item, Key, Range, Slot, Span, Store, StoreError, Value, Writes, key::read_all, kind,
};

/// Days that count as recent, today included.
pub const RECENT_DAYS: i64 = 7;
/// Seconds of a day.
pub const DAY_S: i64 = 24 * 3600;
/// Longest time between the clock of a download and its commit, seconds: a request does not live longer.
const REQUEST_MAX_S: i64 = 30;
/// How often somebody else may change the numbers meanwhile.
const TRIES: u32 = 8;

/// A shard of a counter.
#[derive(Debug, PartialEq, Eq)]
pub struct Counted<'a> {
    /// Day such as `2026-11-23`, or `total`.
    pub period: &'a str,
    /// Version.
    pub version: &'a str,
    /// Downloads.
    pub count: u64,
}

/// Reads a shard; `None` when it is none.
pub fn counted(item: &Item) -> Option<Counted<'_>> {
    let Value::Count(count) = item.value else { return None };
    let (period, rest) = item.key.sort.split_once('/')?;
    let (version, _) = rest.rsplit_once('/')?;
    Some(Counted { period, version, count: u64::try_from(count).unwrap_or(0) })
}

/// The shards of some days, both included.
pub fn days(from: &str, to: &str) -> Span {
    // `0` is the character after `/`, which ends the day.
    Span::Between(format!("{from}/"), format!("{to}0"))
}

/// Counts the downloads of a template and notes them in its numbers. Does nothing when they were counted
/// long enough after `since` to hold everything up to it.
///
/// # Errors
/// What the store says; a conflict when the numbers were changed again and again meanwhile.
pub async fn count(ctx: &SystemCtx, id: &TemplateId, since: Timestamp) -> Result<(), StoreError> {
    let key = Key::new(kind::TEMPLATE.part(id.as_str()), place::STATS);
    let mut tries = 0;
    loop {
        let item = ctx.store().get(std::slice::from_ref(&key), Consistency::Strong).await?.into_iter().next();
        let slot = Slot::<TemplateStats>::read(key.clone(), item.flatten(), ctx.now())?;
        let before = slot.value().cloned().unwrap_or_default();
        if before.counted_at > since.plus_seconds(REQUEST_MAX_S) {
            return Ok(());
        }
        let (downloads, downloads_recent) = sums(ctx.store().as_ref(), id, ctx.now()).await?;
        let stats = TemplateStats { downloads, downloads_recent, counted_at: ctx.now(), ..before };
        let mut writes = Writes::new();
        writes.put(&slot, &stats)?;
        tries += 1;
        match ctx.commit(writes).await {
            Err(StoreError::Conflict { .. }) if tries < TRIES => {}
            outcome => return outcome,
        }
    }
}

/// Downloads in all, and those of the last days.
async fn sums(store: &dyn Store, id: &TemplateId, now: Timestamp) -> Result<(u64, u64), StoreError> {
    let partition = kind::TEMPLATE_COUNT.part(id.as_str());
    let all = Range::prefix(partition.clone(), format!("{}/", place::TOTAL));
    let first = now.plus_seconds(-DAY_S * (RECENT_DAYS - 1)).day();
    let recent = Range { span: days(&first, &now.day()), ..Range::all(partition) };
    Ok((sum(store, all).await?, sum(store, recent).await?))
}

async fn sum(store: &dyn Store, range: Range) -> Result<u64, StoreError> {
    let items = read_all(store, range.limit(1000), Consistency::Strong).await?;
    Ok(items.iter().filter_map(counted).map(|counted| counted.count).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cws_store::Revision;

    fn shard(sort: &str) -> Item {
        let revision = Revision(String::new());
        Item {
            key: Key::new("tpc#tpl_x", sort),
            revision,
            schema: 1,
            value: Value::Count(3),
            expires_at: None,
        }
    }

    #[test]
    fn a_shard_names_its_day_and_version() {
        let sort = place::count("2026-11-23", &"1.0.0-rc.1".parse().unwrap(), 7);
        let item = shard(&sort);
        let read = counted(&item).unwrap();
        assert_eq!(read, Counted { period: "2026-11-23", version: "1.0.0-rc.1", count: 3 });
        assert_eq!(counted(&shard("total")), None);
    }

    #[test]
    fn a_span_of_days_holds_its_first_and_last_and_no_total() {
        let range = Range { span: days("2026-11-22", "2026-11-23"), ..Range::all("tpc#tpl_x") };
        let version = "1.0.0".parse().unwrap();
        for (period, inside) in [
            ("2026-11-21", false),
            ("2026-11-22", true),
            ("2026-11-23", true),
            ("2026-11-24", false),
            ("total", false),
        ] {
            assert_eq!(range.holds(&place::count(period, &version, 0)), inside, "{period}");
        }
    }
}
