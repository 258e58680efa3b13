//! `user_view` on every deployment.

use crate::support::App;

#[test]
fn a_person_sees_their_own_record_with_its_etag() {
    let app = App::start();
    let ada = app.researcher();
    let path = format!("/users/registry/{}", ada.user_id);
    let view = ada.get(&path).expect(200);
    assert_eq!(view.field("id"), ada.user_id);
    assert_eq!(view.field("institution"), "local");
    let again = ada.send("GET", &path, &[("if-none-match", &view.etag())], None);
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}

#[test]
fn another_institution_and_nobody_at_all_are_the_same_404() {
    let app = App::start();
    let elsewhere = app.institution();
    let (ada, stranger) = (app.researcher(), app.person(&elsewhere, "researcher"));
    let missing = "/users/registry/usr_00000000000000000000000000";
    let told = |reply: crate::support::Reply| {
        let mut body = reply.expect_problem(404, "not_found").json();
        body["request_id"] = serde_json::Value::Null;
        body
    };
    let there = told(stranger.get(&format!("/users/registry/{}", ada.user_id)));
    assert_eq!(there, told(stranger.get(missing)));
}
