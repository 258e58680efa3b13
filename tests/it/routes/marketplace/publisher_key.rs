//! `POST`, `GET /marketplace/namespaces/{namespace}/keys` and `POST …/keys/{key_id}/revoke`, and what the
//! keys are for: the publisher's own signature.

use super::stall::{PublisherKeyPair, Stall, at_version, fresh, take, yaml};
use crate::support::Caller;
use serde_json::{Value, json};

/// What the validation route gives a publisher to sign.
fn signing(owner: &Caller, namespace: &str, name: &str, template: &str) -> Value {
    let body = json!({
        "namespace": namespace, "name": name, "version": "1.0.0", "visibility": "public", "template": template,
    });
    owner.post("/marketplace/templates/validate", &body).expect(200).json()["signing"].clone()
}

fn signed_body(stall: &Stall, name: &str, pair: &PublisherKeyPair, key: &str) -> Value {
    let mut body = stall.body(name);
    let signing = signing(&stall.owner, &stall.namespace, name, body["template"].as_str().unwrap());
    body["publisher_signature"] = json!({
        "key_id": key,
        "signature": pair.sign(signing["to_be_signed"].as_str().unwrap()),
        "published_at": signing["published_at"],
    });
    body
}

#[test]
fn a_publishers_signature_is_checked_kept_and_shown() {
    let stall = Stall::new();
    let pair = PublisherKeyPair::new();
    let key = pair.register(&stall.owner, &stall.namespace);
    let body = signed_body(&stall, "river-models", &pair, &key);
    let made = stall.owner.post("/marketplace/templates", &body).expect(201).json();
    assert_eq!(made["publisher_signed"], true);
    let id = made["id"].as_str().unwrap();
    let checked = stall.owner.get(&format!("{}/verification", at_version(id, "1.0.0"))).expect(200).json();
    assert_eq!(checked["publisher"]["valid"], true, "{checked}");
    assert_eq!(checked["publisher"]["public_key"], json!(pair.public()));
}

#[test]
fn a_signature_over_anything_else_is_refused() {
    let stall = Stall::new();
    let pair = PublisherKeyPair::new();
    let key = pair.register(&stall.owner, &stall.namespace);
    let good = signed_body(&stall, "river-models", &pair, &key);
    let mut other_bytes = good.clone();
    other_bytes["template"] = json!(yaml("Lake models"));
    let mut other_version = good.clone();
    other_version["version"] = json!("1.0.1");
    let mut other_name = good.clone();
    other_name["name"] = json!("lake-models");
    let mut other_time = good.clone();
    other_time["publisher_signature"]["published_at"] = json!("2020-01-01T00:00:00Z");
    let mut no_key = good.clone();
    no_key["publisher_signature"]["key_id"] = json!("pky_00000000000000000000000000");
    for bad in [other_bytes, other_version, other_name, other_time, no_key] {
        stall.owner.post("/marketplace/templates", &bad).expect_problem(422, "publisher_signature_invalid");
    }
    stall.owner.post("/marketplace/templates", &good).expect(201);
}

#[test]
fn a_key_signs_for_its_own_namespace_only() {
    let stall = Stall::new();
    let pair = PublisherKeyPair::new();
    let elsewhere = take(&stall.owner, &json!({}));
    let key = pair.register(&stall.owner, &elsewhere);
    let body = signed_body(&stall, "river-models", &pair, &key);
    stall.owner.post("/marketplace/templates", &body).expect_problem(422, "publisher_signature_invalid");
}

#[test]
fn a_revoked_key_signs_nothing_new_and_what_it_signed_before_stays_verified() {
    let stall = Stall::new();
    let pair = PublisherKeyPair::new();
    let key = pair.register(&stall.owner, &stall.namespace);
    let before = signed_body(&stall, "river-models", &pair, &key);
    let id = stall.owner.post("/marketplace/templates", &before).expect(201).field("id");
    let after = signed_body(&stall, "lake-tools", &pair, &key);
    let revoke = format!("/marketplace/namespaces/{}/keys/{key}/revoke", stall.namespace);
    stall.owner.post(&revoke, &json!({"reason": "Stolen."})).expect(200);
    stall.owner.post(&revoke, &json!({"reason": "Stolen."})).expect_problem(409, "wrong_state");
    stall.owner.post("/marketplace/templates", &after).expect_problem(422, "publisher_signature_invalid");
    let checked = stall.owner.get(&format!("{}/verification", at_version(&id, "1.0.0"))).expect(200).json();
    assert_eq!(checked["publisher"]["valid"], true);
    assert_eq!(checked["publisher"]["revoked"]["reason"], "Stolen.");
    let again = json!({"label": "again", "public_key": pair.public()});
    let keys = format!("/marketplace/namespaces/{}/keys", stall.namespace);
    stall.owner.post(&keys, &again).expect_problem(409, "key_exists");
}

#[test]
fn where_signatures_are_required_nothing_is_published_without_one() {
    let stall = Stall::new();
    let namespace = take(&stall.owner, &json!({"publisher_signatures": "required"}));
    let mut body = stall.body("river-models");
    body["namespace"] = json!(namespace);
    stall.owner.post("/marketplace/templates", &body).expect_problem(422, "publisher_signature_invalid");
}

#[test]
fn only_owners_keep_keys_and_whoever_is_in_the_namespace_reads_them() {
    let stall = Stall::new();
    let pair = PublisherKeyPair::new();
    let key = pair.register(&stall.owner, &stall.namespace);
    let keys = format!("/marketplace/namespaces/{}/keys", stall.namespace);
    let (maintainer, outsider) = (stall.joined("maintainer"), stall.app.researcher());
    let body = json!({"label": "mine", "public_key": PublisherKeyPair::new().public()});
    for person in [&maintainer, &outsider] {
        person.post(&keys, &body).expect_problem(403, "forbidden");
        person
            .post(&format!("{keys}/{key}/revoke"), &json!({"reason": "x"}))
            .expect_problem(403, "forbidden");
    }
    assert_eq!(maintainer.all(&keys)[0]["id"], json!(key));
    outsider.get(&keys).expect_problem(403, "forbidden");
    let admin = stall.app.person("local", "institution_admin");
    admin.post(&format!("{keys}/{key}/revoke"), &json!({"reason": "Emergency."})).expect(200);
}

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

#[test]
fn what_is_no_key_is_refused() {
    let stall = Stall::new();
    let keys = format!("/marketplace/namespaces/{}/keys", stall.namespace);
    for bad in ["", "AAAA", "!!!!", &"A".repeat(44)] {
        let reply = stall.owner.post(&keys, &json!({"label": fresh("key"), "public_key": bad}));
        reply.expect_problem(422, "invalid_field");
    }
}
