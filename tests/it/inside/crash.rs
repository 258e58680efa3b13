//! The whole program, killed two hundred times while it starts and while it writes.

use crate::support::{
    Caller,
    program::{Program, command},
};
use cws_local::verify;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    path::Path,
    process::Stdio,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How often a program is killed; two of them run side by side.
const KILLS: usize = 100;
/// Kills between two checks of the logs.
const VERIFY_EVERY: usize = 50;
/// How every one is started.
const OPTIONS: [&str; 3] = ["--no-templates", "--log", "error"];

/// What was acknowledged.
enum Written {
    Project(String),
    Template(String),
}

fn start(data: &Path) -> Program {
    Program::start(data, &OPTIONS)
}

/// Kills one while it starts, at a moment that nobody chose.
fn killed_while_starting(data: &Path) {
    let mut starting = command();
    starting.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(OPTIONS);
    let mut child = starting.stdout(Stdio::null()).spawn().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Ada, and a namespace of hers.
fn first_start(data: &Path) -> String {
    let program = start(data);
    let ada = program.person("ada");
    ada.post("/marketplace/namespaces", &json!({"name": "crash-lab"})).expect(201);
    program.kill();
    ada.token.unwrap()
}

fn template(name: &str) -> Value {
    let manifest = format!(
        "name: {name}\nslug: {name}\ndescription: Tools that survive whatever happens to them\n\
         base: ubuntu-24.04\nversion: 1.0.0\npackage_manager: apt\npackages:\n  system: [jq]\n"
    );
    json!({"namespace": "crash-lab", "name": name, "version": "1.0.0", "template": manifest})
}

/// Writes projects and templates, tells of each that was acknowledged, until the program is gone.
fn write(ada: &Caller, round: usize, told: &Sender<Written>) {
    for n in round.. {
        let name = format!("kept-{round}-{n}");
        let is_template = n % 3 == 0;
        let (path, body) = if is_template {
            ("/marketplace/templates", template(&name))
        } else {
            ("/projects", json!({"name": name}))
        };
        let Some(reply) = ada.try_post(path, body.to_string().as_bytes()) else { return };
        let reply = reply.expect(201);
        let written = if is_template { Written::Template(name) } else { Written::Project(reply.field("id")) };
        if told.send(written).is_err() {
            return;
        }
    }
}

/// Starts, writes and kills: the moment differs from round to round by how much was acknowledged.
fn killed_while_writing(data: &Path, token: &str, round: usize, wanted: usize) -> Vec<Written> {
    let program = start(data);
    let ada = Caller::new(&program.base_url, Some(token.to_owned()), String::new());
    let (told, heard): (_, Receiver<Written>) = channel();
    let writer = thread::spawn(move || write(&ada, round, &told));
    let mut acknowledged: Vec<Written> = heard.iter().take(wanted).collect();
    program.kill();
    writer.join().unwrap();
    acknowledged.extend(heard.try_iter());
    acknowledged
}

fn verified(data: &Path) {
    let report = Runtime::new().unwrap().block_on(verify::audit(data, None)).unwrap();
    assert!(report.is_clean(), "{report}");
}

fn survives(data: &Path) {
    let token = first_start(data);
    let (mut acknowledged, mut wanted_at_least) = (Vec::new(), 0);
    for round in 1..KILLS {
        if round % 10 == 9 {
            killed_while_starting(data);
        } else {
            wanted_at_least += round % 5;
            acknowledged.extend(killed_while_writing(data, &token, round, round % 5));
        }
        if round % VERIFY_EVERY == 0 {
            verified(data);
        }
    }
    assert!(acknowledged.len() >= wanted_at_least && wanted_at_least > KILLS, "{}", acknowledged.len());
    let program = start(data);
    let ada = Caller::new(&program.base_url, Some(token), String::new());
    everything_is_there(&ada, &acknowledged);
    program.kill();
    verified(data);
}

fn everything_is_there(ada: &Caller, acknowledged: &[Written]) {
    let projects: BTreeSet<String> =
        ada.all("/projects").iter().map(|project| project["id"].as_str().unwrap().to_owned()).collect();
    let mut tries = 0;
    for written in acknowledged {
        match written {
            Written::Project(id) => assert!(projects.contains(id), "{id} was acknowledged and is missing"),
            Written::Template(name) => {
                while !is_found(ada, name) {
                    tries += 1;
                    assert!(tries < 600, "{name} was published and cannot be found");
                    thread::sleep(Duration::from_millis(100));
                }
            }
        }
    }
}

fn is_found(ada: &Caller, name: &str) -> bool {
    let found = ada.get(&format!("/marketplace/templates/search?q={name}&limit=1")).expect(200).json();
    found["items"][0]["name"] == name
}

#[test]
fn nothing_acknowledged_is_missing_after_two_hundred_kills_and_the_log_still_verifies() {
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let folder = TempDir::new().unwrap();
                survives(&folder.path().join("data"));
            });
        }
    });
}
