//! `DELETE /projects/{project_id}`.

use super::{Crew, NOWHERE, add, fresh_name, place, said, set_role};
use crate::support::App;
use serde_json::json;

#[test]
fn an_archived_project_is_kept_to_be_read() {
    let crew = Crew::new();
    let members = crew.owner.all(&format!("{}/members", crew.path()));
    let archived = crew.owner.delete(&crew.path()).expect(200);
    assert_eq!(archived.field("status"), "archived");
    assert_eq!(archived.json()["archived_at"], archived.json()["updated_at"]);
    for person in [&crew.owner, &crew.manager, &crew.member, &crew.viewer] {
        let seen = person.get(&crew.path()).expect(200);
        assert_eq!((seen.json(), seen.etag()), (archived.json(), archived.etag()));
        assert_eq!(person.all(&format!("{}/members", crew.path())), members);
        assert_eq!(person.all("/projects"), [archived.json()]);
        assert_eq!(person.all("/projects?status=archived"), [archived.json()]);
        assert!(person.all("/projects?status=active").is_empty());
    }
}

#[test]
fn nothing_changes_in_an_archived_project() {
    let crew = Crew::new();
    let newcomer = crew.app.researcher();
    let before = crew.owner.delete(&crew.path()).expect(200).json();
    let admin = crew.app.person("local", "institution_admin");
    for person in [&crew.owner, &crew.viewer, &admin] {
        for refused in [
            person.delete(&crew.path()),
            person.patch(&crew.path(), "*", &json!({"description": "x"})),
            add(person, &crew.project, &newcomer, "viewer"),
            set_role(person, &crew.project, &crew.viewer, "member"),
            person.delete(&place(&crew.project, &crew.viewer)),
        ] {
            refused.expect_problem(409, "project_archived");
        }
    }
    assert_eq!(crew.project(), before);
}

#[test]
fn a_stranger_is_not_told_that_a_project_is_archived() {
    let crew = Crew::new();
    crew.owner.delete(&crew.path()).expect(200);
    let elsewhere = crew.app.person(&crew.app.institution(), "institution_admin");
    for stranger in [crew.app.researcher(), elsewhere, crew.app.operator()] {
        let hidden = stranger.delete(&crew.path()).expect_problem(404, "not_found");
        let missing = stranger.delete(&format!("/projects/{NOWHERE}")).expect_problem(404, "not_found");
        assert_eq!(said(&hidden), said(&missing));
        stranger.delete(&place(&crew.project, &crew.viewer)).expect_problem(404, "not_found");
    }
}

#[test]
fn owners_and_administrators_archive_and_others_do_not() {
    let crew = Crew::new();
    for person in [&crew.manager, &crew.member, &crew.viewer] {
        person.delete(&crew.path()).expect_problem(403, "forbidden");
    }
    crew.app.person("local", "institution_auditor").delete(&crew.path()).expect_problem(403, "forbidden");
    crew.app.person("local", "institution_admin").delete(&crew.path()).expect(200);
}

#[test]
fn the_name_of_an_archived_project_is_free_again() {
    let app = App::start();
    let ada = app.researcher();
    let name = fresh_name("Used");
    let first = ada.post("/projects", &json!({"name": name})).expect(201).field("id");
    ada.delete(&format!("/projects/{first}")).expect(200);
    let second = ada.post("/projects", &json!({"name": name})).expect(201).field("id");
    assert_eq!(ada.get(&format!("/projects/{first}")).expect(200).field("name"), name);
    ada.delete(&format!("/projects/{second}")).expect(200);
    ada.post("/projects", &json!({"name": name})).expect(201);
}

#[test]
fn who_sends_an_etag_archives_what_was_read_and_nothing_newer() {
    let crew = Crew::new();
    let old = crew.owner.get(&crew.path()).etag();
    crew.manager.patch(&crew.path(), "*", &json!({"description": "newer"})).expect(200);
    let stale = crew.owner.send("DELETE", &crew.path(), &[("if-match", &old)], None);
    stale.expect_problem(412, "precondition_failed");
    let etag = crew.owner.get(&crew.path()).etag();
    crew.owner.send("DELETE", &crew.path(), &[("if-match", &etag)], None).expect(200);
}
