//! The answer to one commit gets lost after it was applied, at each commit of a walk in turn: everything happens
//! once all the same.

use crate::support::{App, Caller};
use cws_local::world::{Around, Setup};
use cws_store::{
    Store,
    faults::{FailAfterCommit, Recording, When},
};
use serde_json::json;
use std::sync::{Arc, Mutex};

const MANIFEST: &str = "name: River tools\nslug: river-tools\ndescription: Python tools for river models\n\
    base: ubuntu-24.04\nversion: 1.0.0\npackage_manager: apt\npackages:\n  system: [gdal-bin, python3-numpy]\n";

/// A server over a store that is put in between; the last one is handed out.
fn around<S: Store>(
    make: impl Fn(Arc<dyn Store>) -> S + Send + Sync + 'static,
) -> (Around, Arc<Mutex<Option<Arc<S>>>>) {
    let made = Arc::new(Mutex::new(None));
    let keep = made.clone();
    let around: Around = Arc::new(move |store| {
        let store = Arc::new(make(store));
        *keep.lock().unwrap() = Some(store.clone());
        store
    });
    (around, made)
}

/// People, a project that is shared, a template with two versions, a review: what commits of every kind do.
/// Answers what is to be seen afterwards.
fn walk(app: &App) -> serde_json::Value {
    let ada = app.named_person("local", "researcher", "ada");
    let bob = app.named_person("local", "researcher", "bob");
    let project = ada.post("/projects", &json!({"name": "River survey"})).expect(201).field("id");
    let share = json!({"user_id": bob.user_id, "role": "viewer"});
    ada.post(&format!("/projects/{project}/members"), &share).expect(201);
    ada.patch(&format!("/projects/{project}"), "*", &json!({"description": "Rivers"})).expect(200);
    ada.post("/marketplace/namespaces", &json!({"name": "river-lab"})).expect(201);
    let new = json!({"namespace": "river-lab", "name": "river-tools", "template": MANIFEST, "visibility": "public"});
    let template = ada.post("/marketplace/templates", &new).expect(201).field("id");
    let next = json!({"template": MANIFEST.replace("version: 1.0.0", "version: 1.1.0")});
    ada.post(&format!("/marketplace/templates/{template}/versions"), &next).expect(201);
    let review = json!({"version": "1.1.0", "rating": 5, "title": "Good", "content": "It works."});
    bob.post(&format!("/marketplace/templates/{template}/reviews"), &review).expect(201);
    bob.get(&format!("/marketplace/templates/{template}/versions/1.1.0/download")).expect(200);
    app.settle();
    seen(app, &ada, &project, &template)
}

fn seen(app: &App, ada: &Caller, project: &str, template: &str) -> serde_json::Value {
    let count = |path: &str| ada.get(path).expect(200).json()["items"].as_array().unwrap().len();
    let shown = ada.get(&format!("/marketplace/templates/{template}")).expect(200).json();
    let audit = app.operator().get("/audit?limit=100").expect(200).json();
    let mut acts: Vec<String> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["action"].as_str().unwrap().to_owned())
        .collect();
    acts.sort();
    let verified = app.operator().post("/audit/verify", &json!({})).expect(200).json();
    json!({
        "projects": count("/projects"), "members": count(&format!("/projects/{project}/members")),
        "versions": count(&format!("/marketplace/templates/{template}/versions")),
        "reviews": count(&format!("/marketplace/templates/{template}/reviews")),
        "found": count("/marketplace/templates/search?q=river-tools"),
        "downloads": shown["downloads"], "rating": shown["rating"], "ratings": shown["rating_count"],
        "acts": acts, "faults": verified["faults"],
    })
}

#[test]
fn a_lost_answer_at_any_commit_changes_nothing() {
    let (watched, made) = around(Recording::new);
    let app = App::start_local(Setup { around: Some(watched), ..Setup::for_tests() });
    let expected = walk(&app);
    drop(app);
    let commits = made.lock().unwrap().as_ref().unwrap().take().commits;
    assert!(commits > 40, "{commits} commits");
    assert_eq!(expected["downloads"], 1, "{expected}");
    for nth in 1..=commits {
        let (faulty, _) = around(move |store| FailAfterCommit::new(store, When::nth(nth)));
        let app = App::start_local(Setup { around: Some(faulty), ..Setup::for_tests() });
        assert_eq!(walk(&app), expected, "the answer to commit {nth} of {commits} was lost");
    }
}
