//! Nobody is left without somebody in charge: the last administrator of an institution, the last owner of a
//! project.

use super::{fresh_name, record};
use crate::support::{App, Caller};
use serde_json::{Value, json};
use std::thread;

fn open(owner: &Caller) -> String {
    owner.post("/projects", &json!({"name": fresh_name("Reef")})).expect(201).field("id")
}

fn external() -> Value {
    json!({"role": "external", "access_expires_at": "2999-01-01T00:00:00Z"})
}

#[test]
fn the_last_administrator_is_neither_demoted_nor_shut_out() {
    let app = App::start();
    let home = app.institution();
    let only = app.person(&home, "institution_admin");
    let (path, out) = (record(&only.user_id), format!("{}/deactivate", record(&only.user_id)));
    let operator = app.operator();
    operator.patch(&path, "*", &json!({"role": "researcher"})).expect_problem(409, "last_administrator");
    operator.post(&out, &json!({})).expect_problem(409, "last_administrator");
    let second = app.person(&home, "institution_admin");
    operator.post(&out, &json!({})).expect(200);
    operator
        .patch(&record(&second.user_id), "*", &json!({"role": "researcher"}))
        .expect_problem(409, "last_administrator");
    operator.post(&format!("{path}/reactivate"), &json!({})).expect(200);
    operator.patch(&record(&second.user_id), "*", &json!({"role": "researcher"})).expect(200);
}

#[test]
fn of_two_administrators_who_demote_each_other_one_stays() {
    let app = App::start();
    for _ in 0..3 {
        let home = app.institution();
        let pair = [app.person(&home, "institution_admin"), app.person(&home, "institution_admin")];
        let demote = |by: &Caller, whom: &Caller| {
            by.patch(&record(&whom.user_id), "*", &json!({"role": "researcher"})).status
        };
        let statuses = thread::scope(|scope| {
            let first = scope.spawn(|| demote(&pair[0], &pair[1]));
            let second = scope.spawn(|| demote(&pair[1], &pair[0]));
            [first.join().unwrap(), second.join().unwrap()]
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        let admins =
            app.operator().all(&format!("/users/registry?institution={home}&role=institution_admin"));
        assert_eq!(admins.len(), 1);
    }
}

#[test]
fn the_last_active_owner_of_a_project_is_not_shut_out() {
    let app = App::start();
    let (admin, ada, ben) = (app.person("local", "institution_admin"), app.researcher(), app.researcher());
    let project = open(&ada);
    let out = |who: &Caller| format!("{}/deactivate", record(&who.user_id));
    let refused = admin.post(&out(&ada), &json!({})).expect_problem(409, "last_owner");
    assert_eq!(refused.json()["projects"], json!([project]));
    let unseen = app.operator().post(&out(&ada), &json!({})).expect_problem(409, "last_owner");
    assert!(!unseen.text().contains(&project), "{}", unseen.text());
    let member = json!({"user_id": ben.user_id, "role": "owner"});
    ada.post(&format!("/projects/{project}/members"), &member).expect(201);
    admin.post(&out(&ada), &json!({})).expect(200);
    // Ada is an owner still, but one who may not sign in.
    admin.post(&out(&ben), &json!({})).expect_problem(409, "last_owner");
    ben.delete(&format!("/projects/{project}")).expect(200);
    admin.post(&out(&ben), &json!({})).expect(200);
}

#[test]
fn who_runs_projects_does_not_become_an_external_collaborator() {
    let app = App::start();
    let (admin, ada, ben) = (app.person("local", "institution_admin"), app.researcher(), app.researcher());
    let project = open(&ada);
    let members = format!("/projects/{project}/members");
    ada.post(&members, &json!({"user_id": ben.user_id, "role": "manager"})).expect(201);
    for person in [&ada, &ben] {
        let refused = admin.patch(&record(&person.user_id), "*", &external());
        let refused = refused.expect_problem(409, "holds_project_roles");
        assert_eq!(refused.json()["projects"], json!([project]));
        assert_eq!(refused.json()["errors"][0]["pointer"], "/role");
    }
    ada.patch(&format!("{members}/{}", ben.user_id), "*", &json!({"role": "member"})).expect(200);
    admin.patch(&record(&ben.user_id), "*", &external()).expect(200);
    ada.patch(&format!("{members}/{}", ben.user_id), "*", &json!({"role": "manager"}))
        .expect_problem(422, "invalid_field");
    ada.delete(&format!("/projects/{project}")).expect(200);
    admin.patch(&record(&ada.user_id), "*", &external()).expect(200);
}

#[test]
fn a_role_that_races_with_becoming_external_is_not_kept_beside_it() {
    let app = App::start();
    let admin = app.person("local", "institution_admin");
    for _ in 0..3 {
        let (ada, ben) = (app.researcher(), app.researcher());
        let project = open(&ada);
        let members = format!("/projects/{project}/members");
        thread::scope(|scope| {
            scope.spawn(|| ada.post(&members, &json!({"user_id": ben.user_id, "role": "manager"})));
            scope.spawn(|| admin.patch(&record(&ben.user_id), "*", &external()));
        });
        let role = admin.get(&record(&ben.user_id)).expect(200).field("role");
        let manages = ada.get(&format!("{members}/{}", ben.user_id)).status == 200;
        assert!(!(role == "external" && manages), "an external collaborator manages a project");
    }
}

#[test]
fn the_last_owner_who_may_sign_in_neither_leaves_nor_steps_down() {
    let app = App::start();
    let (admin, ada, ben) = (app.person("local", "institution_admin"), app.researcher(), app.researcher());
    let project = open(&ada);
    let members = format!("/projects/{project}/members");
    ada.post(&members, &json!({"user_id": ben.user_id, "role": "owner"})).expect(201);
    admin.post(&format!("{}/deactivate", record(&ben.user_id)), &json!({})).expect(200);
    let place = format!("{members}/{}", ada.user_id);
    ada.delete(&place).expect_problem(409, "last_owner");
    admin.patch(&place, "*", &json!({"role": "member"})).expect_problem(409, "last_owner");
    admin.post(&format!("{}/reactivate", record(&ben.user_id)), &json!({})).expect(200);
    ada.delete(&place).expect(204);
}
