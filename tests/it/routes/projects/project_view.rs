//! `GET /projects/{project_id}`.

use super::{Crew, NOWHERE, open, said};
use crate::support::App;

#[test]
fn everybody_in_a_project_sees_it_and_so_do_those_who_look_after_the_institution() {
    let crew = Crew::new();
    let (admin, auditor) =
        (crew.app.person("local", "institution_admin"), crew.app.person("local", "institution_auditor"));
    for person in [&crew.owner, &crew.manager, &crew.member, &crew.viewer, &admin, &auditor] {
        assert_eq!(person.get(&crew.path()).expect(200).json(), crew.project());
    }
    assert_eq!(crew.project()["member_count"], 4);
}

#[test]
fn a_stranger_is_told_the_same_as_about_a_project_that_never_was() {
    let crew = Crew::new();
    let elsewhere = crew.app.institution();
    let strangers = [
        crew.app.researcher(),
        crew.app.person("local", "external"),
        crew.app.person("local", "system_admin"),
        crew.app.person(&elsewhere, "institution_admin"),
        crew.app.person(&elsewhere, "institution_auditor"),
        crew.app.operator(),
    ];
    for stranger in strangers {
        let hidden = stranger.get(&crew.path()).expect_problem(404, "not_found");
        let missing = stranger.get(&format!("/projects/{NOWHERE}")).expect_problem(404, "not_found");
        let nonsense = stranger.get("/projects/no-id-at-all").expect_problem(404, "not_found");
        assert_eq!(said(&hidden), said(&missing));
        assert_eq!(said(&hidden), said(&nonsense));
    }
}

#[test]
fn who_has_the_current_etag_is_answered_nothing_new() {
    let app = App::start();
    let ada = app.researcher();
    let path = format!("/projects/{}", open(&ada));
    let etag = ada.get(&path).expect(200).etag();
    let again = ada.send("GET", &path, &[("if-none-match", &etag)], None).expect(304);
    assert!(again.bytes.is_empty());
    ada.send("GET", &path, &[("if-none-match", "\"com_other\"")], None).expect(200);
}

#[test]
fn a_body_that_was_seen_may_not_be_kept_by_others() {
    let app = App::start();
    let ada = app.researcher();
    let seen = ada.get(&format!("/projects/{}", open(&ada))).expect(200);
    assert_eq!(seen.header("cache-control"), Some("no-store"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert!(seen.header("x-request-id").is_some_and(|id| id.starts_with("req_")));
}
