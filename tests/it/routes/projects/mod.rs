//! Routes of the projects domain, and what their tests have in common.

mod audit_trail;
mod member_add;
mod member_list;
mod member_remove;
mod member_update;
mod member_view;
mod project_archive;
mod project_create;
mod project_list;
mod project_update;
mod project_view;
mod store_reads;

use crate::support::{App, Caller, Reply};
use serde_json::{Value, json};
use std::{
    process,
    sync::{
        Barrier,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

/// An id of the right form that nothing has.
const NOWHERE: &str = "prj_00000000000000000000000000";

static NAMES: AtomicU32 = AtomicU32::new(0);

/// A project name that no other test uses.
fn fresh_name(base: &str) -> String {
    format!("{base} {}-{}", NAMES.fetch_add(1, Ordering::Relaxed), process::id())
}

/// Opens a project and answers its id.
fn open(owner: &Caller) -> String {
    owner.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id")
}

/// Puts somebody into a project.
fn add(by: &Caller, project: &str, who: &Caller, role: &str) -> Reply {
    by.post(&format!("/projects/{project}/members"), &json!({"user_id": who.user_id, "role": role}))
}

/// The path of somebody's place in a project.
fn place(project: &str, who: &Caller) -> String {
    format!("/projects/{project}/members/{}", who.user_id)
}

/// Gives somebody another role, whatever it was.
fn set_role(by: &Caller, project: &str, who: &Caller, role: &str) -> Reply {
    by.patch(&place(project, who), "*", &json!({"role": role}))
}

/// A project with one person in each role.
struct Crew {
    app: App,
    project: String,
    owner: Caller,
    manager: Caller,
    member: Caller,
    viewer: Caller,
}

impl Crew {
    fn new() -> Self {
        let app = App::start();
        let owner = app.researcher();
        let project = open(&owner);
        let joined = |role: &str| {
            let person = app.researcher();
            add(&owner, &project, &person, role).expect(201);
            person
        };
        let (manager, member, viewer) = (joined("manager"), joined("member"), joined("viewer"));
        Self { project, manager, member, viewer, owner, app }
    }

    fn path(&self) -> String {
        format!("/projects/{}", self.project)
    }

    /// Another person in the project.
    fn joined(&self, role: &str) -> Caller {
        let person = self.app.researcher();
        add(&self.owner, &self.project, &person, role).expect(201);
        person
    }

    /// The project, as its owner sees it.
    fn project(&self) -> Value {
        self.owner.get(&self.path()).expect(200).json()
    }
}

/// What a problem says, without what is different in every answer.
fn said(reply: &Reply) -> Value {
    let mut body = reply.json();
    body.as_object_mut().unwrap().remove("request_id").unwrap();
    body
}

/// Runs all at the same moment and answers what each was answered.
fn at_once<F: FnOnce() -> Reply + Send>(calls: Vec<F>) -> Vec<Reply> {
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

/// How many answers have each status, lowest first.
fn statuses(replies: &[Reply]) -> Vec<u16> {
    let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    statuses
}
