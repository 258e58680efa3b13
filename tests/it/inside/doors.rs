//! What browsers and proxies meet: CORS, `Host`, and an operator's key that counts only straight from here.
//! On AWS, API Gateway answers for the first two, and there is no such key.

use crate::support::{App, Caller, Reply, program::Program};
use cws_local::world::Setup;
use serde_json::json;
use tempfile::TempDir;

const FRIEND: &str = "http://localhost:5173";
const STRANGER: &str = "https://evil.example";

fn asks_first(caller: &Caller, origin: &str, path: &str) -> Reply {
    let headers = [("origin", origin), ("access-control-request-method", "PATCH")];
    caller.send("OPTIONS", path, &headers, None)
}

fn from_page(caller: &Caller, origin: &str, path: &str) -> Reply {
    caller.send("GET", path, &[("origin", origin)], None)
}

#[test]
fn a_page_on_the_list_may_call_and_read_what_it_needs() {
    let app = App::start_local(Setup::for_tests());
    let asked = asks_first(&app.anonymous(), FRIEND, "/projects/prj_0").expect(204);
    assert_eq!(asked.header("access-control-allow-origin"), Some(FRIEND));
    assert!(asked.header("access-control-allow-methods").unwrap().contains("PATCH"));
    for name in ["Authorization", "Content-Type", "If-Match", "Idempotency-Key"] {
        assert!(asked.header("access-control-allow-headers").unwrap().contains(name), "{name}");
    }
    for reply in [
        from_page(&app.researcher(), FRIEND, "/users/me").expect(200),
        from_page(&app.anonymous(), FRIEND, "/users/me").expect(401),
        from_page(&app.anonymous(), FRIEND, "/nothing").expect(404),
    ] {
        assert_eq!(reply.header("access-control-allow-origin"), Some(FRIEND));
        assert_eq!(reply.header("vary"), Some("Origin"));
        for name in ["ETag", "Location", "RateLimit", "Retry-After", "X-Request-Id"] {
            assert!(reply.header("access-control-expose-headers").unwrap().contains(name), "{name}");
        }
    }
}

#[test]
fn a_page_that_is_not_on_the_list_may_not_and_nobody_sends_cookies() {
    let app = App::start_local(Setup::for_tests());
    let caller = app.researcher();
    for origin in [STRANGER, "null", "http://localhost:5173.evil.example", "https://localhost:5173"] {
        for reply in [asks_first(&caller, origin, "/projects"), from_page(&caller, origin, "/users/me")] {
            assert_eq!(reply.header("access-control-allow-origin"), None, "{origin}");
        }
    }
    for origin in [FRIEND, STRANGER] {
        for reply in [asks_first(&caller, origin, "/projects"), from_page(&caller, origin, "/users/me")] {
            assert_eq!(reply.header("access-control-allow-credentials"), None, "{origin}");
        }
    }
}

#[test]
fn another_host_name_is_421_whatever_is_asked() {
    let app = App::start_local(Setup::for_tests());
    let caller = app.researcher();
    for host in ["evil.example", "evil.example:80", "127.0.0.1.evil.example"] {
        for (method, path) in [("GET", "/health"), ("GET", "/users/me"), ("OPTIONS", "/projects")] {
            let headers = [("host", host), ("origin", FRIEND)];
            let refused = caller.send(method, path, &headers, None).expect_problem(421, "host_not_served");
            assert_eq!(refused.header("access-control-allow-origin"), None);
            assert!(refused.header("x-request-id").unwrap().starts_with("req_"));
        }
    }
}

#[test]
fn the_operators_key_counts_only_straight_from_this_machine() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let more = ["--host", "portal.example.org", "--no-templates", "--log", "error"];
    let program = Program::start(&data, &more);
    let (operator, person) = (program.operator(), program.person("ada"));
    operator.get("/institutions").expect(200);
    let passed_on = [
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-host", "portal.example.org"),
        ("forwarded", "for=192.0.2.7"),
        ("via", "1.1 proxy"),
        ("host", "portal.example.org"),
    ];
    for header in passed_on {
        let refused = operator.send("GET", "/institutions", &[header], None);
        let told = refused.expect_problem(401, "unauthenticated").field("detail");
        assert!(told.contains("own machine"), "{told}");
        person.send("GET", "/users/me", &[header], None).expect(200);
    }
}

#[test]
fn what_the_operator_does_is_in_the_audit_log_as_the_operators() {
    let app = App::start_local(Setup::for_tests());
    app.operator()
        .post("/institutions", &json!({"id": "uni-bern", "name": "University of Bern"}))
        .expect(201);
    app.researcher();
    let admin = app.person("local", "institution_admin");
    let records = admin.all("/audit?action=institution.*");
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!((&records[0]["actor_kind"], &records[0]["actor"]), (&json!("operator"), &json!("operator")));
    let made = admin.all("/audit?action=user.created");
    assert!(made.len() == 2 && made.iter().all(|record| record["actor_kind"] == "operator"), "{made:?}");
}
