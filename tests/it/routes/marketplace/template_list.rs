//! `GET /marketplace/templates`.

use super::shelf::{Publisher, download, ids, listed, paged, review, word};
use crate::support::App;
use serde_json::json;

const LIST: &str = "/marketplace/templates";

#[test]
fn paging_shows_every_template_once_in_every_order() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let mut made: Vec<_> = (0..23).map(|_| publisher.publish(&word(), &json!({}))).collect();
    made.sort();
    app.settle();
    for sort in ["rating", "downloads", "updated", "created", "name", "trending", "relevance"] {
        let path = format!("{LIST}?namespace={}&sort={sort}", publisher.namespace);
        let mut found = paged(&publisher.who, &path, 4);
        found.sort();
        assert_eq!(found, made, "{sort}");
    }
}

#[test]
fn each_order_is_what_it_says() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let [a, b, c] =
        ["aa", "bb", "cc"].map(|start| publisher.publish(&format!("{start}-{}", word()), &json!({})));
    let reader = app.researcher();
    review(&reader, &b, 5);
    review(&reader, &c, 3);
    download(&reader, &c, "1.0.0", None);
    app.settle();
    let order =
        |sort: &str| listed(&reader, &format!("{LIST}?namespace={}&sort={sort}", publisher.namespace));
    assert_eq!(order("name"), [&a, &b, &c].map(String::clone));
    assert_eq!(order("created"), [&c, &b, &a].map(String::clone));
    assert_eq!(order("rating"), [&b, &c, &a].map(String::clone));
    assert_eq!(order("downloads").first(), Some(&c));
    assert_eq!(order("trending").first(), Some(&c));
}

#[test]
fn an_item_carries_what_a_list_needs() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (name, category, tag) = (word(), word(), word());
    let id = publisher.publish(&name, &json!({"category": category, "tags": [tag], "title": "A Shelf"}));
    app.settle();
    let page = publisher.who.get(&format!("{LIST}?namespace={}", publisher.namespace)).expect(200).json();
    let item = &page["items"][0];
    for (field, value) in [
        ("id", json!(id)),
        ("name", json!(name)),
        ("namespace", json!(publisher.namespace)),
        ("title", json!("A Shelf")),
        ("version", json!("1.0.0")),
        ("author", json!(publisher.who.user_id)),
        ("category", json!(category)),
        ("tags", json!([tag])),
        ("rating", json!(0.0)),
        ("downloads", json!(0)),
        ("description", json!("Something to find.")),
        ("visibility", json!("institution")),
    ] {
        assert_eq!(item[field], value, "{field}");
    }
    let viewed = publisher.who.get(&format!("{LIST}/{id}")).expect(200).json();
    assert_eq!(item["created_at"], viewed["created_at"]);
    assert_eq!(item["digest"], viewed["digest"]);
    assert!(page["index_as_of"].as_str().unwrap() >= viewed["created_at"].as_str().unwrap());
}

#[test]
fn filters_hold_together() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (category, domain, one, two) = (word(), word(), word(), word());
    let both =
        publisher.publish(&word(), &json!({"category": category, "domain": domain, "tags": [one, two]}));
    let other = publisher.publish(&word(), &json!({"category": category, "tags": [one]}));
    let reader = app.researcher();
    review(&reader, &other, 5);
    app.settle();
    let found = |query: String| {
        let mut found = listed(&reader, &format!("{LIST}?{query}"));
        found.sort();
        found
    };
    let mut all = vec![both.clone(), other.clone()];
    all.sort();
    assert_eq!(found(format!("category={category}")), all);
    assert_eq!(found(format!("category={}", category.to_uppercase())), all);
    assert_eq!(found(format!("tag={one}&author={}", publisher.who.user_id)), all);
    assert_eq!(found(format!("tag={one}&tag={two}")), [both.clone()]);
    assert_eq!(found(format!("category={category}&domain={domain}")), [both]);
    assert_eq!(found(format!("category={category}&min_rating=3.7")), [other]);
    assert!(found(format!("category={category}&namespace={}", word())).is_empty());
    assert!(found(format!("category={}", word())).is_empty());
}

