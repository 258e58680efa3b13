//! `GET /projects/{project_id}/members`.

use super::{Crew, NOWHERE, add, said};
use serde_json::json;

#[test]
fn everybody_in_a_project_sees_who_else_is() {
    let crew = Crew::new();
    let path = format!("{}/members", crew.path());
    let mut wanted = vec![
        (crew.owner.user_id.clone(), "owner"),
        (crew.manager.user_id.clone(), "manager"),
        (crew.member.user_id.clone(), "member"),
        (crew.viewer.user_id.clone(), "viewer"),
    ];
    wanted.sort();
    let (admin, auditor) =
        (crew.app.person("local", "institution_admin"), crew.app.person("local", "institution_auditor"));
    for person in [&crew.owner, &crew.viewer, &admin, &auditor] {
        let items = person.all(&path);
        let seen: Vec<_> = items
            .iter()
            .map(|m| (m["user_id"].as_str().unwrap().to_owned(), m["role"].as_str().unwrap()))
            .collect();
        assert_eq!(seen, wanted);
        for item in &items {
            let one = person.get(&format!("{path}/{}", item["user_id"].as_str().unwrap())).expect(200);
            assert_eq!(&one.json(), item);
        }
    }
}

#[test]
fn members_come_page_by_page_each_once() {
    let crew = Crew::new();
    for _ in 0..5 {
        crew.joined("viewer");
    }
    let path = format!("{}/members", crew.path());
    let all = crew.owner.all(&path);
    assert_eq!(all.len(), 9);
    let mut paged = Vec::new();
    let mut cursor = String::new();
    for _ in 0..3 {
        let page = crew.owner.get(&format!("{path}?limit=3{cursor}")).expect(200).json();
        paged.extend(page["items"].as_array().unwrap().clone());
        cursor = page["next"].as_str().map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    assert_eq!((paged, cursor), (all, String::new()));
}

#[test]
fn the_cursor_of_one_project_does_not_open_another() {
    let crew = Crew::new();
    let other = super::open(&crew.owner);
    add(&crew.owner, &other, &crew.viewer, "viewer").expect(201);
    let cursor = crew.owner.get(&format!("{}/members?limit=1", crew.path())).expect(200).field("next");
    let foreign = crew.owner.get(&format!("/projects/{other}/members?cursor={cursor}"));
    foreign.expect_problem(400, "invalid_cursor");
}

#[test]
fn a_stranger_learns_nothing_about_members() {
    let crew = Crew::new();
    let elsewhere = crew.app.person(&crew.app.institution(), "institution_admin");
    for stranger in [crew.app.researcher(), elsewhere, crew.app.operator()] {
        let missing = stranger.get(&format!("/projects/{NOWHERE}/members")).expect_problem(404, "not_found");
        let hidden = stranger.get(&format!("{}/members", crew.path())).expect_problem(404, "not_found");
        assert_eq!(said(&hidden), said(&missing));
    }
    assert_eq!(crew.project()["member_count"], json!(4));
}
