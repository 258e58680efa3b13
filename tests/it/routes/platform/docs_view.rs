//! `GET /docs`.

use crate::support::App;

#[test]
fn the_page_names_every_route_and_every_error() {
    let app = App::start();
    let html = app.anonymous().get("/docs").expect(200).text();
    let document = app.anonymous().get("/openapi.json").expect(200).json();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }
    let problem = app.anonymous().get("/users/me").json();
    let anchor = problem["type"].as_str().unwrap().split_once('#').unwrap().1;
    assert!(html.contains(&format!("id=\"{anchor}\"")), "{anchor}");
}

#[test]
fn the_page_may_run_only_its_own_script_and_load_nothing() {
    let app = App::start();
    let page = app.anonymous().get("/docs").expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    for loading in [" src=", "<link", "@import", "url(", "href=\"http"] {
        assert!(!page.text().contains(loading), "{loading}");
    }
}
