//! `GET /marketplace/templates/{template_id}/versions/{version}/verification`, and what it finds when rows
//! are changed underneath.

use super::stall::{Stall, at_version};
use cws_cloud::{Clock, clock::new_id};
use cws_embedded::system::{SystemClock, SystemEntropy};
use cws_model::{id::TemplateId, marketplace::VersionEvidence};
use cws_store::{Commit, Consistency, Expect, Key, Op, Store, Value as Stored, kind};
use cws_translog::{ProofFile, VerifierKey};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// A published template whose record is in the log, and a hand in the store.
struct Bench {
    stall: Stall,
    runtime: Runtime,
    id: String,
}

impl Bench {
    fn new() -> Self {
        let stall = Stall::local();
        let id = stall.publish("river-models");
        stall.publish("another-thing");
        stall.log_of(2);
        Self { stall, runtime: Runtime::new().unwrap(), id }
    }

    fn verify(&self) -> Value {
        let path = format!("{}/verification", at_version(&self.id, "1.0.0"));
        self.stall.owner.get(&path).expect(200).json()
    }

    fn read(&self, key: &Key) -> Stored {
        let store = self.stall.app.world().store.clone();
        let items = self.runtime.block_on(store.get(std::slice::from_ref(key), Consistency::Strong)).unwrap();
        items.into_iter().next().flatten().expect("the row is there").value
    }

    fn write(&self, key: &Key, value: Stored) {
        let id = new_id(SystemClock.now(), &SystemEntropy::default());
        let op = Op::Put { key: key.clone(), expect: Expect::Present, value, schema: 1, expires_at: None };
        let store = self.stall.app.world().store.clone();
        self.runtime.block_on(store.commit(&Commit { id, ops: vec![op] })).unwrap();
    }

    fn evidence_key(&self) -> Key {
        let id: TemplateId = self.id.parse().unwrap();
        let sort = cws_marketplace::version_key::version_key(&"1.0.0".parse().unwrap());
        Key::new(kind::TEMPLATE_VERSION.part(&cws_marketplace::place::evidence(&id)), sort)
    }

    /// Changes each character of one text of the evidence in turn, and asks after each.
    fn spoil_evidence(
        &self,
        text: impl Fn(&mut VersionEvidence) -> &mut String,
        finding: impl Fn(&Value) -> bool,
    ) {
        let key = self.evidence_key();
        let before = self.read(&key);
        let Stored::Json(json) = &before else { panic!("evidence is JSON") };
        let good: VersionEvidence = serde_json::from_str(json).unwrap();
        let length = text(&mut good.clone()).len();
        for position in 0..length {
            let mut bad = good.clone();
            spoil(text(&mut bad), position);
            self.write(&key, Stored::Json(serde_json::to_string(&bad).unwrap()));
            let checked = self.verify();
            assert_eq!(checked["verified"], false, "position {position}: {checked}");
            assert!(finding(&checked), "position {position}: {checked}");
        }
        self.write(&key, before.clone());
        assert_eq!(self.verify()["verified"], true);
    }
}

/// Another character at one position.
fn spoil(text: &mut String, position: usize) {
    let mut bytes = std::mem::take(text).into_bytes();
    bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
    *text = String::from_utf8(bytes).unwrap();
}

#[test]
fn a_version_verifies_once_its_record_is_in_the_log() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    let path = format!("{}/verification", at_version(&id, "1.0.0"));
    stall.logged(&id, "1.0.0");
    let checked = stall.app.researcher().get(&path).expect(200).json();
    assert_eq!(checked["verified"], true, "{checked}");
    for part in ["bytes", "registry", "log"] {
        assert_eq!(checked[part]["valid"], true, "{part}");
    }
    assert_eq!((&checked["log"]["state"], &checked["publisher"]), (&json!("included"), &Value::Null));
}

#[test]
fn the_proof_holds_offline_with_nothing_but_the_trust_root() {
    let bench = Bench::new();
    let log = bench.verify()["log"].clone();
    let root = bench.stall.app.anonymous().get("/marketplace/trust-root").expect(200).json();
    let key: VerifierKey = root["template_log"].as_str().unwrap().parse().unwrap();
    let file: ProofFile = log["proof"].as_str().unwrap().parse().unwrap();
    let entry = log["entry"].as_str().unwrap();
    let checkpoint = file.verify(entry.as_bytes(), key.name(), std::slice::from_ref(&key)).unwrap();
    assert!(checkpoint.size() >= 2);
    assert!(file.verify(b"another entry", key.name(), &[key.clone()]).is_err());
}

