//! `PATCH /marketplace/templates/{template_id}/reviews/{review_id}`.

use super::shelf::{Publisher, rated, review, review_path};
use crate::support::App;
use serde_json::json;

#[test]
fn the_author_changes_what_is_named_and_the_rating_follows() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let body = json!({"rating": 2, "title": "Slow", "content": "It took an hour."});
    let written = reader.post(&format!("/marketplace/templates/{id}/reviews"), &body).expect(201).json();
    let etag = written["etag"].as_str().unwrap();
    let changed = reader
        .patch(&review_path(&id, &written), etag, &json!({"rating": 5, "title": "Fast now"}))
        .expect(200);
    let now = changed.json();
    assert_eq!(
        (&now["rating"], &now["title"], &now["content"]),
        (&json!(5), &json!("Fast now"), &body["content"])
    );
    assert_eq!(now["created_at"], written["created_at"]);
    assert_eq!(rated(&reader, &id), (json!(1), json!(5.0)));
    reader
        .patch(&review_path(&id, &written), etag, &json!({"rating": 1}))
        .expect_problem(412, "precondition_failed");
    reader.patch(&review_path(&id, &written), &changed.etag(), &json!({"rating": 4})).expect(200);
    assert_eq!(rated(&reader, &id), (json!(1), json!(4.0)));
}

#[test]
fn nobody_changes_the_review_of_somebody_else() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let written = review(&reader, &id, 2);
    for other in
        [&app.researcher(), &publisher.who, &app.person("local", "institution_admin"), &app.operator()]
    {
        other.patch(&review_path(&id, &written), "*", &json!({"rating": 5})).expect_problem(403, "forbidden");
    }
    assert_eq!(rated(&reader, &id), (json!(1), json!(2.0)));
}

#[test]
fn a_review_is_not_reached_through_another_template() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, other, reader) = (publisher.public(), publisher.public(), app.researcher());
    let written = review(&reader, &id, 1);
    reader.patch(&review_path(&other, &written), "*", &json!({"rating": 5})).expect_problem(404, "not_found");
    reader.delete(&review_path(&other, &written)).expect_problem(404, "not_found");
}
