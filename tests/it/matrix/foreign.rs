//! Every route that names a thing: one of another institution is answered as one that does not exist.

use super::{
    scene::{MANIFEST, Scene, send},
    unauthenticated::path_of,
};
use crate::support::{App, Caller, Reply};
use cws_local::all_routes;
use cws_route::{Access, Table, table::Row};
use serde_json::{Value, json};

/// What an answer says, but for what is different in every one.
fn said(reply: &Reply) -> (u16, Value) {
    let mut body = reply.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    (reply.status, body)
}

fn names_a_thing(row: &&Row) -> bool {
    row.spec().path.contains('{') && matches!(row.spec().access, Access::Action(_))
}

fn told_apart(scene: &Scene<'_>, row: &Row, stranger: &Caller) -> Option<String> {
    let body = scene.example(row);
    let real = said(&send(row, &scene.path(row), stranger, body.as_ref()));
    let missing = said(&send(row, &path_of(row), stranger, body.as_ref()));
    let same = real == missing && real.0 == 404;
    (!same).then(|| format!("{}: {real:?} but {missing:?}", row.spec().operation_id))
}

#[test]
fn a_thing_of_another_institution_is_answered_as_one_that_does_not_exist() {
    let app = App::start();
    let (home, elsewhere) = (app.institution(), app.institution());
    let scene = Scene::new(&app, &home);
    let table = Table::new(all_routes()).unwrap();
    let mut faults = Vec::new();
    for role in ["researcher", "institution_admin", "institution_auditor"] {
        let stranger = app.person(&elsewhere, role);
        let told =
            table.rows().iter().filter(names_a_thing).filter_map(|row| told_apart(&scene, row, &stranger));
        faults.extend(told.map(|fault| format!("{role}: {fault}")));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A request of one's own that names, in its body, query or second id, a thing that one may not see.
type Naming = fn(own: &Scene<'_>, caller: &Caller, named: &str) -> Reply;

/// What is named: a real thing of another institution, and one that does not exist.
fn pairs(there: &Scene<'_>) -> [(&'static str, String, String); 4] {
    let nowhere = |prefix: &str| format!("{prefix}_{}", "0".repeat(26));
    let template = there.owner.get(&format!("/marketplace/templates/{}", there.template)).expect(200);
    let name = format!("{}/{}", there.namespace, template.field("name"));
    [
        ("user", there.member.user_id.clone(), nowhere("usr")),
        ("project", there.project.clone(), nowhere("prj")),
        ("template", name, format!("{}/nothing", there.namespace)),
        ("namespace", there.namespace.clone(), "nobodys".to_owned()),
    ]
}

fn namings() -> Vec<(&'static str, &'static str, Naming)> {
    vec![
        ("user", "member_add", |own, caller, named| {
            let body = json!({"user_id": named, "role": "member"});
            caller.post(&format!("/projects/{}/members", own.project), &body)
        }),
        ("user", "member_view", |own, caller, named| {
            caller.get(&format!("/projects/{}/members/{named}", own.project))
        }),
        ("user", "member_update", |own, caller, named| {
            let path = format!("/projects/{}/members/{named}", own.project);
            caller.patch(&path, "*", &json!({"role": "viewer"}))
        }),
        ("user", "member_remove", |own, caller, named| {
            caller.delete(&format!("/projects/{}/members/{named}", own.project))
        }),
        ("user", "namespace_member_set", |own, caller, named| {
            let path = format!("/marketplace/namespaces/{}/members/{named}", own.namespace);
            caller.put(&path, "*", &json!({"role": "maintainer"}))
        }),
        ("user", "permission_explain", |_, caller, named| {
            caller.post("/authz/explain", &json!({"action": "user_view", "user_id": named}))
        }),
        ("project", "permission_check", |_, caller, named| {
            caller.post("/authz/check", &json!({"action": "project_view", "resource": named}))
        }),
        ("project", "template_version_download", |own, caller, named| {
            let version = format!("/marketplace/templates/{}/versions/1.0.0", own.template);
            caller.get(&format!("{version}/download?project_id={named}"))
        }),
        ("template", "template_deprecate", |own, caller, named| {
            let body = json!({"reason": "Old.", "replacement": named});
            caller.post(&format!("/marketplace/templates/{}/deprecate", own.template), &body)
        }),
        ("namespace", "template_publish", |_, caller, named| {
            let body =
                json!({"namespace": named, "name": "mine-now", "version": "1.0.0", "template": MANIFEST});
            caller.post("/marketplace/templates", &body)
        }),
        ("namespace", "permission_check", |_, caller, named| {
            let resource = format!("namespace/{named}");
            caller.post("/authz/check", &json!({"action": "namespace_view", "resource": resource}))
        }),
    ]
}

#[test]
fn a_body_or_query_that_names_a_foreign_thing_is_answered_as_one_that_names_nothing() {
    let app = App::start();
    let (home, elsewhere) = (app.institution(), app.institution());
    let (own, there) = (Scene::new(&app, &home), Scene::new(&app, &elsewhere));
    let pairs = pairs(&there);
    for (kind, operation_id, naming) in namings() {
        let (_, real, missing) = pairs.iter().find(|(named, ..)| *named == kind).unwrap();
        let told = |named: &str| {
            let reply = naming(&own, &own.owner, named);
            let (status, body) = said(&reply);
            (status, body.to_string().replace(named, "…"))
        };
        let (real, missing) = (told(real), told(missing));
        assert_eq!(real, missing, "{operation_id}");
        assert!(matches!(real.0, 404 | 422), "{operation_id}: {real:?}");
    }
}
