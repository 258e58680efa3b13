//! `POST /audit/verify`.

use super::{audited, verify_all, wait_for_log};
use crate::support::App;
use serde_json::{Value, json};

fn sum(parts: &[Value], member: &str) -> u64 {
    parts.iter().map(|part| part[member].as_u64().unwrap()).sum()
}

#[test]
fn an_untouched_log_is_intact_and_every_own_record_is_counted() {
    let app = App::start();
    let (auditor, _) = audited(&app, 5);
    wait_for_log(&app, &auditor);
    let records = auditor.all("/audit").len() as u64;
    let parts = verify_all(&auditor, &json!({}));
    assert!(parts.iter().all(|part| part["intact"] == true && part["faults"] == json!([])), "{parts:?}");
    assert_eq!(sum(&parts, "records_checked"), records);
    let size = parts[0]["checkpoint_size"].as_u64().unwrap();
    assert!(size >= records && sum(&parts, "leaves_checked") >= size, "{parts:?}");
    assert!(parts[0]["checkpoint"].as_str().unwrap().contains("cloudworkstation/"));
}

#[test]
fn a_window_of_time_counts_only_what_lies_in_it() {
    let app = App::start();
    let (auditor, _) = audited(&app, 2);
    let parts = verify_all(&auditor, &json!({"since": "2999-01-01T00:00:00Z"}));
    assert_eq!(sum(&parts, "records_checked"), 0);
    let parts =
        verify_all(&auditor, &json!({"since": "2001-01-01T00:00:00Z", "until": "2999-01-01T00:00:00Z"}));
    assert_eq!(sum(&parts, "records_checked"), auditor.all("/audit").len() as u64);
}

#[test]
fn a_cursor_belongs_to_its_window_and_a_researcher_gets_none() {
    let app = App::start();
    let (auditor, doer) = audited(&app, 1);
    let first = auditor.post("/audit/verify", &json!({})).expect(200).json();
    let other = json!({"until": "2999-01-01T00:00:00Z", "cursor": first["next"]});
    auditor.post("/audit/verify", &other).expect_problem(400, "invalid_cursor");
    auditor.post("/audit/verify", &json!({"institution": "local"})).expect_problem(400, "malformed_request");
    assert!([403, 404].contains(&doer.post("/audit/verify", &json!({})).status));
    app.anonymous().post("/audit/verify", &json!({})).expect_problem(401, "unauthenticated");
}
