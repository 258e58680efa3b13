//! A deployment's store, keys and second place in a directory of its own, with audit records to write.

use cws_cloud::{
    clock::new_id,
    mirror::CheckpointMirror,
    signer::{PublicKeys, Signer},
};
use cws_embedded::{
    checkpoint_file::CheckpointFile,
    keys::FileKeys,
    sqlite::{Durability, Options, SqliteStore},
    system::SystemEntropy,
};
use cws_model::{InstitutionId, Timestamp, id::CommitId, identity::Institution};
use cws_platform::{
    audit::FaultKind,
    log::{Log, LogReader, Pass, SequenceError, Sequencer, rows::REACH},
    verify::{LogsCheck, Report, verify_audit, verify_logs},
};
use cws_route::{
    answer::log_leaf,
    audit::{AUDIT_LOG, AUDIT_PARTS, AuditRecord, Outcome, TEMPLATE_LOG, part_name, texts},
};
use cws_store::{
    Commit, Consistency, Expect, Item, Key, Op, Range, Scoped, Store, Value, Writes, key::read_all, kind,
};
use std::{collections::BTreeMap, sync::Arc};
use tempfile::TempDir;

pub(crate) const START_MS: i64 = 1_795_430_000_000;
/// Institutions that records are spread over.
pub(crate) const INSTITUTIONS: [&str; 2] = ["uni-bern", "uni-basel"];

pub(crate) struct Rig {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: Arc<FileKeys>,
    pub(crate) mirror: Arc<CheckpointFile>,
    _dir: TempDir,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { durability: Durability::TestOnly, ..Options::default() };
        let store: Arc<dyn Store> = SqliteStore::open(dir.path(), options).unwrap();
        let keys = Arc::new(FileKeys::open(&dir.path().join("keys"), &SystemEntropy::default()).unwrap());
        let mirror = Arc::new(CheckpointFile::open(&dir.path().join("checkpoints")).unwrap());
        let rig = Self { store, keys, mirror, _dir: dir };
        let mut writes = Writes::new();
        for name in INSTITUTIONS {
            let key = Key::new(kind::INSTITUTION.part("all"), name);
            writes.create(key, &institution(name)).unwrap();
        }
        rig.commit(writes).await;
        rig
    }

    pub(crate) async fn commit(&self, writes: Writes) {
        self.store.commit(&writes.into_commit(commit_id())).await.unwrap();
    }

    pub(crate) async fn op(&self, op: Op) {
        self.store.commit(&Commit { id: commit_id(), ops: vec![op] }).await.unwrap();
    }

    /// Writes records `from..to`, one a second, turn by turn in each institution.
    pub(crate) async fn write(&self, from: u64, to: u64) {
        let numbers: Vec<u64> = (from..to).collect();
        for some in numbers.chunks(30) {
            let mut writes = Writes::new();
            for number in some {
                put_record(&mut writes, &record(*number));
            }
            self.commit(writes).await;
        }
    }

    pub(crate) fn sequencer(&self, at_s: i64) -> Sequencer {
        self.sequencer_over(self.store.clone(), self.keys.clone(), at_s)
    }

    pub(crate) fn sequencer_over(
        &self,
        store: Arc<dyn Store>,
        signer: Arc<dyn Signer>,
        at_s: i64,
    ) -> Sequencer {
        let mirror: Arc<dyn CheckpointMirror> = self.mirror.clone();
        let now = Timestamp::from_millis(START_MS).plus_seconds(100_000 + at_s);
        Sequencer::new(store, signer, Some(mirror), (now, home()), Box::new(commit_id))
    }

    pub(crate) async fn sequence(&self) -> Pass {
        self.try_sequence().await.unwrap()
    }

    pub(crate) async fn try_sequence(&self) -> Result<Pass, SequenceError> {
        self.sequencer(0).run(Log::Audit).await
    }

    pub(crate) fn reader(&self) -> LogReader {
        LogReader::new(Scoped::catalogue(self.store.clone(), home(), REACH, Timestamp::default()), Log::Audit)
    }

    /// How far the log has come: leaves stored, leaves signed.
    pub(crate) async fn sizes(&self) -> (u64, u64) {
        let head = self.reader().head().await.unwrap().into_value();
        let checkpoint = self.reader().checkpoint().await.unwrap().into_value();
        (head.map_or(0, |head| head.size), checkpoint.map_or(0, |checkpoint| checkpoint.size))
    }

    pub(crate) async fn check(&self) -> LogsCheck {
        let mut public_keys = BTreeMap::new();
        for log in Log::ALL {
            public_keys.insert(log.as_str(), self.keys.public_key(log.key()).await.unwrap());
        }
        let notes = |log: &str| (log.to_owned(), self.mirror.notes(log).unwrap());
        let kept = BTreeMap::from([AUDIT_LOG, TEMPLATE_LOG].map(notes));
        let (now, outside) = (Timestamp::from_millis(START_MS), BTreeMap::new());
        LogsCheck { store: self.store.clone(), public_keys, kept, outside, now, home: home() }
    }

    pub(crate) async fn verify(&self) -> Report {
        verify_audit(&self.check().await).await.unwrap()
    }

    pub(crate) async fn verify_all(&self) -> Report {
        verify_logs(&self.check().await).await.unwrap()
    }

    /// The one fault that there must be, by kind and record.
    pub(crate) async fn only_fault(&self) -> (FaultKind, Option<String>) {
        let report = self.verify().await;
        assert_eq!(report.faults.len(), 1, "{report}");
        let fault = &report.faults[0];
        (fault.kind, fault.record.clone())
    }

    pub(crate) async fn item(&self, key: &Key) -> Item {
        let found = self.store.get(std::slice::from_ref(key), Consistency::Strong).await.unwrap();
        found.into_iter().next().unwrap().expect("a row")
    }

    pub(crate) async fn overwrite(&self, key: Key, value: Value) {
        self.op(Op::Put { key, expect: Expect::Any, value, schema: 1, expires_at: None }).await;
    }

    pub(crate) async fn delete(&self, key: Key) {
        self.op(Op::Delete { key, expect: Expect::Present }).await;
    }

    /// Every row of the log and its records, to be put back later: a backup of the database.
    pub(crate) async fn snapshot(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for partition in partitions() {
            items.extend(
                read_all(self.store.as_ref(), Range::all(partition), Consistency::Strong).await.unwrap(),
            );
        }
        items
    }

    /// Puts a backup back: what was written since is gone.
    pub(crate) async fn restore(&self, backup: Vec<Item>) {
        let now = self.snapshot().await;
        let kept: std::collections::BTreeSet<Key> = backup.iter().map(|item| item.key.clone()).collect();
        for item in now.into_iter().filter(|item| !kept.contains(&item.key)) {
            self.delete(item.key).await;
        }
        for item in backup {
            self.overwrite(item.key, item.value).await;
        }
    }
}

