//! `GET /marketplace/featured`.

use super::shelf::{Publisher, listed, rated, review, review_path, word};
use crate::support::App;
use serde_json::json;

#[test]
fn featured_takes_five_reviews_and_a_rating_of_four() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let category = word();
    let publish = || publisher.publish(&word(), &json!({"visibility": "public", "category": category}));
    let (few, middling, featured) = (publish(), publish(), publish());
    let readers: Vec<_> = (0..5).map(|_| app.researcher()).collect();
    for (number, reader) in readers.iter().enumerate() {
        if number < 4 {
            review(reader, &few, 5);
        }
        review(reader, &middling, 4);
        review(reader, &featured, if number == 0 { 4 } else { 5 });
    }
    app.settle();
    let path = format!("/marketplace/featured?category={category}");
    assert_eq!(listed(&readers[0], &path), [featured]);
}

#[test]
fn one_person_who_reviews_five_versions_is_one_voice_and_the_newest_is_heard() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let category = word();
    let id = publisher.publish(&word(), &json!({"visibility": "public", "category": category}));
    let reader = app.researcher();
    let path = format!("/marketplace/templates/{id}/reviews");
    let mut written = vec![reader.post(&path, &json!({"rating": 1})).expect(201).json()];
    for minor in 1..5 {
        let version = format!("1.{minor}.0");
        publisher.version(&id, &version);
        written.push(reader.post(&path, &json!({"rating": 5, "version": version})).expect(201).json());
    }
    app.settle();
    assert!(listed(&reader, &format!("/marketplace/featured?category={category}")).is_empty());
    assert_eq!(rated(&reader, &id), (json!(1), json!(5.0)));
    reader.patch(&review_path(&id, &written[0]), "*", &json!({"rating": 2})).expect(200);
    assert_eq!(rated(&reader, &id), (json!(1), json!(5.0)), "an older review has no say");
    for newest in written[1..].iter().rev() {
        reader.delete(&review_path(&id, newest)).expect(204);
    }
    assert_eq!(rated(&reader, &id), (json!(1), json!(2.0)), "what is left is heard again");
    reader.delete(&review_path(&id, &written[0])).expect(204);
    assert_eq!(rated(&reader, &id), (json!(0), json!(null)));
}
