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

/// Every file below a directory with its bytes, but for what readers of the database share among themselves.
fn files(dir: &std::path::Path) -> std::collections::BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let shared = path.extension().is_some_and(|ending| ending == "db-shm" || ending == "db-wal");
        if path.is_dir() {
            found.extend(files(&path));
        } else if !shared {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn verifying_makes_and_changes_nothing_and_a_missing_key_is_said() {
    let app = App::start_local(Setup::for_tests());
    app.named_person("local", "researcher", "ada");
    let (data, _kept) = app.stop();
    let (before, runtime) = (files(&data), Runtime::new().unwrap());
    assert!(runtime.block_on(verify::audit(&data, None)).unwrap().is_clean());
    assert!(files(&data) == before, "a file was made or changed");

    std::fs::rename(data.join("keys"), data.join("keys-elsewhere")).unwrap();
    let refused = runtime.block_on(verify::audit(&data, None)).unwrap_err().to_string();
    assert!(refused.contains("is missing in"), "{refused}");
    assert!(!data.join("keys").exists(), "no key was made");
    std::fs::rename(data.join("keys-elsewhere"), data.join("keys")).unwrap();

    let nowhere = data.join("nowhere");
    assert!(runtime.block_on(verify::audit(&nowhere, None)).is_err() && !nowhere.exists());
    let refused = runtime.block_on(verify::audit(&data, Some(&nowhere))).unwrap_err().to_string();
    assert!(refused.contains("--checkpoints"), "{refused}");
}

#[test]
fn a_copy_of_the_checkpoints_that_was_carried_away_shows_what_the_data_directory_hides() {
    let app = App::start_local(Setup::for_tests());
    app.settle();
    let (data, directory) = app.stop();
    let older = tempfile::tempdir().unwrap();
    for name in ["cws.db", "checkpoints/audit.jsonl", "checkpoints/templates.jsonl"] {
        std::fs::copy(data.join(name), older.path().join(name.replace('/', "-"))).unwrap();
    }
    let app = App::start_over(directory, Setup::for_tests());
    app.named_person("local", "researcher", "ada");
    app.settle();
    let (data, _kept) = app.stop();
    let carried = tempfile::tempdir().unwrap();
    for name in ["audit.jsonl", "templates.jsonl"] {
        std::fs::copy(data.join("checkpoints").join(name), carried.path().join(name)).unwrap();
    }
    // Database and copy are put back together: on their own they fit.
    for name in ["cws.db", "checkpoints/audit.jsonl", "checkpoints/templates.jsonl"] {
        std::fs::copy(older.path().join(name.replace('/', "-")), data.join(name)).unwrap();
    }
    let runtime = Runtime::new().unwrap();
    let alone = runtime.block_on(verify::audit(&data, None)).unwrap();
    assert!(alone.is_clean(), "{alone}");
    let report = runtime.block_on(verify::audit(&data, Some(carried.path()))).unwrap();
    assert!(report.to_string().contains("was rolled back"), "{report}");
}

#[test]
fn what_was_done_just_before_a_stop_cannot_be_taken_back_unseen() {
    let app = App::start_local(Setup::for_tests());
    app.settle();
    let (data, directory) = app.stop();
    let older = std::fs::read(data.join("cws.db")).unwrap();
    let app = App::start_over(directory, Setup::for_tests());
    app.named_person("local", "researcher", "ada");
    let (data, _kept) = app.stop();
    std::fs::write(data.join("cws.db"), older).unwrap();
    let report = Runtime::new().unwrap().block_on(verify::audit(&data, None)).unwrap();
    assert!(report.to_string().contains("rolled back"), "{report}");
}
