//! Limits: what is just allowed works, one more is refused, and what is refused changes nothing.

use super::{
    Failure, Ground, Outcome, case_list,
    ground::{add, ensure, put, same},
};
use crate::{
    Consistency, Expect, Key, Op, Range, Span, StoreError, Value,
    limits::{self, LimitError},
};
use std::fmt::Debug;

case_list!("limits":
    a_row_of_400_kb_is_stored,
    a_row_one_byte_larger_is_refused,
    keys_count_towards_the_size_of_a_row,
    bytes_of_400_kb_are_stored,
    a_commit_of_100_operations_is_done,
    a_commit_of_101_operations_is_refused,
    a_commit_without_operations_is_refused,
    a_commit_of_4_mb_is_done,
    a_commit_one_byte_larger_is_refused,
    a_commit_that_names_a_key_twice_is_refused,
    two_sorts_of_operations_on_one_key_are_refused,
    a_partition_key_of_2048_bytes_works,
    a_partition_key_of_2049_bytes_is_refused,
    a_sort_key_of_1024_bytes_works,
    a_sort_key_of_1025_bytes_is_refused,
    key_sizes_are_bytes_not_characters,
    an_empty_partition_key_is_refused,
    an_empty_sort_key_is_refused,
    a_get_of_100_keys_is_answered,
    a_get_of_101_keys_is_refused,
    a_get_of_no_keys_is_refused,
    a_get_of_the_same_key_twice_is_refused,
    a_page_of_0_rows_is_refused,
    a_page_of_1001_rows_is_refused,
    an_empty_prefix_is_refused,
    a_prefix_of_1025_bytes_is_refused,
    ends_of_a_span_are_held_to_the_size_of_sort_keys,
    after_is_held_to_the_size_of_sort_keys,
    a_put_of_a_counter_is_refused,
    schema_version_0_is_refused,
    a_refused_commit_writes_none_of_its_rows,
);

fn limit<T: Debug>(result: Result<T, StoreError>) -> Result<LimitError, Failure> {
    match result {
        Err(StoreError::Limit(limit)) => Ok(limit),
        other => Err(Failure(format!("wanted a limit, found {:.300}", format!("{other:?}")))),
    }
}

/// Text that makes the row at this key so many bytes large.
fn text_for(key: &Key, row_bytes: usize) -> String {
    let around = key.partition.len() + key.sort.len() + limits::ITEM_OVERHEAD_BYTES;
    format!("\"{}\"", "x".repeat(row_bytes.saturating_sub(around + 2)))
}

fn row_of(key: Key, row_bytes: usize) -> Op {
    let text = text_for(&key, row_bytes);
    put(key, Expect::Any, &text)
}

async fn a_row_of_400_kb_is_stored(g: Ground) -> Outcome {
    let key = g.key("row");
    g.write(vec![row_of(key.clone(), limits::ITEM_MAX_BYTES)]).await?;
    let item = g.item(&key).await?.ok_or("the row is missing")?;
    ensure!(item.value == Value::Json(text_for(&key, limits::ITEM_MAX_BYTES)), "the value changed");
    same("the size", &limits::item_bytes(&item), &limits::ITEM_MAX_BYTES)
}

async fn a_row_one_byte_larger_is_refused(g: Ground) -> Outcome {
    let result = g.write(vec![row_of(g.key("row"), limits::ITEM_MAX_BYTES + 1)]).await;
    same("the limit", &limit(result)?, &LimitError::ItemTooLarge(limits::ITEM_MAX_BYTES + 1))?;
    same("the row", &g.item(&g.key("row")).await?, &None)
}

async fn keys_count_towards_the_size_of_a_row(g: Ground) -> Outcome {
    let text = text_for(&g.key("1"), limits::ITEM_MAX_BYTES);
    g.write(vec![put(g.key("1"), Expect::Any, &text)]).await?;
    let result = g.write(vec![put(g.key("12"), Expect::Any, &text)]).await;
    same("the limit", &limit(result)?, &LimitError::ItemTooLarge(limits::ITEM_MAX_BYTES + 1))
}

async fn bytes_of_400_kb_are_stored(g: Ground) -> Outcome {
    let key = g.key("row");
    let value = Value::Bytes(text_for(&key, limits::ITEM_MAX_BYTES).into_bytes());
    g.write(vec![Op::Put {
        key: key.clone(),
        expect: Expect::Any,
        value: value.clone(),
        schema: 1,
        expires_at: None,
    }])
    .await?;
    let found = g.item(&key).await?.map(|item| item.value);
    ensure!(found == Some(value), "the value changed");
    Ok(())
}

fn many(g: &Ground, count: usize) -> Vec<Op> {
    (0..count).map(|n| put(g.key(&format!("{n:03}")), Expect::Absent, "1")).collect()
}

async fn a_commit_of_100_operations_is_done(g: Ground) -> Outcome {
    g.write(many(&g, 100)).await?;
    same("how many rows", &g.sorts(g.all()).await?.len(), &100)
}

