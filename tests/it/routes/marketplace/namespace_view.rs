//! `GET /marketplace/namespaces/{namespace}`.

use super::stall::take;
use crate::support::App;
use serde_json::json;

#[test]
fn a_foreign_namespace_is_a_404_like_one_that_does_not_exist() {
    let app = App::start();
    let name = take(&app.researcher(), &json!({}));
    let stranger = app.person(&app.institution(), "researcher");
    let foreign = stranger.get(&format!("/marketplace/namespaces/{name}")).expect_problem(404, "not_found");
    let missing = stranger.get("/marketplace/namespaces/no-such-namespace").expect_problem(404, "not_found");
    assert_eq!(foreign.json()["detail"], missing.json()["detail"]);
    app.researcher().get(&format!("/marketplace/namespaces/{name}")).expect(200);
}
