//! `GET /audit`.

use super::audited;
use crate::support::App;
use serde_json::Value;

fn actions(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["action"].as_str().unwrap()).collect()
}

#[test]
fn what_somebody_did_is_listed_newest_first_with_who_and_what() {
    let app = App::start();
    let (auditor, doer) = audited(&app, 3);
    let items = auditor.all(&format!("/audit?actor={}&action=project.*", doer.user_id));
    assert_eq!(items.len(), 3, "{items:?}");
    let ids: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted_by(|a, b| a > b), "{ids:?}");
    for item in &items {
        assert_eq!(item["route"], "project_create");
        assert_eq!(item["outcome"], "done");
        assert!(item["subject"].as_str().unwrap().starts_with("prj_"), "{item}");
        assert!(item["request_id"].as_str().unwrap().starts_with("req_"), "{item}");
    }
}

#[test]
fn pages_of_one_give_the_same_as_one_page() {
    let app = App::start();
    let (auditor, doer) = audited(&app, 4);
    let whole = auditor.all(&format!("/audit?actor={}", doer.user_id));
    let mut one_by_one = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = auditor.get(&format!("/audit?actor={}&limit=1{cursor}", doer.user_id)).expect(200).json();
        assert!(page["items"].as_array().unwrap().len() <= 1);
        one_by_one.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(one_by_one, whole);
}

#[test]
fn filters_by_action_subject_and_time_narrow_the_list() {
    let app = App::start();
    let (auditor, doer) = audited(&app, 2);
    let items = auditor.all(&format!("/audit?actor={}&action=project.*", doer.user_id));
    let (newest, oldest) = (&items[0], &items[1]);
    let subject = oldest["subject"].as_str().unwrap();
    let of_subject = auditor.all(&format!("/audit?subject={subject}"));
    assert!(of_subject.iter().all(|item| item["subject"] == subject) && !of_subject.is_empty());
    let exact = newest["action"].as_str().unwrap();
    assert!(actions(&auditor.all(&format!("/audit?action={exact}"))).iter().all(|action| *action == exact));
    assert!(auditor.all("/audit?action=project").is_empty(), "an action is exact without a star");
    assert!(auditor.all("/audit?since=2999-01-01T00:00:00Z").is_empty());
    assert!(auditor.all("/audit?until=2001-01-01T00:00:00Z").is_empty());
    let at = newest["at"].as_str().unwrap();
    assert!(auditor.all(&format!("/audit?since={at}")).contains(newest), "`since` is included");
    assert!(!auditor.all(&format!("/audit?until={at}")).contains(newest), "`until` is not");
}

#[test]
fn a_cursor_belongs_to_its_filters_and_its_caller() {
    let app = App::start();
    let (auditor, doer) = audited(&app, 3);
    let page = auditor.get("/audit?limit=1").expect(200).json();
    let cursor = page["next"].as_str().unwrap();
    auditor
        .get(&format!("/audit?limit=1&actor={}&cursor={cursor}", doer.user_id))
        .expect_problem(400, "invalid_cursor");
    let (other, _) = audited(&app, 1);
    other.get(&format!("/audit?limit=1&cursor={cursor}")).expect_problem(400, "invalid_cursor");
    auditor.get("/audit?since=yesterday").expect_problem(400, "malformed_request");
    auditor.get("/audit?nobody=1").expect_problem(400, "malformed_request");
}

#[test]
fn nobody_reads_the_records_of_another_institution() {
    let app = App::start();
    let (auditor, doer) = audited(&app, 2);
    let (stranger, _) = audited(&app, 1);
    assert!(stranger.all(&format!("/audit?actor={}", doer.user_id)).is_empty());
    let own = auditor.all("/audit");
    let theirs = stranger.all("/audit");
    assert!(theirs.iter().all(|item| !own.contains(item)));
}

#[test]
fn a_researcher_does_not_read_the_log_and_the_try_is_in_it() {
    let app = App::start();
    let (auditor, doer) = audited(&app, 1);
    assert!([403, 404].contains(&doer.get("/audit").status));
    let denied = auditor.all(&format!("/audit?actor={}&action=access.denied", doer.user_id));
    assert_eq!(denied.len(), 1, "{denied:?}");
    assert_eq!(
        (denied[0]["outcome"].as_str(), denied[0]["route"].as_str()),
        (Some("denied"), Some("audit_list"))
    );
    app.anonymous().get("/audit").expect_problem(401, "unauthenticated");
}
