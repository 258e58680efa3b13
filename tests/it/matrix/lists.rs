//! A list shows exactly what the view of each thing allows, on random worlds: people of two institutions in
//! every role, projects with random members, and every list that has a view.

use crate::support::{App, Caller};
use serde_json::json;
use std::collections::BTreeSet;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// Everybody and everything of a world.
struct World {
    app: App,
    people: Vec<Caller>,
    projects: Vec<String>,
    institutions: Vec<String>,
}

const ROLES: [&str; 6] =
    ["researcher", "researcher", "external", "institution_auditor", "institution_admin", "system_admin"];

impl World {
    fn random(seed: u64) -> Self {
        let (app, mut dice) = (App::start(), Dice(seed));
        let institutions = vec!["local".to_owned(), app.institution()];
        let mut people = Vec::new();
        for home in &institutions {
            people.push((app.person(home, "researcher"), home.clone()));
            for _ in 0..5 {
                people.push((app.person(home, ROLES[dice.below(ROLES.len())]), home.clone()));
            }
        }
        let mut projects = Vec::new();
        for (number, (owner, home)) in people.iter().enumerate() {
            let made = owner.post("/projects", &json!({"name": format!("Reef {number}"), "tags": {}}));
            if made.status != 201 {
                continue;
            }
            let project = made.field("id");
            for (other, at) in &people {
                if at == home && dice.below(3) == 0 {
                    let role = ["viewer", "member", "manager"][dice.below(3)];
                    let member = json!({"user_id": other.user_id, "role": role});
                    // Refused where the person may not hold the role: that is part of the world.
                    owner.post(&format!("/projects/{project}/members"), &member);
                }
            }
            if dice.below(4) == 0 {
                owner.delete(&format!("/projects/{project}"));
            }
            projects.push(project);
        }
        Self { people: people.into_iter().map(|(person, _)| person).collect(), projects, institutions, app }
    }

    /// What a caller's list holds, page by page.
    fn listed(&self, caller: &Caller, path: &str) -> BTreeSet<String> {
        let joiner = if path.contains('?') { '&' } else { '?' };
        let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
        loop {
            let page = caller.get(&format!("{path}{joiner}limit=2{cursor}"));
            if page.status != 200 {
                assert!(matches!(page.status, 403 | 404), "{}", page.text());
                return seen;
            }
            let page = page.json();
            for item in page["items"].as_array().unwrap() {
                assert!(seen.insert(item["id"].as_str().unwrap().to_owned()), "{path} shows {item} twice");
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return seen,
            }
        }
    }
}

/// Those of the ids that a caller may view.
fn viewed(caller: &Caller, ids: &[String], path: impl Fn(&str) -> String) -> BTreeSet<String> {
    let seen = |id: &&String| match caller.get(&path(id)).status {
        200 => true,
        404 => false,
        other => panic!("{id}: {other}"),
    };
    ids.iter().filter(seen).cloned().collect()
}

#[test]
fn every_list_shows_what_the_view_allows_on_random_worlds() {
    let (mut shown, mut hidden) = (0, 0);
    for seed in [11, 29] {
        let world = World::random(seed);
        let people: Vec<String> = world.people.iter().map(|person| person.user_id.clone()).collect();
        for caller in &world.people {
            let institutions = viewed(caller, &world.institutions, |id| format!("/institutions/{id}"));
            assert_eq!(world.listed(caller, "/institutions"), institutions);
            let projects = viewed(caller, &world.projects, |id| format!("/projects/{id}"));
            assert_eq!(world.listed(caller, "/projects"), projects);
            let all = world.institutions.iter();
            let registry: BTreeSet<String> = all
                .flat_map(|id| world.listed(caller, &format!("/users/registry?institution={id}")))
                .collect();
            let seen = viewed(caller, &people, |id| format!("/users/registry/{id}"));
            // Everybody sees themselves; the registry is for those who see others.
            let alone: BTreeSet<String> = [caller.user_id.clone()].into();
            assert!(registry == seen || (registry.is_empty() && seen == alone), "{registry:?} {seen:?}");
            for (count, all) in [(projects.len(), world.projects.len()), (seen.len(), people.len())] {
                shown += count;
                hidden += all - count;
            }
        }
        assert!(!world.app.base_url.is_empty());
    }
    assert!(shown > 50 && hidden > 50, "{shown} shown, {hidden} hidden");
}
