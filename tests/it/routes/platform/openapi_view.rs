//! `GET /openapi.json`.

use crate::support::App;

#[test]
fn the_document_is_openapi_and_unchanged_is_not_sent_again() {
    let app = App::start();
    let first = app.anonymous().get("/openapi.json").expect(200);
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert_eq!(first.json()["openapi"], "3.1.0");
    assert_eq!(first.json()["paths"]["/openapi.json"]["get"]["operationId"], "openapi_view");
    assert!(first.header("cache-control").unwrap().contains("max-age"));
    let etag = first.etag();
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let again = app.anonymous().send("GET", "/openapi.json", &[("if-none-match", &known)], None);
        assert_eq!((again.status, again.bytes.len()), (304, 0), "{known}");
        assert_eq!(again.etag(), etag);
    }
    for other in ["\"other\"", "W/\"other\"", ""] {
        app.anonymous().send("GET", "/openapi.json", &[("if-none-match", other)], None).expect(200);
    }
}
