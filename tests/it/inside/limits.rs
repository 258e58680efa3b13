//! What one client may take of a laptop's server: time for a head and a body, connections, and a line of the log.

use crate::support::{App, program::Program};
use cws_local::{serve::Limits, world::Setup};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};
use tempfile::TempDir;

fn app(limits: Limits) -> App {
    App::start_limited(Setup::for_tests(), limits)
}

fn connect(app: &App) -> TcpStream {
    TcpStream::connect(app.base_url.strip_prefix("http://").unwrap()).unwrap()
}

/// Everything until the server closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection that is cut has nothing more to say either.
    drop(stream.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_head_that_does_not_come_to_an_end_closes_the_connection() {
    let app = app(Limits { head_wait: Duration::from_millis(50), ..Limits::default() });
    let (mut begun, silent) = (connect(&app), connect(&app));
    begun.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
    for stream in [begun, silent] {
        let said = rest(stream);
        assert!(!said.contains("200 OK"), "{said}");
    }
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let app = app(Limits::default());
    let mut stream = connect(&app);
    let long = "x".repeat(80 * 1024);
    // The server may close before all of it is sent.
    drop(write!(stream, "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n"));
    let said = rest(stream);
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
    app.anonymous().get("/health").expect(200);
}

#[test]
fn a_body_that_does_not_come_is_408_with_a_request_id() {
    let app = app(Limits { body_wait: Duration::from_millis(50), ..Limits::default() });
    let mut stream = connect(&app);
    let head = "POST /api/v2/auth/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n";
    write!(stream, "{head}Content-Type: application/json\r\nConnection: close\r\n\r\n{{").unwrap();
    let said = rest(stream);
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("\"body_too_slow\""), "{said}");
    assert!(said.contains("x-request-id: req_"), "{said}");
}

#[test]
fn one_connection_too_many_waits_until_another_ends() {
    let app = app(Limits { connections: 1, ..Limits::default() });
    let first = connect(&app);
    let mut second = connect(&app);
    write!(second, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    second.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(second.read(&mut [0; 1]).is_err(), "it was answered before there was room");
    drop(first);
    second.set_read_timeout(None).unwrap();
    let said = rest(second);
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

#[test]
fn an_answer_without_a_route_has_a_request_id_and_one_line_in_the_log() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let program = Program::start(&data, &["--no-templates", "--log-json"]);
    let nobody = program.anonymous();
    let host = [("host", "evil.example")];
    let twice = [("authorization", "Bearer a"), ("authorization", "Bearer b")];
    let answers = [
        nobody.get("/no/such/path?token=hush").expect_problem(404, "not_found"),
        nobody.send("DELETE", "/health", &[], None).expect_problem(405, "method_not_allowed"),
        nobody.send("BREW", "/health", &[], None).expect_problem(405, "method_not_allowed"),
        nobody.send("GET", "/health", &host, None).expect_problem(421, "host_not_served"),
        nobody.send("GET", "/health", &twice, None).expect_problem(400, "malformed_request"),
        nobody.post("/auth/sessions", &json!("x".repeat(2 << 20))).expect_problem(413, "body_too_large"),
    ];
    assert!(program.stop().0.success());
    let log = fs::read_to_string(data.with_extension("log")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for answer in answers {
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(answer.field("request_id"), id);
        let of_it: Vec<&Value> = lines.iter().filter(|line| line["request_id"] == id).collect();
        assert_eq!(of_it.len(), 1, "{of_it:?}");
        assert_eq!(of_it[0]["status"], answer.status);
        assert!(of_it[0]["route"].is_string() && of_it[0]["method"].is_string(), "{of_it:?}");
    }
    assert!(!log.contains("such") && !log.contains("hush") && !log.contains("BREW"), "{log}");
}

/// A stranger gets no room for a body, and is told who they are not even when it never comes.
#[test]
fn a_stranger_takes_no_room_for_a_body() {
    let app = app(Limits { body_wait: Duration::from_millis(50), bodies_max_bytes: 0, ..Limits::default() });
    let address = app.base_url.trim_start_matches("http://").to_owned();
    for credential in ["", "authorization: Bearer nonsense\r\n"] {
        let mut stream = connect(&app);
        let head = format!(
            "POST /api/v2/projects HTTP/1.1\r\nhost: {address}\r\n{credential}content-type: application/json\r\n\
             content-length: 1000000\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 401"), "{line}");
    }
}
