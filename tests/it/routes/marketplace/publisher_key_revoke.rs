//! `POST /marketplace/namespaces/{namespace}/keys/{key_id}/revoke`.

use super::stall::{PublisherKeyPair, Stall, at_version, signed_body};
use serde_json::json;

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
