//! Tampering with records: each kind, at many places among 300 records, is found and named.

use crate::rig::{Rig, record, record_key};
use cws_platform::{audit::FaultKind, log::Log};
use cws_route::audit::texts;
use cws_store::{Expect, Op, Value, Writes, kind};

async fn logged() -> Rig {
    let rig = Rig::new().await;
    rig.write(0, 300).await;
    rig.sequence().await;
    assert!(rig.verify().await.is_clean());
    rig
}

const PLACES: [u64; 6] = [0, 1, 150, 255, 256, 299];

#[tokio::test]
async fn an_edited_record_is_found() {
    let rig = logged().await;
    for number in PLACES {
        let key = record_key(&record(number));
        let before = rig.item(&key).await.value;
        let mut edited = record(number);
        edited.actor = "usr_somebody_else".to_owned();
        rig.overwrite(key.clone(), Value::Json(texts(&edited).unwrap().0)).await;
        let id = record(number).id.to_string();
        assert_eq!(rig.only_fault().await, (FaultKind::RecordEdited, Some(id)), "{number}");
        rig.overwrite(key, before).await;
    }
    assert!(rig.verify().await.is_clean());
}

#[tokio::test]
async fn even_a_space_more_is_an_edit() {
    let rig = logged().await;
    let key = record_key(&record(7));
    let Value::Json(text) = rig.item(&key).await.value else { panic!("a record is text") };
    rig.overwrite(key, Value::Json(format!("{text} "))).await;
    assert_eq!(rig.only_fault().await.0, FaultKind::RecordEdited);
}

#[tokio::test]
async fn a_deleted_record_is_found() {
    let rig = logged().await;
    for number in PLACES {
        let key = record_key(&record(number));
        let before = rig.item(&key).await.value;
        rig.delete(key.clone()).await;
        let id = record(number).id.to_string();
        assert_eq!(rig.only_fault().await, (FaultKind::RecordDeleted, Some(id)), "{number}");
        rig.overwrite(key, before).await;
    }
}

#[tokio::test]
async fn an_inserted_record_is_found() {
    let rig = logged().await;
    for number in [1000, 2001] {
        let forged = record(number);
        let key = record_key(&forged);
        rig.overwrite(key.clone(), Value::Json(texts(&forged).unwrap().0)).await;
        assert_eq!(
            rig.only_fault().await,
            (FaultKind::RecordInserted, Some(forged.id.to_string())),
            "{number}"
        );
        rig.delete(key).await;
    }
}

#[tokio::test]
async fn an_inserted_record_with_a_forged_place_is_found() {
    let rig = logged().await;
    let forged = record(1000);
    rig.overwrite(record_key(&forged), Value::Json(texts(&forged).unwrap().0)).await;
    let place = cws_platform::log::rows::place_key(cws_platform::log::Log::Audit, forged.id.as_str());
    rig.overwrite(place, Value::Json(r#"{"index":12}"#.to_owned())).await;
    assert_eq!(rig.only_fault().await, (FaultKind::IndexWrong, Some(forged.id.to_string())));
}

#[tokio::test]
async fn records_that_changed_places_are_found() {
    let rig = logged().await;
    let (one, two) = (record_key(&record(10)), record_key(&record(12)));
    let (first, second) = (rig.item(&one).await.value, rig.item(&two).await.value);
    rig.overwrite(one, second).await;
    rig.overwrite(two, first).await;
    let report = rig.verify().await;
    let kinds: Vec<FaultKind> = report.faults.iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, [FaultKind::RecordEdited; 2], "{report}");
}

/// The place of a record, if it were one of the other institution's.
fn elsewhere(number: u64) -> cws_store::Key {
    let other = crate::rig::INSTITUTIONS[usize::try_from((number + 1) % 2).unwrap()].parse().unwrap();
    cws_route::audit::record_key(&other, record(number).id.as_str())
}

#[tokio::test]
async fn a_record_moved_to_another_institution_is_found() {
    let rig = logged().await;
    let key = record_key(&record(20));
    let value = rig.item(&key).await.value;
    rig.delete(key.clone()).await;
    rig.overwrite(elsewhere(20), value).await;
    let report = rig.verify().await;
    let kinds: Vec<FaultKind> = report.faults.iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, [FaultKind::RecordDeleted, FaultKind::RecordInserted], "{report}");
}

