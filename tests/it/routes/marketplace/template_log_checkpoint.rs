//! `GET /marketplace/log/checkpoint`: the log that it is of, read by its tiles as any C2SP client reads it.

use super::stall::{PublisherKeyPair, Stall, at_version};
use cws_translog::{
    Checkpoint, Hash, TileKind, TilePath, Tiles, VerifierKey, inclusion_needs, inclusion_proof, read_entries,
    verify_inclusion,
};
use serde_json::{Value, json};

/// Reads the whole log over HTTP as nobody in particular; short logs only.
fn read(stall: &Stall, size: u64) -> Vec<Vec<u8>> {
    let anybody = stall.app.anonymous();
    let note = stall.log_of(size);
    let root = anybody.get("/marketplace/trust-root").expect(200).json();
    let key: VerifierKey = root["template_log"].as_str().unwrap().parse().unwrap();
    let checkpoint = Checkpoint::open(&note, std::slice::from_ref(&key)).unwrap();
    let fetch = |path: &TilePath| anybody.get(&format!("/marketplace/log/{path}")).expect(200).bytes;
    let mut entries = Vec::new();
    for bundle in 0..checkpoint.size().div_ceil(256) {
        let path = TilePath::in_log(TileKind::Entries, bundle, checkpoint.size()).unwrap();
        let mut tiles = Tiles::new();
        tiles.insert(&path, fetch(&path));
        entries.extend(read_entries(&tiles, &path).unwrap());
    }
    let mut tiles = Tiles::new();
    for index in 0..checkpoint.size() {
        for path in inclusion_needs(index, checkpoint.size()).unwrap() {
            tiles.insert(&path, fetch(&path));
        }
        let proof = inclusion_proof(index, checkpoint.size(), &tiles).unwrap();
        let leaf = Hash::leaf(&entries[usize::try_from(index).unwrap()]);
        verify_inclusion(&leaf, index, &checkpoint.head(), &proof).unwrap();
    }
    entries
}

#[test]
fn publishing_yanking_and_keys_are_all_in_the_log() {
    let stall = Stall::local();
    let id = stall.publish("river-models");
    stall.version(&id, "1.1.0").expect(201);
    stall
        .owner
        .post(&format!("{}/yank", at_version(&id, "1.1.0")), &json!({"reason": "Broken."}))
        .expect(200);
    stall.owner.post(&format!("{}/unyank", at_version(&id, "1.1.0")), &json!({})).expect(200);
    let pair = PublisherKeyPair::new();
    let key = pair.register(&stall.owner, &stall.namespace);
    let revoke = format!("/marketplace/namespaces/{}/keys/{key}/revoke", stall.namespace);
    stall.owner.post(&revoke, &json!({"reason": "Lost."})).expect(200);
    let log = read(&stall, 6);
    let records: Vec<Value> = log.iter().map(|entry| serde_json::from_slice(entry).unwrap()).collect();
    let mut kinds: Vec<_> = records.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["key_added", "key_revoked", "published", "published", "unyanked", "yanked"]);
    assert!(records.iter().all(|record| record["namespace"] == json!(stall.namespace)));
    let text = log.concat();
    assert!(!String::from_utf8_lossy(&text).contains(&stall.owner.user_id), "the log names no person");
}

#[test]
fn the_public_log_names_nothing_that_is_not_public() {
    let stall = Stall::local();
    PublisherKeyPair::new().register(&stall.owner, &stall.namespace);
    for visibility in ["private", "institution"] {
        let name = format!("hidden-{visibility}");
        let id = stall.publish_with(&name, json!({"visibility": visibility})).expect(201).field("id");
        stall.owner.post(&format!("{}/yank", at_version(&id, "1.0.0")), &json!({"reason": "x"})).expect(200);
    }
    let log = read(&stall, 5);
    for entry in &log {
        let text = String::from_utf8_lossy(entry);
        assert!(!text.contains("hidden") && !text.contains(&stall.namespace), "{text}");
    }
}
