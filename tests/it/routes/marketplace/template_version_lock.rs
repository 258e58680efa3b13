//! `GET /marketplace/templates/{template_id}/versions/{version}/lock`: parents and dependencies, pinned.

use super::stall::{Stall, at, at_version, fresh, take, yaml_with};
use cws_templates::Digest;
use serde_json::{Value, json};

/// A template with a parent.
fn child(parent: &str) -> String {
    yaml_with("Child", &format!("inherits: [{parent}]\n"))
}

fn publish_child(stall: &Stall, name: &str, parent: &str) -> crate::support::Reply {
    stall.publish_with(name, json!({"template": child(parent)}))
}

#[test]
fn the_lock_pins_parents_and_their_parents_by_digest() {
    let stall = Stall::new();
    let ns = &stall.namespace;
    let base = stall.publish_with("base-image", json!({})).expect(201);
    publish_child(&stall, "middle-layer", &format!("{ns}/base-image@^1")).expect(201);
    let made = publish_child(&stall, "top-tool", &format!("{ns}/middle-layer")).expect(201).json();
    let lock =
        stall.owner.get(&format!("{}/lock", at_version(made["id"].as_str().unwrap(), "1.0.0"))).expect(200);
    let names: Vec<_> = lock.json()["entries"].as_array().unwrap().iter().map(|e| e["ref"].clone()).collect();
    assert_eq!(names, [json!(format!("{ns}/base-image")), json!(format!("{ns}/middle-layer"))]);
    assert_eq!(lock.json()["entries"][0]["digest"], base.json()["digest"]);
    let statement: Value = serde_json::from_slice(&payload(&made["signature"])).unwrap();
    assert_eq!(statement["predicate"]["lock_digest"], json!(Digest::of(&lock.bytes).to_string()));
    let seen = stall.owner.get(&at(made["id"].as_str().unwrap())).expect(200).json();
    assert_eq!(seen["dependencies"].as_array().unwrap().len(), 2);
}

fn payload(envelope: &Value) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap()
}

#[test]
fn a_circle_is_refused() {
    let stall = Stall::new();
    let ns = &stall.namespace;
    let first = stall.publish("first-tool");
    publish_child(&stall, "second-tool", &format!("{ns}/first-tool")).expect(201);
    let body = json!({"version": "2.0.0", "template": child(&format!("{ns}/second-tool"))});
    let refused =
        stall.owner.post(&format!("{}/versions", at(&first)), &body).expect_problem(422, "unresolvable");
    assert!(refused.field("detail").contains("circle"), "{}", refused.text());
    publish_child(&stall, "own-parent", &format!("{ns}/own-parent")).expect_problem(422, "unresolvable");
}

#[test]
fn a_chain_of_nine_is_too_deep() {
    let stall = Stall::new();
    let ns = &stall.namespace;
    stall.publish("link-a0");
    for n in 1..=8 {
        publish_child(&stall, &format!("link-a{n}"), &format!("{ns}/link-a{}", n - 1)).expect(201);
    }
    let refused =
        publish_child(&stall, "link-a9", &format!("{ns}/link-a8")).expect_problem(422, "unresolvable");
    assert!(refused.field("detail").contains("more than 8"), "{}", refused.text());
}

#[test]
fn what_is_missing_and_what_may_not_be_seen_are_refused_alike() {
    let stall = Stall::new();
    let stranger = stall.app.person(&stall.app.institution(), "researcher");
    let elsewhere = take(&stranger, &json!({}));
    stall.publish_with("secret-base", json!({"visibility": "private"})).expect(201);
    let publish = |parent: &str| {
        let mut body = stall.body(&fresh("tool"));
        body["namespace"] = json!(elsewhere);
        body["template"] = json!(child(parent));
        stranger.post("/marketplace/templates", &body).expect_problem(422, "unresolvable").field("detail")
    };
    let hidden = publish(&format!("{}/secret-base", stall.namespace));
    let missing = publish(&format!("{}/missing-base", stall.namespace));
    assert_eq!(
        hidden.split("wanted").next().unwrap().replace("secret", "missing"),
        missing.split("wanted").next().unwrap()
    );
}

#[test]
fn nothing_public_needs_what_not_everybody_sees() {
    let stall = Stall::new();
    let ns = &stall.namespace;
    stall.publish_with("house-base", json!({"visibility": "institution"})).expect(201);
    publish_child(&stall, "open-tool", &format!("{ns}/house-base")).expect_problem(422, "unresolvable");
    let inside = json!({"template": child(&format!("{ns}/house-base")), "visibility": "institution"});
    stall.publish_with("house-tool", inside).expect(201);
}

#[test]
fn a_yanked_version_is_not_chosen_any_more_and_old_locks_still_hold() {
    let stall = Stall::new();
    let ns = stall.namespace.clone();
    let base = stall.publish("base-image");
    stall.version(&base, "1.1.0").expect(201);
    let pinned = publish_child(&stall, "early-tool", &format!("{ns}/base-image@^1")).expect(201).json();
    assert_eq!(pinned["lock"][0]["version"], "1.1.0");
    stall
        .owner
        .post(&format!("{}/yank", at_version(&base, "1.1.0")), &json!({"reason": "Broken."}))
        .expect(200);
    let later = publish_child(&stall, "later-tool", &format!("{ns}/base-image@^1")).expect(201).json();
    assert_eq!(later["lock"][0]["version"], "1.0.0");
    let kept =
        stall.owner.get(&format!("{}/lock", at_version(pinned["id"].as_str().unwrap(), "1.0.0"))).expect(200);
    assert_eq!(kept.json()["entries"][0]["version"], "1.1.0");
}

#[test]
fn a_lock_read_by_version_may_be_kept_for_ever() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    let exact = stall.owner.get(&format!("{}/lock", at_version(&id, "1.0.0"))).expect(200);
    assert!(exact.header("cache-control").unwrap().contains("immutable"));
    let headers = [("if-none-match", exact.etag())];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = format!("{}/lock", at_version(&id, "1.0.0"));
    assert_eq!(stall.owner.send("GET", &path, &headers, None).status, 304);
    let latest = stall.owner.get(&format!("{}/lock", at_version(&id, "latest"))).expect(200);
    assert_eq!(latest.header("cache-control"), Some("no-store"));
}

#[test]
fn an_alias_and_the_name_are_one_template_and_a_circle_over_an_alias_is_a_circle() {
    let stall = Stall::new();
    let (base, alias) = (fresh("grand-base"), fresh("old-base"));
    let id = stall.publish_with(&base, json!({"aliases": [alias]})).expect(201).field("id");
    let path = |name: &str| format!("{}/{name}", stall.namespace);
    let both = yaml_with("Both", &format!("inherits: [{}@^1, {}@^1]\n", path(&base), path(&alias)));
    let made = stall.publish_with("child-of-both", json!({"template": both})).expect(201).json();
    let named: Vec<&str> =
        made["lock"].as_array().unwrap().iter().map(|e| e["ref"].as_str().unwrap()).collect();
    assert_eq!(named, [path(&base)]);
    let circle = yaml_with("Circle", &format!("inherits: [{}@^1]\n", path(&alias)));
    let body = json!({"version": "1.1.0", "template": circle});
    let refused = stall.owner.post(&format!("{}/versions", super::stall::at(&id)), &body);
    assert!(refused.expect_problem(422, "unresolvable").text().contains("circle"));
}
