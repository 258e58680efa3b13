//! `POST /marketplace/templates/{template_id}/versions/{version}/unyank`.

use super::stall::{Stall, at, at_version};
use serde_json::json;

const WHY: &str = "Its disk fills up within a day.";

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