#[test]
fn deprecated_and_wholly_yanked_templates_are_listed_only_when_asked_for() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let [kept, old, yanked] = [(); 3].map(|()| publisher.publish(&word(), &json!({})));
    let deprecate = json!({"reason": "There is a better one."});
    publisher.who.post(&format!("{LIST}/{old}/deprecate"), &deprecate).expect(200);
    let yank = json!({"reason": "It does not start."});
    publisher.who.post(&format!("{LIST}/{yanked}/versions/1.0.0/yank"), &yank).expect(200);
    app.settle();
    let path = format!("{LIST}?namespace={}", publisher.namespace);
    assert_eq!(listed(&publisher.who, &path), [kept.clone()]);
    let mut all = listed(&publisher.who, &format!("{path}&deprecated=true"));
    all.sort();
    let mut made = vec![kept, old.clone(), yanked.clone()];
    made.sort();
    assert_eq!(all, made);
    publisher.who.post(&format!("{LIST}/{yanked}/versions/1.0.0/unyank"), &json!({})).expect(200);
    app.settle();
    assert!(listed(&publisher.who, &path).contains(&yanked));
}

#[test]
fn whoever_comes_into_a_namespace_finds_its_private_templates_and_whoever_leaves_does_not() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let secret = publisher.publish(&word(), &json!({"visibility": "private"}));
    app.settle();
    let path = format!("{LIST}?namespace={}", publisher.namespace);
    let (guest, stranger) = (app.researcher(), app.researcher());
    assert!(listed(&guest, &path).is_empty());
    publisher.member(&guest, Some("member"));
    app.settle();
    assert_eq!(listed(&guest, &path), [secret.clone()]);
    assert!(listed(&stranger, &path).is_empty());
    publisher.member(&guest, None);
    assert!(listed(&guest, &path).is_empty(), "at once, before the index knows");
    app.settle();
    assert!(listed(&guest, &path).is_empty());
    for overseer in ["institution_admin", "institution_auditor"] {
        assert_eq!(listed(&app.person("local", overseer), &path), [secret.clone()], "{overseer}");
    }
}

#[test]
fn another_institution_finds_what_is_public_alone_and_as_it_is_now() {
    let app = App::start();
    let publisher = Publisher::of(&app, &app.institution());
    let (open, house) =
        (publisher.public(), publisher.publish(&word(), &json!({"visibility": "institution"})));
    app.settle();
    let stranger = app.researcher();
    let path = format!("{LIST}?namespace={}&sort=created", publisher.namespace);
    assert_eq!(listed(&stranger, &path), [open.clone()]);
    assert_eq!(listed(&publisher.who, &path), [house, open.clone()]);
    publisher.who.patch(&format!("{LIST}/{open}"), "*", &json!({"description": "Another one."})).expect(200);
    let page = stranger.get(&path).expect(200).json();
    assert_eq!(page["items"][0]["description"], json!("Another one."), "read anew, before the index knows");
}

#[test]
fn a_cursor_belongs_to_its_filters_and_its_caller() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    for _ in 0..3 {
        publisher.publish(&word(), &json!({}));
    }
    app.settle();
    let path = format!("{LIST}?namespace={}", publisher.namespace);
    let page = publisher.who.get(&format!("{path}&limit=2")).expect(200).json();
    let next = page["next"].as_str().unwrap();
    assert_eq!(ids(&publisher.who.get(&format!("{path}&cursor={next}")).expect(200).json()).len(), 1);
    let other = app.researcher();
    other.get(&format!("{path}&cursor={next}")).expect_problem(400, "invalid_cursor");
    for query in ["&sort=name", "&category=x", "&deprecated=true"] {
        let asked = format!("{path}{query}&cursor={next}");
        publisher.who.get(&asked).expect_problem(400, "invalid_cursor");
    }
    let search = format!("{LIST}/search?namespace={}&cursor={next}", publisher.namespace);
    publisher.who.get(&search).expect_problem(400, "invalid_cursor");
}
