//! `POST /marketplace/templates/{template_id}/reviews`.

use super::shelf::{Publisher, listed, review, word};
use crate::support::App;
use serde_json::json;
use std::{sync::Barrier, thread};

fn reviews(id: &str) -> String {
    format!("/marketplace/templates/{id}/reviews")
}

#[test]
fn a_review_is_of_the_version_that_the_template_shows_unless_it_names_another() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    publisher.version(&id, "1.1.0");
    let reader = app.researcher();
    let body = json!({"rating": 4, "title": "Ready in five minutes", "content": "All there.\nEven the \u{e9}tudes."});
    let reply = reader.post(&reviews(&id), &body).expect(201);
    let first = reply.json();
    assert_eq!(
        (&first["version"], &first["rating"], &first["verified_use"]),
        (&json!("1.1.0"), &json!(4), &json!(false))
    );
    assert_eq!((&first["author"], &first["title"]), (&json!(reader.user_id), &body["title"]));
    assert_eq!((&first["content"], &first["etag"]), (&body["content"], &json!(reply.etag())));
    let older = reader.post(&reviews(&id), &json!({"rating": 2, "version": "1.0.0"})).expect(201).json();
    assert_eq!((&older["version"], &older["title"]), (&json!("1.0.0"), &json!(null)));
}

#[test]
fn one_person_reviews_a_version_once_even_when_racing() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    let gate = Barrier::new(8);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let send = || {
            gate.wait();
            reader.post(&reviews(&id), &json!({"rating": 5})).status
        };
        let racers: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    let again = reader.post(&reviews(&id), &json!({"rating": 1})).expect_problem(409, "review_exists").json();
    assert_eq!(json!(listed(&reader, &reviews(&id))), json!([again["review_id"]]));
    let rated = reader.get(&format!("/marketplace/templates/{id}/ratings")).expect(200).json();
    assert_eq!((&rated["count"], &rated["histogram"]["5"]), (&json!(1), &json!(1)));
}

#[test]
fn ratings_of_people_who_race_all_count() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    let readers: Vec<_> = (0..6).map(|_| app.researcher()).collect();
    let gate = Barrier::new(readers.len());
    thread::scope(|scope| {
        for (number, reader) in readers.iter().enumerate() {
            let (gate, id) = (&gate, &id);
            scope.spawn(move || {
                gate.wait();
                let body = json!({"rating": number % 5 + 1});
                // A conflict after four tries is an answer too: the caller sends it again.
                while reader.post(&reviews(id), &body).status != 201 {}
            });
        }
    });
    let rated = readers[0].get(&format!("/marketplace/templates/{id}/ratings")).expect(200).json();
    assert_eq!(rated["count"], json!(6));
    assert_eq!(rated["histogram"], json!({"1": 2, "2": 1, "3": 1, "4": 1, "5": 1}));
}

#[test]
fn publishers_do_not_review_themselves() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    let colleague = app.researcher();
    publisher.member(&colleague, Some("maintainer"));
    for own in [&publisher.who, &colleague] {
        own.post(&reviews(&id), &json!({"rating": 5})).expect_problem(403, "forbidden");
    }
    for no_person in
        [app.operator(), app.person("local", "institution_auditor"), app.person("local", "service_account")]
    {
        no_person.post(&reviews(&id), &json!({"rating": 5})).expect_problem(403, "forbidden");
    }
}

#[test]
fn what_one_may_not_see_one_may_not_review_nor_read_reviews_of() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.publish(&word(), &json!({"visibility": "private"}));
    let stranger = app.researcher();
    let nowhere = "tpl_00000000000000000000000000";
    for template in [id.as_str(), nowhere] {
        stranger.post(&reviews(template), &json!({"rating": 5})).expect_problem(404, "not_found");
        stranger.get(&reviews(template)).expect_problem(404, "not_found");
        stranger.get(&format!("/marketplace/templates/{template}/ratings")).expect_problem(404, "not_found");
    }
}

#[test]
fn a_public_template_is_reviewed_from_other_institutions() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    let foreign = app.person(&app.institution(), "researcher");
    let written = review(&foreign, &id, 3);
    assert_eq!(listed(&publisher.who, &reviews(&id)), [written["id"].as_str().unwrap()]);
}

#[test]
fn what_does_not_fit_is_refused_and_the_limits_do() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    for (body, pointer) in [
        (json!({"rating": 0}), "/rating"),
        (json!({"rating": 6}), "/rating"),
        (json!({"rating": 4.5}), "/rating"),
        (json!({"rating": "5"}), "/rating"),
        (json!({"title": "No rating"}), ""),
        (json!({"rating": 5, "title": "x".repeat(121)}), "/title"),
        (json!({"rating": 5, "content": "x".repeat(4001)}), "/content"),
        (json!({"rating": 5, "verified_use": true}), ""),
    ] {
        let refused = reader.post(&reviews(&id), &body).expect_problem(400, "malformed_request").json();
        assert!(refused["errors"][0]["pointer"].as_str().unwrap().starts_with(pointer), "{body}: {refused}");
    }
    for version in ["2.0.0", "latest", "1.0.0+x"] {
        let body = json!({"rating": 5, "version": version});
        reader.post(&reviews(&id), &body).expect_problem(422, "invalid_field");
    }
    let longest = json!({"rating": 5, "title": "\u{e9}".repeat(120), "content": "\u{e9}".repeat(4000)});
    reader.post(&reviews(&id), &longest).expect(201);
}
