//! `GET /projects/{project_id}/members/{user_id}`.

use super::{Crew, NOWHERE, place, said};
use serde_json::json;

#[test]
fn everybody_in_a_project_sees_each_place_in_it() {
    let crew = Crew::new();
    let auditor = crew.app.person("local", "institution_auditor");
    for reader in [&crew.owner, &crew.manager, &crew.member, &crew.viewer, &auditor] {
        let seen = reader.get(&place(&crew.project, &crew.manager)).expect(200);
        assert_eq!(
            (&seen.json()["role"], &seen.json()["user_id"]),
            (&json!("manager"), &json!(crew.manager.user_id))
        );
        assert!(!seen.etag().is_empty());
    }
    let outside = crew.app.researcher();
    crew.owner.get(&place(&crew.project, &outside)).expect_problem(404, "not_found");
}

#[test]
fn a_stranger_learns_nothing_about_a_place() {
    let crew = Crew::new();
    let elsewhere = crew.app.person(&crew.app.institution(), "institution_admin");
    for stranger in [crew.app.researcher(), elsewhere, crew.app.operator()] {
        let hidden = stranger.get(&place(&crew.project, &crew.viewer)).expect_problem(404, "not_found");
        let missing = stranger.get(&place(NOWHERE, &crew.viewer)).expect_problem(404, "not_found");
        assert_eq!(said(&hidden), said(&missing));
    }
}
