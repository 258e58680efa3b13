//! `POST /marketplace/namespaces/{namespace}/keys`, and what the keys are for: the publisher's own signature.

use super::stall::{PublisherKeyPair, Stall, at_version, fresh, signed_body, take, yaml};
use serde_json::json;

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
    let mut later = good.clone();
    later["publisher_signature"]["published_at"] = json!("2999-01-01T00:00:00Z");
    let mut no_key = good.clone();
    no_key["publisher_signature"]["key_id"] = json!("pky_00000000000000000000000000");
    for bad in [other_bytes, other_version, other_name, other_time, later, no_key] {
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
fn where_signatures_are_required_nothing_is_published_without_one() {
    let stall = Stall::new();
    let namespace = take(&stall.owner, &json!({"publisher_signatures": "required"}));
    let mut body = stall.body("river-models");
    body["namespace"] = json!(namespace);
    stall.owner.post("/marketplace/templates", &body).expect_problem(422, "publisher_signature_invalid");
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
