//! `GET /marketplace/templates/{template_id}`.

use super::stall::{NOWHERE, Stall, at, fresh};
use serde_json::json;

#[test]
fn a_published_template_is_seen_with_every_member_that_was_promised() {
    let stall = Stall::new();
    let made =
        stall.publish_with("river-models", json!({"category": "Hydrology", "tags": ["rivers"]})).expect(201);
    let seen = stall.app.researcher().get(made.header("location").unwrap()).expect(200);
    let body = seen.json();
    for member in [
        "id",
        "name",
        "version",
        "author",
        "category",
        "rating",
        "downloads",
        "description",
        "dependencies",
        "signature",
        "template",
        "created_at",
        "updated_at",
    ] {
        assert!(body.get(member).is_some_and(|value| !value.is_null()), "{member}: {body}");
    }
    assert_eq!(body["version"], "1.0.0");
    assert_eq!(body["category"], "hydrology");
    assert_eq!(body["template"]["name"], "River models");
    assert_eq!(body["author"], json!(stall.owner.user_id));
    assert_eq!(body["digest"], made.json()["digest"]);
    assert_eq!(seen.etag(), made.etag());
}

#[test]
fn who_may_see_a_template_depends_on_its_visibility() {
    let stall = Stall::new();
    let (member, colleague) = (stall.joined("member"), stall.app.researcher());
    let stranger = stall.app.person(&stall.app.institution(), "researcher");
    for (visibility, seen_by_colleague, seen_by_stranger) in
        [("private", 404, 404), ("institution", 200, 404), ("public", 200, 200)]
    {
        let name = fresh("study");
        let id = stall.publish_with(&name, json!({"visibility": visibility})).expect(201).field("id");
        for part in ["", "/versions", "/versions/1.0.0", "/versions/1.0.0/lock", "/versions/1.0.0/download"] {
            let path = format!("{}{part}", at(&id));
            member.get(&path).expect(200);
            colleague.get(&path).expect(seen_by_colleague);
            stranger.get(&path).expect(seen_by_stranger);
        }
    }
    let missing = stranger.get(&at(NOWHERE)).expect_problem(404, "not_found");
    let id = stall.publish_with("hidden-study", json!({"visibility": "private"})).expect(201).field("id");
    let hidden = stranger.get(&at(&id)).expect_problem(404, "not_found");
    assert_eq!(hidden.json()["detail"], missing.json()["detail"]);
}
