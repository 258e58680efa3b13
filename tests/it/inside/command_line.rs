//! The command line as a process: help, documents, refusals, variables.

use crate::support::program::{Program, command, root, run, text};
use std::{fs, process::Output};
use tempfile::TempDir;

fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    text(&output.stderr)
}

#[test]
fn help_names_every_command_with_its_defaults_and_examples() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    let help = text(&help.stdout);
    for word in
        ["serve", "verify", "openapi", "bench", "127.0.0.1:8947", ".cws", "CWS_LISTEN", "--trust-root"]
    {
        assert!(help.contains(word), "`{word}` is missing in {help}");
    }
    for command in [&["serve", "--help"][..], &["verify", "template", "--help"], &["bench", "--help"]] {
        assert!(run(command).status.success(), "{command:?}");
    }
}

#[test]
fn the_document_that_it_writes_is_the_committed_one() {
    let written = run(&["openapi"]);
    assert!(written.status.success());
    assert_eq!(
        text(&written.stdout),
        fs::read_to_string(root().join("infra/generated/openapi.json")).unwrap()
    );
}

#[test]
fn a_debug_build_refuses_to_measure_and_says_what_to_type() {
    if cfg!(debug_assertions) {
        let told = refused(&run(&["bench"]), 1);
        assert!(told.contains("cargo run --release -- bench"), "{told}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_to_write_instead() {
    let told = refused(&run(&["--listen", "127.0.0.1:0", "serve"]), 2);
    assert!(told.contains("write `--listen` after `serve`"), "{told}");
    let told = refused(&run(&["serve", "--listen", "8947"]), 2);
    assert!(told.contains("127.0.0.1:8947"), "{told}");
    let told = refused(&run(&["verify", "audit", "--data", "/nonexistent"]), 1);
    assert!(told.contains("--data"), "{told}");
    let told = refused(&command().arg("serve").env("CWS_LOG_JSON", "perhaps").output().unwrap(), 2);
    assert!(told.contains("1 or 0"), "{told}");
}

#[test]
fn variables_say_yes_with_a_one() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let log = fs::File::create(folder.path().join("log")).unwrap();
    let mut serve = command();
    serve.env("CWS_DATA", &data).env("CWS_LISTEN", "127.0.0.1:0").stderr(log);
    serve.env("CWS_LOG_JSON", "1").env("CWS_NO_TEMPLATES", "1").env("CWS_ALLOW_REMOTE", "0");
    let program = Program::of(serve, &data);
    let templates = program.operator().get("/marketplace/templates").expect(200).json();
    assert_eq!(templates["items"], serde_json::json!([]));
    assert!(program.stop().0.success());
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
    assert!(log.contains("\"route\":\"template_list\""), "{log}");
}

#[test]
fn an_address_that_others_reach_needs_to_be_allowed() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let serve = || {
        let mut serve = command();
        serve
            .args(["serve", "--listen", "0.0.0.0:0", "--no-templates", "--log", "error", "--data"])
            .arg(&data);
        serve
    };
    let told = refused(&serve().output().unwrap(), 1);
    assert!(told.contains("--allow-remote"), "{told}");
    let mut allowed = serve();
    allowed.env("CWS_ALLOW_REMOTE", "yes");
    assert!(Program::of(allowed, &data).stop().0.success());
}
