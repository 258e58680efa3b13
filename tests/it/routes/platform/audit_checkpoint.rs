//! `GET /audit/checkpoint`.

use super::{audited, wait_for_log};
use crate::support::App;
use cws_translog::{Checkpoint, VerifierKey};

#[test]
fn the_checkpoint_is_a_note_signed_by_the_logs_key_and_only_grows() {
    let app = App::start();
    let (auditor, doer) = audited(&app, 1);
    wait_for_log(&app, &auditor);
    let first = auditor.get("/audit/checkpoint").expect(200);
    assert_eq!(first.header("content-type"), Some("text/plain; charset=utf-8"));
    let part = auditor.post("/audit/verify", &serde_json::json!({})).expect(200);
    let key: VerifierKey = part.field("verifier_key").parse().unwrap();
    let before = Checkpoint::open(&first.text(), std::slice::from_ref(&key)).unwrap();
    doer.post("/projects", &serde_json::json!({"name": "one more"})).expect(201);
    wait_for_log(&app, &auditor);
    let after = auditor.get("/audit/checkpoint").expect(200);
    assert_ne!(after.etag(), first.etag());
    assert!(Checkpoint::open(&after.text(), &[key]).unwrap().size() > before.size());
}

#[test]
fn only_who_may_read_the_log_reads_its_checkpoint() {
    let app = App::start();
    let (_, doer) = audited(&app, 1);
    assert!([403, 404].contains(&doer.get("/audit/checkpoint").status));
    app.anonymous().get("/audit/checkpoint").expect_problem(401, "unauthenticated");
}
