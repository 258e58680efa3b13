//! Publishers with namespaces of their own, for the tests of what is found and said about templates.

use crate::support::{App, Caller};
use serde_json::{Value, json};
use std::hash::{BuildHasher, RandomState};

/// A template that passes every check.
pub(super) const YAML: &str = "name: Shelf
description: Something to find.
base: ubuntu-24.04
package_manager: apt
packages:
  system: [python3]
";

/// Twelve letters that nobody used before: names must not come near each other.
pub(super) fn word() -> String {
    let mut number = RandomState::new().hash_one(0);
    let mut letters = String::new();
    for _ in 0..12 {
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
        number /= 26;
    }
    letters
}

/// Somebody who publishes in a namespace of their own.
pub(super) struct Publisher {
    pub(super) who: Caller,
    pub(super) namespace: String,
}

impl Publisher {
    /// In the institution `local`.
    pub(super) fn new(app: &App) -> Self {
        Self::of(app, "local")
    }

    /// In an institution.
    pub(super) fn of(app: &App, institution: &str) -> Self {
        let (who, namespace) = (app.person(institution, "researcher"), word());
        who.post("/marketplace/namespaces", &json!({"name": namespace})).expect(201);
        Self { who, namespace }
    }

    /// Publishes a template and answers its id; `more` goes into the request.
    pub(super) fn publish(&self, name: &str, more: &Value) -> String {
        let mut body =
            json!({"namespace": self.namespace, "name": name, "version": "1.0.0", "template": YAML});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        self.who.post("/marketplace/templates", &body).expect(201).field("id")
    }

    /// A public template with a name of its own.
    pub(super) fn public(&self) -> String {
        self.publish(&word(), &json!({"visibility": "public"}))
    }

    /// Gives somebody a role in the namespace, or takes it.
    pub(super) fn member(&self, who: &Caller, role: Option<&str>) {
        let path = format!("/marketplace/namespaces/{}/members/{}", self.namespace, who.user_id);
        self.who.put(&path, "*", &json!({"role": role})).expect(200);
    }

    /// Publishes another version.
    pub(super) fn version(&self, id: &str, version: &str) {
        let body = json!({"version": version, "template": YAML});
        self.who.post(&format!("/marketplace/templates/{id}/versions"), &body).expect(201);
    }
}

/// The ids on one page of a list.
pub(super) fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// The ids on the first page at a path.
pub(super) fn listed(caller: &Caller, path: &str) -> Vec<String> {
    ids(&caller.get(path).expect(200).json())
}

/// The ids on every page at a path, so many a page.
pub(super) fn paged(caller: &Caller, path: &str, limit: u32) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let joiner = if path.contains('?') { '&' } else { '?' };
        let page = caller.get(&format!("{path}{joiner}limit={limit}{cursor}")).expect(200).json();
        assert!(ids(&page).len() <= limit as usize);
        all.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// Downloads a version, for a project or for nobody in particular.
pub(super) fn download(caller: &Caller, id: &str, version: &str, project: Option<&str>) {
    let project = project.map_or(String::new(), |project| format!("?project_id={project}"));
    caller.get(&format!("/marketplace/templates/{id}/versions/{version}/download{project}")).expect(200);
}

/// Reviews a template and answers the review.
pub(super) fn review(caller: &Caller, id: &str, rating: u8) -> Value {
    let path = format!("/marketplace/templates/{id}/reviews");
    caller.post(&path, &json!({"rating": rating})).expect(201).json()
}

/// Path of a review.
pub(super) fn review_path(id: &str, review: &Value) -> String {
    format!("/marketplace/templates/{id}/reviews/{}", review["id"].as_str().unwrap())
}

/// How many people rated a template, and the mean of their ratings.
pub(super) fn rated(caller: &Caller, id: &str) -> (Value, Value) {
    let rated = caller.get(&format!("/marketplace/templates/{id}/ratings")).expect(200).json();
    (rated["count"].clone(), rated["mean"].clone())
}
