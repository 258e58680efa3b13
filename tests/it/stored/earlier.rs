//! Stores that earlier versions of the program wrote, one file a version. A file is never changed: when rows change
//! their shape, another is added.

use super::{
    blessed, dump, golden,
    life::{Left, live, seen},
};
use crate::support::App;
use cws_local::world::Setup;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The files.
const STORES: [&str; 1] = ["store-1"];

/// What is known of a store.
#[derive(Serialize, Deserialize)]
struct Known {
    project: String,
    template: String,
    seen: Value,
}

/// `CWS_BLESS=1` writes the newest file when it is missing.
fn write_missing(name: &str) {
    let path = golden(&format!("{name}.jsonl"));
    if path.exists() || !blessed() {
        return;
    }
    let data = TempDir::new().unwrap();
    dump::plant_keys(data.path());
    let app = App::start_over(data, Setup::for_tests());
    let Left { project, template } = live(&app);
    let left = Left { project: project.clone(), template: template.clone() };
    let seen = seen(&app, &left);
    app.settle();
    let (data, _kept) = app.stop();
    dump::write(&data, &path);
    let known = serde_json::to_string_pretty(&Known { project, template, seen }).unwrap();
    fs::write(golden(&format!("{name}.json")), known + "\n").unwrap();
}

#[test]
fn a_store_that_an_earlier_version_wrote_is_read() {
    write_missing(STORES[STORES.len() - 1]);
    for name in STORES {
        let known = fs::read_to_string(golden(&format!("{name}.json"))).unwrap();
        let known: Known = serde_json::from_str(&known).unwrap();
        let data = TempDir::new().unwrap();
        Runtime::new().unwrap().block_on(dump::read(&golden(&format!("{name}.jsonl")), data.path()));
        let app = App::start_over(data, Setup::for_tests());
        app.settle();
        let left = Left { project: known.project, template: known.template };
        assert_eq!(seen(&app, &left), known.seen, "{name}");
    }
}
