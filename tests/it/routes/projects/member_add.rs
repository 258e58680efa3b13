//! `POST /projects/{project_id}/members`.

use super::{Crew, NOWHERE, add, at_once, place, said, statuses};
use serde_json::json;

#[test]
fn an_owner_gives_every_role_and_it_counts_at_once() {
    let crew = Crew::new();
    for (count, role) in ["viewer", "member", "manager", "owner"].into_iter().enumerate() {
        let person = crew.app.researcher();
        person.get(&crew.path()).expect_problem(404, "not_found");
        let added = add(&crew.owner, &crew.project, &person, role).expect(201);
        let body = added.json();
        assert_eq!((&body["role"], &body["user_id"]), (&json!(role), &json!(person.user_id)));
        assert_eq!(
            (&body["added_by"], &body["project_id"]),
            (&json!(crew.owner.user_id), &json!(crew.project))
        );
        let seen = person.get(added.header("location").unwrap()).expect(200);
        assert_eq!((seen.json(), seen.etag()), (body, added.etag()));
        assert_eq!(crew.project()["member_count"], json!(5 + count));
    }
    assert_eq!(crew.project()["owner_count"], json!(2));
}

#[test]
fn nobody_grants_above_themselves() {
    let crew = Crew::new();
    let admin = crew.app.person("local", "institution_admin");
    let auditor = crew.app.person("local", "institution_auditor");
    for (by, role, status) in [
        (&crew.manager, "viewer", 201),
        (&crew.manager, "member", 201),
        (&crew.manager, "manager", 403),
        (&crew.manager, "owner", 403),
        (&crew.member, "viewer", 403),
        (&crew.viewer, "viewer", 403),
        (&auditor, "viewer", 403),
        (&admin, "owner", 201),
    ] {
        add(by, &crew.project, &crew.app.researcher(), role).expect(status);
    }
    assert_eq!((&crew.project()["owner_count"], &crew.project()["member_count"]), (&json!(2), &json!(7)));
}

#[test]
fn nobody_adds_themselves() {
    let crew = Crew::new();
    let admin = crew.app.person("local", "institution_admin");
    for role in ["viewer", "owner"] {
        add(&admin, &crew.project, &admin, role).expect_problem(403, "forbidden");
    }
    for person in [&crew.manager, &crew.owner] {
        add(person, &crew.project, person, "owner").expect_problem(403, "forbidden");
    }
}

#[test]
fn who_is_elsewhere_or_deactivated_or_never_was_is_refused_in_the_same_words() {
    let crew = Crew::new();
    let elsewhere = crew.app.person(&crew.app.institution(), "researcher");
    let gone = crew.app.researcher();
    crew.app.operator().post(&format!("/users/registry/{}/deactivate", gone.user_id), &json!({})).expect(200);
    let path = format!("{}/members", crew.path());
    let never =
        crew.owner.post(&path, &json!({"user_id": "usr_00000000000000000000000000", "role": "viewer"}));
    assert_eq!(never.json()["errors"][0]["pointer"], "/user_id");
    for person in [elsewhere, gone] {
        let refused = add(&crew.owner, &crew.project, &person, "viewer").expect_problem(422, "invalid_field");
        assert_eq!(said(&refused), said(&never));
    }
    assert_eq!(crew.project()["member_count"], json!(4));
}

#[test]
fn an_external_collaborator_is_at_most_a_member() {
    let crew = Crew::new();
    let guest = crew.app.person("local", "external");
    for role in ["manager", "owner"] {
        let refused = add(&crew.owner, &crew.project, &guest, role).expect_problem(422, "invalid_field");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/role");
    }
    add(&crew.owner, &crew.project, &guest, "member").expect(201);
    guest.get(&crew.path()).expect(200);
}

#[test]
fn who_is_in_is_not_added_again() {
    let crew = Crew::new();
    for (person, role) in [(&crew.viewer, "owner"), (&crew.viewer, "viewer"), (&crew.manager, "viewer")] {
        add(&crew.owner, &crew.project, person, role).expect_problem(409, "member_exists");
    }
    assert_eq!(crew.owner.get(&place(&crew.project, &crew.viewer)).field("role"), "viewer");
}

#[test]
fn a_stranger_adds_nobody_and_learns_nothing() {
    let crew = Crew::new();
    let elsewhere = crew.app.person(&crew.app.institution(), "institution_admin");
    for stranger in [crew.app.researcher(), elsewhere, crew.app.operator()] {
        let hidden = add(&stranger, &crew.project, &crew.viewer, "viewer").expect_problem(404, "not_found");
        let missing = add(&stranger, NOWHERE, &crew.viewer, "viewer").expect_problem(404, "not_found");
        assert_eq!(said(&hidden), said(&missing));
    }
}

#[test]
fn a_body_that_means_nothing_is_refused_and_named() {
    let crew = Crew::new();
    let path = format!("{}/members", crew.path());
    let user_id = &crew.app.researcher().user_id;
    for (body, field) in [
        (json!({"user_id": user_id, "role": "king"}), "role"),
        (json!({"user_id": user_id}), "role"),
        (json!({"user_id": "ada", "role": "viewer"}), "user_id"),
        (json!({"user_id": user_id, "role": "viewer", "added_by": user_id}), "added_by"),
        (json!({"user_id": user_id, "role": "viewer", "project_id": NOWHERE}), "project_id"),
    ] {
        let refused = crew.owner.post(&path, &body).expect_problem(400, "malformed_request");
        assert!(refused.json()["errors"][0].to_string().contains(field), "{}", refused.text());
    }
}

#[test]
fn the_counts_are_right_after_many_join_at_once() {
    let crew = Crew::new();
    let people: Vec<_> = (0..8).map(|_| crew.app.researcher()).collect();
    let join = |person| loop {
        let reply = add(&crew.owner, &crew.project, person, "member");
        if reply.status != 409 {
            return reply;
        }
        reply.expect_problem(409, "conflict");
    };
    let join = &join;
    let replies = at_once(people.iter().map(|person| move || join(person)).collect());
    assert_eq!(statuses(&replies), vec![201; 8]);
    assert_eq!(crew.project()["member_count"], json!(12));
    assert_eq!(crew.owner.all(&format!("{}/members", crew.path())).len(), 12);
}

#[test]
fn a_repeat_with_the_key_answers_the_first_answer() {
    let crew = Crew::new();
    let path = format!("{}/members", crew.path());
    let body = json!({"user_id": crew.app.researcher().user_id, "role": "viewer"});
    let first = crew.owner.post_once(&path, "add-1", &body).expect(201);
    let again = crew.owner.post_once(&path, "add-1", &body).expect(201);
    assert_eq!((first.bytes.clone(), first.etag()), (again.bytes.clone(), again.etag()));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(crew.project()["member_count"], json!(5));
}
