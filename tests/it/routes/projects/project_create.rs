//! `POST /projects`.

use super::{at_once, fresh_name, open, statuses};
use crate::support::App;
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn a_researcher_opens_a_project_and_owns_it() {
    let app = App::start();
    let ada = app.researcher();
    let name = fresh_name("Coral reef");
    let body = json!({"name": name, "description": "Samples\nof 2026", "tags": {"grant": "SNF-200021"}});
    let made = ada.post("/projects", &body).expect(201);
    let project = made.json();
    assert_eq!(project["name"], json!(name));
    assert_eq!(project["description"], "Samples\nof 2026");
    assert_eq!(project["tags"], json!({"grant": "SNF-200021"}));
    assert_eq!(project["status"], "active");
    assert_eq!((&project["owner_count"], &project["member_count"]), (&json!(1), &json!(1)));
    assert_eq!(project["created_by"], json!(ada.user_id));
    assert_eq!(project["archived_at"], json!(null));

    let seen = ada.get(made.header("location").unwrap()).expect(200);
    assert_eq!((seen.json(), seen.etag()), (project.clone(), made.etag()));
    let members = ada.all(&format!("/projects/{}/members", made.field("id")));
    assert_eq!(members.len(), 1);
    assert_eq!((&members[0]["user_id"], &members[0]["role"]), (&json!(ada.user_id), &json!("owner")));
    let own = ada.all(&format!("/users/registry/{}/projects", ada.user_id));
    assert_eq!((&own[0]["project_id"], &own[0]["role"]), (&project["id"], &json!("owner")));
    assert_eq!(ada.get("/users/me").expect(200).json()["projects"], json!([project["id"]]));
}

#[test]
fn a_name_is_given_once_in_an_institution_whatever_its_case_and_spaces() {
    let app = App::start();
    let (ada, ben) = (app.researcher(), app.researcher());
    let name = fresh_name("Coral reef");
    ada.post("/projects", &json!({"name": name})).expect(201);
    for same in [name.clone(), name.to_uppercase(), name.replace("Coral reef", "Coral   Reef")] {
        let refused = ben.post("/projects", &json!({"name": same})).expect_problem(409, "project_name_taken");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/name");
    }
    let elsewhere = app.person(&app.institution(), "researcher");
    elsewhere.post("/projects", &json!({"name": name})).expect(201);
}

#[test]
fn what_the_server_decides_cannot_be_sent() {
    let app = App::start();
    let ada = app.researcher();
    for (field, value) in [
        ("institution", json!("elsewhere")),
        ("owner_count", json!(0)),
        ("member_count", json!(9)),
        ("id", json!("prj_00000000000000000000000000")),
        ("status", json!("archived")),
        ("created_by", json!("usr_00000000000000000000000000")),
        ("created_at", json!("2020-01-01T00:00:00Z")),
    ] {
        let mut body = json!({"name": fresh_name("Sly")});
        body[field] = value;
        let refused = ada.post("/projects", &body).expect_problem(400, "malformed_request");
        assert!(refused.json()["errors"][0].to_string().contains(field), "{}", refused.text());
    }
    assert!(ada.all("/projects").is_empty());
}

#[test]
fn a_name_that_is_no_line_is_refused_and_named() {
    let app = App::start();
    let ada = app.researcher();
    for bad in [json!(""), json!(" x"), json!("a\nb"), json!("x".repeat(101)), json!(7), json!(null)] {
        let refused = ada.post("/projects", &json!({"name": bad})).expect_problem(400, "malformed_request");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/name", "{bad}");
    }
    let longest = format!("{:é>100}", fresh_name("x"));
    ada.post("/projects", &json!({"name": longest})).expect(201);
}

#[test]
fn a_name_that_grows_when_it_is_written_out_is_refused_and_harms_nothing() {
    let app = App::start();
    let name = "\u{fdfa}".repeat(100);
    let refused =
        app.researcher().post("/projects", &json!({"name": name})).expect_problem(422, "invalid_field");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/name");
}

