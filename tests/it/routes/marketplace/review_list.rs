//! `GET /marketplace/templates/{template_id}/reviews`.

use super::shelf::{Publisher, listed, paged, review};
use crate::support::{App, Caller};
use serde_json::json;

fn vote(caller: &Caller, id: &str, review: &str) {
    let path = format!("/marketplace/templates/{id}/reviews/{review}/vote");
    caller.put(&path, "*", &json!({"helpful": true})).expect(200);
}

#[test]
fn reviews_are_ordered_by_age_by_helpfulness_and_by_rating_and_follow_changes() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    let readers: Vec<_> = (0..3).map(|_| app.researcher()).collect();
    let written: Vec<String> = readers
        .iter()
        .zip([3, 5, 4])
        .map(|(reader, rating)| review(reader, &id, rating)["id"].as_str().unwrap().to_owned())
        .collect();
    let [a, b, c] = [0, 1, 2].map(|at| written[at].clone());
    let order = |sort: &str| listed(&readers[0], &format!("/marketplace/templates/{id}/reviews?sort={sort}"));
    assert_eq!(order("recent"), [c.clone(), b.clone(), a.clone()]);
    assert_eq!(order("rating"), [b.clone(), c.clone(), a.clone()]);
    assert_eq!(order("helpful"), [c.clone(), b.clone(), a.clone()], "the newest first while nobody voted");
    vote(&readers[1], &id, &a);
    vote(&readers[2], &id, &a);
    vote(&readers[0], &id, &b);
    assert_eq!(order("helpful"), [a.clone(), b.clone(), c.clone()]);
    let path = format!("/marketplace/templates/{id}/reviews/{a}");
    readers[0].patch(&path, "*", &json!({"rating": 5})).expect(200);
    assert_eq!(order("rating"), [b.clone(), a.clone(), c.clone()], "equals: the newest first");
    assert_eq!(order("helpful"), [a, b, c]);
}

#[test]
fn pages_show_each_review_once_and_a_version_filters() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    publisher.version(&id, "2.0.0");
    let mut made = Vec::new();
    for number in 0..7 {
        let version = if number % 2 == 0 { "1.0.0" } else { "2.0.0" };
        let body = json!({"rating": number % 5 + 1, "version": version});
        let path = format!("/marketplace/templates/{id}/reviews");
        made.push((version, app.researcher().post(&path, &body).expect(201).field("id")));
    }
    let reader = app.researcher();
    for sort in ["recent", "helpful", "rating"] {
        for (filter, version) in
            [("", None), ("&version=1.0.0", Some("1.0.0")), ("&version=2.0.0", Some("2.0.0"))]
        {
            let path = format!("/marketplace/templates/{id}/reviews?sort={sort}{filter}");
            let mut found = paged(&reader, &path, 2);
            found.sort();
            let wanted = made.iter().filter(|(of, _)| version.is_none_or(|version| version == *of));
            let mut wanted: Vec<_> = wanted.map(|(_, id)| id.clone()).collect();
            wanted.sort();
            assert_eq!(found, wanted, "{sort} {filter}");
        }
    }
    let path = format!("/marketplace/templates/{id}/reviews?version=new");
    reader.get(&path).expect_problem(400, "malformed_request");
}
