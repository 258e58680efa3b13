//! `POST /marketplace/templates/{template_id}/deprecate`.

use super::stall::{Stall, at};
use serde_json::{Value, json};

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
