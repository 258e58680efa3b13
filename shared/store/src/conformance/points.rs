//! Rows come back as they were written, one by key or many at once.

use super::{
    Failure, Ground, Outcome, case_list,
    ground::{ensure, put, same},
};
use crate::{Consistency, Expect, Item, Key, Op, Range, Value};
use cws_model::Timestamp;

case_list!("points":
    a_missing_row_is_none,
    json_comes_back_byte_for_byte,
    bytes_come_back_byte_for_byte,
    an_empty_text_is_a_row,
    empty_bytes_are_a_row,
    json_and_bytes_of_the_same_content_are_not_the_same,
    the_schema_version_comes_back,
    an_expiry_comes_back_to_the_millisecond,
    a_row_without_expiry_has_none,
    an_expired_row_is_still_read,
    a_new_put_takes_the_old_expiry_away,
    the_revision_is_the_id_of_the_commit,
    every_row_of_a_commit_has_its_revision,
    a_put_replaces_the_whole_row,
    a_put_may_change_the_form_of_a_value,
    a_deleted_row_is_none,
    deleting_a_missing_row_succeeds,
    many_keys_are_answered_in_the_order_asked,
    a_get_spans_partitions,
    the_same_sort_key_in_two_partitions_is_two_rows,
    a_write_is_seen_by_the_next_strong_read,
    a_write_is_seen_by_the_next_strong_range,
    an_eventual_read_answers_a_row_that_was_there_all_along,
    health_names_the_adapter,
);

/// Writes a value and reads it back.
async fn echo(g: &Ground, value: Value, schema: u32, expires_at: Option<Timestamp>) -> Result<Item, Failure> {
    let key = g.key("row");
    g.write(vec![Op::Put { key: key.clone(), expect: Expect::Absent, value, schema, expires_at }]).await?;
    g.item(&key).await?.ok_or_else(|| Failure("the row is missing".to_owned()))
}

async fn a_missing_row_is_none(g: Ground) -> Outcome {
    same("the row", &g.item(&g.key("nothing")).await?, &None)
}

async fn json_comes_back_byte_for_byte(g: Ground) -> Outcome {
    let text = "{ \"b\" : 1.0,\n\t\"a\":1e2, \"ü\":\"\\u00fc é e\u{301} 😀 \\u0000\" }";
    let value = Value::Json(text.to_owned());
    same("the value", &echo(&g, value.clone(), 1, None).await?.value, &value)
}

async fn bytes_come_back_byte_for_byte(g: Ground) -> Outcome {
    let value = Value::Bytes((0..=255).collect());
    same("the value", &echo(&g, value.clone(), 1, None).await?.value, &value)
}

async fn an_empty_text_is_a_row(g: Ground) -> Outcome {
    let value = Value::Json(String::new());
    same("the value", &echo(&g, value.clone(), 1, None).await?.value, &value)
}

async fn empty_bytes_are_a_row(g: Ground) -> Outcome {
    let value = Value::Bytes(Vec::new());
    same("the value", &echo(&g, value.clone(), 1, None).await?.value, &value)
}

async fn json_and_bytes_of_the_same_content_are_not_the_same(g: Ground) -> Outcome {
    let value = Value::Bytes(b"17".to_vec());
    same("the value", &echo(&g, value.clone(), 1, None).await?.value, &value)
}

async fn the_schema_version_comes_back(g: Ground) -> Outcome {
    let item = echo(&g, Value::Json("1".to_owned()), u32::MAX, None).await?;
    same("the schema version", &item.schema, &u32::MAX)
}

async fn an_expiry_comes_back_to_the_millisecond(g: Ground) -> Outcome {
    let at = Some(Timestamp::from_millis(4_102_444_799_999));
    let item = echo(&g, Value::Json("1".to_owned()), 1, at).await?;
    same("the expiry", &item.expires_at, &at)
}

async fn a_row_without_expiry_has_none(g: Ground) -> Outcome {
    let item = echo(&g, Value::Json("1".to_owned()), 1, None).await?;
    same("the expiry", &item.expires_at, &None)
}

/// The reader decides. DynamoDB sweeps no row that expired more than five years ago, so this one stays.
async fn an_expired_row_is_still_read(g: Ground) -> Outcome {
    let at = Some(Timestamp::from_millis(1_000_000_000_000));
    let item = echo(&g, Value::Json("1".to_owned()), 1, at).await?;
    same("the expiry", &item.expires_at, &at)?;
    let page = g.page(&g.all()).await?;
    same("the rows of the range", &page.items, &vec![item])
}

async fn a_new_put_takes_the_old_expiry_away(g: Ground) -> Outcome {
    echo(&g, Value::Json("1".to_owned()), 1, Some(Timestamp::from_millis(4_102_444_800_000))).await?;
    g.put("row", "2").await?;
    let item = g.item(&g.key("row")).await?.ok_or("the row is missing")?;
    same("the expiry", &item.expires_at, &None)
}

async fn the_revision_is_the_id_of_the_commit(g: Ground) -> Outcome {
    let commit = g.commit_of(vec![put(g.key("row"), Expect::Any, "1")]);
    g.store.commit(&commit).await?;
    let item = g.item(&g.key("row")).await?.ok_or("the row is missing")?;
    same("the revision", &item.revision.0, &commit.id.to_string())
}

