//! The store on DynamoDB: one table, no index, no scan.
//!
//! A row is one item: `pk` and `sk` (its key), `rev` (the commit that wrote it), `sv` (schema
//! version), one of `j` (JSON text), `b` (bytes) and `n` (count), and, when it expires, `x` (the
//! instant, ms) and `exp` (the same in seconds, rounded up, for DynamoDB's own sweep).
//!
//! INVARIANT (one effect): every commit, even of one operation, is a `TransactWriteItems` whose
//! client request token is the commit id. A conditional put would be cheaper, but sent twice it
//! could fail on its own first effect or overwrite what came after.

mod failure;
mod query;
mod read;
mod row;
mod write;

pub use row::TTL_ATTRIBUTE;

use crate::connect::Access;
use aws_sdk_dynamodb::Client;
use cws_store::{
    Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError, Value,
    kind::META,
    limits::{check_commit, check_get, check_range},
};
use futures::{FutureExt as _, future::BoxFuture};

/// Schema version of the store that this program writes.
pub const SCHEMA: u32 = 1;

/// The store on one DynamoDB table.
#[derive(Debug, Clone)]
pub struct DynamoStore {
    client: Client,
    table: String,
}

impl DynamoStore {
    /// On a table with the keys `pk` and `sk`, both strings.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// On a table that is reached this way.
    pub fn connect(access: &Access, table: impl Into<String>) -> Self {
        Self::new(Client::from_conf(access.dynamodb().build()), table)
    }

    async fn send(&self, commit: &Commit) -> Result<(), StoreError> {
        check_commit(commit)?;
        let sent = self
            .client
            .transact_write_items()
            .set_transact_items(Some(write::actions(&self.table, commit)?))
            .client_request_token(commit.id.as_str())
            .send()
            .await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.as_service_error() {
                Some(known) => failure::of_commit(known, known.meta()),
                None => failure::of_unanswered_commit(&error),
            }),
        }
    }

    async fn check(&self) -> Result<Health, StoreError> {
        let key = [Key::new(META.part("store"), "schema")];
        let stored = self.get(&key, Consistency::Eventual).await?.into_iter().next().flatten();
        // Nobody wrote the mark: a table as this program first finds it.
        let schema = stored.map_or(Ok(SCHEMA), |item| marked(&item))?;
        if schema > SCHEMA {
            return Err(StoreError::NewerSchema { what: "store".to_owned(), found: schema, known: SCHEMA });
        }
        Ok(Health { adapter: "dynamodb", schema })
    }
}

fn marked(item: &Item) -> Result<u32, StoreError> {
    let corrupt =
        |reason: &str| StoreError::Corrupt { kind: META.prefix.to_owned(), reason: reason.to_owned() };
    let Value::Json(text) = &item.value else { return Err(corrupt("the schema mark is not JSON")) };
    text.parse().map_err(|_| corrupt("the schema mark is not a number"))
}

impl Store for DynamoStore {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        async move {
            check_get(keys)?;
            read::get(&self.client, &self.table, keys, consistency == Consistency::Strong).await
        }
        .boxed()
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        async move {
            check_range(range)?;
            query::page(&self.client, &self.table, range, consistency == Consistency::Strong).await
        }
        .boxed()
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        self.send(commit).boxed()
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.check().boxed()
    }
}
