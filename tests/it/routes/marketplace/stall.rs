//! What the marketplace's tests have in common: a namespace, somebody who publishes in it, and templates.

use crate::support::{App, Caller, Reply};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_cloud::signer::{KeyName, PublicKeys, Signer};
use cws_embedded::{keys::FileKeys, system::SystemEntropy};
use cws_local::world::Setup;
use serde_json::{Value, json};
use std::{
    process,
    sync::{
        Barrier,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// An id of the right form that nothing has.
pub const NOWHERE: &str = "tpl_00000000000000000000000000";

static NAMES: AtomicU32 = AtomicU32::new(0);

/// A name that no other test uses, and that is not too close to another such name.
pub fn fresh(base: &str) -> String {
    format!("{base}-{}-{}", NAMES.fetch_add(1, Ordering::Relaxed), process::id())
}

/// A template that may be published, with lines of the test's choosing.
pub fn yaml_with(title: &str, more: &str) -> String {
    format!(
        "name: {title}\ndescription: Python tools for river and catchment models, on Ubuntu 24.04.\n\
         base: ubuntu-24.04\npackage_manager: apt\npackages:\n  system: [python3, python3-numpy]\n{more}"
    )
}

/// A template that may be published.
pub fn yaml(title: &str) -> String {
    yaml_with(title, "")
}

/// A deployment with a namespace and its owner.
pub struct Stall {
    /// The deployment.
    pub app: App,
    /// Who owns the namespace.
    pub owner: Caller,
    /// The namespace.
    pub namespace: String,
}

impl Stall {
    /// In the institution `local`.
    pub fn new() -> Self {
        Self::in_app(App::start())
    }

    /// On a deployment of its own, whose store and whole log the test may look at.
    pub fn local() -> Self {
        Self::in_app(App::start_local(Setup::for_tests()))
    }

    /// On this deployment.
    pub fn in_app(app: App) -> Self {
        let owner = app.researcher();
        let namespace = take(&owner, &json!({}));
        Self { app, owner, namespace }
    }

    /// A body that publishes a template of this name.
    pub fn body(&self, name: &str) -> Value {
        json!({
            "namespace": self.namespace, "name": name, "version": "1.0.0", "visibility": "public",
            "template": yaml("River models"),
        })
    }

    /// Publishes a public template and answers its id.
    pub fn publish(&self, name: &str) -> String {
        self.owner.post("/marketplace/templates", &self.body(name)).expect(201).field("id")
    }

    /// Publishes a template with other members of the body.
    pub fn publish_with(&self, name: &str, members: Value) -> Reply {
        let mut body = self.body(name);
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.owner.post("/marketplace/templates", &body)
    }

    /// Publishes another version.
    pub fn version(&self, id: &str, version: &str) -> Reply {
        let body = json!({"version": version, "template": yaml(&format!("River models {version}"))});
        self.owner.post(&format!("/marketplace/templates/{id}/versions"), &body)
    }

    /// Waits until the record of a version is in the log.
    pub fn logged(&self, id: &str, version: &str) {
        let path = format!("{}/verification", at_version(id, version));
        for _ in 0..500 {
            self.app.settle();
            if self.owner.get(&path).expect(200).json()["log"]["state"] == "included" {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("the record of {id} {version} is not taken into the log");
    }

    /// Waits until the log of a deployment of its own has so many records, and answers its checkpoint.
    pub fn log_of(&self, size: u64) -> String {
        for _ in 0..500 {
            self.app.settle();
            let note = self.app.anonymous().get("/marketplace/log/checkpoint");
            if note.status == 200 && note.text().lines().nth(1) == Some(size.to_string().as_str()) {
                return note.text();
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("the log does not reach {size} records");
    }

    /// Somebody with a role in the namespace.
    pub fn joined(&self, role: &str) -> Caller {
        let person = self.app.researcher();
        self.set_role(&self.owner, &person.user_id, json!(role)).expect(200);
        person
    }

    /// Gives somebody a role; null takes it.
    pub fn set_role(&self, by: &Caller, user_id: &str, role: Value) -> Reply {
        let path = format!("/marketplace/namespaces/{}/members/{user_id}", self.namespace);
        by.put(&path, "*", &json!({"role": role}))
    }
}

/// Takes a namespace and answers its name.
pub fn take(owner: &Caller, members: &Value) -> String {
    let mut body = json!({"name": fresh("lab")});
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    owner.post("/marketplace/namespaces", &body).expect(201).field("name")
}

/// Path of a template.
pub fn at(id: &str) -> String {
    format!("/marketplace/templates/{id}")
}

/// Path of a version.
pub fn at_version(id: &str, version: &str) -> String {
    format!("{}/versions/{version}", at(id))
}

/// Runs all at the same moment and answers what each was answered.
pub fn at_once<F: FnOnce() -> Reply + Send>(calls: Vec<F>) -> Vec<Reply> {
    let start = Barrier::new(calls.len());
    thread::scope(|scope| {
        let start = &start;
        let run = |call: F| {
            scope.spawn(move || {
                start.wait();
                call()
            })
        };
        let running: Vec<_> = calls.into_iter().map(run).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// A key that a publisher signs with.
pub struct PublisherKeyPair {
    keys: FileKeys,
    runtime: Runtime,
    _dir: TempDir,
}

impl PublisherKeyPair {
    /// A new one.
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let keys = FileKeys::open(&dir.path().join("keys"), &SystemEntropy::default()).unwrap();
        Self { keys, runtime: Runtime::new().unwrap(), _dir: dir }
    }

    /// The public key, base64.
    pub fn public(&self) -> String {
        STANDARD.encode(self.runtime.block_on(self.keys.public_key(KeyName::Registry)).unwrap())
    }

    /// Signs base64, answers base64.
    pub fn sign(&self, to_be_signed: &str) -> String {
        let message = STANDARD.decode(to_be_signed).unwrap();
        STANDARD.encode(self.runtime.block_on(self.keys.sign(KeyName::Registry, &message)).unwrap())
    }

    /// Registers it and answers the key's id.
    pub fn register(&self, owner: &Caller, namespace: &str) -> String {
        let body = json!({"label": "release key", "public_key": self.public()});
        owner.post(&format!("/marketplace/namespaces/{namespace}/keys"), &body).expect(201).field("id")
    }
}

/// What the validation route gives a publisher to sign.
pub fn signing(owner: &Caller, namespace: &str, name: &str, template: &str) -> Value {
    let body = json!({
        "namespace": namespace, "name": name, "version": "1.0.0", "visibility": "public", "template": template,
    });
    owner.post("/marketplace/templates/validate", &body).expect(200).json()["signing"].clone()
}

/// A body that publishes a template with the publisher's signature.
pub fn signed_body(stall: &Stall, name: &str, pair: &PublisherKeyPair, key: &str) -> Value {
    let mut body = stall.body(name);
    let signing = signing(&stall.owner, &stall.namespace, name, body["template"].as_str().unwrap());
    body["publisher_signature"] = json!({
        "key_id": key,
        "signature": pair.sign(signing["to_be_signed"].as_str().unwrap()),
        "published_at": signing["published_at"],
    });
    body
}
