//! `GET /marketplace/categories`.

use super::shelf::{Publisher, word};
use crate::support::App;
use serde_json::json;

#[test]
fn categories_are_those_of_the_templates_that_the_caller_may_see() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (open, secret) = (word(), word());
    for (category, visibility) in [(&open, "public"), (&open, "institution"), (&secret, "private")] {
        publisher.publish(&word(), &json!({"category": category, "visibility": visibility}));
    }
    app.settle();
    let stranger = app.person(&app.institution(), "researcher");
    let counted = |caller: &crate::support::Caller, category: &str| {
        let page = caller.get("/marketplace/categories").expect(200).json();
        let found = page["items"].as_array().unwrap().iter().find(|item| item["category"] == json!(category));
        found.map(|item| item["count"].as_u64().unwrap())
    };
    assert_eq!((counted(&publisher.who, &open), counted(&publisher.who, &secret)), (Some(2), Some(1)));
    assert_eq!((counted(&stranger, &open), counted(&stranger, &secret)), (Some(1), None));
}
