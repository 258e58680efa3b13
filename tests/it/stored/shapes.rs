//! The shape of every kind of row: the paths of its members and their JSON types. When it changes, rows of the old shape
//! are out there: raise the record's `SCHEMA` and teach `upgrade` the way, then read the difference of the file.

use super::{
    blessed,
    dump::{self, StoredRow, StoredValue},
    golden,
    life::live,
};
use crate::support::App;
use cws_local::world::Setup;
use cws_store::kind;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// Kinds that the life of a small store does not write, and why.
const UNWRITTEN: [(&str, &str); 5] = [
    ("met", "marks of a first start with templates, and of a day that has passed"),
    ("out", "handed over before the program stops"),
    ("lgp", "taken into the log before the program stops"),
    ("rat", "no rate limit yet"),
    ("prk", "no consumer fails"),
];

#[test]
fn rows_have_the_shape_that_was_reviewed() {
    let app = App::start_local(Setup::for_tests());
    live(&app);
    let (data, _kept) = app.stop();
    let rows = dump::rows(&data);
    let found: BTreeSet<String> = rows.iter().flat_map(shape).collect();
    let text: String = found.iter().map(|line| line.clone() + "\n").collect();
    let path = golden("row-shapes.txt");
    if blessed() {
        fs::write(&path, &text).unwrap();
    }
    let reviewed = fs::read_to_string(&path).unwrap_or_default();
    let reviewed: BTreeSet<String> = reviewed.lines().map(str::to_owned).collect();
    let new: Vec<_> = found.difference(&reviewed).collect();
    let gone: Vec<_> = reviewed.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "the shape of rows changed; new: {new:#?}, gone: {gone:#?}. Rows of the old shape are out there: raise SCHEMA \
         and extend `upgrade`, then write the file anew with CWS_BLESS=1"
    );
    let kinds: BTreeSet<&str> = found.iter().filter_map(|line| line.split(' ').next()).collect();
    for kind in kind::ALL {
        let excused = UNWRITTEN.iter().any(|(prefix, _)| *prefix == kind.prefix);
        assert!(excused || kinds.contains(kind.prefix), "no row of kind `{}` was written", kind.prefix);
    }
}

/// A line for each member: kind, schema, path, type.
fn shape(row: &StoredRow) -> BTreeSet<String> {
    let kind = row.partition.split('#').next().unwrap_or_default();
    let start = format!("{kind} {}", row.schema);
    let mut lines = BTreeSet::new();
    match &row.value {
        StoredValue::Json(text) => members(&start, "", &serde_json::from_str(text).unwrap(), &mut lines),
        StoredValue::Base64(_) => drop(lines.insert(format!("{start} bytes"))),
        StoredValue::Count(_) => drop(lines.insert(format!("{start} count"))),
    }
    lines
}

/// Paths where anything may stand: a template's own content, what a route told of a change, stored answers.
const OPEN: [&str; 6] = ["/template", "/change", "/data", "/preferences", "/findings", "/answer/headers"];

fn members(start: &str, path: &str, value: &Value, lines: &mut BTreeSet<String>) {
    let kind = match value {
        _ if OPEN.contains(&path) => "anything",
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    lines.insert(format!("{start} {} {kind}", if path.is_empty() { "/" } else { path }));
    if kind == "anything" {
        return;
    }
    match value {
        Value::Array(items) => {
            items.iter().for_each(|item| members(start, &format!("{path}/*"), item, lines))
        }
        Value::Object(named) => {
            let named: BTreeMap<_, _> = named.iter().collect();
            for (name, item) in named {
                members(start, &format!("{path}/{name}"), item, lines);
            }
        }
        _ => {}
    }
}
