//! `GET /marketplace/trust-root`.

use super::stall::{PublisherKeyPair, Stall};
use cws_templates::Digest;
use serde_json::{Value, json};

#[test]
fn the_trust_root_serves_every_registered_key_to_anybody() {
    let stall = Stall::new();
    let pair = PublisherKeyPair::new();
    let key = pair.register(&stall.owner, &stall.namespace);
    let mut cursor = String::new();
    let found = loop {
        let root = stall
            .app
            .anonymous()
            .get(&format!("/marketplace/trust-root?limit=100{cursor}"))
            .expect(200)
            .json();
        assert_eq!(root["registry"]["algorithm"], "Ed25519");
        let keys = root["publisher_keys"].as_array().unwrap().clone();
        if let Some(found) = keys.into_iter().find(|it| it["id"] == json!(key)) {
            break found;
        }
        cursor = format!("&cursor={}", root["next"].as_str().expect("the key is on some page"));
    };
    assert_eq!(found["public_key"], json!(pair.public()));
    assert!(found.get("added_by").is_none(), "who registered a key is nobody else's business");
}

/// A registered key as anybody reads it.
fn found(stall: &Stall, key: &str) -> Value {
    let root = stall.app.anonymous().get("/marketplace/trust-root?limit=100").expect(200).json();
    let keys = root["publisher_keys"].as_array().unwrap().clone();
    keys.into_iter().find(|it| it["id"] == json!(key)).unwrap()
}

#[test]
fn a_namespace_is_named_once_it_holds_something_public_and_recognised_before() {
    let stall = Stall::local();
    let key = PublisherKeyPair::new().register(&stall.owner, &stall.namespace);
    let digest = json!(format!("sha256:{}", Digest::of(stall.namespace.as_bytes())));
    stall.publish_with("hidden-models", json!({"visibility": "institution"})).expect(201);
    assert_eq!(found(&stall, &key)["namespace"], digest);
    stall.publish("river-models");
    assert_eq!(found(&stall, &key)["namespace"], json!(stall.namespace));
}
