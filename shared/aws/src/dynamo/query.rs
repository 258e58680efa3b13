//! Reading a stretch of one partition with `Query`.
//!
//! DynamoDB takes one condition on the sort key, `BETWEEN` includes both ends, and a start key must
//! lie within the condition. So the span becomes the condition, `after` becomes the start key, and
//! what does not fit is settled here before the call.

use super::{failure, row};
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use cws_store::{Key, Page, Range, Span, StoreError};

/// What to ask for.
#[derive(Debug, PartialEq)]
struct Plan {
    condition: &'static str,
    values: Vec<(&'static str, String)>,
    /// Exclusive.
    start: Option<String>,
}

/// Reads one page.
pub(super) async fn page(
    client: &Client,
    table: &str,
    range: &Range,
    strong: bool,
) -> Result<Page, StoreError> {
    let Some(plan) = plan(range) else { return Ok(Page::default()) };
    let values = plan.values.into_iter().map(|(name, value)| (name.to_owned(), row::text(value)));
    // One more than asked tells whether there is a next page.
    let answer = client
        .query()
        .table_name(table)
        .key_condition_expression(plan.condition)
        .set_expression_attribute_values(Some(values.collect()))
        .set_exclusive_start_key(
            plan.start.map(|sort| row::key_attributes(&Key::new(&range.partition, sort))),
        )
        .scan_index_forward(!range.reverse)
        .limit(i32::try_from(range.limit).unwrap_or(i32::MAX).saturating_add(1))
        .consistent_read(strong)
        .send()
        .await
        .map_err(|error| failure::of_read(&error))?;
    let more = answer.last_evaluated_key.as_ref().and_then(sort_of);
    let items = answer.items.unwrap_or_default().into_iter().map(row::read).collect::<Result<Vec<_>, _>>()?;
    Ok(cut(range, items, more))
}

fn sort_of(key: &row::Attributes) -> Option<String> {
    match key.get("sk") {
        Some(AttributeValue::S(sort)) => Some(sort.clone()),
        _ => None,
    }
}

/// Drops what is beyond the limit and the excluded end, and says where to go on.
fn cut(range: &Range, mut items: Vec<cws_store::Item>, more: Option<String>) -> Page {
    let limit = range.limit as usize;
    let read = items.len();
    items.retain(|item| range.holds(&item.key.sort));
    let ended = items.len() < read || more.as_deref().is_some_and(|sort| !range.holds(sort));
    let next = if items.len() > limit {
        items.truncate(limit);
        items.last().map(|item| item.key.sort.clone())
    } else {
        more.filter(|_| !ended)
    };
    Page { items, next }
}

/// The call that reads the range; `None` when nothing can lie in it.
fn plan(range: &Range) -> Option<Plan> {
    let mut values = vec![(":p", range.partition.clone())];
    let mut start = range.after.clone();
    let condition = match &range.span {
        Span::All => "pk = :p",
        Span::Prefix(prefix) => {
            start = within_prefix(prefix, start, range.reverse)?;
            values.push((":a", prefix.clone()));
            "pk = :p AND begins_with(sk, :a)"
        }
        Span::Between(from, to) => {
            start = within_bounds(from, to, start, range.reverse)?;
            values.extend([(":a", from.clone()), (":b", to.clone())]);
            "pk = :p AND sk BETWEEN :a AND :b"
        }
    };
    Some(Plan { condition, values, start })
}

/// A start key within the prefix, or none when the whole prefix still lies ahead.
fn within_prefix(prefix: &str, after: Option<String>, reverse: bool) -> Option<Option<String>> {
    let Some(after) = after else { return Some(None) };
    if after.starts_with(prefix) {
        return Some(Some(after));
    }
    let ahead = if reverse { prefix < after.as_str() } else { after.as_str() < prefix };
    ahead.then_some(None)
}

/// A start key within the bounds. Downwards, the excluded end is itself the start key.
fn within_bounds(from: &str, to: &str, after: Option<String>, reverse: bool) -> Option<Option<String>> {
    if from >= to {
        return None;
    }
    if reverse {
        let start = after.filter(|after| after.as_str() < to).unwrap_or_else(|| to.to_owned());
        return (start.as_str() > from).then_some(Some(start));
    }
    match after {
        Some(after) if after.as_str() >= to => None,
        after => Some(after.filter(|after| after.as_str() >= from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(span: Span, after: Option<&str>, reverse: bool) -> Range {
        Range { span, after: after.map(str::to_owned), reverse, ..Range::all("usr#local") }
    }

    fn start(span: Span, after: Option<&str>, reverse: bool) -> Option<Option<String>> {
        plan(&range(span, after, reverse)).map(|plan| plan.start)
    }

    fn some(sort: &str) -> Option<Option<String>> {
        Some(Some(sort.to_owned()))
    }

    #[test]
    fn a_start_key_outside_a_prefix_means_all_or_nothing() {
        let span = || Span::Prefix("b/".to_owned());
        assert_eq!(start(span(), Some("b/7"), false), some("b/7"));
        assert_eq!(start(span(), Some("a"), false), Some(None));
        assert_eq!(start(span(), Some("c"), false), None);
        assert_eq!(start(span(), Some("c"), true), Some(None));
        assert_eq!(start(span(), Some("a"), true), None);
    }

    #[test]
    fn the_upper_bound_is_excluded_in_both_directions() {
        let span = || Span::Between("b".to_owned(), "d".to_owned());
        assert_eq!(start(span(), None, true), some("d"));
        assert_eq!(start(span(), Some("e"), true), some("d"));
        assert_eq!(start(span(), Some("c"), true), some("c"));
        assert_eq!(start(span(), Some("b"), true), None);
        assert_eq!(start(span(), Some("a"), false), Some(None));
        assert_eq!(start(span(), Some("d"), false), None);
    }

    #[test]
    fn bounds_that_hold_nothing_are_not_asked() {
        assert_eq!(plan(&range(Span::Between("d".to_owned(), "b".to_owned()), None, false)), None);
        assert_eq!(plan(&range(Span::Between("b".to_owned(), "b".to_owned()), None, false)), None);
    }
}
