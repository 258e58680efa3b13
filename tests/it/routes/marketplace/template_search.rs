//! `GET /marketplace/templates/search`.

use super::shelf::{Publisher, ids, listed, paged, word};
use crate::support::App;
use serde_json::json;

const SEARCH: &str = "/marketplace/templates/search";

#[test]
fn a_template_is_found_by_the_beginning_of_its_name_a_slip_in_it_and_its_alias() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (name, alias) = (word(), word());
    let id = publisher.publish(&name, &json!({"aliases": [alias]}));
    app.settle();
    let mut slip: Vec<char> = name.chars().collect();
    slip[6] = if slip[6] == 'q' { 'z' } else { 'q' };
    let slip: String = slip.into_iter().collect();
    let full = format!("{}/{name}", publisher.namespace);
    for text in [name.as_str(), &name[..6], &slip, &alias, &name.to_uppercase(), &full] {
        assert_eq!(listed(&publisher.who, &format!("{SEARCH}?q={text}")), [id.as_str()], "{text}");
    }
    let meant = publisher.who.get(&format!("{SEARCH}?q={slip}")).expect(200).json();
    assert_eq!(meant["did_you_mean"], json!(name));
    assert!(listed(&publisher.who, &format!("{SEARCH}?q={}", word())).is_empty());
}

#[test]
fn the_exact_name_comes_first_whatever_else_speaks_of_it() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let name = word();
    let talk = publisher
        .publish(&word(), &json!({"title": format!("{name} {name}"), "description": format!("{name}.")}));
    let longer = publisher.publish(&format!("{name}-extended"), &json!({}));
    let exact = publisher.publish(&name, &json!({}));
    app.settle();
    assert_eq!(listed(&publisher.who, &format!("{SEARCH}?q={name}")), [exact, longer, talk]);
}

#[test]
fn facets_count_what_was_found_and_what_another_choice_would_find() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (topic, one, two, tag) = (word(), word(), word(), word());
    for (category, tags) in [(&one, json!([tag])), (&one, json!([])), (&two, json!([tag]))] {
        let more = json!({"category": category, "tags": tags, "title": topic});
        publisher.publish(&word(), &more);
    }
    app.settle();
    let found =
        publisher.who.get(&format!("{SEARCH}?q={topic}&facets=true&category={one}")).expect(200).json();
    assert_eq!(ids(&found).len(), 2);
    assert_eq!(found["total"], json!({"count": 2, "exact": true}));
    let categories = json!([{"value": one, "count": 2}, {"value": two, "count": 1}]);
    assert_eq!(found["facets"]["values"]["category"], categories);
    assert_eq!(found["facets"]["values"]["tag"], json!([{"value": tag, "count": 1}]));
    let plain = publisher.who.get(&format!("{SEARCH}?q={topic}")).expect(200).json();
    assert!(plain["facets"].is_null());
}

#[test]
fn matches_page_each_once_in_every_order() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let topic = word();
    let mut made: Vec<_> = (0..11).map(|_| publisher.publish(&word(), &json!({"title": topic}))).collect();
    made.sort();
    app.settle();
    for sort in ["relevance", "rating", "downloads", "updated", "created", "name", "trending"] {
        let mut found = paged(&publisher.who, &format!("{SEARCH}?q={topic}&sort={sort}"), 3);
        found.sort();
        assert_eq!(found, made, "{sort}");
    }
}

#[test]
fn a_text_without_a_letter_finds_nothing_and_syntax_is_only_text() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    publisher.public();
    app.settle();
    for text in ["%2A", "%22", "title%3Ax%20OR%20%28", "%00", "a%22%20OR%20%22b"] {
        let found = publisher.who.get(&format!("{SEARCH}?q={text}")).expect(200).json();
        assert!(ids(&found).is_empty(), "{text}: {found}");
    }
}

#[test]
fn questions_beyond_the_limits_are_refused_and_the_field_is_named() {
    let app = App::start();
    let caller = app.researcher();
    let tags: String = (0..11).map(|n| format!("&tag=t{n}")).collect();
    let words = vec!["w"; 13].join("%20");
    for (query, field) in [
        (format!("q={}", "x".repeat(257)), "?q"),
        (format!("q={words}"), "?q"),
        (format!("q=x{tags}"), "?tag"),
        ("min_rating=5.5".to_owned(), "?min_rating"),
        ("limit=101".to_owned(), "?limit"),
        ("sort=size".to_owned(), "?sort"),
        ("colour=red".to_owned(), "?"),
    ] {
        let refused =
            caller.get(&format!("{SEARCH}?{query}")).expect_problem(400, "malformed_request").json();
        let pointer = refused["errors"][0]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with(field), "{query}: {refused}");
    }
}

#[test]
fn what_one_may_not_see_is_neither_found_nor_counted_nor_suggested() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (name, category) = (word(), word());
    publisher.publish(&name, &json!({"visibility": "private", "category": category}));
    app.settle();
    let stranger = app.researcher();
    let mut slip = name.clone();
    slip.pop();
    slip.push(if name.ends_with('q') { 'z' } else { 'q' });
    for text in [&name, &slip] {
        let found = stranger.get(&format!("{SEARCH}?q={text}&facets=true")).expect(200).json();
        assert!(ids(&found).is_empty() && found["did_you_mean"].is_null(), "{found}");
        assert_eq!(found["total"]["count"], json!(0));
        assert!(!found["facets"].to_string().contains(&category));
    }
}
