//! `GET /asyncapi.json`.

use crate::support::App;

#[test]
fn the_events_are_served_as_they_were_committed() {
    let app = App::start();
    let answer = app.anonymous().get("/asyncapi.json").expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let document = answer.json();
    assert_eq!(document["asyncapi"], "3.0.0");
    assert_eq!(document["channels"]["template.published.v1"]["address"], "template.published.v1");
    let again = app.anonymous().send("GET", "/asyncapi.json", &[("if-none-match", &answer.etag())], None);
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}
