//! The whole program, killed while it writes.

use crate::support::{Caller, program::Program};
use cws_local::verify;
use serde_json::json;
use std::{collections::BTreeSet, path::Path, thread};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How often it is killed. The store alone is killed 200 times in its own suite.
const KILLS: usize = 5;

fn start(data: &Path) -> Program {
    Program::start(data, &["--no-templates", "--log", "error"])
}

/// Opens projects one after another until the program is gone; answers those that were acknowledged.
fn write(caller: &Caller, round: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for n in 0.. {
        let body = json!({"name": format!("Round {round} project {n}")}).to_string();
        match caller.try_post("/projects", body.as_bytes()) {
            Some(reply) => acknowledged.push(reply.expect(201).field("id")),
            None => break,
        }
    }
    acknowledged
}

#[test]
fn nothing_acknowledged_is_missing_after_kill_9_and_the_log_still_verifies() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let mut program = start(&data);
    let token = program.person("ada").token.unwrap();

    let mut acknowledged = Vec::new();
    for round in 0..KILLS {
        let ada = Caller::new(&program.base_url, Some(token.clone()), String::new());
        let writer = thread::spawn(move || write(&ada, round));
        // The moment differs from round to round by how much was done, not by a clock.
        let watcher = Caller::new(&program.base_url, Some(token.clone()), String::new());
        for _ in 0..(5 + round * 7) {
            watcher.get("/projects?limit=1").expect(200);
        }
        program.kill();
        acknowledged.extend(writer.join().unwrap());
        program = start(&data);
    }
    let ada = Caller::new(&program.base_url, Some(token), String::new());
    let kept: BTreeSet<String> =
        ada.all("/projects").iter().map(|project| project["id"].as_str().unwrap().to_owned()).collect();
    for id in &acknowledged {
        assert!(kept.contains(id), "{id} was acknowledged and is missing");
    }
    program.kill();
    let report = Runtime::new().unwrap().block_on(verify::audit(&data, None)).unwrap();
    assert!(report.is_clean(), "{report}");
}
