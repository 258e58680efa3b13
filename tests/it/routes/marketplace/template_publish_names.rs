//! The names that `POST /marketplace/templates` gives out: none that is mistaken for a stranger's.

use super::shelf::word;
use super::stall::{Stall, at_once, take};
use crate::{
    squats::{TARGETS, squats},
    support::{App, Caller, Reply},
};
use cws_marketplace::near::{HEAD, NearRow, PAGE_NAMES, page, part};
use cws_store::{Key, Writes, kind};
use cws_templates::{name::check_name, similar::Keys};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Somebody from another institution, and a namespace of theirs.
struct Stranger {
    who: Caller,
    namespace: String,
}

impl Stranger {
    fn of(app: &App) -> Self {
        let who = app.person(&app.institution(), "researcher");
        let namespace = take(&who, &json!({"name": word()}));
        Self { who, namespace }
    }

    fn publish(&self, stall: &Stall, name: &str, members: &Value) -> Reply {
        let mut body = stall.body(name);
        body["namespace"] = json!(self.namespace);
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.who.post("/marketplace/templates", &body)
    }
}

#[test]
fn at_least_95_percent_of_200_squats_are_refused() {
    let stall = Stall::local();
    for target in TARGETS {
        stall.publish(target);
    }
    let stranger = Stranger::of(&stall.app);
    let all: Vec<(&str, String)> = TARGETS
        .iter()
        .flat_map(|target| squats(target).into_iter().map(move |squat| (*target, squat)))
        .collect();
    assert_eq!(all.len(), 200);
    let refused = |squat: &str| {
        let reply = stranger.publish(&stall, squat, &json!({}));
        let code = reply.json()["code"].as_str().map(str::to_owned);
        match check_name(squat) {
            Ok(()) => code.as_deref() == Some("name_too_close"),
            Err(_) => reply.status == 400,
        }
    };
    let missed: Vec<_> = all.iter().filter(|(_, squat)| !refused(squat)).collect();
    assert!(missed.len() * 20 <= all.len(), "{missed:#?}");
}

#[test]
fn words_in_another_order_look_alikes_at_both_ends_and_aliases_are_compared() {
    let stall = Stall::local();
    stall.publish("python-ml");
    stall.publish("dark-room");
    stall.publish_with("glacier-models", json!({"aliases": ["moraine-tools", "ice-flow"]})).expect(201);
    let stranger = Stranger::of(&stall.app);
    for (close, existing) in [
        ("ml-python", "python-ml"),
        ("clark-roorn", "dark-room"),
        ("c1ark-r00rn", "dark-room"),
        ("official-python-ml", "python-ml"),
        ("moraine-tool", "moraine-tools"),
        ("flow-ice", "ice-flow"),
    ] {
        let expected = json!(format!("{}/{existing}", stall.namespace));
        let refused = stranger.publish(&stall, close, &json!({})).expect_problem(409, "name_too_close");
        assert_eq!(refused.json()["existing"], expected, "{close}");
        let alias = json!({"aliases": [close]});
        let refused =
            stranger.publish(&stall, "something-else", &alias).expect_problem(409, "name_too_close");
        assert_eq!(refused.json()["existing"], expected, "{close} as an alias");
    }
    stranger.publish(&stall, "python-web", &json!({})).expect(201);
}

/// How many of these names strangers get who claim them at once, and how many claims are refused.
fn given(stall: &Stall, names: &[String]) -> (usize, usize) {
    let strangers: Vec<_> = names.iter().map(|_| Stranger::of(&stall.app)).collect();
    let calls = names.iter().zip(&strangers);
    let calls = calls.map(|(name, stranger)| move || stranger.publish(stall, name, &json!({})));
    let replies = at_once(calls.collect());
    let with = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    (with(201), with(409))
}

#[test]
fn of_near_names_that_are_claimed_at_once_one_is_given() {
    let stall = Stall::local();
    let alike = ["palynology", "paly-nology", "pa1ynology", "pa1yn0logy", "palyn0logy", "pal-yno-logy"];
    assert_eq!(given(&stall, &alike.map(str::to_owned)), (1, 5));
    for (one, other) in [
        ("volcanology", "volcanoloqy"),
        ("limnology", "imnology"),
        ("pedology-lab", "lab-pedology"),
        ("seismology", "seismology-v2"),
        ("glaciology", "glacoilogy"),
    ] {
        assert_eq!(given(&stall, &[one.to_owned(), other.to_owned()]), (1, 1), "{one} {other}");
    }
}

/// Files made-up names beside one, so that its places are full.
fn fill(stall: &Stall, name: &str, first_commit: u64) {
    let store = &stall.app.world().store;
    for (number, key) in (first_commit..).zip(Keys::of(name).filed) {
        let partition = kind::TEMPLATE_NAME.part(&part(&key));
        let others =
            |from: usize| (from..from + PAGE_NAMES).map(|n| format!("zz-{n:06}-qq/nobody")).collect();
        let mut writes = Writes::new();
        for (sort, names, pages) in [
            (page(0), others(0), 0),
            (page(1), others(PAGE_NAMES), 0),
            (HEAD.to_owned(), others(2 * PAGE_NAMES), 2),
        ] {
            let row = NearRow::<true> { names, pages };
            writes.overwrite(Key::new(partition.clone(), sort), &row, None).unwrap();
        }
        let id = format!("com_{:026}", number).parse().unwrap();
        Runtime::new()
            .unwrap()
            .block_on(cws_store::Store::commit(store.as_ref(), &writes.into_commit(id)))
            .unwrap();
    }
}

#[test]
fn a_busy_place_is_read_to_its_end_and_has_room_for_more() {
    let stall = Stall::local();
    fill(&stall, "bioinformatics", 1);
    stall.publish("bioinformatics");
    let stranger = Stranger::of(&stall.app);
    stranger.publish(&stall, "bioinformatcs", &json!({})).expect_problem(409, "name_too_close");
    fill(&stall, "zz-000003-qq", 100);
    let refused = stranger.publish(&stall, "zz-000003-qqq", &json!({})).expect_problem(409, "name_too_close");
    assert_eq!(refused.json()["existing"], "nobody/zz-000003-qq", "it stands in the first page");
}

#[test]
fn eight_aliases_and_a_mebibyte_go_into_one_commit() {
    let stall = Stall::new();
    let aliases = [
        "river-flow",
        "lake-depth",
        "snow-melt",
        "rain-gauge",
        "flood-plain",
        "soil-water",
        "ground-ice",
        "sea-level",
    ];
    let template = format!("{}# {}\n", super::stall::yaml("Water"), "0123456789abcdef".repeat(64_000));
    stall.publish_with("water-cycle", json!({"aliases": aliases, "template": template})).expect(201);
}
