//! `GET /projects`.

use super::{Crew, add, fresh_name, open, place};
use crate::support::{App, Caller};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn pages(caller: &Caller, query: &str, limit: u32) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = caller.get(&format!("/projects?limit={limit}{query}{cursor}")).expect(200).json();
        pages.push(ids(page["items"].as_array().unwrap()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
    }
}

#[test]
fn paging_shows_each_of_250_projects_once() {
    let app = App::start();
    let ada = app.researcher();
    let mut made: Vec<_> = (0..250).map(|_| open(&ada)).collect();
    made.sort_unstable();
    let auditor = app.person("local", "institution_auditor");
    for caller in [&ada, &auditor] {
        for limit in [1, 7, 50, 100] {
            let pages = pages(caller, "", limit);
            assert_eq!(pages.concat(), made, "{limit}");
            assert!(pages.iter().all(|page| page.len() <= limit as usize));
            assert!(pages.iter().rev().skip(1).all(|page| page.len() == limit as usize), "{limit}");
        }
    }
    assert_eq!(ids(ada.get("/projects").expect(200).json()["items"].as_array().unwrap()).len(), 50);
}

#[test]
fn the_list_is_what_the_view_allows_for_everybody() {
    let app = App::start();
    let elsewhere = app.institution();
    let owners = [app.researcher(), app.researcher(), app.person("local", "institution_admin")];
    let people = [
        app.researcher(),
        app.person("local", "external"),
        app.person("local", "institution_auditor"),
        app.person("local", "system_admin"),
        app.person(&elsewhere, "institution_admin"),
        app.person(&elsewhere, "researcher"),
    ];
    let mut projects = vec![open(&people[5])];
    for round in 0..12 {
        let owner = &owners[round % 3];
        let project = open(owner);
        if round % 2 == 0 {
            add(owner, &project, &people[0], ["viewer", "manager"][round % 4 / 2]).expect(201);
        }
        if round % 5 == 0 {
            add(owner, &project, &people[1], "member").expect(201);
        }
        if round % 4 == 3 {
            owner.delete(&format!("/projects/{project}")).expect(200);
        }
        projects.push(project);
    }
    owners[0].delete(&place(&projects[1], &people[0])).expect(204);
    for caller in owners.iter().chain(&people) {
        let allowed = |id: &&String| caller.get(&format!("/projects/{id}")).status == 200;
        let viewed: BTreeSet<String> = projects.iter().filter(allowed).cloned().collect();
        for limit in [1, 3, 100] {
            let listed: BTreeSet<String> =
                pages(caller, "", limit).concat().into_iter().filter(|id| projects.contains(id)).collect();
            assert_eq!(listed, viewed);
        }
        for item in caller.all("/projects") {
            assert_eq!(
                caller.get(&format!("/projects/{}", item["id"].as_str().unwrap())).expect(200).json(),
                item
            );
        }
    }
}

#[test]
fn a_lost_membership_is_gone_from_the_next_list() {
    let crew = Crew::new();
    assert_eq!(ids(&crew.viewer.all("/projects")), std::slice::from_ref(&crew.project));
    crew.owner.delete(&place(&crew.project, &crew.viewer)).expect(204);
    assert!(crew.viewer.all("/projects").is_empty());
    crew.viewer.get(&crew.path()).expect_problem(404, "not_found");
}

#[test]
fn projects_are_found_by_name_description_and_status() {
    let app = App::start();
    let ada = app.researcher();
    let word = fresh_name("Zooxanthellae").replace(' ', "-");
    let named = ada.post("/projects", &json!({"name": format!("About {word}")})).expect(201).field("id");
    let body =
        json!({"name": fresh_name("Other"), "description": format!("It is on {}.", word.to_uppercase())});
    let described = ada.post("/projects", &body).expect(201).field("id");
    open(&ada);
    ada.delete(&format!("/projects/{described}")).expect(200);
    let auditor = app.person("local", "institution_auditor");
    for caller in [&ada, &auditor] {
        let found = |query: &str| pages(caller, query, 1).concat();
        assert_eq!(found(&format!("&q={}", word.to_lowercase())), [named.clone(), described.clone()]);
        assert_eq!(found(&format!("&q={word}&status=archived")), [described.clone()]);
        assert_eq!(found(&format!("&q={word}&status=active")), [named.clone()]);
        assert!(found(&format!("&q={word}x")).is_empty());
    }
    for bad in ["status=closed", "limit=0", "limit=101", "owner=ada", "colour=red", "cursor=x"] {
        ada.get(&format!("/projects?{bad}")).expect(400);
    }
}

#[test]
fn somebodys_projects_are_those_that_they_own_and_the_caller_may_see() {
    let crew = Crew::new();
    let second = open(&crew.owner);
    add(&crew.owner, &second, &crew.manager, "owner").expect(201);
    let of =
        |caller: &Caller, owner: &Caller| pages(caller, &format!("&owner={}", owner.user_id), 1).concat();
    let both = [crew.project.clone(), second.clone()];
    assert_eq!(of(&crew.owner, &crew.owner), both);
    assert_eq!(of(&crew.app.person("local", "institution_auditor"), &crew.owner), both);
    assert_eq!(of(&crew.owner, &crew.manager), [second.clone()]);
    assert_eq!(of(&crew.viewer, &crew.owner), [crew.project.clone()]);
    assert!(of(&crew.viewer, &crew.manager).is_empty());
    assert!(of(&crew.app.researcher(), &crew.owner).is_empty());
    assert!(of(&crew.app.person(&crew.app.institution(), "institution_admin"), &crew.owner).is_empty());
}

#[test]
fn a_cursor_belongs_to_its_caller_and_its_query() {
    let app = App::start();
    let (ada, ben) = (app.researcher(), app.researcher());
    for _ in 0..3 {
        open(&ada);
        open(&ben);
    }
    let cursor = ada.get("/projects?limit=1").expect(200).field("next");
    ada.get(&format!("/projects?limit=2&cursor={cursor}")).expect(200);
    ben.get(&format!("/projects?limit=1&cursor={cursor}")).expect_problem(400, "invalid_cursor");
    ada.get(&format!("/projects?status=active&cursor={cursor}")).expect_problem(400, "invalid_cursor");
    ada.get(&format!("/users/registry/{}/projects?cursor={cursor}", ada.user_id))
        .expect_problem(400, "invalid_cursor");
    for at in [0, cursor.len() / 2, cursor.len() - 1] {
        let mut forged = cursor.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        ada.get(&format!("/projects?cursor={forged}")).expect_problem(400, "invalid_cursor");
    }
}
