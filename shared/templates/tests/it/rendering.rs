//! The set-up script of every package manager, and what may not get into it.

use std::io::Write;
use std::process::{Command, Stdio};

use cws_templates::parameters::Given;
use cws_templates::render::{MAX_USER_DATA_BYTES, RenderError, Rendered, render};
use cws_templates::{Template, parse};

fn template(more: &str) -> Template {
    let base = if more.contains("base:") { "" } else { "base: ubuntu-24.04\n" };
    parse(format!("name: A\ndescription: B\n{base}{more}\n").as_bytes()).unwrap().template
}

fn rendered(more: &str) -> Rendered {
    render(&template(more), &Given::new()).unwrap_or_else(|e| panic!("{e}: {more}"))
}

fn check_with(program: &str, arguments: &[&str], script: &str) {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&said));
}

const EVERYTHING: &str = "services:\n  - {name: web, port: 80, command: '/usr/bin/web --port ${CWS_PORT}', token: true, config: [a=b], environment: {A: '5%'}}\n  - {name: nginx, port: 81, config: [x]}\n  - {name: jupyter, port: 8888}\n  - {name: rstudio, port: 8787, config: ['www-address=0.0.0.0', 'auth-x=1']}\nusers: [{name: ann, groups: [docker, users], shell: /bin/zsh}]\nfiles:\n  - {s3_bucket: b-1, s3_key: \"a b/it's\", destination_path: /data/x y, checksum: 'sha256:848194851a98903134187fbb4ab50efe87b003e0c0f808f97644b7524a62bf2c', only_if: \"arch == 'arm64'\", required: false, auto_cleanup: true, permissions: '0600', owner: ann}\npost_install: |\n  #!/bin/bash\n  echo ready\nuser_data: echo data\n";

#[test]
fn every_package_manager_and_base_gives_clean_bash() {
    let shellcheck = Command::new("shellcheck").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !shellcheck {
        eprintln!("SKIPPED the half of it that needs shellcheck, which is not on the PATH");
    }
    for (base, manager, list) in [
        ("ubuntu-24.04", "apt", "{system: [git]}"),
        ("debian", "apt", "{system: [git]}"),
        ("amazonlinux-2023", "dnf", "{system: [git, '@Desktop']}"),
        ("rocky", "dnf", "{system: [git]}"),
        (
            "ubuntu-24.04",
            "conda",
            "{system: [git], conda: ['python=3.12', 'bioconda::samtools>=1.2'], pip: ['x[y]==1.0']}",
        ),
        ("amazonlinux-2023", "conda", "{conda: [numpy]}"),
        ("ubuntu-24.04", "spack", "{spack: ['hdf5@1.14+mpi', 'gromacs %gcc']}"),
        ("amazonlinux-2023", "spack", "{spack: [zlib]}"),
        ("ubuntu-24.04", "pip", "{pip: [numpy]}"),
        ("amazonlinux-2023", "pip", "{pip: [numpy]}"),
        ("ami-based", "ami", "{}"),
    ] {
        let script =
            rendered(&format!("base: {base}\npackage_manager: {manager}\npackages: {list}\n{EVERYTHING}"))
                .script;
        assert!(script.starts_with("#!/bin/bash\n") && script.contains("\nset -euo pipefail\n"));
        check_with("bash", &["-n"], &script);
        if shellcheck {
            check_with("shellcheck", &["-"], &script);
        }
    }
}

#[test]
fn services_listen_on_this_machine_alone_and_make_their_tokens_there() {
    let script = rendered(EVERYTHING).script;
    assert!(!script.contains("0.0.0.0"), "{script}");
    for part in [
        "Environment=\"CWS_BIND=127.0.0.1\"",
        "www-address=127.0.0.1",
        "cws_token jupyter ubuntu",
        "JUPYTER_TOKEN_FILE=/etc/cws/tokens/jupyter",
        "cws_token web ubuntu",
        "Environment=\"A=5%%\"",
        "[[ \"$(uname -m)\" == aarch64 ]]",
        "systemctl enable rstudio-server",
    ] {
        assert!(script.contains(part), "{part}\n{script}");
    }
}

