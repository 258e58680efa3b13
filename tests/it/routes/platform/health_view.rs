//! `GET /health`.

use crate::support::App;

#[test]
fn a_working_deployment_says_so_with_store_schema_and_version() {
    let app = App::start();
    let health = app.anonymous().get("/health").expect(200);
    assert_eq!(health.header("cache-control"), Some("no-store"));
    let body = health.json();
    assert_eq!(body["status"], "ok");
    assert!(["sqlite", "dynamodb"].contains(&body["store"]["adapter"].as_str().unwrap()), "{body}");
    assert!(body["store"]["schema"].as_u64().unwrap() >= 1, "{body}");
    assert!(body["version"].as_str().unwrap().split('.').count() == 3, "{body}");
    assert!(body["time"].as_str().unwrap().ends_with('Z'), "{body}");
}
