//! `PATCH /projects/{project_id}/members/{user_id}`.

use super::{Crew, add, at_once, place, said, set_role, statuses};
use crate::support::Reply;
use serde_json::json;

#[test]
fn a_new_role_holds_from_the_next_request() {
    let crew = Crew::new();
    let change = json!({"description": "by the viewer"});
    crew.viewer.patch(&crew.path(), "*", &change).expect_problem(403, "forbidden");
    let changed = set_role(&crew.owner, &crew.project, &crew.viewer, "manager").expect(200);
    assert_eq!(changed.field("role"), "manager");
    crew.viewer.patch(&crew.path(), "*", &change).expect(200);
    set_role(&crew.owner, &crew.project, &crew.viewer, "viewer").expect(200);
    crew.viewer.patch(&crew.path(), "*", &change).expect_problem(403, "forbidden");
    let own = crew.viewer.all(&format!("/users/registry/{}/projects", crew.viewer.user_id));
    assert_eq!(own[0]["role"], "viewer");
}

#[test]
fn nobody_gives_or_takes_a_role_above_themselves() {
    let crew = Crew::new();
    let second = crew.joined("owner");
    let admin = crew.app.person("local", "institution_admin");
    for (by, whom, role, status) in [
        (&crew.manager, &crew.viewer, "member", 200),
        (&crew.manager, &crew.viewer, "manager", 403),
        (&crew.manager, &crew.viewer, "owner", 403),
        (&crew.manager, &crew.owner, "viewer", 403),
        (&crew.manager, &second, "viewer", 403),
        (&crew.member, &crew.viewer, "viewer", 403),
        (&crew.viewer, &crew.member, "viewer", 403),
        (&crew.owner, &second, "viewer", 200),
        (&crew.owner, &second, "owner", 200),
        (&admin, &second, "manager", 200),
        (&crew.app.researcher(), &crew.viewer, "viewer", 404),
        (&crew.app.operator(), &crew.viewer, "viewer", 404),
    ] {
        set_role(by, &crew.project, whom, role).expect(status);
    }
    assert_eq!(crew.project()["owner_count"], json!(1));
}

#[test]
fn nobody_changes_their_own_role() {
    let crew = Crew::new();
    crew.joined("owner");
    for (person, role) in [(&crew.owner, "viewer"), (&crew.manager, "owner"), (&crew.viewer, "owner")] {
        set_role(person, &crew.project, person, role).expect_problem(403, "forbidden");
    }
    let admin = crew.app.person("local", "institution_admin");
    add(&crew.owner, &crew.project, &admin, "viewer").expect(201);
    set_role(&admin, &crew.project, &admin, "owner").expect_problem(403, "forbidden");
}

#[test]
fn the_last_owner_is_not_demoted() {
    let crew = Crew::new();
    let admin = crew.app.person("local", "institution_admin");
    set_role(&admin, &crew.project, &crew.owner, "viewer").expect_problem(409, "last_owner");
    set_role(&admin, &crew.project, &crew.owner, "owner").expect(200);
    set_role(&crew.owner, &crew.project, &crew.manager, "owner").expect(200);
    set_role(&crew.manager, &crew.project, &crew.owner, "viewer").expect(200);
    set_role(&admin, &crew.project, &crew.manager, "member").expect_problem(409, "last_owner");
    assert_eq!(crew.project()["owner_count"], json!(1));
}

#[test]
fn of_two_owners_who_demote_each_other_one_stays() {
    let crew = Crew::new();
    let second = crew.joined("owner");
    let admin = crew.app.person("local", "institution_admin");
    for _ in 0..10 {
        let (crew, second) = (&crew, &second);
        let replies = at_once(vec![
            Box::new(move || set_role(&crew.owner, &crew.project, second, "viewer"))
                as Box<dyn FnOnce() -> Reply + Send>,
            Box::new(move || set_role(second, &crew.project, &crew.owner, "viewer")),
        ]);
        assert_eq!(statuses(&replies), [200, 403], "{replies:?}");
        assert_eq!(admin.get(&crew.path()).json()["owner_count"], json!(1));
        let demoted = if replies[0].status == 200 { second } else { &crew.owner };
        set_role(&admin, &crew.project, demoted, "owner").expect(200);
    }
}

#[test]
fn a_change_says_what_it_was_made_from() {
    let crew = Crew::new();
    let path = place(&crew.project, &crew.viewer);
    let body = json!({"role": "member"}).to_string();
    let blind =
        crew.owner.send("PATCH", &path, &[("content-type", "application/json")], Some(body.as_bytes()));
    blind.expect_problem(428, "precondition_required");
    let etag = crew.owner.get(&path).etag();
    let changed = crew.owner.patch(&path, &etag, &json!({"role": "member"})).expect(200);
    crew.owner.patch(&path, &etag, &json!({"role": "manager"})).expect_problem(412, "precondition_failed");
    assert_eq!(crew.owner.get(&path).etag(), changed.etag());
    crew.owner.patch(&path, &changed.etag(), &json!({"role": "manager"})).expect(200);
}

#[test]
fn an_external_collaborator_rises_to_member_and_no_higher() {
    let crew = Crew::new();
    let guest = crew.app.person("local", "external");
    add(&crew.owner, &crew.project, &guest, "viewer").expect(201);
    set_role(&crew.owner, &crew.project, &guest, "member").expect(200);
    for role in ["manager", "owner"] {
        let refused = set_role(&crew.owner, &crew.project, &guest, role).expect_problem(422, "invalid_field");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/role");
    }
}

#[test]
fn who_is_not_in_is_not_changed() {
    let crew = Crew::new();
    let outside = crew.app.researcher();
    let not_in = set_role(&crew.owner, &crew.project, &outside, "viewer").expect_problem(404, "not_found");
    let hidden = set_role(&outside, &crew.project, &crew.viewer, "viewer").expect_problem(404, "not_found");
    assert_eq!(said(&not_in), said(&hidden));
    let path = place(&crew.project, &crew.viewer);
    let refused = crew.owner.patch(&path, "*", &json!({"role": "viewer", "user_id": outside.user_id}));
    assert!(refused.expect_problem(400, "malformed_request").text().contains("user_id"));
}
