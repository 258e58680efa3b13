//! `GET /marketplace/recommended`.

use super::shelf::{Publisher, download, ids, review, word};
use crate::support::App;
use serde_json::{Value, json};

const RECOMMENDED: &str = "/marketplace/recommended?limit=100";

fn because(page: &Value, id: &str) -> Option<Value> {
    let items = page["items"].as_array().unwrap();
    items.iter().find(|item| item["id"] == json!(id)).map(|item| item["because"].clone())
}

#[test]
fn what_a_project_uses_and_what_is_like_it_is_recommended_with_the_reason() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (category, name, title) = (word(), word(), word());
    let used = publisher.publish(&name, &json!({"visibility": "public", "category": category}));
    let alike = publisher.publish(&word(), &json!({"visibility": "public", "category": category}));
    let other = publisher.public();
    let (owner, colleague) = (app.researcher(), app.researcher());
    let project = owner.post("/projects", &json!({"name": title})).expect(201).field("id");
    let body = json!({"user_id": colleague.user_id, "role": "member"});
    owner.post(&format!("/projects/{project}/members"), &body).expect(201);
    download(&owner, &used, "1.0.0", Some(&project));
    app.settle();
    let page = colleague.get(RECOMMENDED).expect(200).json();
    let reason = because(&page, &used).unwrap();
    assert_eq!((&reason["reason"], &reason["project_id"]), (&json!("project"), &json!(project)));
    assert_eq!(reason["text"], json!(format!("your project `{title}` uses it")));
    let reason = because(&page, &alike).unwrap();
    assert_eq!(
        (&reason["reason"], &reason["category"], &reason["like"]),
        (&json!("category"), &json!(category), &json!(used))
    );
    assert!(reason["text"].as_str().unwrap().contains(&name), "{reason}");
    let order = ids(&page);
    let place = |id: &str| order.iter().position(|other| other == id).unwrap();
    assert!(place(&used) < place(&alike) && place(&alike) < place(&other));
    let mut once = order.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), order.len());
}

#[test]
fn without_projects_the_best_rated_is_recommended() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (plain, loved) = (publisher.public(), publisher.public());
    review(&app.researcher(), &loved, 5);
    app.settle();
    let page = app.researcher().get(RECOMMENDED).expect(200).json();
    let reason = because(&page, &loved).unwrap();
    assert_eq!((&reason["reason"], &reason["text"]), (&json!("rating"), &json!("rated by one person")));
    let order = ids(&page);
    let place = |id: &str| order.iter().position(|other| other == id).unwrap();
    assert!(place(&loved) < place(&plain));
}

#[test]
fn nobody_is_recommended_what_they_may_not_see_or_should_not_use() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let secret = publisher.publish(&word(), &json!({"visibility": "private"}));
    let old = publisher.public();
    let (member, colleague) = (app.researcher(), app.researcher());
    publisher.member(&member, Some("member"));
    let project = member.post("/projects", &json!({"name": word()})).expect(201).field("id");
    let body = json!({"user_id": colleague.user_id, "role": "member"});
    member.post(&format!("/projects/{project}/members"), &body).expect(201);
    for id in [&secret, &old] {
        download(&member, id, "1.0.0", Some(&project));
    }
    let deprecate = json!({"reason": "There is a better one."});
    publisher.who.post(&format!("/marketplace/templates/{old}/deprecate"), &deprecate).expect(200);
    app.settle();
    assert!(because(&member.get(RECOMMENDED).expect(200).json(), &secret).is_some());
    let page = colleague.get(RECOMMENDED).expect(200).json();
    assert!(because(&page, &secret).is_none() && because(&page, &old).is_none(), "{page}");
}
