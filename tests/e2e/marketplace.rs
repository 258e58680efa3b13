//! `template_publish` and `template_view` on every deployment: signing, one commit, repeats, races.

use crate::support::{App, Caller};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread::sleep,
    time::Duration,
};

static NAMES: AtomicU32 = AtomicU32::new(0);

const TEMPLATE: &str = "\
name: River models
slug: river-models
description: Python with the libraries of hydrology, and nothing that is not needed.
base: ubuntu-24.04
package_manager: apt
packages:
  system: [python3, python3-venv]
";

fn namespace(author: &Caller) -> String {
    let name = format!("lab-{}-{}", NAMES.fetch_add(1, Ordering::Relaxed), std::process::id());
    let made = author.post("/marketplace/namespaces", &json!({"name": name, "description": "A lab."}));
    made.expect(201);
    name
}

fn template(namespace: &str) -> Value {
    json!({
        "namespace": namespace, "name": "river-models", "version": "1.0.0", "visibility": "institution",
        "category": "hydrology", "template": TEMPLATE,
    })
}

#[test]
fn an_author_publishes_and_a_colleague_reads_it() {
    let app = App::start();
    let (author, reader) = (app.person("local", "institution_admin"), app.researcher());
    let published = author.post("/marketplace/templates", &template(&namespace(&author))).expect(201);
    let view = reader.get(&format!("/marketplace/templates/{}", published.field("id"))).expect(200);
    assert_eq!(view.field("version"), "1.0.0");
    assert_eq!(view.field("category"), "hydrology");
}

#[test]
fn the_same_request_twice_publishes_once_and_answers_the_same() {
    let app = App::start();
    let author = app.person("local", "institution_admin");
    let body = template(&namespace(&author));
    let first = author.post_once("/marketplace/templates", "publish-1", &body).expect(201);
    let second = author.post_once("/marketplace/templates", "publish-1", &body).expect(201);
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    author.post("/marketplace/templates", &body).expect(409);
}

#[test]
fn of_racing_publishers_of_one_name_one_wins() {
    let app = App::start();
    let author = app.person("local", "institution_admin");
    let body = template(&namespace(&author));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let publish = || author.clone().post("/marketplace/templates", &body).status;
        let racing: Vec<_> = (0..6).map(|_| scope.spawn(publish)).collect();
        racing.into_iter().map(|publisher| publisher.join().unwrap()).collect()
    });
    let won = statuses.iter().filter(|status| **status == 201).count();
    let lost = statuses.iter().filter(|status| **status == 409).count();
    assert_eq!((won, lost), (1, 5), "{statuses:?}");
}

#[test]
fn what_is_published_is_found_a_little_later() {
    let app = App::start();
    let (author, reader) = (app.person("local", "institution_admin"), app.researcher());
    let word = format!("glaciology{}", std::process::id());
    let mut body = template(&namespace(&author));
    body["description"] = json!(format!("Ice in motion, {word}."));
    let id = author.post("/marketplace/templates", &body).expect(201).field("id");
    let found = || {
        let page = reader.get(&format!("/marketplace/templates/search?q={word}")).expect(200).json();
        page["items"].as_array().unwrap().iter().any(|item| item["id"] == id.as_str())
    };
    // The index follows within a minute; more than that is too late.
    for _ in 0..45 {
        app.settle();
        if found() {
            return;
        }
        sleep(Duration::from_secs(2));
    }
    panic!("`{word}` is not found");
}
