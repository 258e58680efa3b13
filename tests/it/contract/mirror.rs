//! The tree of tests mirrors the tree of routes, and what looks inside stands in one list.

use super::{layers::root, tidy::files_below};
use crate::inside::beside::BESIDE;
use cws_local::all_routes;
use cws_route::Table;
use std::{collections::BTreeSet, fs, path::Path};

/// What only a program in the same process, or a process of the test's own, offers.
const MARKS: [&str; 6] =
    ["start_local(", "start_limited(", ".world()", ".restart(", "Stall::local(", "Program::"];

#[test]
fn every_route_has_a_test_file_of_its_name() {
    let mut lacking = BTreeSet::new();
    for row in Table::new(all_routes()).unwrap().rows() {
        let file = format!("tests/it/routes/{}/{}.rs", row.domain, row.spec().operation_id);
        if !root().join(file).exists() {
            lacking.insert(row.spec().operation_id);
        }
    }
    assert!(lacking.is_empty(), "without tests/it/routes/<domain>/<operation_id>.rs: {lacking:?}");
}

/// Files with tests that look inside, relative to `tests/it`, without their ending.
fn inside() -> BTreeSet<String> {
    let it = root().join("tests/it");
    let files = ["flows", "inside", "matrix", "routes"]
        .into_iter()
        .flat_map(|folder| files_below(&it.join(folder), "rs"));
    let looks = |file: &Path| {
        let text = fs::read_to_string(file).unwrap();
        text.contains("#[test]") && MARKS.iter().any(|mark| text.contains(mark))
    };
    let name = |file: &Path| file.strip_prefix(&it).unwrap().with_extension("").display().to_string();
    files.filter(|file| looks(file)).map(|file| name(&file)).collect()
}

#[test]
fn what_looks_inside_is_listed_with_what_stands_beside_it() {
    let inside = inside();
    for name in &inside {
        let listed = BESIDE.iter().any(|row| name.starts_with(row.files));
        assert!(listed, "tests/it/{name}.rs looks inside: give it a row in tests/it/inside/beside.rs");
    }
    for row in BESIDE {
        let found = inside.iter().any(|name| name.starts_with(row.files));
        assert!(found, "no test in tests/it/{}* {} any more: take its row away", row.files, row.why);
        let Ok(test) = row.deployed else { continue };
        let (module, function) = test.split_once("::").unwrap();
        let text = fs::read_to_string(root().join(format!("tests/e2e/{module}.rs"))).unwrap();
        assert!(text.contains(&format!("fn {function}()")), "{test} is not in tests/e2e");
    }
}