async fn every_row_of_a_commit_has_its_revision(g: Ground) -> Outcome {
    let keys = [g.key("a"), g.key("b"), Key::new(g.partition("1"), "c")];
    let revision = g.write(keys.iter().map(|key| put(key.clone(), Expect::Any, "1")).collect()).await?;
    for item in g.store.get(&keys, Consistency::Strong).await? {
        same("the revision", &item.ok_or("a row is missing")?.revision, &revision)?;
    }
    Ok(())
}

async fn a_put_replaces_the_whole_row(g: Ground) -> Outcome {
    g.put("row", r#"{"a":1,"b":2}"#).await?;
    let second = g.put("row", r#"{"b":3}"#).await?;
    let item = g.item(&g.key("row")).await?.ok_or("the row is missing")?;
    same("the value", &item.value, &Value::Json(r#"{"b":3}"#.to_owned()))?;
    same("the revision", &item.revision, &second)
}

async fn a_put_may_change_the_form_of_a_value(g: Ground) -> Outcome {
    let key = g.key("row");
    for value in [Value::Json("1".to_owned()), Value::Bytes(vec![0, 1]), Value::Json("2".to_owned())] {
        let op = Op::Put {
            key: key.clone(),
            expect: Expect::Any,
            value: value.clone(),
            schema: 1,
            expires_at: None,
        };
        g.write(vec![op]).await?;
        same("the value", &g.item(&key).await?.map(|item| item.value), &Some(value))?;
    }
    Ok(())
}

async fn a_deleted_row_is_none(g: Ground) -> Outcome {
    g.put("row", "1").await?;
    g.delete("row").await?;
    same("the row", &g.item(&g.key("row")).await?, &None)
}

async fn deleting_a_missing_row_succeeds(g: Ground) -> Outcome {
    g.delete("nothing").await?;
    same("the row", &g.item(&g.key("nothing")).await?, &None)
}

async fn many_keys_are_answered_in_the_order_asked(g: Ground) -> Outcome {
    g.fill((0..100).filter(|n| n % 3 != 0).map(|n| format!("{n:02}"))).await?;
    let asked: Vec<String> = (0..100).map(|n| format!("{:02}", (n * 37) % 100)).collect();
    let keys: Vec<Key> = asked.iter().map(|sort| g.key(sort)).collect();
    let items = g.store.get(&keys, Consistency::Strong).await?;
    same("how many", &items.len(), &100)?;
    for (key, item) in keys.iter().zip(items) {
        let there = key.sort.parse::<u32>()? % 3 != 0;
        ensure!(item.is_some() == there, "`{}` is {item:?}", key.sort);
        ensure!(item.is_none_or(|item| item.key == *key), "another row was answered at `{}`", key.sort);
    }
    Ok(())
}

async fn a_get_spans_partitions(g: Ground) -> Outcome {
    let keys: Vec<Key> = (0..5).map(|n| Key::new(g.partition(&n.to_string()), "row")).collect();
    g.write(keys.iter().map(|key| put(key.clone(), Expect::Any, "1")).collect()).await?;
    let items = g.store.get(&keys, Consistency::Strong).await?;
    let found: Vec<Key> = items.into_iter().flatten().map(|item| item.key).collect();
    same("the keys", &found, &keys)
}

async fn the_same_sort_key_in_two_partitions_is_two_rows(g: Ground) -> Outcome {
    let other = Key::new(g.partition("1"), "row");
    g.put("row", "1").await?;
    g.write(vec![put(other.clone(), Expect::Absent, "2")]).await?;
    g.delete("row").await?;
    let left = g.item(&other).await?.map(|item| item.value);
    same("the other row", &left, &Some(Value::Json("2".to_owned())))
}

async fn a_write_is_seen_by_the_next_strong_read(g: Ground) -> Outcome {
    for n in 0..50 {
        let text = n.to_string();
        g.put("row", &text).await?;
        same("the row", &g.json("row").await?, &Some(text))?;
    }
    Ok(())
}

async fn a_write_is_seen_by_the_next_strong_range(g: Ground) -> Outcome {
    for n in 0..50 {
        g.put(&format!("{n:02}"), "1").await?;
        same("how many rows", &g.page(&g.all()).await?.items.len(), &(n + 1))?;
    }
    Ok(())
}

async fn an_eventual_read_answers_a_row_that_was_there_all_along(g: Ground) -> Outcome {
    g.put("row", "1").await?;
    for n in 0..20 {
        // Long past any lag of a decorator, and for a real replica there is another try.
        g.put(&format!("other/{n}"), "1").await?;
    }
    for _ in 0..100 {
        let items = g.store.get(&[g.key("row")], Consistency::Eventual).await?;
        let page = g.store.range(&Range::prefix(g.partition("0"), "row"), Consistency::Eventual).await?;
        if items.iter().flatten().count() == 1 && page.items.len() == 1 {
            return Ok(());
        }
    }
    Err(Failure("100 eventual reads did not see the row".to_owned()))
}

async fn health_names_the_adapter(g: Ground) -> Outcome {
    let health = g.store.health().await?;
    ensure!(!health.adapter.is_empty() && health.schema >= 1, "found {health:?}");
    Ok(())
}
