//! `PATCH /marketplace/templates/{template_id}`.

use super::stall::{Stall, at, at_version};
use serde_json::{Value, json};

/// Without the numbers that are counted a little later.
fn uncounted(mut template: Value) -> Value {
    template.as_object_mut().unwrap().retain(|member, _| !member.starts_with("downloads"));
    template
}

#[test]
fn a_description_changes_and_a_version_does_not() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    let before = stall.owner.get(&at(&id)).expect(200);
    let bytes = stall.owner.get(&format!("{}/download", at_version(&id, "1.0.0"))).expect(200).bytes;
    let body = json!({"title": "Rivers", "tags": ["Rivers", "rivers", "C++"], "documentation": "# Rivers"});
    let changed = stall.owner.patch(&at(&id), &before.etag(), &body).expect(200);
    let seen = stall.owner.get(&at(&id)).expect(200);
    assert_eq!(seen.etag(), changed.etag());
    assert_eq!(uncounted(seen.json()), uncounted(changed.json()));
    assert_eq!(seen.json()["tags"], json!(["c", "rivers"]));
    assert_eq!(seen.json()["description"], before.json()["description"]);
    assert_eq!(stall.owner.get(&format!("{}/download", at_version(&id, "1.0.0"))).expect(200).bytes, bytes);
}

#[test]
fn a_change_over_a_change_is_refused() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    let old = stall.owner.get(&at(&id)).expect(200).etag();
    stall.owner.patch(&at(&id), &old, &json!({"title": "One"})).expect(200);
    stall.owner.patch(&at(&id), &old, &json!({"title": "Two"})).expect_problem(412, "precondition_failed");
    let headers = [("content-type", "application/json")];
    stall.owner.send("PATCH", &at(&id), &headers, Some(b"{}")).expect_problem(428, "precondition_required");
    stall.owner.patch(&at(&id), "*", &json!({"title": "Two"})).expect(200);
}

#[test]
fn nothing_that_identifies_a_template_can_be_changed() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    for field in ["name", "namespace", "template", "version", "author", "visibility", "rating", "downloads"] {
        let refused =
            stall.owner.patch(&at(&id), "*", &json!({field: "x"})).expect_problem(400, "malformed_request");
        assert!(refused.text().contains(field), "{}", refused.text());
    }
    let many: Vec<String> = (0..41).map(|n| format!("tag{n}")).collect();
    stall.owner.patch(&at(&id), "*", &json!({"tags": many})).expect_problem(422, "invalid_field");
}

#[test]
fn only_maintainers_change_it() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    for person in
        [stall.joined("member"), stall.app.researcher(), stall.app.person("local", "institution_admin")]
    {
        person.patch(&at(&id), "*", &json!({"title": "Mine"})).expect_problem(403, "forbidden");
    }
    stall.joined("maintainer").patch(&at(&id), "*", &json!({"title": "Ours"})).expect(200);
}
