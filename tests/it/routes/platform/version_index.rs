//! `GET /api/versions`.

use crate::support::App;

#[test]
fn the_second_version_is_the_default_and_explained_on_the_page() {
    let app = App::start();
    let body = app.anonymous().get("/api/versions").expect(200).json();
    assert_eq!(body["default_version"], "v2");
    assert_eq!(body["latest_version"], body["versions"][0]["version"]);
    let defaults: Vec<_> =
        body["versions"].as_array().unwrap().iter().filter(|it| it["is_default"] == true).collect();
    assert_eq!(defaults.len(), 1, "{body}");
    let docs = body["docs_base_url"].as_str().unwrap();
    assert!(docs.ends_with("/docs"), "{docs}");
}
