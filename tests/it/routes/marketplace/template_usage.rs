//! `GET /marketplace/templates/{template_id}/usage`, `/marketplace/trending`, and the counts in lists.

use super::shelf::{Publisher, download, listed, paged, word};
use crate::support::App;
use serde_json::json;

#[test]
fn downloads_are_counted_by_version_and_day() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    publisher.version(&id, "1.1.0");
    for version in ["1.0.0", "1.1.0", "1.1.0", "latest"] {
        download(&reader, &id, version, None);
    }
    let path = format!("/marketplace/templates/{id}/usage");
    let usage = publisher.who.get(&path).expect(200).json();
    assert_eq!(usage["downloads"], json!(4));
    let today = usage["to"].as_str().unwrap();
    let days = |downloads: u32| json!([{"day": today, "downloads": downloads}]);
    assert_eq!(
        usage["versions"],
        json!([
            {"version": "1.1.0", "downloads": 3, "days": days(3)},
            {"version": "1.0.0", "downloads": 1, "days": days(1)},
        ])
    );
    let before = publisher.who.get(&format!("{path}?from=2020-01-01&to=2020-01-31")).expect(200).json();
    assert_eq!((&before["downloads"], &before["versions"][0]["days"]), (&json!(4), &json!([])));
    let refused = publisher.who.get(&format!("{path}?from=2020-01-01&to=2020-04-02"));
    refused.expect_problem(400, "malformed_request");
}

#[test]
fn usage_is_for_the_namespace_and_those_who_oversee_it() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    let member = app.researcher();
    publisher.member(&member, Some("member"));
    let path = format!("/marketplace/templates/{id}/usage");
    for may in [member, app.person("local", "institution_admin"), app.person("local", "institution_auditor")]
    {
        may.get(&path).expect(200);
    }
    app.researcher().get(&path).expect_problem(403, "forbidden");
    let hidden = publisher.publish(&word(), &json!({"visibility": "private"}));
    app.researcher().get(&format!("/marketplace/templates/{hidden}/usage")).expect_problem(404, "not_found");
}

#[test]
fn downloads_show_in_the_view_and_the_most_downloaded_lately_trends() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let category = word();
    let publish = || publisher.publish(&word(), &json!({"visibility": "public", "category": category}));
    let (much, little, never) = (publish(), publish(), publish());
    let reader = app.researcher();
    for _ in 0..3 {
        download(&reader, &much, "1.0.0", None);
    }
    download(&reader, &little, "1.0.0", None);
    app.settle();
    let path = format!("/marketplace/trending?category={category}");
    assert_eq!(listed(&reader, &path), [much.clone(), little.clone()]);
    let viewed = reader.get(&format!("/marketplace/templates/{much}")).expect(200).json();
    assert_eq!(viewed["downloads"], json!(3));
    assert_eq!(paged(&reader, &path, 1), [much, little], "and never {never}");
}

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
