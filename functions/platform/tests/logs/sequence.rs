//! Growing: every leaf gets one place, in order, and is signed.

use crate::rig::{Rig, record};
use cws_cloud::signer::PublicKeys;
use cws_platform::log::{
    Log, Pass, Signing,
    rows::{checkpoint_sort, head_key},
};
use cws_route::answer::log_leaf;
use cws_store::{Consistency, Range, Writes, key::read_all};
use cws_translog::{Checkpoint, Hash, VerifierKey, verify_inclusion};

#[tokio::test]
async fn an_empty_log_begins_with_a_signed_checkpoint_of_nothing() {
    let rig = Rig::new().await;
    let pass = rig.sequence().await;
    assert_eq!(pass, Pass { signed: 1, ..Pass::default() });
    let note = rig.reader().checkpoint().await.unwrap().into_value().unwrap().note;
    assert!(note.starts_with("cloudworkstation/"), "{note}");
    assert_eq!(rig.sequence().await, Pass::default(), "nothing is left to do");
    let report = rig.verify_all().await;
    assert!(report.is_clean(), "{report}");
}

#[tokio::test]
async fn seven_hundred_records_over_three_tiles_are_logged_in_order_and_verify() {
    let rig = Rig::new().await;
    rig.write(0, 300).await;
    let first = rig.sequence().await;
    assert_eq!((first.appended, first.more), (300, false));
    rig.write(300, 700).await;
    assert_eq!(rig.sequence().await.appended, 400);
    assert_eq!(rig.sizes().await, (700, 700));
    for number in [0, 255, 256, 511, 512, 699] {
        assert_eq!(rig.reader().place(record(number).id.as_str()).await.unwrap(), Some(number), "{number}");
    }
    let report = rig.verify().await;
    assert!(report.is_clean(), "{report}");
    assert!(report.to_string().contains("700 leaves"), "{report}");
    assert!(report.to_string().contains("700 audit records in 2 institutions"), "{report}");
}

#[tokio::test]
async fn there_are_never_more_than_256_records_between_two_checkpoints() {
    let rig = Rig::new().await;
    rig.write(0, 700).await;
    rig.sequence().await;
    let range = Range::prefix(head_key(Log::Audit, "head").partition, "checkpoint/");
    let rows = read_all(rig.store.as_ref(), range, Consistency::Strong).await.unwrap();
    let mut sizes: Vec<u64> =
        rows.iter().map(|row| row.key.sort.strip_prefix("checkpoint/").unwrap().parse().unwrap()).collect();
    sizes.insert(0, 0);
    assert!(sizes.windows(2).all(|pair| pair[1] - pair[0] <= 256), "{sizes:?}");
    assert_eq!(rows.last().unwrap().key.sort, checkpoint_sort(700));
    let kept = rig.mirror.notes("audit").unwrap();
    assert_eq!(kept.len(), rows.len(), "every checkpoint is kept a second time");
}

#[tokio::test]
async fn the_proof_of_every_record_leads_to_the_signed_checkpoint() {
    let rig = Rig::new().await;
    rig.write(0, 300).await;
    rig.sequence().await;
    let reader = rig.reader();
    let head = reader.head().await.unwrap().into_value().unwrap();
    let note = reader.checkpoint().await.unwrap().into_value().unwrap().note;
    let key =
        VerifierKey::ed25519(&head.origin, &rig.keys.public_key(Log::Audit.key()).await.unwrap()).unwrap();
    let checkpoint = Checkpoint::open(&note, &[key]).unwrap();
    for index in 0..300 {
        let leaf = reader.leaf(index, 300).await.unwrap().unwrap();
        let proof = reader.prove(index, &checkpoint).await.unwrap();
        verify_inclusion(&Hash::leaf(&leaf), index, &checkpoint.head(), &proof).unwrap();
    }
}

#[tokio::test]
async fn large_leaves_spread_over_rows_and_are_read_back() {
    let rig = Rig::new().await;
    let mut leaves = Vec::new();
    for number in 0..30_u32 {
        let leaf = format!("\"{}\"", "x".repeat(20_000 + number as usize * 1500));
        let mut writes = Writes::new();
        log_leaf(&mut writes, Log::Templates.as_str(), &format!("order-{number:03}"), leaf.clone()).unwrap();
        rig.commit(writes).await;
        leaves.push(leaf);
    }
    let pass = rig.sequencer(0).run(Log::Templates).await.unwrap();
    assert_eq!(pass.appended, 30);
    let report = rig.verify_all().await;
    assert!(report.is_clean(), "{report}");
    assert!(report.to_string().contains("30 leaves of the template log"), "{report}");
}

#[tokio::test]
async fn a_leaf_that_no_log_can_hold_does_not_hold_up_the_others() {
    let rig = Rig::new().await;
    let mut writes = Writes::new();
    log_leaf(&mut writes, "audit", "aud_0", "x".repeat(65_536)).unwrap();
    rig.commit(writes).await;
    rig.write(0, 3).await;
    assert_eq!(rig.sequence().await.appended, 3);
}

#[tokio::test]
async fn a_leaf_that_comes_again_is_not_logged_again() {
    let rig = Rig::new().await;
    rig.write(0, 3).await;
    rig.sequence().await;
    let mut writes = Writes::new();
    let (_, leaf) = cws_route::audit::texts(&record(1)).unwrap();
    log_leaf(&mut writes, "audit", record(1).id.as_str(), leaf).unwrap();
    rig.commit(writes).await;
    rig.write(3, 5).await;
    assert_eq!(rig.sequence().await.appended, 2);
    assert_eq!(rig.sizes().await, (5, 5));
}

#[tokio::test]
async fn records_that_wait_are_said_and_are_no_fault() {
    let rig = Rig::new().await;
    rig.write(0, 10).await;
    rig.sequence().await;
    rig.write(10, 14).await;
    let report = rig.verify().await;
    assert!(report.is_clean(), "{report}");
    assert!(report.to_string().contains("4 of them wait"), "{report}");
}

#[tokio::test]
async fn lone_records_share_a_checkpoint_when_signing_is_paced_and_wait_two_seconds_for_it() {
    let rig = Rig::new().await;
    let mut pass = Pass::default();
    for tenth in 0..200_u64 {
        rig.write(tenth, tenth + 1).await;
        let at_s = i64::try_from(tenth / 10).unwrap();
        pass = rig.sequencer(at_s).signing(Signing::Paced).run(Log::Audit).await.unwrap();
        let (stored, signed) = rig.sizes().await;
        assert_eq!(stored, tenth + 1, "every record has its place at once");
        assert!(stored - signed <= 20, "{stored} {signed}");
    }
    assert!(pass.unsigned, "the last ones wait");
    let idle = rig.sequencer(20).signing(Signing::Paced).run(Log::Audit).await.unwrap();
    assert_eq!((idle.signed, idle.unsigned), (1, false), "and are signed when their time has come");
    assert_eq!(rig.sizes().await, (200, 200));
    let kept = rig.mirror.notes("audit").unwrap().len();
    assert!(kept <= 12, "{kept} checkpoints for 200 records in 20 seconds");
    assert!(rig.verify().await.is_clean());
}

#[tokio::test]
async fn paced_signing_does_not_let_more_than_256_records_wait() {
    let rig = Rig::new().await;
    rig.sequence().await;
    rig.write(0, 700).await;
    let pass = rig.sequencer(0).signing(Signing::Paced).run(Log::Audit).await.unwrap();
    assert_eq!(pass.appended, 700);
    let (stored, signed) = rig.sizes().await;
    assert!(stored - signed <= 256 && pass.unsigned, "{stored} {signed}");
}
