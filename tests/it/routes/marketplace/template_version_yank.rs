//! `POST /marketplace/templates/{template_id}/versions/{version}/yank`.

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
