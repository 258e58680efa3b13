//! How a server starts, what keeps it from starting, and how it ends.

use crate::support::program::{Program, command, text};
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};
use tempfile::TempDir;

const QUIET: &[&str] = &["--no-templates", "--log", "error"];

fn serve(data: &Path, listen: &str) -> Command {
    let mut command = command();
    command.args(["serve", "--listen", listen, "--data"]).arg(data).args(QUIET);
    command
}

/// What a start that fails says, in one sentence.
fn refusal(mut command: Command) -> String {
    let output = command.output().unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.starts_with("cws: ") && told.lines().count() == 1, "{told}");
    assert!(output.stdout.is_empty());
    told
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_port_in_use_is_said_with_the_way_out() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = refusal(serve(&folder.path().join("data"), &address));
    assert!(told.contains(&address) && told.contains("in use"), "{told}");
    assert!(told.contains("--listen 127.0.0.1:0"), "{told}");
}

#[test]
fn a_data_directory_serves_one_process_at_a_time() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let first = Program::start(&data, QUIET);
    let told = refusal(serve(&data, "127.0.0.1:0"));
    assert!(told.contains("in use by process") && told.contains(data.to_str().unwrap()), "{told}");
    first.anonymous().get("/health").expect(200);
    assert!(first.stop().0.success());
    assert!(Program::start(&data, QUIET).stop().0.success());
}

#[test]
fn a_data_directory_that_cannot_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    set_mode(&data, 0o555);
    let mut attempt = serve(&data, "127.0.0.1:0");
    if fs::write(data.join("probe"), "x").is_ok() {
        // Root writes anywhere, so somebody else has to try, with a copy of the program within reach.
        fs::remove_file(data.join("probe")).unwrap();
        set_mode(folder.path(), 0o755);
        let copy = folder.path().join("cws");
        fs::copy(crate::support::program::binary(), &copy).unwrap();
        let mut other = Command::new(copy);
        other.args(attempt.get_args()).current_dir("/");
        std::os::unix::process::CommandExt::uid(&mut other, 65_534);
        attempt = other;
    }
    let told = refusal(attempt);
    assert!(told.contains("cannot use the data directory") && told.contains("denied"), "{told}");
    assert!(told.contains(data.to_str().unwrap()), "{told}");
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0, "nothing was left behind");
}

#[test]
fn files_that_others_could_read_become_private_or_are_refused() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    assert!(Program::start(&data, QUIET).stop().0.success());
    set_mode(&data, 0o755);
    set_mode(&data.join("cws.db"), 0o644);
    assert!(Program::start(&data, QUIET).stop().0.success());
    assert_eq!(fs::metadata(data.join("cws.db")).unwrap().mode() & 0o777, 0o600);

    let key = data.join("admin.key");
    set_mode(&key, 0o644);
    let told = refusal(serve(&data, "127.0.0.1:0"));
    assert!(told.contains("may be used by others") && told.contains("chmod go="), "{told}");
    set_mode(&key, 0o600);
    assert!(Program::start(&data, QUIET).stop().0.success());
}

/// Sends the head of a request that opens a project, and half of its body.
fn half_sent(program: &Program, body: &str) -> TcpStream {
    let token = program.operator().token.unwrap();
    let mut stream = TcpStream::connect(program.address()).unwrap();
    write!(
        stream,
        "POST /api/v2/marketplace/namespaces HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        program.address(),
        body.len()
    )
    .unwrap();
    // When the server asks for the body, the request is being worked on.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100"));
    stream.write_all(&body.as_bytes()[..10]).unwrap();
    stream
}

const BODY: &str = r#"{"name":"rivers","description":"Rivers."}"#;

#[test]
fn ctrl_c_finishes_what_has_begun_and_exits_0() {
    for signal in ["INT", "TERM"] {
        let folder = TempDir::new().unwrap();
        let mut program = Program::start(&folder.path().join("data"), QUIET);
        let mut stream = half_sent(&program, BODY);
        program.signal(signal);
        while !program.says().starts_with("stopping") {}
        stream.write_all(&BODY.as_bytes()[10..]).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert_eq!(program.ended().0.code(), Some(0), "{signal}");
    }
}

#[test]
fn ctrl_c_twice_ends_at_once_and_keeps_what_was_acknowledged() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let mut program = Program::start(&data, QUIET);
    let new = serde_json::json!({"name": "lakes", "description": "Lakes."});
    program.operator().post("/marketplace/namespaces", &new).expect(201);
    let unfinished = half_sent(&program, BODY);
    program.signal("INT");
    while !program.says().starts_with("stopping") {}
    program.signal("INT");
    assert_eq!(program.ended().0.code(), Some(130));
    drop(unfinished);
    let program = Program::start(&data, QUIET);
    program.operator().get("/marketplace/namespaces/lakes").expect(200);
    program.operator().get("/marketplace/namespaces/rivers").expect(404);
}

#[test]
fn ctrl_c_during_the_first_start_is_clean_and_the_next_start_goes_on() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let mut first = command();
    first.args(["serve", "--listen", "127.0.0.1:0", "--log", "error", "--data"]).arg(&data);
    let mut child = first.stdout(Stdio::null()).spawn().unwrap();
    while !data.join("cws.db").exists() {
        sleep(Duration::from_millis(1));
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let program = Program::start(&data, &["--log", "error"]);
    let shipped = program.operator().all("/marketplace/templates");
    assert!(shipped.len() >= 12, "{} templates", shipped.len());
    assert!(program.stop().0.success());
}