#[tokio::test]
async fn a_record_copied_to_another_institution_is_found() {
    let rig = logged().await;
    rig.write(300, 304).await;
    rig.sequencer(0).signing(cws_platform::log::Signing::Paced).run(Log::Audit).await.unwrap();
    for number in [0, 20, 255, 299, 301] {
        let value = rig.item(&record_key(&record(number))).await.value;
        rig.overwrite(elsewhere(number), value).await;
        let id = record(number).id.to_string();
        assert_eq!(rig.only_fault().await, (FaultKind::RecordInserted, Some(id)), "{number}");
        rig.delete(elsewhere(number)).await;
    }
    rig.write(304, 305).await;
    let value = rig.item(&record_key(&record(304))).await.value;
    rig.overwrite(elsewhere(304), value).await;
    assert_eq!(rig.only_fault().await.0, FaultKind::RecordEdited, "one that waits fits no leaf there");
}

#[tokio::test]
async fn a_record_copied_to_another_part_of_its_institution_is_found() {
    let rig = logged().await;
    let key = record_key(&record(20));
    let value = rig.item(&key).await.value;
    let (start, own) = key.partition.rsplit_once('#').unwrap();
    let part = if own == "3" { "4" } else { "3" };
    rig.overwrite(cws_store::Key::new(format!("{start}#{part}"), key.sort), value).await;
    assert_eq!(rig.only_fault().await, (FaultKind::RecordInserted, Some(record(20).id.to_string())));
}

#[tokio::test]
async fn a_record_that_has_its_place_and_no_checkpoint_yet_is_checked_too() {
    let rig = logged().await;
    rig.write(300, 320).await;
    rig.sequencer(0).signing(cws_platform::log::Signing::Paced).run(Log::Audit).await.unwrap();
    assert_eq!(rig.sizes().await, (320, 300));
    let report = rig.verify().await;
    assert!(report.is_clean() && report.to_string().contains("20 of them wait"), "{report}");
    for number in [300, 311, 319] {
        let key = record_key(&record(number));
        let before = rig.item(&key).await.value;
        let mut edited = record(number);
        edited.actor = "usr_somebody_else".to_owned();
        let id = record(number).id.to_string();
        rig.overwrite(key.clone(), Value::Json(texts(&edited).unwrap().0)).await;
        assert_eq!(rig.only_fault().await, (FaultKind::RecordEdited, Some(id.clone())), "{number}");
        rig.delete(key.clone()).await;
        assert_eq!(rig.only_fault().await, (FaultKind::RecordDeleted, Some(id)), "{number}");
        rig.overwrite(key, before).await;
    }
    let bundle = cws_store::Key::new(kind::LOG_TILE.part("audit#entries"), "tile/entries/001");
    let Value::Bytes(bytes) = rig.item(&bundle).await.value else { panic!("a bundle is bytes") };
    let mut changed = bytes.clone();
    let last = changed.len() - 5;
    changed[last] ^= 1;
    rig.overwrite(bundle, Value::Bytes(changed)).await;
    let report = rig.verify().await;
    assert!(report.faults.iter().any(|fault| fault.kind == FaultKind::LeafChanged), "{report}");
    assert!(report.faults.iter().all(|fault| fault.index == Some(319)), "{report}");
}

#[tokio::test]
async fn a_record_that_is_edited_or_deleted_before_it_is_logged_is_found() {
    let rig = logged().await;
    rig.write(300, 302).await;
    let mut edited = record(300);
    edited.outcome = cws_route::audit::Outcome::Denied;
    rig.overwrite(record_key(&edited), Value::Json(texts(&edited).unwrap().0)).await;
    assert_eq!(rig.only_fault().await, (FaultKind::RecordEdited, Some(edited.id.to_string())));
    rig.delete(record_key(&record(301))).await;
    let report = rig.verify().await;
    assert!(report.faults.iter().any(|fault| fault.kind == FaultKind::RecordDeleted), "{report}");
}

#[tokio::test]
async fn a_leaf_that_is_taken_from_those_that_wait_is_found() {
    let rig = logged().await;
    rig.write(300, 301).await;
    let mut writes = Writes::new();
    let key = cws_route::answer::log_leaf_key("audit", record(300).id.as_str());
    writes.op(Op::Delete { key, expect: Expect::Present });
    rig.commit(writes).await;
    assert_eq!(rig.only_fault().await, (FaultKind::RecordInserted, Some(record(300).id.to_string())));
}
