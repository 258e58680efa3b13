//! What was acknowledged is there after a restart, and the logs still verify.

use crate::support::App;
use cws_local::{verify, world::Setup};
use serde_json::json;
use tokio::runtime::Runtime;

#[test]
fn everything_is_there_after_a_restart_and_old_tokens_still_work() {
    let app = App::start_local(Setup::for_tests());
    let ada = app.named_person("local", "researcher", "ada");
    let id = ada.post("/projects", &json!({"name": "River survey"})).expect(201).field("id");
    let app = app.restart(Setup::for_tests());
    let ada = app.anonymous().with_token(&ada.token.unwrap());
    assert_eq!(ada.get(&format!("/projects/{id}")).expect(200).field("name"), "River survey");
    let (data, _kept) = app.stop();
    let report = Runtime::new().unwrap().block_on(verify::audit(&data, None)).unwrap();
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_changed_audit_record_is_found() {
    let app = App::start_local(Setup::for_tests());
    app.named_person("local", "researcher", "ada");
    app.settle();
    let (data, _kept) = app.stop();
    let database = data.join("cws.db");
    let bytes = std::fs::read(&database).unwrap();
    let wanted = b"\"action\":\"user.created\"";
    let mut changed = bytes.clone();
    for at in 0..bytes.len() - wanted.len() {
        if bytes[at..].starts_with(wanted) {
            changed[at + 10..at + 22].copy_from_slice(b"user.removed");
        }
    }
    assert_ne!(changed, bytes);
    std::fs::write(&database, changed).unwrap();
    let report = Runtime::new().unwrap().block_on(verify::audit(&data, None)).unwrap();
    assert!(!report.is_clean(), "{report}");
    std::fs::write(&database, bytes).unwrap();
    let report = Runtime::new().unwrap().block_on(verify::audit(&data, None)).unwrap();
    assert!(report.is_clean(), "{report}");
}
