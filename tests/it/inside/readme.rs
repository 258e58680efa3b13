//! README's walk, typed into a shell as it stands there. `cargo run` is the program that it would build, and
//! the port is a free one.

use crate::support::program::{Program, binary, root, text};
use serde_json::Value;
use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

/// What `verify` says when it finds nothing wrong.
const CLEAN: &str = "everything is as it was written";

/// The blocks that are for a shell, in order: how to start and check, the walk, what follows a stop.
fn blocks() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let after_fence = readme.split("```sh\n").skip(1);
    after_fence.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// A folder with nothing in it but a `cargo` that runs the program.
struct Clone {
    folder: TempDir,
}

impl Clone {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        let cargo = "#!/bin/sh\n[ \"$1\" = run ] || exit 64\nshift\n\
            while [ \"$1\" = --quiet ] || [ \"$1\" = -- ]; do shift; done\nexec \"$CWS_PROGRAM\" \"$@\"\n";
        fs::write(bin.join("cargo"), cargo).unwrap();
        fs::set_permissions(bin.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn shell(&self) -> Command {
        let mut shell = Command::new("bash");
        let path = format!("{}:{}", self.path().join("bin").display(), env::var("PATH").unwrap());
        shell.current_dir(self.path()).env("PATH", path).env("CWS_PROGRAM", binary());
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CWS_")) {
            shell.env_remove(name);
        }
        shell.env("CWS_PROGRAM", binary());
        shell
    }

    fn types(&self, script: &str) -> Output {
        self.shell().args(["-u", "-c", script]).output().unwrap()
    }

    /// The first line of README, on a port of its own.
    fn server(&self) -> Program {
        let block = &blocks()[0];
        let line = block.lines().next().unwrap();
        assert!(line.starts_with("cargo run "), "{line}");
        let mut shell = self.shell();
        shell.args(["-c", &format!("exec {line}")]).env("CWS_LISTEN", "127.0.0.1:0").env("CWS_LOG", "error");
        Program::of(shell, &self.path().join(".cws"))
    }
}

/// The lines of the output that are JSON.
fn answers(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn the_walk_works_as_typed() {
    let clone = Clone::new();
    let server = clone.server();
    let walk = blocks()[1].replace("127.0.0.1:8947", server.address());
    assert!(walk.contains(server.address()), "README's walk names another address than the default");
    let shown =
        "\nprintf '{\"setup\":\"%s\",\"token\":\"%s\",\"id\":\"%s\"}\\n' \"$SETUP\" \"$TOKEN\" \"$ID\"";
    let walked = clone.types(&format!("{walk}{shown}"));
    let (said, complained) = (text(&walked.stdout), text(&walked.stderr));
    assert!(walked.status.success() && complained.is_empty(), "{said}{complained}");
    assert!(!said.contains("/docs#error-"), "{said}");

    let answers = answers(&walked);
    let [found, template, project, why, kept] = answers.as_slice() else { panic!("{said}") };
    assert_eq!(found["items"][0]["name"], "python-ml", "{found}");
    assert_eq!((&template["name"], &template["version"]), (&"python-ml".into(), &"1.0.0".into()));
    assert_eq!(project["name"], "River survey");
    assert_eq!(why["allowed"], false);
    assert!(!why["missing"].as_array().unwrap().is_empty(), "{why}");
    assert_eq!(kept["id"], template["id"]);
    let ada = server.anonymous().with_token(kept["token"].as_str().unwrap());
    assert_eq!(ada.get("/users/me").expect(200).field("username"), "ada");
    assert!(said.contains(CLEAN), "{said}");

    assert!(server.stop().0.success());
    let verified = clone.types(&blocks()[2]);
    assert!(verified.status.success(), "{}{}", text(&verified.stdout), text(&verified.stderr));
    assert!(text(&verified.stdout).contains(CLEAN), "{}", text(&verified.stdout));
}

#[test]
fn a_spoiled_template_does_not_verify_as_typed() {
    let clone = Clone::new();
    let server = clone.server();
    let walk = blocks()[1].replace("127.0.0.1:8947", server.address());
    let (before, after) = walk.split_once("# Anybody verifies it offline.\n").unwrap();
    let verify = after.lines().next().unwrap();
    let spoiled = clone.types(&format!("{before}\nprintf ' ' >> manifest.yaml\n{verify}"));
    assert_eq!(spoiled.status.code(), Some(1), "{}", text(&spoiled.stdout));
    assert!(!text(&spoiled.stdout).contains(CLEAN));
}
