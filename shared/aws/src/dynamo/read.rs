//! Reading by key: `GetItem` for one, `BatchGetItem` for more.

use super::{failure, row};
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};
use cws_store::{Item, Key, StoreError};
use std::{collections::HashMap, time::Duration};

/// Rounds of `BatchGetItem` that may bring nothing before the store counts as throttling.
const EMPTY_ROUNDS_MAX: u32 = 5;
/// Pause after the first round that brought nothing; doubles.
const PAUSE_MS: u64 = 25;

/// Reads rows; answers in the order asked.
pub(super) async fn get(
    client: &Client,
    table: &str,
    keys: &[Key],
    strong: bool,
) -> Result<Vec<Option<Item>>, StoreError> {
    match keys {
        [key] => Ok(vec![one(client, table, key, strong).await?]),
        _ => {
            let mut found = many(client, table, keys, strong).await?;
            Ok(keys.iter().map(|key| found.remove(key)).collect())
        }
    }
}

async fn one(client: &Client, table: &str, key: &Key, strong: bool) -> Result<Option<Item>, StoreError> {
    let answer = client
        .get_item()
        .table_name(table)
        .set_key(Some(row::key_attributes(key)))
        .consistent_read(strong)
        .send()
        .await
        .map_err(|error| failure::of_read(&error))?;
    answer.item.map(row::read).transpose()
}

/// A batch may answer less than was asked, over 16 MB or when it is throttled; the rest is asked again.
async fn many(
    client: &Client,
    table: &str,
    keys: &[Key],
    strong: bool,
) -> Result<HashMap<Key, Item>, StoreError> {
    let mut found = HashMap::with_capacity(keys.len());
    let mut wanted = Some(request(keys, strong)?);
    let mut empty_rounds = 0;
    while let Some(request) = wanted.take() {
        let answer = client
            .batch_get_item()
            .request_items(table, request)
            .send()
            .await
            .map_err(|error| failure::of_read(&error))?;
        let items = answer.responses.unwrap_or_default().remove(table).unwrap_or_default();
        empty_rounds = if items.is_empty() { empty_rounds + 1 } else { 0 };
        for attributes in items {
            let item = row::read(attributes)?;
            found.insert(item.key.clone(), item);
        }
        wanted = answer.unprocessed_keys.unwrap_or_default().remove(table);
        if wanted.is_some() && empty_rounds > 0 {
            pause(empty_rounds).await?;
        }
    }
    Ok(found)
}

async fn pause(empty_rounds: u32) -> Result<(), StoreError> {
    if empty_rounds >= EMPTY_ROUNDS_MAX {
        return Err(StoreError::Throttled);
    }
    tokio::time::sleep(Duration::from_millis(PAUSE_MS << (empty_rounds - 1))).await;
    Ok(())
}

fn request(keys: &[Key], strong: bool) -> Result<KeysAndAttributes, StoreError> {
    let keys: Vec<HashMap<String, AttributeValue>> = keys.iter().map(row::key_attributes).collect();
    KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .consistent_read(strong)
        .build()
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}
