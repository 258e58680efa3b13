//! Tampering with the log itself: leaves, tiles, head, checkpoints, and the whole database.

use crate::rig::{Rig, record, record_key};
use cws_embedded::{keys::FileKeys, system::SystemEntropy};
use cws_platform::{
    audit::FaultKind,
    log::{
        Log, SequenceError,
        rows::{Head, head_key},
    },
};
use cws_route::audit::texts;
use cws_store::{Key, Value, kind};
use std::{collections::BTreeSet, sync::Arc};

async fn logged() -> Rig {
    let rig = Rig::new().await;
    rig.write(0, 300).await;
    rig.sequence().await;
    rig
}

fn tile(part: &str, sort: &str) -> Key {
    Key::new(kind::LOG_TILE.part(part), sort)
}

async fn kinds(rig: &Rig) -> BTreeSet<String> {
    rig.verify().await.faults.iter().map(|fault| format!("{:?}", fault.kind)).collect()
}

#[tokio::test]
async fn a_leaf_that_is_changed_in_its_bundle_is_found_at_its_place() {
    let rig = logged().await;
    let key = tile("audit#entries", "tile/entries/000");
    let Value::Bytes(mut bytes) = rig.item(&key).await.value else { panic!("a bundle is bytes") };
    bytes[60] ^= 1;
    rig.overwrite(key, Value::Bytes(bytes)).await;
    let report = rig.verify().await;
    assert_eq!(report.faults[0].kind, FaultKind::LeafChanged, "{report}");
    assert_eq!(report.faults[0].index, Some(0));
}

#[tokio::test]
async fn leaves_that_changed_places_are_found() {
    let rig = logged().await;
    let key = tile("audit#entries", "tile/entries/001");
    let Value::Bytes(bytes) = rig.item(&key).await.value else { panic!("a bundle is bytes") };
    let length = 2 + usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    let next = 2 + usize::from(u16::from_be_bytes([bytes[length], bytes[length + 1]]));
    let swapped = [&bytes[length..length + next], &bytes[..length], &bytes[length + next..]].concat();
    rig.overwrite(key, Value::Bytes(swapped)).await;
    let report = rig.verify().await;
    let places: Vec<_> =
        report.faults.iter().filter(|f| f.kind == FaultKind::LeafChanged).map(|f| f.index).collect();
    assert_eq!(places, [Some(256), Some(257)], "{report}");
}

#[tokio::test]
async fn a_tile_that_is_changed_cut_or_missing_is_found() {
    let rig = logged().await;
    for (part, sort) in [("audit#0", "tile/0/000"), ("audit#0", "tile/0/001"), ("audit#1", "tile/1/000")] {
        let key = tile(part, sort);
        let Value::Bytes(bytes) = rig.item(&key).await.value else { panic!("a tile is bytes") };
        let mut changed = bytes.clone();
        changed[5] ^= 0x40;
        rig.overwrite(key.clone(), Value::Bytes(changed)).await;
        assert!(kinds(&rig).await.contains("LogDamaged"), "{sort} changed");
        rig.overwrite(key.clone(), Value::Bytes(bytes[..bytes.len() - 32].to_vec())).await;
        assert!(kinds(&rig).await.contains("LogDamaged"), "{sort} cut");
        rig.delete(key.clone()).await;
        assert!(kinds(&rig).await.contains("LogDamaged"), "{sort} missing");
        rig.overwrite(key, Value::Bytes(bytes)).await;
    }
    assert!(rig.verify().await.is_clean());
}

#[tokio::test]
async fn a_damaged_log_does_not_grow_and_is_not_signed() {
    let rig = logged().await;
    let key = tile("audit#0", "tile/0/001");
    let Value::Bytes(mut bytes) = rig.item(&key).await.value else { panic!("a tile is bytes") };
    bytes[0] ^= 1;
    rig.overwrite(key, Value::Bytes(bytes)).await;
    rig.write(300, 310).await;
    assert!(matches!(rig.try_sequence().await, Err(SequenceError::Append { .. })));
    assert_eq!(rig.sizes().await, (300, 300));
}

