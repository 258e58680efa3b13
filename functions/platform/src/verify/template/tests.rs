//! Offline verification of a template that was really signed and logged.

use super::*;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use cws_templates::sign::{PAYLOAD_TYPE, Signature, VersionFacts, pae, statement_bytes};
use cws_translog::{Checkpoint, Tiles, TreeHead, advance, append, inclusion_proof};
use serde_json::{Value, json};

const MANIFEST: &[u8] = b"name: Ubuntu\nversion: 1.0.0\n";

struct Signer(Ed25519KeyPair);

impl Signer {
    fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    fn raw(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().unwrap()
    }

    fn envelope(&self, statement: &[u8]) -> Value {
        let signature = self.0.sign(&pae(PAYLOAD_TYPE, statement));
        let key = PublicKey::from_raw(&self.raw()).unwrap();
        let signature = Signature::new(&key, signature.as_ref()).unwrap();
        serde_json::to_value(Envelope::new(PAYLOAD_TYPE, statement, vec![signature])).unwrap()
    }
}

/// Bundle and trust root of the manifest.
fn files() -> (Value, Value) {
    let (registry, log, publisher) = (Signer::new(1), Signer::new(2), Signer::new(3));
    let facts = VersionFacts {
        template: "base/ubuntu".to_owned().try_into().unwrap(),
        version: "1.0.0".parse().unwrap(),
        lock_digest: Digest::of(b"{}"),
        published_at: "2026-11-23T10:00:00.000Z".to_owned(),
    };
    let statement = statement_bytes(facts, Digest::of(MANIFEST)).unwrap();
    let record = json!({
        "kind": "published", "digest": Digest::of(MANIFEST).as_str(),
        "statement_digest": Digest::of(&statement).as_str(),
    });
    let entry = record.to_string();
    let entries = [b"another".to_vec(), entry.clone().into_bytes(), b"third".to_vec()];
    let appended = append(&TreeHead::empty(), &entries, &Tiles::new()).unwrap();
    let tiles: Tiles = appended.tiles.into_iter().collect();
    let empty = Checkpoint::empty("registry.example/templates").unwrap();
    let unsigned = advance(&empty, appended.head, &[]).unwrap();
    let key = VerifierKey::ed25519("registry.example/templates", &log.raw()).unwrap();
    let signature: [u8; 64] = log.0.sign(&unsigned.to_be_signed()).as_ref().try_into().unwrap();
    let note = unsigned.attach(&key, &signature).unwrap();
    let proof = ProofFile::new(1, inclusion_proof(1, 3, &tiles).unwrap(), note, None).unwrap();
    let bundle = json!({
        "namespace": "base", "name": "ubuntu", "version": "1.0.0", "warning": null,
        "registry": {"envelope": registry.envelope(&statement), "valid": true},
        "publisher": {"key": "pky_1", "envelope": publisher.envelope(&statement)},
        "log": {"entry": entry, "proof": proof.to_string()},
    });
    let root = json!({
        "registry": {"public_key": STANDARD.encode(registry.raw())},
        "template_log": key.to_string(),
        "policy": {"registry_threshold": 1},
        "publisher_keys": [{
            "id": "pky_1", "namespace": "base", "public_key": STANDARD.encode(publisher.raw()), "revoked_at": null,
        }],
    });
    (bundle, root)
}

fn verify(manifest: &[u8], bundle: &Value, root: &Value) -> Report {
    verify_template_offline(manifest, bundle.to_string().as_bytes(), root.to_string().as_bytes()).unwrap()
}

#[test]
fn what_was_signed_and_logged_verifies() {
    let (bundle, root) = files();
    let report = verify(MANIFEST, &bundle, &root);
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.checked.len(), 3, "{report}");
}

#[test]
fn a_change_of_any_byte_is_found() {
    let (bundle, root) = files();
    for at in 0..MANIFEST.len() {
        let mut changed = MANIFEST.to_vec();
        changed[at] ^= 1;
        let report = verify(&changed, &bundle, &root);
        assert_eq!(
            report.faults.first().map(|fault| fault.kind),
            Some(FaultKind::SignatureWrong),
            "byte {at}"
        );
    }
}

#[test]
fn another_name_version_record_or_key_is_found() {
    let (good, root) = files();
    let changes = [
        ("/name", json!("debian"), FaultKind::SignatureWrong),
        ("/version", json!("1.0.1"), FaultKind::SignatureWrong),
        ("/registry/envelope", Value::Null, FaultKind::SignatureWrong),
        ("/publisher/key", json!("pky_2"), FaultKind::SignatureWrong),
        ("/log/entry", json!("{\"kind\":\"published\"}"), FaultKind::ProofWrong),
        ("/log/proof", Value::Null, FaultKind::ProofWrong),
        ("/log/proof", json!("c2sp.org/tlog-proof@v1\n"), FaultKind::ProofWrong),
    ];
    for (pointer, value, kind) in changes {
        let mut bundle = good.clone();
        *bundle.pointer_mut(pointer).unwrap() = value;
        let report = verify(MANIFEST, &bundle, &root);
        assert!(report.faults.iter().any(|fault| fault.kind == kind), "{pointer}: {report}");
    }
}

#[test]
fn keys_of_somebody_else_verify_nothing() {
    let (bundle, good) = files();
    let other = STANDARD.encode(Signer::new(9).raw());
    let log = VerifierKey::ed25519("registry.example/templates", &Signer::new(9).raw()).unwrap().to_string();
    let changes = [
        ("/registry/public_key", json!(other)),
        ("/template_log", json!(log)),
        ("/publisher_keys/0/public_key", json!(other)),
        ("/publisher_keys/0/namespace", json!("elsewhere")),
        ("/publisher_keys/0/revoked_at", json!("2026-11-22T00:00:00Z")),
        ("/policy/registry_threshold", json!(2)),
    ];
    for (pointer, value) in changes {
        let mut root = good.clone();
        *root.pointer_mut(pointer).unwrap() = value;
        assert!(!verify(MANIFEST, &bundle, &root).is_clean(), "{pointer}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_said() {
    let (bundle, root) = files();
    let read =
        |bundle: &str, root: &str| verify_template_offline(MANIFEST, bundle.as_bytes(), root.as_bytes());
    assert!(read("{", &root.to_string()).unwrap_err().to_string().contains("bundle"));
    assert!(read(&bundle.to_string(), "[]").unwrap_err().to_string().contains("trust root"));
}
