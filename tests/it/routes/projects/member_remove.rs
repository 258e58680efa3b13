//! `DELETE /projects/{project_id}/members/{user_id}`.

use super::{Crew, add, at_once, place, said, statuses};
use crate::support::Caller;
use serde_json::json;

#[test]
fn who_is_removed_is_out_from_the_next_request() {
    let crew = Crew::new();
    crew.viewer.get(&crew.path()).expect(200);
    let gone = crew.owner.delete(&place(&crew.project, &crew.viewer)).expect(204);
    assert!(gone.bytes.is_empty());
    crew.viewer.get(&crew.path()).expect_problem(404, "not_found");
    crew.viewer.get(&format!("{}/members", crew.path())).expect_problem(404, "not_found");
    assert!(crew.viewer.all(&format!("/users/registry/{}/projects", crew.viewer.user_id)).is_empty());
    assert_eq!(crew.project()["member_count"], json!(3));
    crew.owner.delete(&place(&crew.project, &crew.viewer)).expect_problem(404, "not_found");
    add(&crew.owner, &crew.project, &crew.viewer, "member").expect(201);
    crew.viewer.get(&crew.path()).expect(200);
}

#[test]
fn nobody_removes_somebody_above_themselves() {
    let crew = Crew::new();
    let second = crew.joined("manager");
    let admin = crew.app.person("local", "institution_admin");
    let auditor = crew.app.person("local", "institution_auditor");
    for (by, whom, status) in [
        (&crew.viewer, &crew.member, 403),
        (&crew.member, &crew.viewer, 403),
        (&auditor, &crew.viewer, 403),
        (&crew.manager, &crew.owner, 403),
        (&crew.manager, &second, 403),
        (&crew.manager, &crew.viewer, 204),
        (&crew.owner, &second, 204),
        (&admin, &crew.member, 204),
    ] {
        by.delete(&place(&crew.project, whom)).expect(status);
    }
}

#[test]
fn everybody_may_leave_but_the_last_owner() {
    let crew = Crew::new();
    for person in [&crew.viewer, &crew.member, &crew.manager] {
        person.delete(&place(&crew.project, person)).expect(204);
        person.get(&crew.path()).expect_problem(404, "not_found");
    }
    let admin = crew.app.person("local", "institution_admin");
    for by in [&crew.owner, &admin] {
        by.delete(&place(&crew.project, &crew.owner)).expect_problem(409, "last_owner");
    }
    let second = crew.joined("owner");
    crew.owner.delete(&place(&crew.project, &crew.owner)).expect(204);
    second.delete(&place(&crew.project, &second)).expect_problem(409, "last_owner");
    assert_eq!(second.get(&crew.path()).json()["member_count"], json!(1));
}

#[test]
fn of_two_owners_who_leave_at_once_one_stays() {
    let crew = Crew::new();
    let second = crew.joined("owner");
    let admin = crew.app.person("local", "institution_admin");
    for _ in 0..20 {
        let crew = &crew;
        let leave = |person: &'_ Caller| person.delete(&place(&crew.project, person));
        let leave = &leave;
        let replies = at_once([&crew.owner, &second].map(|person| move || leave(person)).into());
        assert_eq!(statuses(&replies), [204, 409], "{replies:?}");
        let (left, stayed) = if replies[0].status == 204 { (&crew.owner, 1) } else { (&second, 0) };
        replies[stayed].clone().expect_problem(409, "last_owner");
        let project = admin.get(&crew.path()).expect(200).json();
        assert_eq!((&project["owner_count"], &project["member_count"]), (&json!(1), &json!(4)));
        add(&admin, &crew.project, left, "owner").expect(201);
    }
}

#[test]
fn a_stranger_removes_nobody_and_learns_nothing() {
    let crew = Crew::new();
    let elsewhere = crew.app.person(&crew.app.institution(), "institution_admin");
    for stranger in [crew.app.researcher(), elsewhere, crew.app.operator()] {
        let member = stranger.delete(&place(&crew.project, &crew.viewer)).expect_problem(404, "not_found");
        let nobody = stranger.delete(&place(&crew.project, &stranger));
        assert_eq!(said(&member), said(&nobody.expect_problem(404, "not_found")));
    }
    assert_eq!(crew.project()["member_count"], json!(4));
}
