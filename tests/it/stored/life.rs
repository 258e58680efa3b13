//! What happens in the store that is dumped: something that writes each kind of row.

use crate::support::{App, Caller};
use serde_json::{Value, json};

/// What is to be found again.
pub(super) struct Left {
    pub(super) project: String,
    pub(super) template: String,
}

const MANIFEST: &str = "name: River tools\nslug: river-tools\ndescription: Python tools for river models\n\
    base: ubuntu-24.04\nversion: 1.0.0\npackage_manager: apt\npackages:\n  system: [gdal-bin, python3-numpy]\n";
const CHILD: &str = "name: Lake tools\nslug: lake-tools\ndescription: The same for lakes and reservoirs\n\
    version: 1.0.0\nbase: ubuntu-24.04\npackage_manager: apt\ninherits: [river-lab/river-tools@^1]\n";

/// Lives it.
pub(super) fn live(app: &App) -> Left {
    let ada = app.named_person("local", "researcher", "ada");
    let bob = app.named_person("local", "researcher", "bob");
    app.named_person("local", "institution_admin", "dora");
    people(app, &ada);
    let project =
        ada.post_once("/projects", "first", &json!({"name": "River survey"})).expect(201).field("id");
    let share = json!({"user_id": bob.user_id, "role": "viewer"});
    ada.post(&format!("/projects/{project}/members"), &share).expect(201);
    bob.patch(&format!("/projects/{project}"), "*", &json!({"description": "mine"})).expect(403);
    let cleo = app.named_person("local", "researcher", "cleo");
    let template = market([&ada, &bob, &cleo], &project);
    app.settle();
    Left { project, template }
}

fn people(app: &App, ada: &Caller) {
    let wrong = json!({"institution": "local", "login": "ada", "password": "not the one it was"});
    app.anonymous().post("/auth/sessions", &wrong).expect(401);
    let reset = json!({"institution": "local", "login": "ada"});
    app.anonymous().post("/auth/password/reset", &reset).expect(200);
    ada.post("/auth/mfa", &json!({})).expect(200);
    let institution = json!({"id": "uni-bern", "name": "University of Bern"});
    app.operator().post("/institutions", &institution).expect(201);
    let settings = json!({"theme": "dark"});
    ada.put(&format!("/users/registry/{}/preferences", ada.user_id), "*", &settings).expect(200);
}

fn market([ada, bob, cleo]: [&Caller; 3], project: &str) -> String {
    ada.post("/marketplace/namespaces", &json!({"name": "river-lab"})).expect(201);
    let key = json!({"label": "laptop", "public_key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="});
    ada.post("/marketplace/namespaces/river-lab/keys", &key).expect(201);
    let template = publish(ada, "river-tools", MANIFEST);
    publish(ada, "lake-tools", CHILD);
    let at = format!("/marketplace/templates/{template}");
    let next =
        json!({"template": MANIFEST.replace("version: 1.0.0", "version: 1.1.0"), "changelog": "Newer."});
    ada.post(&format!("{at}/versions"), &next).expect(201);
    ada.post(&format!("{at}/versions/1.0.0/yank"), &json!({"reason": "Too slow."})).expect(200);
    ada.put(&format!("{at}/channels/stable"), "*", &json!({"version": "1.1.0"})).expect(200);
    let review = json!({"version": "1.1.0", "rating": 5, "title": "Good", "content": "It works."});
    let review = bob.post(&format!("{at}/reviews"), &review).expect(201).field("id");
    cleo.put(&format!("{at}/reviews/{review}/vote"), "*", &json!({"helpful": true})).expect(200);
    bob.get(&format!("{at}/versions/1.1.0/download")).expect(200);
    ada.get(&format!("{at}/versions/1.1.0/download?project_id={project}")).expect(200);
    template
}

fn publish(ada: &Caller, name: &str, manifest: &str) -> String {
    let new = json!({"namespace": "river-lab", "name": name, "template": manifest, "visibility": "public"});
    ada.post("/marketplace/templates", &new).expect(201).field("id")
}

/// What is seen of it afterwards, with a new sign-in and the stored password.
pub(super) fn seen(app: &App, left: &Left) -> Value {
    let ada = app.sign_in("local", "ada");
    let at = format!("/marketplace/templates/{}", left.template);
    let get = |path: &str| ada.get(path).expect(200).json();
    let count = |path: &str| get(path)["items"].as_array().unwrap().len();
    let template = get(&at);
    let audit = app.operator().get("/audit?limit=100&action=user.created").expect(200).json();
    let verified = app.operator().post("/audit/verify", &json!({})).expect(200).json();
    json!({
        "me": get("/users/me")["preferences"],
        "project": get(&format!("/projects/{}", left.project))["name"],
        "members": count(&format!("/projects/{}/members", left.project)),
        "version": template["version"], "downloads": template["downloads"], "rating": template["rating"],
        "channels": template["channels"],
        "versions": count(&format!("{at}/versions")), "reviews": count(&format!("{at}/reviews")),
        "found": count("/marketplace/templates/search?q=lake"),
        "verified": get(&format!("{at}/versions/1.1.0/verification"))["verified"],
        "dependencies": get(&format!("{at}/versions/1.1.0/lock")),
        "people": audit["items"].as_array().unwrap().len(), "faults": verified["faults"],
    })
}
