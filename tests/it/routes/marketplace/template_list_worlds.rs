//! Random worlds: a list holds exactly what the view allows, whoever asks, on pages of any size.

use super::shelf::{Publisher, paged, word};
use crate::support::{App, Caller};
use serde_json::json;
use std::collections::BTreeSet;

/// Numbers that are the same in every run of a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// Institutions, people and templates, as the dice fell.
struct Random {
    people: Vec<Caller>,
    templates: BTreeSet<String>,
}

impl Random {
    fn world(app: &App, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let houses = ["local".to_owned(), app.institution(), app.institution()];
        let mut people = vec![app.operator()];
        for house in &houses {
            for role in ["researcher", "researcher", "institution_admin", "institution_auditor", "external"] {
                people.push(app.person(house, role));
            }
        }
        let publishers: Vec<_> = (0..5).map(|n| Publisher::of(app, &houses[n % 3])).collect();
        let mut templates = BTreeSet::new();
        for _ in 0..24 {
            let visibility = dice.of(&["private", "institution", "public"]);
            let publisher = dice.of(&publishers);
            templates.insert(publisher.publish(&word(), &json!({"visibility": visibility})));
        }
        for publisher in &publishers {
            Self::mingle(&mut dice, publisher, &people);
        }
        people.extend(publishers.into_iter().map(|publisher| publisher.who));
        Self { people, templates }
    }

    /// Lets some people in, and some of those out again.
    fn mingle(dice: &mut Dice, publisher: &Publisher, people: &[Caller]) {
        for person in people.iter().filter(|person| person.user_id != "operator") {
            let path = format!("/marketplace/namespaces/{}/members/{}", publisher.namespace, person.user_id);
            for role in [Some("member"), None].iter().take(dice.below(3)) {
                // Somebody of another institution is refused; then nothing changed, which is a case as well.
                publisher.who.put(&path, "*", &json!({"role": role}));
            }
        }
    }
}

#[test]
fn a_list_holds_exactly_what_the_view_allows() {
    for seed in [1, 20, 300] {
        let app = App::start();
        let world = Random::world(&app, seed);
        app.settle();
        let mut seen = 0;
        for (number, person) in world.people.iter().enumerate() {
            let view = |id: &&String| person.get(&format!("/marketplace/templates/{id}")).status == 200;
            let allowed: BTreeSet<_> = world.templates.iter().filter(view).cloned().collect();
            let limit = [1, 3, 7, 100][number % 4];
            let listed = paged(person, "/marketplace/templates?deprecated=true&sort=created", limit);
            let once: BTreeSet<_> = listed.iter().cloned().collect();
            assert_eq!(once.len(), listed.len(), "each once: person {number} of seed {seed}");
            let made: BTreeSet<_> = once.intersection(&world.templates).cloned().collect();
            assert_eq!(made, allowed, "person {number} of seed {seed}");
            seen += allowed.len();
        }
        let most = world.people.len() * world.templates.len();
        assert!(seen > most / 10 && seen < most * 9 / 10, "the world has both sides: {seen} of {most}");
    }
}
