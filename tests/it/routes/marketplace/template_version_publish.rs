//! `POST`, `GET /marketplace/templates/{template_id}/versions`.

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

#[test]
fn versions_come_page_by_page_each_once() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    for minor in 1..5 {
        stall.version(&id, &format!("1.{minor}.0")).expect(201);
    }
    let path = format!("{}/versions?limit=2", at(&id));
    let first = stall.owner.get(&path).expect(200).json();
    let second =
        stall.owner.get(&format!("{path}&cursor={}", first["next"].as_str().unwrap())).expect(200).json();
    let third =
        stall.owner.get(&format!("{path}&cursor={}", second["next"].as_str().unwrap())).expect(200).json();
    assert_eq!(third["next"], json!(null));
    let counts = [&first, &second, &third].map(|page| page["items"].as_array().unwrap().len());
    assert_eq!(counts, [2, 2, 1]);
    let other = stall.publish("lake-tools");
    let stolen = format!("{}/versions?limit=2&cursor={}", at(&other), first["next"].as_str().unwrap());
    stall.owner.get(&stolen).expect_problem(400, "invalid_cursor");
}

#[test]
fn latest_and_channels_lead_to_versions() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    stall.version(&id, "1.1.0").expect(201);
    let channel = format!("{}/channels/stable", at(&id));
    stall.owner.put(&channel, "*", &json!({"version": "1.0.0"})).expect(200);
    for (named, version) in [("latest", "1.1.0"), ("stable", "1.0.0"), ("1.1.0", "1.1.0")] {
        let seen = stall.owner.get(&at_version(&id, named)).expect(200).json();
        assert_eq!(seen["version"], version);
        assert_eq!(seen["state"], "active");
        assert_eq!(seen["template_id"], json!(id));
    }
    for nothing in ["9.9.9", "beta", "1.1", "..", "1.1.0+x"] {
        stall.owner.get(&at_version(&id, nothing)).expect_problem(404, "not_found");
    }
}
