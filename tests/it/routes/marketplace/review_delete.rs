//! `DELETE /marketplace/templates/{template_id}/reviews/{review_id}`.

use super::shelf::{Publisher, listed, rated, review, review_path};
use crate::support::App;
use serde_json::json;

#[test]
fn a_removed_review_counts_no_more_and_makes_room_for_another() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let written = review(&reader, &id, 1);
    app.researcher().delete(&review_path(&id, &written)).expect_problem(403, "forbidden");
    publisher.who.delete(&review_path(&id, &written)).expect_problem(403, "forbidden");
    reader.delete(&review_path(&id, &written)).expect(204);
    reader.delete(&review_path(&id, &written)).expect_problem(404, "not_found");
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
    foreign.delete(&review_path(&id, &written)).expect_problem(403, "forbidden");
    app.person("local", "institution_admin").delete(&review_path(&id, &written)).expect(204);
}
