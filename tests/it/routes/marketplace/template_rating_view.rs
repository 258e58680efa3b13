//! `GET /marketplace/templates/{template_id}/ratings`, and what lists make of it.

use super::shelf::{Publisher, listed, review};
use crate::support::App;
use serde_json::json;

#[test]
fn the_rating_is_the_mean_with_five_assumed_ones() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    let reader = app.researcher();
    let path = format!("/marketplace/templates/{id}/ratings");
    let none = reader.get(&path).expect(200).json();
    assert_eq!((&none["count"], &none["mean"], &none["rating"]), (&json!(0), &json!(null), &json!(0.0)));
    for rating in [5, 4, 5] {
        review(&app.researcher(), &id, rating);
    }
    let rated = reader.get(&path).expect(200).json();
    assert_eq!(rated["histogram"], json!({"1": 0, "2": 0, "3": 0, "4": 1, "5": 2}));
    assert_eq!((&rated["prior_mean"], &rated["prior_weight"]), (&json!(3.5), &json!(5)));
    assert!((rated["mean"].as_f64().unwrap() - 14.0 / 3.0).abs() < 1e-9);
    let bayesian = (5.0 * 3.5 + 14.0) / 8.0;
    assert!((rated["rating"].as_f64().unwrap() - bayesian).abs() < 1e-9);
    let viewed = reader.get(&format!("/marketplace/templates/{id}")).expect(200).json();
    assert_eq!((&viewed["rating"], &viewed["rating_count"]), (&rated["rating"], &json!(3)));
}

#[test]
fn many_good_ratings_come_before_one_perfect_one() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (loved, liked) = (publisher.public(), publisher.public());
    review(&app.researcher(), &loved, 5);
    for rating in [5, 5, 4, 5] {
        review(&app.researcher(), &liked, rating);
    }
    app.settle();
    let path = format!("/marketplace/templates?namespace={}&sort=rating", publisher.namespace);
    assert_eq!(listed(&app.researcher(), &path), [liked, loved]);
}
