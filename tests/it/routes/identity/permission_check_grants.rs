//! `POST /authz/check` about every action that gives, changes or takes a role: the answer is what the route
//! then does.

use super::{fresh_name, new_user, record};
use crate::support::{App, Caller};
use serde_json::{Value, json};

/// A question, and the request that it is about.
struct Asked {
    question: Value,
    method: &'static str,
    path: String,
    body: Value,
}

impl Asked {
    fn new(question: Value, method: &'static str, path: String, body: Value) -> Self {
        Self { question, method, path, body }
    }

    /// Asks first, then does it: both must say the same.
    fn holds_for(&self, caller: &Caller, name: &str) {
        let asked = caller.post("/authz/check", &self.question);
        let allowed = match asked.status {
            200 => asked.json()["allowed"].as_bool().unwrap(),
            404 => false,
            _ => panic!("{name}: {} {}", self.question, asked.text()),
        };
        let headers = [("content-type", "application/json"), ("if-match", "*")];
        let body = Some(self.body.to_string()).filter(|_| !self.body.is_null());
        let done = caller.send(self.method, &self.path, &headers, body.as_deref().map(str::as_bytes));
        let may = !matches!(done.status, 403 | 404);
        assert_eq!(allowed, may, "{name}: {} {} {}", self.question, done.status, done.text());
    }
}

#[test]
fn roles_in_a_project_are_asked_about_as_they_are_given_and_taken() {
    let app = App::start();
    let owner = app.researcher();
    for asker in ["owner", "manager", "member", "viewer", "stranger"] {
        let project = owner.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id");
        let members = format!("/projects/{project}/members");
        let joined = |role: &str| {
            let person = app.researcher();
            owner.post(&members, &json!({"user_id": person.user_id, "role": role})).expect(201);
            person
        };
        let caller = if asker == "stranger" { app.researcher() } else { joined(asker) };
        for held in ["viewer", "member", "manager", "owner"] {
            let place = |who: &Caller| format!("{members}/{}", who.user_id);
            for to in ["viewer", "member", "manager", "owner"] {
                let (whom, newcomer) = (joined(held), app.researcher());
                let question = |action: &str, who: &Caller| json!({"action": action, "resource": project, "role": to, "target_user_id": who.user_id});
                let body = json!({"user_id": newcomer.user_id, "role": to});
                Asked::new(question("member_add", &newcomer), "POST", members.clone(), body)
                    .holds_for(&caller, asker);
                Asked::new(question("member_update", &whom), "PATCH", place(&whom), json!({"role": to}))
                    .holds_for(&caller, asker);
            }
            let whom = joined(held);
            let question =
                json!({"action": "member_remove", "resource": project, "target_user_id": whom.user_id});
            Asked::new(question, "DELETE", place(&whom), json!(null)).holds_for(&caller, asker);
        }
        let itself = &caller.user_id;
        let question = json!({"action": "member_update", "resource": project, "role": "owner", "target_user_id": itself});
        Asked::new(question, "PATCH", format!("{members}/{itself}"), json!({"role": "owner"}))
            .holds_for(&caller, asker);
        let leaving = json!({"action": "member_remove", "resource": project, "target_user_id": itself});
        Asked::new(leaving, "DELETE", format!("{members}/{itself}"), json!(null)).holds_for(&caller, asker);
    }
}

#[test]
fn roles_in_an_institution_are_asked_about_as_they_are_given() {
    let app = App::start();
    let roles = ["external", "researcher", "institution_auditor", "institution_admin", "system_admin"];
    for asker in roles {
        let caller = app.person("local", asker);
        for to in roles {
            let ends = (to == "external").then_some("2999-01-01T00:00:00Z");
            let mut new = new_user(&fresh_name("new"), to);
            let mut change = json!({"role": to});
            if let Some(ends) = ends {
                new["access_expires_at"] = json!(ends);
                change["access_expires_at"] = json!(ends);
            }
            let question = json!({"action": "user_create", "role": to});
            Asked::new(question, "POST", "/users/registry".to_owned(), new).holds_for(&caller, asker);
            for held in ["researcher", "institution_auditor", "system_admin"] {
                let whom = app.person("local", held);
                let question = json!({"action": "user_update", "resource": whom.user_id, "role": to});
                Asked::new(question, "PATCH", record(&whom.user_id), change.clone())
                    .holds_for(&caller, asker);
            }
        }
        let whom = app.researcher();
        let question = json!({"action": "user_update", "resource": whom.user_id});
        Asked::new(question, "PATCH", record(&whom.user_id), json!({"permissions": ["beta"]}))
            .holds_for(&caller, asker);
        let question = json!({"action": "user_update", "resource": caller.user_id, "role": "system_admin"});
        let body = json!({"role": "system_admin"});
        Asked::new(question, "PATCH", record(&caller.user_id), body).holds_for(&caller, asker);
    }
}

#[test]
fn roles_in_a_namespace_are_asked_about_as_they_are_given_and_taken() {
    let app = App::start();
    let (owner, name) = (app.researcher(), fresh_name("ns"));
    owner.post("/marketplace/namespaces", &json!({"name": name})).expect(201);
    let path = |who: &Caller| format!("/marketplace/namespaces/{name}/members/{}", who.user_id);
    let set = |who: &Caller, role: Value| {
        let headers = [("content-type", "application/json")];
        let body = json!({"role": role}).to_string();
        owner.send("PUT", &path(who), &headers, Some(body.as_bytes())).expect(200)
    };
    let askers = [
        ("owner", json!("owner")),
        ("maintainer", json!("maintainer")),
        ("member", json!("member")),
        ("nobody", json!(null)),
    ];
    for (asker, held) in askers {
        let caller = app.researcher();
        set(&caller, held.clone());
        for to in [json!("member"), json!("maintainer"), json!("owner"), json!(null)] {
            for from in [json!("member"), json!(null)] {
                let whom = app.researcher();
                set(&whom, from);
                let mut question = json!({"action": "namespace_member_set", "resource": name, "target_user_id": whom.user_id});
                if !to.is_null() {
                    question["role"] = to.clone();
                }
                Asked::new(question, "PUT", path(&whom), json!({"role": to})).holds_for(&caller, asker);
            }
        }
        let leaving =
            json!({"action": "namespace_member_set", "resource": name, "target_user_id": caller.user_id});
        Asked::new(leaving, "PUT", path(&caller), json!({"role": null})).holds_for(&caller, asker);
    }
}
