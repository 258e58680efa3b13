//! `POST /marketplace/templates/{template_id}/versions`.

use super::stall::{Stall, at, at_once, at_version, yaml};
use serde_json::json;

#[test]
fn of_100_racing_publishers_of_one_version_one_wins() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    let path = format!("{}/versions", at(&id));
    let calls = (0..100).map(|n| {
        let (owner, path) = (&stall.owner, &path);
        move || owner.post(path, &json!({"version": "2.0.0", "template": yaml(&format!("River models {n}"))}))
    });
    let replies = at_once(calls.collect());
    let won: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(won.len(), 1);
    for lost in replies.iter().filter(|reply| reply.status != 201) {
        let code = lost.json()["code"].as_str().map(str::to_owned);
        assert!(
            lost.status == 409 && matches!(code.as_deref(), Some("version_exists" | "conflict")),
            "{}",
            lost.text()
        );
    }
    let download = stall.owner.get(&format!("{}/download", at_version(&id, "2.0.0"))).expect(200);
    assert_eq!(download.etag(), format!("\"{}\"", won[0].field("digest")));
}

#[test]
fn a_version_never_changes() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    let before = stall.owner.get(&format!("{}/download", at_version(&id, "1.0.0"))).expect(200).bytes;
    stall.version(&id, "1.0.0").expect_problem(409, "version_exists");
    let after = stall.owner.get(&format!("{}/download", at_version(&id, "1.0.0"))).expect(200).bytes;
    assert_eq!(before, after);
}

#[test]
fn the_highest_release_is_shown_whatever_the_order_of_publishing() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    for (version, shown) in [
        ("1.10.0", "1.10.0"),
        ("1.9.0", "1.10.0"),
        ("2.0.0-rc.1", "1.10.0"),
        ("2.0.0", "2.0.0"),
        ("1.11.0", "2.0.0"),
    ] {
        stall.version(&id, version).expect(201);
        assert_eq!(stall.owner.get(&at(&id)).expect(200).field("version"), shown);
    }
    let listed: Vec<_> = stall.owner.all(&format!("{}/versions", at(&id)));
    let listed: Vec<_> = listed.iter().map(|version| version["version"].as_str().unwrap()).collect();
    assert_eq!(listed, ["2.0.0", "2.0.0-rc.1", "1.11.0", "1.10.0", "1.9.0", "1.0.0"]);
}
