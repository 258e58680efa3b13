//! A data directory as lines of JSON: a line a row, and a line a kept checkpoint. Signing keys are not in it: they are
//! made from a seed.

use base64::{Engine, engine::general_purpose::STANDARD};
use cws_cloud::Entropy;
use cws_embedded::{
    keys::FileKeys,
    sqlite::{Options, SqliteStore},
};
use cws_model::{Timestamp, id::CommitId};
use cws_store::{Commit, Expect, Key, Op, Store, Value};
use rusqlite::{Connection, types::ValueRef};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path, sync::Arc};

/// A row as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredRow {
    pub(super) partition: String,
    pub(super) sort: String,
    pub(super) schema: u32,
    #[serde(flatten)]
    pub(super) value: StoredValue,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_ms: Option<i64>,
}

/// What is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredValue {
    Json(String),
    Base64(String),
    Count(i64),
}

/// A line of a dump.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Row(StoredRow),
    Checkpoints { log: String, lines: String },
}

/// The same bytes again and again: the keys of a dumped store are made from it.
pub(super) struct Seed(pub(super) u8);

impl Entropy for Seed {
    fn fill(&self, buffer: &mut [u8]) {
        for (place, byte) in buffer.iter_mut().enumerate() {
            *byte = self.0 ^ u8::try_from(place % 251).unwrap();
        }
    }
}

/// Makes the signing keys of a directory before the program does.
pub(super) fn plant_keys(data: &Path) {
    fs::create_dir_all(data).unwrap();
    FileKeys::open(&data.join("keys"), &Seed(7)).unwrap();
}

/// Every row of a stopped program's store.
pub(super) fn rows(data: &Path) -> Vec<StoredRow> {
    let database = Connection::open(data.join("cws.db")).unwrap();
    let mut all = database
        .prepare("SELECT partition, sort, schema, form, value, expires_ms FROM rows ORDER BY partition, sort")
        .unwrap();
    let text = |value: ValueRef<'_>| String::from_utf8(value.as_blob().unwrap().to_vec()).unwrap();
    let rows = all.query_map([], |row| {
        let value = match row.get_ref(3)?.as_i64().unwrap() {
            0 => StoredValue::Json(text(row.get_ref(4)?)),
            1 => StoredValue::Base64(STANDARD.encode(row.get_ref(4)?.as_blob().unwrap())),
            _ => StoredValue::Count(row.get(4)?),
        };
        Ok(StoredRow {
            partition: text(row.get_ref(0)?),
            sort: text(row.get_ref(1)?),
            schema: row.get(2)?,
            value,
            expires_ms: row.get(5)?,
        })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Writes a stopped program's data as lines.
pub(super) fn write(data: &Path, to: &Path) {
    let mut lines: Vec<Line> = rows(data).into_iter().map(Line::Row).collect();
    for entry in fs::read_dir(data.join("checkpoints")).unwrap() {
        let path = entry.unwrap().path();
        let log = path.file_name().unwrap().to_str().unwrap().to_owned();
        lines.push(Line::Checkpoints { log, lines: fs::read_to_string(&path).unwrap() });
    }
    let text: Vec<String> = lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
    fs::write(to, text.concat()).unwrap();
}

/// Makes a data directory from lines, as the program that wrote them left it.
pub(super) async fn read(from: &Path, data: &Path) {
    plant_keys(data);
    let store = SqliteStore::open(data, Options::default()).unwrap();
    let mut ops = Vec::new();
    for line in fs::read_to_string(from).unwrap().lines() {
        match serde_json::from_str(line).unwrap() {
            Line::Row(row) => ops.push(op(row)),
            Line::Checkpoints { log, lines } => {
                fs::create_dir_all(data.join("checkpoints")).unwrap();
                fs::write(data.join("checkpoints").join(log), lines).unwrap();
            }
        }
    }
    for (n, ops) in ops.chunks(20).enumerate() {
        commit(&store, n, ops.to_vec()).await;
    }
}

async fn commit(store: &Arc<SqliteStore>, n: usize, ops: Vec<Op>) {
    let id = CommitId::new(Timestamp::from_millis(1 + i64::try_from(n).unwrap()), [1; 10]);
    store.commit(&Commit { id, ops }).await.unwrap();
}

fn op(row: StoredRow) -> Op {
    let key = Key::new(row.partition, row.sort);
    let value = match row.value {
        StoredValue::Count(by) => return Op::Add { key, by, at_least: None, at_most: None },
        StoredValue::Json(text) => Value::Json(text),
        StoredValue::Base64(text) => Value::Bytes(STANDARD.decode(text).unwrap()),
    };
    let expires_at = row.expires_ms.map(Timestamp::from_millis);
    Op::Put { key, expect: Expect::Any, value, schema: row.schema, expires_at }
}
