//! The whole program, killed while it writes.

use crate::support::{Caller, app::PASSWORD};
use cws_local::verify;
use serde_json::json;
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How often it is killed. The store alone is killed 200 times in its own suite.
const KILLS: usize = 5;

struct Program {
    child: Child,
    base_url: String,
}

fn binary() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.parent().unwrap().parent().unwrap().join("cws")
}

fn start(data: &Path) -> Program {
    let mut child = Command::new(binary())
        .args(["serve", "--no-templates", "--log", "error", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let base_url =
        line.split("listens on ").nth(1).unwrap_or_else(|| panic!("said {line:?}")).trim().to_owned();
    Program { child, base_url }
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
    if !binary().exists() {
        assert!(
            Command::new(env!("CARGO"))
                .args(["build", "--quiet", "-p", "cws-local", "--bin", "cws"])
                .status()
                .unwrap()
                .success()
        );
    }
    let data = TempDir::new().unwrap();
    let mut program = start(data.path());
    let key = fs::read_to_string(data.path().join("admin.key")).unwrap().trim().to_owned();
    let operator = Caller::new(&program.base_url, Some(key), String::new());
    let new = json!({"username": "ada", "email": "ada@example.org", "full_name": "Ada"});
    let setup = operator.post("/users/registry", &new).expect(201).field("setup_token");
    let nobody = Caller::new(&program.base_url, None, String::new());
    nobody.post("/auth/password", &json!({"token": setup, "password": PASSWORD})).expect(204);
    let login = json!({"institution": "local", "login": "ada", "password": PASSWORD});
    let token = nobody.post("/auth/sessions", &login).expect(201).field("access_token");

    let mut acknowledged = Vec::new();
    for round in 0..KILLS {
        let ada = Caller::new(&program.base_url, Some(token.clone()), String::new());
        let writer = thread::spawn(move || write(&ada, round));
        // The moment differs from round to round by how much was done, not by a clock.
        let watcher = Caller::new(&program.base_url, Some(token.clone()), String::new());
        for _ in 0..(5 + round * 7) {
            watcher.get("/projects?limit=1").expect(200);
        }
        program.child.kill().unwrap();
        program.child.wait().unwrap();
        acknowledged.extend(writer.join().unwrap());
        program = start(data.path());
    }
    let ada = Caller::new(&program.base_url, Some(token), String::new());
    let kept: std::collections::BTreeSet<String> =
        ada.all("/projects").iter().map(|project| project["id"].as_str().unwrap().to_owned()).collect();
    for id in &acknowledged {
        assert!(kept.contains(id), "{id} was acknowledged and is missing");
    }
    program.child.kill().unwrap();
    program.child.wait().unwrap();
    let report = Runtime::new().unwrap().block_on(verify::audit(data.path())).unwrap();
    assert!(report.is_clean(), "{report}");
}
