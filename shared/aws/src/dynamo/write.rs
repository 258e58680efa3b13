//! The operations of a commit as the actions of one transaction.

use super::row;
use aws_sdk_dynamodb::{
    error::BuildError,
    types::{ConditionCheck, Delete, Put, TransactWriteItem, Update},
};
use cws_store::{Commit, Expect, Item, Key, Op, Revision, StoreError};
use std::collections::HashMap;

/// Schema version of counters.
const COUNTER_SCHEMA: u32 = 1;

/// A condition and the values that it names.
type Condition = (Option<String>, Option<row::Attributes>);

/// One action per operation, in order, so that a reason for cancellation names its operation.
pub(super) fn actions(table: &str, commit: &Commit) -> Result<Vec<TransactWriteItem>, StoreError> {
    let revision = commit.revision();
    commit
        .ops
        .iter()
        .map(|op| action(table, &revision, op))
        .collect::<Result<_, _>>()
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn action(table: &str, revision: &Revision, op: &Op) -> Result<TransactWriteItem, BuildError> {
    let action = TransactWriteItem::builder();
    Ok(match op {
        Op::Check { key, expect } => action.condition_check(check(table, key, expect)?),
        Op::Put { key, expect, value, schema, expires_at } => {
            let item = Item {
                key: key.clone(),
                revision: revision.clone(),
                schema: *schema,
                value: value.clone(),
                expires_at: *expires_at,
            };
            action.put(put(table, item, expect)?)
        }
        Op::Delete { key, expect } => action.delete(delete(table, key, expect)?),
        Op::Add { key, by, at_least, at_most } => {
            action.update(add(table, revision, key, *by, Bounds::new(*at_least, *at_most))?)
        }
    }
    .build())
}

fn check(table: &str, key: &Key, expect: &Expect) -> Result<ConditionCheck, BuildError> {
    let (condition, values) = condition(expect);
    // DynamoDB wants a condition here; this one always holds.
    let always = || "attribute_exists(pk) OR attribute_not_exists(pk)".to_owned();
    ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(row::key_attributes(key)))
        .condition_expression(condition.unwrap_or_else(always))
        .set_expression_attribute_values(values)
        .build()
}

fn put(table: &str, item: Item, expect: &Expect) -> Result<Put, BuildError> {
    let (condition, values) = condition(expect);
    Put::builder()
        .table_name(table)
        .set_item(Some(row::item_attributes(item)))
        .set_condition_expression(condition)
        .set_expression_attribute_values(values)
        .build()
}

fn delete(table: &str, key: &Key, expect: &Expect) -> Result<Delete, BuildError> {
    let (condition, values) = condition(expect);
    Delete::builder()
        .table_name(table)
        .set_key(Some(row::key_attributes(key)))
        .set_condition_expression(condition)
        .set_expression_attribute_values(values)
        .build()
}

fn condition(expect: &Expect) -> Condition {
    match expect {
        Expect::Any => (None, None),
        Expect::Absent => (Some("attribute_not_exists(pk)".to_owned()), None),
        Expect::Present => (Some("attribute_exists(pk)".to_owned()), None),
        Expect::Revision(revision) => {
            let values = HashMap::from([(":was".to_owned(), row::text(&revision.0))]);
            (Some("rev = :was".to_owned()), Some(values))
        }
    }
}

/// What a counter may become; without bounds, what an `i64` holds. Wider than `i64`, so that no
/// arithmetic here can overflow.
struct Bounds {
    at_least: i128,
    at_most: i128,
}

impl Bounds {
    fn new(at_least: Option<i64>, at_most: Option<i64>) -> Self {
        Self {
            at_least: i128::from(at_least.unwrap_or(i64::MIN)),
            at_most: i128::from(at_most.unwrap_or(i64::MAX)),
        }
    }

    fn hold(&self, count: i128) -> bool {
        (self.at_least..=self.at_most).contains(&count)
    }
}

/// Adds if the sum stays within the bounds: `low <= n <= high` says so of the count before.
fn add(table: &str, revision: &Revision, key: &Key, by: i64, bounds: Bounds) -> Result<Update, BuildError> {
    let by = i128::from(by);
    let existing = "(n >= :low AND n <= :high)";
    let condition =
        if bounds.hold(by) { format!("attribute_not_exists(pk) OR {existing}") } else { existing.to_owned() };
    Update::builder()
        .table_name(table)
        .set_key(Some(row::key_attributes(key)))
        .update_expression("SET rev = :rev, sv = :sv ADD n :by")
        .condition_expression(condition)
        .expression_attribute_values(":rev", row::text(&revision.0))
        .expression_attribute_values(":sv", row::number(COUNTER_SCHEMA))
        .expression_attribute_values(":by", row::number(by))
        .expression_attribute_values(":low", row::number(bounds.at_least - by))
        .expression_attribute_values(":high", row::number(bounds.at_most - by))
        .build()
}
