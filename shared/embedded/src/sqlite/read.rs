//! Reading rows: one by key, or a page of a partition.

use cws_model::Timestamp;
use cws_store::{Item, Key, Page, Range, Revision, Span, StoreError, Value, limits};
use rusqlite::{Connection, Row, params, types::ValueRef};

const POINT: &str =
    "SELECT revision, schema, form, value, expires_ms FROM rows WHERE partition = ?1 AND sort = ?2";
const UPWARDS: &str = "SELECT revision, schema, form, value, expires_ms, sort FROM rows
     WHERE partition = ?1 AND sort >= ?2 AND sort < ?3 ORDER BY sort";
const DOWNWARDS: &str = "SELECT revision, schema, form, value, expires_ms, sort FROM rows
     WHERE partition = ?1 AND sort >= ?2 AND sort < ?3 ORDER BY sort DESC";

/// Why a read failed: the database, or a row that makes no sense.
pub(super) enum ReadError {
    Database(rusqlite::Error),
    Row(StoreError),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// Reads keys in the order asked.
pub(super) fn get(connection: &Connection, keys: &[Key]) -> Result<Vec<Option<Item>>, ReadError> {
    let mut statement = connection.prepare_cached(POINT)?;
    let mut items = Vec::with_capacity(keys.len());
    for key in keys {
        let mut rows = statement.query(params![key.partition.as_bytes(), key.sort.as_bytes()])?;
        items.push(rows.next()?.map(|row| item(row, key.clone())).transpose()?);
    }
    Ok(items)
}

/// Reads one page: at most the rows asked for, and no more than a page's bytes after the first row.
pub(super) fn range(connection: &Connection, range: &Range) -> Result<Page, ReadError> {
    let (from, to) = bounds(range);
    let mut statement = connection.prepare_cached(if range.reverse { DOWNWARDS } else { UPWARDS })?;
    let mut rows = statement.query(params![range.partition.as_bytes(), from, to])?;
    let mut items: Vec<Item> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let key = Key::new(range.partition.clone(), text(row.get_ref(5)?, &range.partition)?);
        let next = item(row, key)?;
        bytes += limits::item_bytes(&next);
        let full = items.len() >= range.limit as usize || bytes > limits::PAGE_MAX_BYTES;
        if full && let Some(last) = items.last() {
            let next = Some(last.key.sort.clone());
            return Ok(Page { items, next });
        }
        items.push(next);
    }
    Ok(Page { items, next: None })
}

/// The bytes of a range: from the first (included) to the second (excluded).
///
/// INVARIANT (byte order): UTF-8 has no byte 0xFF, so that byte is above every key; and nothing lies
/// between a key and the same key with a zero byte after it.
fn bounds(range: &Range) -> (Vec<u8>, Vec<u8>) {
    let (mut from, mut to) = match &range.span {
        Span::All => (Vec::new(), vec![0xff]),
        Span::Prefix(prefix) => (prefix.clone().into_bytes(), [prefix.as_bytes(), &[0xff]].concat()),
        Span::Between(from, to) => (from.clone().into_bytes(), to.clone().into_bytes()),
    };
    match &range.after {
        Some(after) if range.reverse => to = to.min(after.clone().into_bytes()),
        Some(after) => from = from.max([after.as_bytes(), &[0]].concat()),
        None => {}
    }
    (from, to)
}

fn item(row: &Row<'_>, key: Key) -> Result<Item, ReadError> {
    let value = match (row.get_ref(2)?, row.get_ref(3)?) {
        (ValueRef::Integer(0), json @ ValueRef::Blob(_)) => Value::Json(text(json, &key.partition)?),
        (ValueRef::Integer(1), ValueRef::Blob(bytes)) => Value::Bytes(bytes.to_vec()),
        (ValueRef::Integer(2), ValueRef::Integer(count)) => Value::Count(count),
        (form, _) => return Err(corrupt(&key.partition, format!("unknown form {form:?}"))),
    };
    Ok(Item {
        revision: Revision(row.get(0)?),
        schema: row.get(1)?,
        value,
        expires_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
        key,
    })
}

fn text(value: ValueRef<'_>, partition: &str) -> Result<String, ReadError> {
    match value {
        ValueRef::Blob(bytes) => {
            String::from_utf8(bytes.to_vec()).map_err(|_| corrupt(partition, "text is not UTF-8".to_owned()))
        }
        other => Err(corrupt(partition, format!("text is stored as {}", other.data_type()))),
    }
}

fn corrupt(partition: &str, reason: String) -> ReadError {
    let kind = partition.split('#').next().unwrap_or_default().to_owned();
    ReadError::Row(StoreError::Corrupt { kind, reason })
}
