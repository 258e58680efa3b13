//! House rules that a reader would otherwise have to look for.

use super::layers::root;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Longest file, lines.
const LINES_MAX: usize = 400;

/// All files below a folder with an ending, build output left out.
pub(super) fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name().into_string().unwrap();
        if path.is_dir()
            && !["target", ".git", ".venv", ".cws", "node_modules", ".aws-sam"].contains(&name.as_str())
        {
            found.extend(files_below(&path, ending));
        } else if path.extension().is_some_and(|have| have == ending) {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_file_says_what_it_is_for() {
    for file in files_below(&root(), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with //!", file.display());
    }
}

#[test]
fn no_file_is_a_crowded_room() {
    for file in files_below(&root(), "rs") {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines; the limit is {LINES_MAX}", file.display());
    }
}

#[test]
fn a_route_file_holds_one_route_and_is_named_after_it() {
    for domain in ["identity", "projects", "marketplace", "platform"] {
        for file in files_below(&root().join("functions").join(domain).join("src/routes"), "rs") {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&file).unwrap();
            let count = text.matches("impl Route for").count();
            assert_eq!(count, usize::from(name != "mod"), "{}", file.display());
            let stated = text.contains(&format!("\"{name}\""));
            assert!(name == "mod" || stated, "{} does not state `{name}`", file.display());
        }
    }
}

#[test]
fn nothing_is_left_unfinished_and_no_lint_is_silenced_without_a_reason() {
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimple", "mented!"), concat!("#[al", "low(")];
    for file in files_below(&root(), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        for mark in marks {
            assert!(!text.contains(mark), "{} says `{mark}`", file.display());
        }
    }
}
