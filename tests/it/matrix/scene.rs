//! One institution with a thing of every kind in it, so that any route can be called about something real.

use crate::support::{App, Caller, Reply, app::PASSWORD, totp};
use cws_route::table::Row;
use serde_json::{Value, json};
use std::{
    fs,
    hash::{BuildHasher, RandomState},
};

/// A template that passes every check.
pub(super) const MANIFEST: &str = "name: River models
description: Python with the libraries of hydrology.
base: ubuntu-24.04
package_manager: apt
packages:
  system: [python3]
";

/// Twelve letters that nobody used before: names must not come near each other.
fn word() -> String {
    let mut number = RandomState::new().hash_one(0);
    let mut letters = String::new();
    for _ in 0..12 {
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
        number /= 26;
    }
    letters
}

/// People and things of one institution.
pub(super) struct Scene<'a> {
    app: &'a App,
    pub(super) institution: String,
    /// Administers the institution.
    pub(super) admin: Caller,
    /// Owns the project, the namespace and what is in it.
    pub(super) owner: Caller,
    /// Member of the project; wrote the review.
    pub(super) member: Caller,
    member_name: String,
    pub(super) project: String,
    pub(super) namespace: String,
    pub(super) template: String,
    review: String,
    key: String,
}

impl<'a> Scene<'a> {
    /// A template that the institution alone sees, and everything else.
    pub(super) fn new(app: &'a App, institution: &str) -> Self {
        let member_name = word();
        let admin = app.person(institution, "institution_admin");
        let owner = app.person(institution, "researcher");
        let member = app.named_person(institution, "researcher", &member_name);
        let (namespace, name) = (word(), word());
        owner.post("/marketplace/namespaces", &json!({"name": namespace})).expect(201);
        let key =
            json!({"label": "release key", "public_key": "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="});
        let key = owner.post(&format!("/marketplace/namespaces/{namespace}/keys"), &key).expect(201);
        let new = json!({"namespace": namespace, "name": name, "version": "1.0.0", "template": MANIFEST, "visibility": "institution"});
        let template = owner.post("/marketplace/templates", &new).expect(201).field("id");
        let reviews = format!("/marketplace/templates/{template}/reviews");
        let review = member.post(&reviews, &json!({"rating": 4})).expect(201).field("id");
        let project = owner.post("/projects", &json!({"name": word()})).expect(201).field("id");
        let joins = json!({"user_id": member.user_id, "role": "member"});
        owner.post(&format!("/projects/{project}/members"), &joins).expect(201);
        let institution = institution.to_owned();
        let key = key.field("id");
        Self {
            app,
            institution,
            admin,
            owner,
            member,
            member_name,
            project,
            namespace,
            template,
            review,
            key,
        }
    }

