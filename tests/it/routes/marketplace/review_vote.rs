//! `PUT /marketplace/templates/{template_id}/reviews/{review_id}/vote`.

use super::shelf::{Publisher, review};
use crate::support::{App, Caller, Reply};
use serde_json::{Value, json};

fn vote(caller: &Caller, id: &str, review: &Value, helpful: bool) -> Reply {
    let path = format!("/marketplace/templates/{id}/reviews/{}/vote", review["id"].as_str().unwrap());
    let headers = [("content-type", "application/json")];
    caller.send("PUT", &path, &headers, Some(json!({"helpful": helpful}).to_string().as_bytes()))
}

fn counts(reply: Reply) -> (Value, Value) {
    let body = reply.expect(200).json();
    (body["helpful"].clone(), body["unhelpful"].clone())
}

#[test]
fn each_person_has_one_vote_and_the_last_one_counts() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let written = review(&reader, &id, 4);
    let (one, two) = (app.researcher(), app.researcher());
    assert_eq!(counts(vote(&one, &id, &written, true)), (json!(1), json!(0)));
    assert_eq!(counts(vote(&one, &id, &written, true)), (json!(1), json!(0)));
    assert_eq!(counts(vote(&two, &id, &written, true)), (json!(2), json!(0)));
    assert_eq!(counts(vote(&one, &id, &written, false)), (json!(1), json!(1)));
    let listed = reader.get(&format!("/marketplace/templates/{id}/reviews")).expect(200).json();
    assert_eq!((&listed["items"][0]["helpful"], &listed["items"][0]["unhelpful"]), (&json!(1), &json!(1)));
    assert_eq!(listed["items"][0]["updated_at"], written["updated_at"]);
}

#[test]
fn neither_the_author_nor_the_publisher_votes() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let written = review(&reader, &id, 4);
    vote(&reader, &id, &written, true).expect_problem(409, "own_review");
    vote(&publisher.who, &id, &written, false).expect_problem(403, "forbidden");
    vote(&app.operator(), &id, &written, true).expect_problem(403, "forbidden");
    let missing = json!({"id": "rev_00000000000000000000000000"});
    vote(&app.researcher(), &id, &missing, true).expect_problem(404, "not_found");
}

#[test]
fn a_new_review_by_the_same_person_starts_without_votes() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader, voter) = (publisher.public(), app.researcher(), app.researcher());
    let first = review(&reader, &id, 4);
    vote(&voter, &id, &first, true).expect(200);
    let path = format!("/marketplace/templates/{id}/reviews/{}", first["id"].as_str().unwrap());
    reader.delete(&path).expect(204);
    app.settle();
    vote(&voter, &id, &first, true).expect_problem(404, "not_found");
    let second = review(&reader, &id, 4);
    assert_eq!(counts(vote(&voter, &id, &second, true)), (json!(1), json!(0)));
}
