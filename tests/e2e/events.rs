//! What happens after a commit: a waiting audit record gets its place in the signed log.

use crate::support::App;
use std::{thread::sleep, time::Duration};

/// The log closes a checkpoint at most a minute after a record; twice that is too late.
const LOOKS: u32 = 60;

#[test]
fn what_was_done_is_in_the_signed_audit_log_a_minute_later() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    let name = format!("audited-{}", std::process::id());
    let body = serde_json::json!({"name": name, "description": "A namespace."});
    admin.post("/marketplace/namespaces", &body).expect(201);
    let records = admin.all("/audit");
    let record = records.iter().rfind(|record| record["actor"] == admin.user_id.as_str()).unwrap();
    let path = format!("/audit/{}/proof", record["id"].as_str().unwrap());
    for _ in 0..LOOKS {
        app.settle();
        let proof = admin.get(&path);
        if proof.status == 200 && proof.field("state") == "included" {
            return;
        }
        sleep(Duration::from_secs(2));
    }
    panic!("not in the log: {}", admin.get(&path).text());
}
