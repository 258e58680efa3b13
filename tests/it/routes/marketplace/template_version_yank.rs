//! `POST …/versions/{version}/yank` and `…/unyank`, `POST …/deprecate`, `PUT …/channels/{channel}`.

use super::stall::{Stall, at, at_version};
use serde_json::{Value, json};

const WHY: &str = "Its disk fills up within a day.";

#[test]
fn a_yanked_version_is_hidden_from_latest_and_still_given_to_who_names_it() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    stall.version(&id, "1.1.0").expect(201);
    let yank = format!("{}/yank", at_version(&id, "1.1.0"));
    let yanked = stall.owner.post(&yank, &json!({"reason": WHY})).expect(200).json();
    assert_eq!((&yanked["state"], &yanked["reason"]), (&json!("yanked"), &json!(WHY)));
    let seen = stall.owner.get(&at(&id)).expect(200).json();
    assert_eq!((&seen["version"], &seen["template"]["name"]), (&json!("1.0.0"), &json!("River models")));
    let download = stall.owner.get(&format!("{}/download", at_version(&id, "1.1.0"))).expect(200);
    assert!(download.header("warning").unwrap().contains("yanked"));
    assert!(download.text().contains("River models 1.1.0"));
    let version = stall.owner.get(&at_version(&id, "1.1.0")).expect(200).json();
    assert!(version["warning"].as_str().unwrap().contains(WHY));
    stall.owner.post(&yank, &json!({"reason": WHY})).expect_problem(409, "wrong_state");
}

#[test]
fn taking_the_yank_back_restores_everything() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    stall.version(&id, "1.1.0").expect(201);
    let before = stall.owner.get(&at(&id)).expect(200).json();
    stall.owner.post(&format!("{}/yank", at_version(&id, "1.1.0")), &json!({"reason": WHY})).expect(200);
    let unyank = format!("{}/unyank", at_version(&id, "1.1.0"));
    assert_eq!(stall.owner.post(&unyank, &json!({})).expect(200).field("state"), "active");
    let mut after = stall.owner.get(&at(&id)).expect(200).json();
    after["updated_at"] = before["updated_at"].clone();
    assert_eq!(after, before);
    stall.owner.post(&unyank, &json!({})).expect_problem(409, "wrong_state");
}

#[test]
fn a_template_whose_versions_are_all_yanked_shows_none() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    stall.owner.post(&format!("{}/yank", at_version(&id, "1.0.0")), &json!({"reason": WHY})).expect(200);
    let seen = stall.owner.get(&at(&id)).expect(200).json();
    assert_eq!([&seen["version"], &seen["template"], &seen["signature"]], [&Value::Null; 3]);
    stall.owner.get(&at_version(&id, "latest")).expect_problem(404, "not_found");
    stall.version(&id, "0.9.0").expect(201);
    assert_eq!(stall.owner.get(&at(&id)).expect(200).field("version"), "0.9.0");
    stall.owner.post(&format!("{}/unyank", at_version(&id, "1.0.0")), &json!({})).expect(200);
    assert_eq!(stall.owner.get(&at(&id)).expect(200).field("version"), "1.0.0");
}

#[test]
fn maintainers_yank_and_so_does_the_institutions_administrator() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    let yank = format!("{}/yank", at_version(&id, "1.0.0"));
    for person in [stall.joined("member"), stall.app.researcher()] {
        person.post(&yank, &json!({"reason": WHY})).expect_problem(403, "forbidden");
    }
    let stranger = stall.app.person(&stall.app.institution(), "institution_admin");
    stranger.post(&yank, &json!({"reason": WHY})).expect_problem(403, "forbidden");
    stall.app.person("local", "institution_admin").post(&yank, &json!({"reason": WHY})).expect(200);
}

#[test]
fn a_channel_points_to_a_version_that_is_offered_and_never_to_another() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    stall.version(&id, "1.1.0-rc.1").expect(201);
    let channel = |name: &str| format!("{}/channels/{name}", at(&id));
    let set = stall.owner.put(&channel("beta"), "*", &json!({"version": "1.1.0-rc.1"})).expect(200).json();
    assert_eq!(set["channels"], json!({"beta": "1.1.0-rc.1"}));
    stall.owner.put(&channel("beta"), "*", &json!({"version": "7.0.0"})).expect_problem(422, "invalid_field");
    stall
        .owner
        .put(&channel("latest"), "*", &json!({"version": "1.0.0"}))
        .expect_problem(422, "invalid_field");
    stall.owner.post(&format!("{}/yank", at_version(&id, "1.1.0-rc.1")), &json!({"reason": WHY})).expect(200);
    assert_eq!(stall.owner.get(&at(&id)).expect(200).json()["channels"], json!({}));
    stall
        .owner
        .put(&channel("beta"), "*", &json!({"version": "1.1.0-rc.1"}))
        .expect_problem(409, "wrong_state");
    stall.owner.put(&channel("stable"), "*", &json!({"version": "1.0.0"})).expect(200);
    stall.owner.put(&channel("stable"), "*", &json!({"version": null})).expect(200);
    stall.owner.get(&at_version(&id, "stable")).expect_problem(404, "not_found");
    stall
        .app
        .researcher()
        .put(&channel("mine"), "*", &json!({"version": "1.0.0"}))
        .expect_problem(403, "forbidden");
}

#[test]
fn a_deprecated_template_names_its_replacement_until_that_is_taken_back() {
    let stall = Stall::new();
    let (old, _) = (stall.publish("old-models"), stall.publish("new-things"));
    let deprecate = format!("{}/deprecate", at(&old));
    let replacement = format!("{}/new-things", stall.namespace);
    stall.owner.post(&deprecate, &json!({"reason": "Old.", "replacement": replacement})).expect(200);
    let seen = stall.owner.get(&at(&old)).expect(200).json();
    assert_eq!(seen["deprecated"]["replacement"], json!(replacement));
    stall.owner.post(&deprecate, &json!({"reason": null})).expect(200);
    assert_eq!(stall.owner.get(&at(&old)).expect(200).json()["deprecated"], Value::Null);
    for nothing in [format!("{}/missing", stall.namespace), format!("{}/old-models", stall.namespace)] {
        let body = json!({"reason": "Old.", "replacement": nothing});
        stall.owner.post(&deprecate, &body).expect_problem(422, "invalid_field");
    }
    stall.joined("member").post(&deprecate, &json!({"reason": "Old."})).expect_problem(403, "forbidden");
}