#[test]
fn stored_bytes_that_were_changed_at_any_position_are_found_out() {
    let bench = Bench::new();
    let digest = bench.verify()["bytes"]["named"].as_str().unwrap().to_owned();
    let key = Key::new(kind::TEMPLATE_BYTES.part(&digest), cws_marketplace::place::chunk(0));
    let before = bench.read(&key);
    let Stored::Bytes(good) = &before else { panic!("chunks are bytes") };
    for position in 0..good.len() {
        let mut bad = good.clone();
        bad[position] ^= 1;
        bench.write(&key, Stored::Bytes(bad));
        let checked = bench.verify();
        assert_eq!(
            [&checked["verified"], &checked["bytes"]["valid"], &checked["registry"]["valid"]],
            [&json!(false); 3]
        );
    }
    let download = format!("{}/download", at_version(&bench.id, "1.0.0"));
    bench.stall.owner.get(&download).expect_problem(500, "internal_error");
    bench.write(&key, before.clone());
    assert_eq!(bench.verify()["verified"], true);
    bench.stall.owner.get(&download).expect(200);
}

#[test]
fn an_envelope_that_was_changed_at_any_position_is_found_out() {
    let bench = Bench::new();
    bench.spoil_evidence(|evidence| &mut evidence.envelope, |checked| checked["registry"]["valid"] == false);
}

#[test]
fn a_lock_that_was_changed_at_any_position_is_found_out() {
    let bench = Bench::new();
    bench.spoil_evidence(|evidence| &mut evidence.lock, |checked| checked["registry"]["valid"] == false);
}

#[test]
fn a_log_entry_that_was_changed_at_any_position_is_found_out() {
    let bench = Bench::new();
    bench.spoil_evidence(|evidence| &mut evidence.log.leaf, |checked| checked["log"]["valid"] == false);
}

#[test]
fn another_versions_evidence_proves_nothing() {
    let bench = Bench::new();
    bench.stall.version(&bench.id, "1.1.0").expect(201);
    bench.stall.log_of(3);
    let first = bench.evidence_key();
    let sort = cws_marketplace::version_key::version_key(&"1.1.0".parse().unwrap());
    let second = bench.read(&Key::new(first.partition.clone(), sort));
    bench.write(&first, second);
    let checked = bench.verify();
    assert_eq!(
        [&checked["verified"], &checked["registry"]["valid"], &checked["bytes"]["valid"]],
        [&json!(false), &json!(false), &json!(true)]
    );
}

#[test]
fn tiles_and_checkpoints_that_were_changed_are_found_out() {
    let bench = Bench::new();
    let tile = Key::new(kind::LOG_TILE.part("templates#0"), "tile/0/000");
    let before = bench.read(&tile);
    let Stored::Bytes(good) = &before else { panic!("tiles are bytes") };
    for position in 32..good.len() {
        let mut bad = good.clone();
        bad[position] ^= 1;
        bench.write(&tile, Stored::Bytes(bad));
        let checked = bench.verify();
        assert_eq!([&checked["verified"], &checked["log"]["valid"]], [&json!(false); 2], "{position}");
    }
    bench.write(&tile, before.clone());
    let checkpoint = Key::new(kind::LOG_HEAD.part("templates"), "checkpoint");
    let before = bench.read(&checkpoint);
    let Stored::Json(text) = &before else { panic!("a checkpoint is JSON") };
    let good: Value = serde_json::from_str(text).unwrap();
    let note = good["note"].as_str().unwrap();
    for position in (0..note.len()).filter(|at| note.is_char_boundary(*at) && note.as_bytes()[*at].is_ascii())
    {
        let mut spoiled = note.to_owned();
        spoil(&mut spoiled, position);
        let mut bad = good.clone();
        bad["note"] = json!(spoiled);
        bench.write(&checkpoint, Stored::Json(bad.to_string()));
        assert_eq!(bench.verify()["verified"], false, "position {position}");
    }
    bench.write(&checkpoint, before.clone());
    assert_eq!(bench.verify()["verified"], true);
}