async fn a_commit_of_101_operations_is_refused(g: Ground) -> Outcome {
    same("the limit", &limit(g.write(many(&g, 101)).await)?, &LimitError::TooManyOps(101))?;
    same("how many rows", &g.sorts(g.all()).await?.len(), &0)
}

async fn a_commit_without_operations_is_refused(g: Ground) -> Outcome {
    same("the limit", &limit(g.write(Vec::new()).await)?, &LimitError::NoOps)
}

/// Eleven rows that together have so many bytes.
fn rows_of(g: &Ground, total_bytes: usize) -> Vec<Op> {
    let each = total_bytes / 11;
    let mut ops: Vec<Op> = (0..10).map(|n| row_of(g.key(&n.to_string()), each)).collect();
    ops.push(row_of(g.key("x"), total_bytes - 10 * each));
    ops
}

async fn a_commit_of_4_mb_is_done(g: Ground) -> Outcome {
    g.write(rows_of(&g, limits::COMMIT_MAX_BYTES)).await?;
    same("how many rows", &g.sorts(g.all()).await?.len(), &11)
}

async fn a_commit_one_byte_larger_is_refused(g: Ground) -> Outcome {
    let found = limit(g.write(rows_of(&g, limits::COMMIT_MAX_BYTES + 1)).await)?;
    same("the limit", &found, &LimitError::CommitTooLarge(limits::COMMIT_MAX_BYTES + 1))?;
    same("how many rows", &g.sorts(g.all()).await?.len(), &0)
}

async fn a_commit_that_names_a_key_twice_is_refused(g: Ground) -> Outcome {
    let twice = vec![put(g.key("row"), Expect::Any, "1"), put(g.key("row"), Expect::Any, "2")];
    same("the limit", &limit(g.write(twice).await)?, &LimitError::DuplicateKey("cnf".to_owned()))?;
    same("the row", &g.item(&g.key("row")).await?, &None)
}

async fn two_sorts_of_operations_on_one_key_are_refused(g: Ground) -> Outcome {
    let check = Op::Check { key: g.key("row"), expect: Expect::Absent };
    let delete = Op::Delete { key: g.key("row"), expect: Expect::Any };
    for other in [put(g.key("row"), Expect::Any, "1"), delete, add(g.key("row"), 1)] {
        let found = limit(g.write(vec![check.clone(), other]).await)?;
        same("the limit", &found, &LimitError::DuplicateKey("cnf".to_owned()))?;
    }
    Ok(())
}

/// Writes, reads, lists and deletes at a key.
async fn works(g: &Ground, key: Key) -> Outcome {
    g.write(vec![put(key.clone(), Expect::Absent, "1")]).await?;
    ensure!(g.item(&key).await?.is_some(), "the row is missing");
    let page = g.page(&Range::all(key.partition.clone())).await?;
    ensure!(page.items.iter().any(|item| item.key == key), "the range misses the row");
    g.write(vec![Op::Delete { key, expect: Expect::Present }]).await?;
    Ok(())
}

/// Refused by get, by every operation, and by a range when the partition is at fault.
async fn refused(g: &Ground, key: Key, wanted: &LimitError) -> Outcome {
    let found = limit(g.store.get(std::slice::from_ref(&key), Consistency::Strong).await)?;
    same("the limit of a get", &found, wanted)?;
    let ops = [
        Op::Check { key: key.clone(), expect: Expect::Any },
        put(key.clone(), Expect::Any, "1"),
        Op::Delete { key: key.clone(), expect: Expect::Any },
        add(key, 1),
    ];
    for op in ops {
        same("the limit of a commit", &limit(g.write(vec![op]).await)?, wanted)?;
    }
    Ok(())
}

fn partition_of(g: &Ground, bytes: usize) -> String {
    let start = g.partition("");
    format!("{start}{}", "p".repeat(bytes.saturating_sub(start.len())))
}

async fn a_partition_key_of_2048_bytes_works(g: Ground) -> Outcome {
    works(&g, Key::new(partition_of(&g, 2048), "row")).await
}

async fn a_partition_key_of_2049_bytes_is_refused(g: Ground) -> Outcome {
    let wanted = LimitError::KeyTooLong(2049, 2048);
    refused(&g, Key::new(partition_of(&g, 2049), "row"), &wanted).await?;
    let result = g.page(&Range::all(partition_of(&g, 2049))).await;
    same("the limit of a range", &limit(result)?, &wanted)
}

async fn a_sort_key_of_1024_bytes_works(g: Ground) -> Outcome {
    works(&g, g.key(&"s".repeat(1024))).await
}

async fn a_sort_key_of_1025_bytes_is_refused(g: Ground) -> Outcome {
    refused(&g, g.key(&"s".repeat(1025)), &LimitError::KeyTooLong(1025, 1024)).await
}

async fn key_sizes_are_bytes_not_characters(g: Ground) -> Outcome {
    works(&g, g.key(&"😀".repeat(256))).await?;
    refused(&g, g.key(&format!("{}a", "😀".repeat(256))), &LimitError::KeyTooLong(1025, 1024)).await
}

