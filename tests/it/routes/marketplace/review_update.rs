//! `PATCH` and `DELETE /marketplace/templates/{template_id}/reviews/{review_id}`.

use super::shelf::{Publisher, listed, review};
use crate::support::{App, Caller};
use serde_json::{Value, json};

fn path(id: &str, review: &Value) -> String {
    format!("/marketplace/templates/{id}/reviews/{}", review["id"].as_str().unwrap())
}

fn rated(caller: &Caller, id: &str) -> (Value, Value) {
    let rated = caller.get(&format!("/marketplace/templates/{id}/ratings")).expect(200).json();
    (rated["count"].clone(), rated["mean"].clone())
}

#[test]
fn the_author_changes_what_is_named_and_the_rating_follows() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let body = json!({"rating": 2, "title": "Slow", "content": "It took an hour."});
    let written = reader.post(&format!("/marketplace/templates/{id}/reviews"), &body).expect(201).json();
    let etag = written["etag"].as_str().unwrap();
    let changed =
        reader.patch(&path(&id, &written), etag, &json!({"rating": 5, "title": "Fast now"})).expect(200);
    let now = changed.json();
    assert_eq!(
        (&now["rating"], &now["title"], &now["content"]),
        (&json!(5), &json!("Fast now"), &body["content"])
    );
    assert_eq!(now["created_at"], written["created_at"]);
    assert_eq!(rated(&reader, &id), (json!(1), json!(5.0)));
    reader
        .patch(&path(&id, &written), etag, &json!({"rating": 1}))
        .expect_problem(412, "precondition_failed");
    reader.patch(&path(&id, &written), &changed.etag(), &json!({"rating": 4})).expect(200);
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
        other.patch(&path(&id, &written), "*", &json!({"rating": 5})).expect_problem(403, "forbidden");
    }
    assert_eq!(rated(&reader, &id), (json!(1), json!(2.0)));
}

#[test]
fn a_removed_review_counts_no_more_and_makes_room_for_another() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let written = review(&reader, &id, 1);
    app.researcher().delete(&path(&id, &written)).expect_problem(403, "forbidden");
    publisher.who.delete(&path(&id, &written)).expect_problem(403, "forbidden");
    reader.delete(&path(&id, &written)).expect(204);
    reader.delete(&path(&id, &written)).expect_problem(404, "not_found");
    assert_eq!(rated(&reader, &id), (json!(0), json!(null)));
    for sort in ["recent", "helpful", "rating"] {
        assert!(listed(&reader, &format!("/marketplace/templates/{id}/reviews?sort={sort}")).is_empty());
    }
    review(&reader, &id, 5);
    assert_eq!(rated(&reader, &id), (json!(1), json!(5.0)));
}

#[test]
fn an_administrator_removes_reviews_of_the_own_institution_alone() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let written = review(&reader, &id, 1);
    let foreign = app.person(&app.institution(), "institution_admin");
    foreign.delete(&path(&id, &written)).expect_problem(403, "forbidden");
    app.person("local", "institution_admin").delete(&path(&id, &written)).expect(204);
}

#[test]
fn a_review_is_not_reached_through_another_template() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, other, reader) = (publisher.public(), publisher.public(), app.researcher());
    let written = review(&reader, &id, 1);
    reader.patch(&path(&other, &written), "*", &json!({"rating": 5})).expect_problem(404, "not_found");
    reader.delete(&path(&other, &written)).expect_problem(404, "not_found");
}
