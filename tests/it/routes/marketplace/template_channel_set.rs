//! `PUT /marketplace/templates/{template_id}/channels/{channel}`.

use super::stall::{Stall, at, at_version};
use serde_json::json;

const WHY: &str = "Its disk fills up within a day.";

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
