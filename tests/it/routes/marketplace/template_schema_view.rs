//! `GET /marketplace/template-schema`.

use crate::support::App;

#[test]
fn an_editor_reads_the_schema_without_a_credential_and_finds_the_fields_in_it() {
    let app = App::start();
    let reply = app.anonymous().get("/marketplace/template-schema").expect(200);
    assert_eq!(reply.header("content-type"), Some("application/schema+json"));
    let schema = reply.json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    for field in ["name", "base", "packages", "parameters", "idle_detection"] {
        assert!(!schema["properties"][field].is_null(), "`{field}` is missing in {schema}");
    }
}
