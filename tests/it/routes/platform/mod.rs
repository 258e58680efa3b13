//! Routes of the platform domain.

mod asyncapi_view;
mod audit_checkpoint;
mod audit_list;
mod audit_proof;
mod audit_verify;
mod docs_view;
mod health_view;
mod openapi_view;
mod version_index;

use crate::support::{App, Caller};
use serde_json::{Value, json};
use std::{thread::sleep, time::Duration};

/// Longest wait for a checkpoint: on AWS a schedule closes one every minute.
const TRIES: u32 = 90;

/// An auditor, and somebody who did `count` things, in an institution of their own.
fn audited(app: &App, count: usize) -> (Caller, Caller) {
    let institution = app.institution();
    let auditor = app.person(&institution, "institution_auditor");
    let doer = app.person(&institution, "researcher");
    for number in 0..count {
        doer.post("/projects", &json!({"name": format!("project {number}")})).expect(201);
    }
    (auditor, doer)
}

/// Waits until every record of the institution is in the log.
fn wait_for_log(app: &App, auditor: &Caller) {
    for _ in 0..TRIES {
        app.settle();
        let newest = auditor.get("/audit?limit=1").expect(200).json();
        let id = newest["items"][0]["id"].as_str().unwrap();
        if auditor.get(&format!("/audit/{id}/proof")).expect(200).field("state") == "included" {
            return;
        }
        sleep(Duration::from_secs(1));
    }
    panic!("no checkpoint was signed within {TRIES} seconds");
}

/// Verifies everything, part by part; answers the parts.
fn verify_all(auditor: &Caller, window: &Value) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut body = window.clone();
    loop {
        let part = auditor.post("/audit/verify", &body).expect(200).json();
        let next = part["next"].clone();
        parts.push(part);
        if next.is_null() {
            return parts;
        }
        body["cursor"] = next;
    }
}