fn partitions() -> Vec<String> {
    let mut all = vec![kind::LOG_HEAD.part(AUDIT_LOG), kind::LOG_TILE.part("audit#entries")];
    all.extend((0..3).map(|level| kind::LOG_TILE.part(&format!("audit#{level}"))));
    all.extend((0..256).map(|hash| kind::LOG_INDEX.part(&format!("audit#{hash:02x}"))));
    all.extend((0..8).map(|shard| cws_route::answer::log_pending_partition(AUDIT_LOG, shard)));
    for name in INSTITUTIONS {
        let institution = name.parse().unwrap();
        all.extend((0..AUDIT_PARTS).map(|part| kind::AUDIT.of_part(&institution, &part_name(part))));
    }
    all
}

pub(crate) fn home() -> InstitutionId {
    INSTITUTIONS[0].parse().unwrap()
}

pub(crate) fn commit_id() -> CommitId {
    new_id(Timestamp::from_millis(START_MS), &SystemEntropy::default())
}

fn institution(name: &str) -> Institution {
    let text = serde_json::json!({
        "id": name, "name": name, "regions": [], "accepted_publishers": [], "defaults": {}, "features": {},
        "created_at": "2026-11-23T10:00:00.000Z", "updated_at": "2026-11-23T10:00:00.000Z",
    });
    serde_json::from_value(text).unwrap()
}

/// The record of a number: always the same.
pub(crate) fn record(number: u64) -> AuditRecord {
    let at = Timestamp::from_millis(START_MS + i64::try_from(number).unwrap() * 1000);
    let mut random = [7; 10];
    random[2..].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    AuditRecord {
        id: cws_model::Id::new(at, random),
        at,
        institution: INSTITUTIONS[usize::try_from(number % 2).unwrap()].parse().unwrap(),
        actor_kind: "user".to_owned(),
        actor: format!("usr_{number}"),
        action: "project.created".to_owned(),
        route: "project_create".to_owned(),
        subject: Some(format!("prj_{number}")),
        outcome: Outcome::Done,
        change: None,
        request_id: cws_model::Id::new(at, random),
    }
}

pub(crate) fn put_record(writes: &mut Writes, record: &AuditRecord) {
    let (row, leaf) = texts(record).unwrap();
    let value = Value::Json(row);
    writes.op(Op::Put {
        key: record_key(record),
        expect: Expect::Absent,
        value,
        schema: 1,
        expires_at: None,
    });
    log_leaf(writes, AUDIT_LOG, record.id.as_str(), leaf).unwrap();
}

pub(crate) fn record_key(record: &AuditRecord) -> Key {
    cws_route::audit::record_key(&record.institution, record.id.as_str())
}