    /// The route's path, about what is here.
    pub(super) fn path(&self, row: &Row) -> String {
        let newcomer = row.spec().operation_id == "user_setup_token_create";
        let fill = |name: &str| match name {
            "institution_id" => self.institution.clone(),
            "user_id" if newcomer => self.newcomer().field("id"),
            "user_id" => self.member.user_id.clone(),
            "project_id" => self.project.clone(),
            "namespace" => self.namespace.clone(),
            "template_id" => self.template.clone(),
            "review_id" => self.review.clone(),
            "key_id" => self.key.clone(),
            "audit_id" => self.newest_record(),
            "version" => "1.0.0".to_owned(),
            "channel" => "stable".to_owned(),
            "path+" => self.newest_tile(),
            other => panic!("no scene has a `{other}`"),
        };
        let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => fill(name),
            None => part.to_owned(),
        };
        row.spec().full_path().split('/').map(part).collect::<Vec<_>>().join("/")
    }

    /// Somebody who may.
    pub(super) fn caller(&self, row: &Row) -> Caller {
        match (row.domain, row.spec().operation_id) {
            (_, "institution_create" | "institution_list" | "institution_update") => self.app.operator(),
            (_, "review_submit" | "review_vote") => self.admin.clone(),
            (_, "review_update" | "review_delete" | "user_preferences_set") => self.member.clone(),
            (_, id) if id.starts_with("session_") || id.starts_with("mfa_") => self.member.clone(),
            ("projects" | "marketplace", _) => self.owner.clone(),
            _ => self.admin.clone(),
        }
    }

    /// Brings about what the route presupposes.
    pub(super) fn prepare(&self, row: &Row) {
        let version = format!("/marketplace/templates/{}/versions/1.0.0", self.template);
        match row.spec().operation_id {
            "user_reactivate" => {
                let path = format!("/users/registry/{}/deactivate", self.member.user_id);
                drop(self.admin.post(&path, &json!({})).expect(200));
            }
            "template_version_unyank" => {
                drop(self.owner.post(&format!("{version}/yank"), &json!({"reason": "Broken."})).expect(200));
            }
            "template_log_checkpoint" | "audit_checkpoint" => self.app.settle(),
            _ => {}
        }
    }

    /// The route's own example, with the ids and tokens of this scene where it names some.
    pub(super) fn example(&self, row: &Row) -> Option<Value> {
        let mut body = row.route.example()?;
        let mut put = |member: &str, value: String| body[member] = json!(value);
        match row.spec().operation_id {
            "member_add" => put("user_id", self.admin.user_id.clone()),
            "template_publish" => put("namespace", self.namespace.clone()),
            "session_create" => put("login", self.member_name.clone()),
            "session_refresh" => put("refresh_token", self.sign_in().field("refresh_token")),
            "password_set" => put("token", self.setup_token()),
            "password_reset_confirm" => put("token", self.reset_token()),
            "mfa_verify" => {
                let secret = self.member.post("/auth/mfa", &json!({})).expect(200).field("secret");
                put("code", totp::code(&secret));
            }
            _ => {}
        }
        Some(body)
    }

    /// Calls the route as somebody, with a body.
    pub(super) fn call(&self, row: &Row, caller: &Caller, body: Option<&Value>) -> Reply {
        send(row, &self.path(row), caller, body)
    }

    fn sign_in(&self) -> Reply {
        let login = json!({"institution": self.institution, "login": self.member_name, "password": PASSWORD});
        self.app.anonymous().post("/auth/sessions", &login).expect(201)
    }

    fn setup_token(&self) -> String {
        self.newcomer().field("setup_token")
    }

    /// Somebody who has no password yet.
    fn newcomer(&self) -> Reply {
        let name = word();
        let body = json!({"username": name, "email": format!("{name}@example.org"), "full_name": "A Person"});
        self.admin.post("/users/registry", &body).expect(201)
    }

    /// A laptop writes letters into a file.
    fn reset_token(&self) -> String {
        let ask = json!({"institution": self.institution, "login": self.member_name});
        self.app.anonymous().post("/auth/password/reset", &ask).expect(200);
        let letters = self.app.world().operator.path.with_file_name("mail.log");
        let text = fs::read_to_string(letters).unwrap();
        text.lines().rfind(|line| line.starts_with("cwsrp_")).unwrap().to_owned()
    }

    fn newest_record(&self) -> String {
        let page = self.admin.get("/audit?limit=1").expect(200).json();
        page["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The tile of hashes that the log of this deployment ends with; it has less than 256 records.
    fn newest_tile(&self) -> String {
        self.app.settle();
        let note = self.app.anonymous().get("/marketplace/log/checkpoint").expect(200).text();
        format!("0/000.p/{}", note.lines().nth(1).unwrap())
    }
}

/// Calls a route at a path.
pub(super) fn send(row: &Row, path: &str, caller: &Caller, body: Option<&Value>) -> Reply {
    let mut headers = Vec::new();
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    if row.spec().if_match {
        headers.push(("if-match", "*"));
    }
    let text = body.map(Value::to_string);
    caller.send(row.spec().method.as_str(), path, &headers, text.as_deref().map(str::as_bytes))
}