#[test]
fn a_disabled_service_with_a_port_is_written_and_not_started() {
    let script = rendered("services: [{name: web, port: 80, command: run, enable: false}]").script;
    assert!(script.contains("ExecStart=run") && !script.contains("systemctl enable"));
}

#[test]
fn what_could_mean_something_to_a_shell_is_refused() {
    for more in [
        "packages: {system: ['git; reboot']}",
        "packages: {pip: ['`reboot`']}",
        "packages: {conda: ['--prefix=/']}",
        "users: [{name: 'a;b'}]",
        "users: [{name: ann, shell: 'bash'}]",
        "users: [{name: ann, groups: ['$x']}]",
        "services: [{name: '../x'}]",
        "services: [{name: x, command: run, bind: 'localhost; reboot'}]",
        "services: [{name: x, command: run, user: 'a b'}]",
        "services: [{name: x, command: \"a\\nb\"}]",
        "services: [{name: x, config: [CWS_CONFIG]}]",
        "services: [{name: x, command: run, environment: {'A B': c}}]",
        "services: [{name: x, command: run, environment: {A: '\"x'}}]",
        "files: [{s3_bucket: 'b;x', s3_key: k, destination_path: /x}]",
        "files: [{s3_bucket: b, s3_key: k, destination_path: x}]",
        "files: [{s3_bucket: b, s3_key: k, destination_path: /x, permissions: 'a+s'}]",
        "files: [{s3_bucket: b, s3_key: k, destination_path: /x, checksum: md5}]",
    ] {
        let result = render(&template(more), &Given::new());
        assert!(matches!(result, Err(RenderError::Text { .. })), "{more}: {result:?}");
    }
    let unknown = render(&template("base: plan9"), &Given::new());
    assert!(matches!(unknown, Err(RenderError::Base(_))));
}

#[test]
fn a_launch_value_reaches_scripts_and_packages() {
    let template = template(
        "packages: {pip: ['x=={{.v}}']}\nparameters: {v: {default: '1.0'}, who: {default: me}}\npost_install: echo \"{{.who}} {{.v}}\"",
    );
    let given = Given::from([("v".to_owned(), "2.1".into()), ("who".to_owned(), "O'Neil; reboot".into())]);
    let script = render(&template, &given).unwrap().script;
    assert!(script.contains("    x==2.1\n"), "{script}");
    assert!(script.contains("readonly CWS_PARAM_who='O'\\''Neil; reboot'"), "{script}");
    assert!(script.contains("echo \"${CWS_PARAM_who} 2.1\""), "{script}");
    check_with("bash", &["-n"], &script);
    let given = Given::from([("v".to_owned(), "2 reboot".into())]);
    assert!(matches!(render(&template, &given), Err(RenderError::Parameters(_))));
}

#[test]
fn the_claim_check_is_needed_beyond_the_limit_of_user_data() {
    let of = |size: usize| rendered(&format!("post_install: 'echo {}'", "x".repeat(size)));
    let small = of(1).size_bytes;
    let largest = of(MAX_USER_DATA_BYTES - small + 1);
    assert_eq!((largest.size_bytes, largest.needs_claim_check), (MAX_USER_DATA_BYTES, false));
    assert!(of(MAX_USER_DATA_BYTES - small + 2).needs_claim_check);
}

#[test]
fn a_changed_step_runs_again_and_an_unchanged_one_does_not() {
    let stamps = |more: &str| -> Vec<String> {
        rendered(more).script.lines().filter(|l| l.starts_with("cws_once ")).map(str::to_owned).collect()
    };
    let before = stamps("packages: {system: [git]}\npost_install: echo 1");
    let after = stamps("packages: {system: [git]}\npost_install: echo 2");
    assert_eq!(before[0], after[0]);
    assert_ne!(before[1], after[1]);
}