async fn an_empty_partition_key_is_refused(g: Ground) -> Outcome {
    refused(&g, Key::new("", "row"), &LimitError::KeyEmpty).await?;
    same("the limit of a range", &limit(g.page(&Range::all("")).await)?, &LimitError::KeyEmpty)
}

async fn an_empty_sort_key_is_refused(g: Ground) -> Outcome {
    refused(&g, g.key(""), &LimitError::KeyEmpty).await
}

async fn get_of(g: &Ground, count: usize) -> Result<usize, StoreError> {
    let keys: Vec<Key> = (0..count).map(|n| g.key(&n.to_string())).collect();
    g.store.get(&keys, Consistency::Strong).await.map(|items| items.len())
}

async fn a_get_of_100_keys_is_answered(g: Ground) -> Outcome {
    same("how many answers", &get_of(&g, 100).await?, &100)
}

async fn a_get_of_101_keys_is_refused(g: Ground) -> Outcome {
    same("the limit", &limit(get_of(&g, 101).await)?, &LimitError::KeyCount(101))
}

async fn a_get_of_no_keys_is_refused(g: Ground) -> Outcome {
    same("the limit", &limit(get_of(&g, 0).await)?, &LimitError::KeyCount(0))
}

async fn a_get_of_the_same_key_twice_is_refused(g: Ground) -> Outcome {
    let keys = [g.key("a"), g.key("b"), g.key("a")];
    same("the limit", &limit(g.store.get(&keys, Consistency::Strong).await)?, &LimitError::DuplicateGet)
}

async fn a_page_of_0_rows_is_refused(g: Ground) -> Outcome {
    same("the limit", &limit(g.page(&g.all().limit(0)).await)?, &LimitError::RangeLimit(0))
}

async fn a_page_of_1001_rows_is_refused(g: Ground) -> Outcome {
    same("the limit", &limit(g.page(&g.all().limit(1001)).await)?, &LimitError::RangeLimit(1001))
}

async fn an_empty_prefix_is_refused(g: Ground) -> Outcome {
    let range = Range::prefix(g.partition("0"), "");
    same("the limit", &limit(g.page(&range).await)?, &LimitError::KeyEmpty)
}

async fn a_prefix_of_1025_bytes_is_refused(g: Ground) -> Outcome {
    g.page(&Range::prefix(g.partition("0"), "p".repeat(1024))).await?;
    let range = Range::prefix(g.partition("0"), "p".repeat(1025));
    same("the limit", &limit(g.page(&range).await)?, &LimitError::KeyTooLong(1025, 1024))
}

async fn ends_of_a_span_are_held_to_the_size_of_sort_keys(g: Ground) -> Outcome {
    let (ok, long) = ("e".repeat(1024), "e".repeat(1025));
    let span =
        |from: &str, to: &str| Range { span: Span::Between(from.to_owned(), to.to_owned()), ..g.all() };
    g.page(&span(&ok, &ok)).await?;
    for (from, to) in [(&ok, &long), (&long, &ok)] {
        let found = limit(g.page(&span(from, to)).await)?;
        same("the limit", &found, &LimitError::KeyTooLong(1025, 1024))?;
    }
    for (from, to) in [("", "a"), ("a", "")] {
        same("the limit", &limit(g.page(&span(from, to)).await)?, &LimitError::KeyEmpty)?;
    }
    Ok(())
}

async fn after_is_held_to_the_size_of_sort_keys(g: Ground) -> Outcome {
    g.page(&g.all().after(Some("a".repeat(1024)))).await?;
    let long = g.page(&g.all().after(Some("a".repeat(1025)))).await;
    same("the limit", &limit(long)?, &LimitError::KeyTooLong(1025, 1024))?;
    same("the limit", &limit(g.page(&g.all().after(Some(String::new()))).await)?, &LimitError::KeyEmpty)
}

fn odd_put(g: &Ground, value: Value, schema: u32) -> Vec<Op> {
    vec![Op::Put { key: g.key("row"), expect: Expect::Any, value, schema, expires_at: None }]
}

async fn a_put_of_a_counter_is_refused(g: Ground) -> Outcome {
    same("the limit", &limit(g.write(odd_put(&g, Value::Count(1), 1)).await)?, &LimitError::Malformed)
}

async fn schema_version_0_is_refused(g: Ground) -> Outcome {
    let value = Value::Json("1".to_owned());
    same("the limit", &limit(g.write(odd_put(&g, value, 0)).await)?, &LimitError::Malformed)
}

async fn a_refused_commit_writes_none_of_its_rows(g: Ground) -> Outcome {
    let ops = vec![put(g.key("a"), Expect::Any, "1"), row_of(g.key("b"), limits::ITEM_MAX_BYTES + 1)];
    limit(g.write(ops).await)?;
    same("how many rows", &g.sorts(g.all()).await?.len(), &0)
}