#[test]
fn labels_beyond_their_limits_are_refused_by_name() {
    let app = App::start();
    let ada = app.researcher();
    let many: serde_json::Map<_, _> = (0..41).map(|n| (format!("k{n}"), json!("v"))).collect();
    for (tags, pointer) in [
        (json!(many), "/tags"),
        (json!({"aws:owner": "x"}), "/tags/aws:owner"),
        (json!({"CWS:cost": "x"}), "/tags/CWS:cost"),
        (json!({"k".repeat(129): "x"}), &*format!("/tags/{}", "k".repeat(128))),
        (json!({"fine": "x", "k": "v".repeat(257)}), "/tags/k"),
        (json!({"": "x"}), "/tags/"),
    ] {
        let body = json!({"name": fresh_name("Tagged"), "tags": tags});
        let refused = ada.post("/projects", &body).expect_problem(422, "invalid_field");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer);
    }
    let full: serde_json::Map<_, _> =
        (0..40).map(|n| (format!("{n:0>128}"), json!("v".repeat(256)))).collect();
    ada.post("/projects", &json!({"name": fresh_name("Tagged"), "tags": full})).expect(201);
}

#[test]
fn researchers_and_administrators_open_projects_and_others_do_not() {
    let app = App::start();
    let body = || json!({"name": fresh_name("Mine")});
    app.person("local", "institution_admin").post("/projects", &body()).expect(201);
    for role in ["external", "institution_auditor", "system_admin"] {
        app.person("local", role).post("/projects", &body()).expect_problem(403, "forbidden");
    }
    app.operator().post("/projects", &body()).expect_problem(403, "forbidden");
}

#[test]
fn a_hundred_requests_with_one_key_open_one_project() {
    let app = App::start();
    let ada = app.researcher();
    let body = json!({"name": fresh_name("Once")});
    let replies = at_once((0..100).map(|_| || ada.post_once("/projects", "key-1", &body)).collect());
    assert_eq!(statuses(&replies), vec![201; 100]);
    let bodies: BTreeSet<_> = replies.iter().map(|reply| (reply.text(), reply.etag())).collect();
    assert_eq!(bodies.len(), 1);
    let replayed =
        replies.iter().filter(|reply| reply.header("idempotency-replayed") == Some("true")).count();
    assert_eq!(replayed, 99);
    assert_eq!(ada.all("/projects").len(), 1);
}

#[test]
fn a_key_belongs_to_one_request_and_one_person() {
    let app = App::start();
    let (ada, ben) = (app.researcher(), app.researcher());
    let body = json!({"name": fresh_name("Once")});
    ada.post_once("/projects", "key-1", &body).expect(201);
    let other = json!({"name": fresh_name("Twice")});
    ada.post_once("/projects", "key-1", &other).expect_problem(422, "idempotency_key_reused");
    ben.post_once("/projects", "key-1", &other).expect(201);
}

#[test]
fn of_many_who_want_one_name_one_gets_it() {
    let app = App::start();
    let people: Vec<_> = (0..12).map(|_| app.researcher()).collect();
    let body = json!({"name": fresh_name("Wanted")});
    let body = &body;
    let replies = at_once(people.iter().map(|person| move || person.post("/projects", body)).collect());
    let won = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(won, 1, "{:?}", statuses(&replies));
    for lost in replies.into_iter().filter(|reply| reply.status != 201) {
        lost.expect_problem(409, "project_name_taken");
    }
    let admin = app.person("local", "institution_admin");
    let named = admin.all("/projects").into_iter().filter(|project| project["name"] == body["name"]).count();
    assert_eq!(named, 1);
}

#[test]
fn a_project_outlives_a_restart() {
    let app = App::start_local(cws_local::world::Setup::for_tests());
    let name = "stays";
    let ada = app.named_person("local", "researcher", name);
    let project = open(&ada);
    let app = app.restart(cws_local::world::Setup::for_tests());
    let ada = app.sign_in("local", name);
    assert_eq!(ada.get(&format!("/projects/{project}")).expect(200).field("id"), project);
}