#[tokio::test]
async fn a_place_that_is_lost_or_wrong_is_found() {
    let rig = logged().await;
    let key = cws_platform::log::rows::place_key(Log::Audit, record(33).id.as_str());
    rig.overwrite(key.clone(), Value::Json(r#"{"index":34}"#.to_owned())).await;
    assert_eq!(kinds(&rig).await, BTreeSet::from(["IndexWrong".to_owned()]));
    rig.delete(key).await;
    assert!(kinds(&rig).await.contains("IndexWrong"));
}

#[tokio::test]
async fn a_checkpoint_that_was_not_signed_by_the_logs_key_is_found() {
    let rig = logged().await;
    let key = head_key(Log::Audit, "checkpoint");
    let Value::Json(text) = rig.item(&key).await.value else { panic!("a checkpoint is text") };
    rig.overwrite(key, Value::Json(text.replacen("\\n300\\n", "\\n299\\n", 1))).await;
    assert!(kinds(&rig).await.contains("CheckpointWrong"));
}

#[tokio::test]
async fn a_history_that_is_rewritten_with_another_key_is_found() {
    let rig = logged().await;
    let dir = tempfile::tempdir().unwrap();
    let forger = Arc::new(FileKeys::open(dir.path(), &SystemEntropy::default()).unwrap());
    for item in rig.snapshot().await {
        if ["lgh", "lgt", "lgi", "lgp"].contains(&item.key.kind()) {
            rig.delete(item.key).await;
        }
    }
    for number in 0..300 {
        let mut writes = cws_store::Writes::new();
        let (_, leaf) = texts(&record(number)).unwrap();
        cws_route::answer::log_leaf(&mut writes, "audit", record(number).id.as_str(), leaf).unwrap();
        rig.commit(writes).await;
    }
    let forged = cws_platform::log::Sequencer::new(
        rig.store.clone(),
        forger,
        None,
        (cws_model::Timestamp::default(), crate::rig::home()),
        Box::new(crate::rig::commit_id),
    );
    assert_eq!(forged.run(Log::Audit).await.unwrap().appended, 300);
    assert!(kinds(&rig).await.contains("CheckpointWrong"));
}

#[tokio::test]
async fn a_database_that_was_rolled_back_is_found_and_is_not_signed_over() {
    let rig = Rig::new().await;
    rig.write(0, 100).await;
    rig.sequence().await;
    let backup = rig.snapshot().await;
    rig.write(100, 300).await;
    rig.sequence().await;
    rig.restore(backup).await;
    assert_eq!(rig.sizes().await, (100, 100));
    assert_eq!(rig.only_fault().await.0, FaultKind::RolledBack);
    // Going on from there would make a second history; the sequencer refuses until somebody decides.
    rig.write(300, 305).await;
    assert!(matches!(rig.try_sequence().await, Err(SequenceError::Advance { .. })));
    assert_eq!(rig.sizes().await.1, 100);
}

#[tokio::test]
async fn a_rollback_is_not_hidden_by_removing_the_copy_of_the_checkpoints() {
    let rig = Rig::new().await;
    rig.write(0, 100).await;
    rig.sequence().await;
    let (backup, taken_away) = (rig.snapshot().await, rig.mirror.notes("audit").unwrap());
    rig.write(100, 200).await;
    rig.sequence().await;
    rig.restore(backup).await;
    let copy = rig.mirror.path("audit").unwrap();
    let kept = std::fs::read_to_string(&copy).unwrap();
    std::fs::remove_file(&copy).unwrap();
    assert_eq!(rig.only_fault().await.0, FaultKind::CopyRemoved);

    // Cut to fit the older database, it shows nothing: that is what a copy elsewhere is for.
    let fitting: Vec<&str> = kept.lines().take(taken_away.len()).collect();
    std::fs::write(&copy, fitting.join("\n") + "\n").unwrap();
    assert!(rig.verify().await.is_clean());
    let mut check = rig.check().await;
    let all: Vec<String> = cws_embedded::checkpoint_file::notes_of(&kept);
    check.outside.insert("audit".to_owned(), all);
    let report = cws_platform::verify::verify_audit(&check).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.kind == FaultKind::RolledBack), "{report}");
}

#[tokio::test]
async fn a_log_that_grew_anew_after_a_rollback_is_found() {
    let rig = Rig::new().await;
    rig.write(0, 100).await;
    rig.sequence().await;
    let backup = rig.snapshot().await;
    rig.write(100, 200).await;
    rig.sequence().await;
    let taken_away = rig.mirror.notes("audit").unwrap();
    rig.restore(backup).await;
    std::fs::remove_file(rig.mirror.path("audit").unwrap()).unwrap();
    rig.write(200, 400).await;
    rig.sequence().await;
    assert_eq!(rig.sizes().await, (300, 300));
    assert_eq!(rig.only_fault().await.0, FaultKind::CopyRemoved, "the copy begins too late");
    let mut check = rig.check().await;
    check.outside.insert("audit".to_owned(), taken_away);
    let report = cws_platform::verify::verify_audit(&check).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.kind == FaultKind::RolledBack), "{report}");
}

#[tokio::test]
async fn the_report_says_how_many_copies_of_checkpoints_were_checked() {
    let rig = logged().await;
    let copies = rig.mirror.notes("audit").unwrap().len();
    let report = rig.verify().await;
    assert!(report.is_clean(), "{report}");
    let said = format!("{copies} checkpoints of log `audit` kept elsewhere");
    assert!(report.to_string().contains(&said), "{report}");
}

#[tokio::test]
async fn a_log_that_is_removed_whole_is_found() {
    let rig = logged().await;
    for item in rig.snapshot().await {
        if ["lgh", "lgt", "lgi", "lgp"].contains(&item.key.kind()) {
            rig.delete(item.key).await;
        }
    }
    let found = kinds(&rig).await;
    assert!(found.contains("RolledBack") && found.contains("RecordInserted"), "{found:?}");
    assert_eq!(rig.item(&record_key(&record(0))).await.key, record_key(&record(0)));
}

#[tokio::test]
async fn a_head_that_was_changed_is_found() {
    let rig = logged().await;
    let key = head_key(Log::Audit, "head");
    let Value::Json(text) = rig.item(&key).await.value else { panic!("a head is text") };
    let mut head: Head = serde_json::from_str(&text).unwrap();
    head.root = cws_translog::Hash::leaf(b"another");
    rig.overwrite(key, Value::Json(serde_json::to_string(&head).unwrap())).await;
    assert!(kinds(&rig).await.contains("LogDamaged"));
}
