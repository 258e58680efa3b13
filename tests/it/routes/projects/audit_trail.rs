//! What the audit log keeps of a project: every change, with ids and never with what people wrote.

use super::{Crew, add, place, set_role};
use serde_json::json;

#[test]
fn every_change_of_a_project_is_on_record_and_nothing_that_people_wrote() {
    let crew = Crew::new();
    let secret = "what nobody else should read";
    crew.owner
        .patch(&crew.path(), "*", &json!({"description": secret, "tags": {"grant": secret}}))
        .expect(200);
    set_role(&crew.owner, &crew.project, &crew.viewer, "member").expect(200);
    crew.owner.delete(&place(&crew.project, &crew.viewer)).expect(204);
    add(&crew.viewer, &crew.project, &crew.manager, "viewer").expect(404);
    crew.owner.delete(&crew.path()).expect(200);

    let auditor = crew.app.person("local", "institution_auditor");
    let records = auditor.all(&format!("/audit?subject={}", crew.project));
    let mut done: Vec<_> = records.iter().filter(|record| record["outcome"] == "done").collect();
    done.sort_by_key(|record| record["action"].to_string());
    let actions: Vec<_> = done.iter().map(|record| record["action"].as_str().unwrap()).collect();
    let wanted = [
        "project.archived",
        "project.created",
        "project.member_added",
        "project.member_added",
        "project.member_added",
        "project.member_removed",
        "project.member_updated",
        "project.updated",
    ];
    assert_eq!(actions, wanted);
    assert!(done.iter().all(|record| record["actor"] == json!(crew.owner.user_id)));
    assert!(
        records
            .iter()
            .all(|record| !record.to_string().contains(secret) && !record.to_string().contains("Reef"))
    );
    let denied: Vec<_> = records.iter().filter(|record| record["outcome"] == "denied").collect();
    assert_eq!((denied.len(), &denied[0]["actor"]), (1, &json!(crew.viewer.user_id)));
}
