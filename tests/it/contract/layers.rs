//! Who may import whom. ARCHITECTURE.md shows the same table to readers; this one decides.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const DOMAINS: [&str; 4] = ["identity", "projects", "marketplace", "platform"];

/// What a crate may use of ours; dev-dependencies are free.
fn allowed(name: &str) -> BTreeSet<String> {
    let subjects = ["translog", "templates", "search"];
    let base = ["model", "authz", "store", "cloud"];
    let domain = || [&base[..], &subjects, &["route"]].concat();
    let names: Vec<&str> = match name {
        "model" => vec![],
        "authz" | "store" => vec!["model"],
        "cloud" => vec!["model", "store"],
        "translog" | "templates" | "search" => base.to_vec(),
        "route" => base.to_vec(),
        "embedded" => [&["model", "store", "cloud"][..], &subjects].concat(),
        "aws" => [&["model", "store", "cloud"][..], &subjects].concat(),
        "runtime" => [&base[..], &subjects, &["route", "aws"]].concat(),
        domain_name if DOMAINS.contains(&domain_name) => domain(),
        "lambda" => [&DOMAINS[..], &["route", "runtime", "aws"]].concat(),
        "local" => [&domain()[..], &DOMAINS, &["embedded"]].concat(),
        "infra" => [&DOMAINS[..], &["model", "authz", "store", "cloud", "route"]].concat(),
        "tests" => [&domain()[..], &DOMAINS, &["embedded", "local", "infra"]].concat(),
        other => panic!("crate `{other}` has no line in the table of who may use whom"),
    };
    names.into_iter().map(str::to_owned).collect()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Crate (without prefix) to the names of what it depends on, dev-dependencies left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let short = |name: &Value| name.as_str().unwrap().to_owned();
    let of = |package: &Value| -> BTreeSet<String> {
        let listed = package["dependencies"].as_array().unwrap().iter();
        listed.filter(|it| it["kind"].as_str() != Some("dev")).map(|it| short(&it["name"])).collect()
    };
    metadata["packages"].as_array().unwrap().iter().map(|it| (short(&it["name"]), of(it))).collect()
}

#[test]
fn every_crate_uses_only_what_the_table_allows() {
    for (name, uses) in dependencies() {
        let own = name.strip_prefix("cws-").unwrap_or_else(|| panic!("`{name}` lacks the prefix"));
        let allowed = allowed(own);
        for used in uses.iter().filter_map(|used| used.strip_prefix("cws-")) {
            assert!(allowed.contains(used), "cws-{own} must not use cws-{used}");
        }
    }
}

#[test]
fn only_the_aws_crates_name_the_sdk_and_lambda() {
    for (name, uses) in dependencies() {
        for used in uses {
            let sdk = used.starts_with("aws-sdk-")
                || used.starts_with("aws-config")
                || used.starts_with("aws-smithy");
            assert!(!sdk || name.starts_with("cws-aws"), "{name} names {used}");
            let lambda = used.starts_with("lambda_") || used == "aws_lambda_events";
            assert!(!lambda || ["cws-runtime", "cws-lambda"].contains(&name.as_str()), "{name} names {used}");
        }
    }
}

#[test]
fn the_default_members_hold_one_binary_and_no_aws_crate() {
    let metadata = metadata();
    let members: BTreeSet<&str> =
        metadata["workspace_default_members"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let mut binaries = Vec::new();
    for package in packages.filter(|it| members.contains(it["id"].as_str().unwrap())) {
        let name = package["name"].as_str().unwrap();
        assert!(!["cws-aws", "cws-runtime", "cws-lambda"].contains(&name), "{name} is a default member");
        for target in package["targets"].as_array().unwrap() {
            if target["kind"][0] == "bin" {
                binaries.push(target["name"].as_str().unwrap().to_owned());
            }
        }
    }
    assert_eq!(binaries, ["cws"]);
}

#[test]
fn model_and_authz_know_neither_time_nor_tasks() {
    for folder in ["shared/model/src", "shared/authz/src"] {
        for file in super::tidy::files_below(&root().join(folder), "rs") {
            let text = fs::read_to_string(&file).unwrap();
            for word in ["async fn", "tokio", "SystemTime", "std::fs", "std::net", "std::env"] {
                assert!(!text.contains(word), "{} says `{word}`", file.display());
            }
        }
    }
}
