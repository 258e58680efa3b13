//! Typed rows: what a route reads and writes instead of items.

use crate::{Commit, Expect, Item, Key, Op, Revision, StoreError, Value, kind::Kind};
use cws_model::{Timestamp, id::CommitId};
use serde::{Serialize, de::DeserializeOwned};

/// A type that is kept as a row.
pub trait Record: Serialize + DeserializeOwned + Send + Sync {
    /// Kind of row.
    const KIND: Kind;
    /// Schema version that this program writes. Readers accept this one and those `upgrade` knows.
    const SCHEMA: u32 = 1;

    /// Turns JSON of an older schema version into the current one; `None` when it cannot.
    fn upgrade(_from: u32, _json: serde_json::Value) -> Option<serde_json::Value> {
        None
    }
}

/// A place in the store and what is there now.
#[derive(Debug, Clone)]
pub struct Slot<T> {
    key: Key,
    revision: Option<Revision>,
    value: Option<T>,
    expires_at: Option<Timestamp>,
}

impl<T: Record> Slot<T> {
    /// Reads an item into the type. An expired item counts as none, but its revision is kept, so
    /// that writing over it is still a checked write.
    ///
    /// # Errors
    /// `NewerSchema` or `Corrupt`; old code fails closed on new rows.
    pub fn read(key: Key, item: Option<Item>, now: Timestamp) -> Result<Self, StoreError> {
        let Some(item) = item else { return Ok(Self { key, revision: None, value: None, expires_at: None }) };
        let live = item.is_live(now);
        let value = if live { Some(decode::<T>(&item)?) } else { None };
        Ok(Self { key, revision: Some(item.revision), value, expires_at: item.expires_at.filter(|_| live) })
    }

    /// Where it is.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What is there.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// What is there, owned.
    pub fn into_value(self) -> Option<T> {
        self.value
    }

    /// The revision of what is there: the source of an ETag.
    pub fn revision(&self) -> Option<&Revision> {
        self.revision.as_ref()
    }

    /// When what is there expires.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// The condition "as I read it".
    pub fn unchanged(&self) -> Expect {
        self.revision.clone().map_or(Expect::Absent, Expect::Revision)
    }
}

/// Decodes an item of JSON.
///
/// # Errors
/// `NewerSchema` or `Corrupt`.
pub fn decode<T: Record>(item: &Item) -> Result<T, StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt { kind: T::KIND.prefix.to_owned(), reason };
    let Value::Json(text) = &item.value else { return Err(corrupt("not JSON".to_owned())) };
    if item.schema > T::SCHEMA {
        let what = T::KIND.prefix.to_owned();
        return Err(StoreError::NewerSchema { what, found: item.schema, known: T::SCHEMA });
    }
    if item.schema == T::SCHEMA {
        return serde_json::from_str(text).map_err(|e| corrupt(e.to_string()));
    }
    let json = serde_json::from_str(text).map_err(|e| corrupt(e.to_string()))?;
    let current = T::upgrade(item.schema, json)
        .ok_or_else(|| corrupt(format!("schema version {} is no longer read", item.schema)))?;
    serde_json::from_value(current).map_err(|e| corrupt(e.to_string()))
}

/// The writes that a handler decided on: the handler's part of a commit.
#[derive(Debug, Default)]
pub struct Writes {
    ops: Vec<Op>,
}

impl Writes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes over what was read, if it is still as it was read.
    ///
    /// # Errors
    /// `Corrupt` when the value is no JSON.
    pub fn put<T: Record>(&mut self, slot: &Slot<T>, value: &T) -> Result<(), StoreError> {
        self.put_until(slot, value, slot.expires_at)
    }

    /// As `put`, with an expiry.
    ///
    /// # Errors
    /// `Corrupt` when the value is no JSON.
    pub fn put_until<T: Record>(
        &mut self,
        slot: &Slot<T>,
        value: &T,
        expires_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(slot.key.clone(), slot.unchanged(), value, expires_at)
    }

    /// Writes a new row at a key that must be free.
    ///
    /// # Errors
    /// `Corrupt` when the value is no JSON.
    pub fn create<T: Record>(&mut self, key: Key, value: &T) -> Result<(), StoreError> {
        self.write(key, Expect::Absent, value, None)
    }

    /// Writes a row whatever is there.
    ///
    /// # Errors
    /// `Corrupt` when the value is no JSON.
    pub fn overwrite<T: Record>(
        &mut self,
        key: Key,
        value: &T,
        expires_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(key, Expect::Any, value, expires_at)
    }

    fn write<T: Record>(
        &mut self,
        key: Key,
        expect: Expect,
        value: &T,
        expires_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let json = serde_json::to_string(value)
            .map_err(|e| StoreError::Corrupt { kind: T::KIND.prefix.to_owned(), reason: e.to_string() })?;
        self.ops.push(Op::Put { key, expect, value: Value::Json(json), schema: T::SCHEMA, expires_at });
        Ok(())
    }

    /// Removes what was read, if it is still as it was read.
    pub fn delete<T: Record>(&mut self, slot: &Slot<T>) {
        self.ops.push(Op::Delete { key: slot.key.clone(), expect: slot.unchanged() });
    }

    /// Changes nothing, but only if what was read is still so.
    pub fn check<T: Record>(&mut self, slot: &Slot<T>) {
        self.ops.push(Op::Check { key: slot.key.clone(), expect: slot.unchanged() });
    }

    /// Adds to a counter.
    pub fn add(&mut self, key: Key, by: i64) {
        self.ops.push(Op::Add { key, by, at_least: None, at_most: None });
    }

    /// Any other operation.
    pub fn op(&mut self, op: Op) {
        self.ops.push(op);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// The operations so far.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// Takes over the operations of another.
    pub fn extend(&mut self, other: Self) {
        self.ops.extend(other.ops);
    }

    /// As a commit.
    pub fn into_commit(self, id: CommitId) -> Commit {
        Commit { id, ops: self.ops }
    }
}
