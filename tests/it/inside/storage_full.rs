//! A store without room: what would need it is refused, everything else goes on.

use crate::support::App;
use cws_local::{verify, world::Setup};
use serde_json::json;
use std::collections::BTreeSet;
use tokio::runtime::Runtime;

/// Room for a few hundred projects.
const ROOM_BYTES: u64 = 1024 * 1024;

#[test]
fn a_full_store_refuses_writes_goes_on_reading_and_has_lost_nothing() {
    let app = App::start_local(Setup { store_max_bytes: Some(ROOM_BYTES), ..Setup::for_tests() });
    let ada = app.named_person("local", "researcher", "ada");
    let mut acknowledged = BTreeSet::new();
    let refused = loop {
        let body = json!({"name": format!("Survey {}", acknowledged.len()), "description": "x".repeat(1000)});
        let reply = ada.post("/projects", &body);
        if reply.status != 201 {
            break reply;
        }
        acknowledged.insert(reply.field("id"));
        assert!(acknowledged.len() < 2000, "it never fills up");
    };
    let told = refused.expect_problem(507, "storage_full");
    assert!(told.field("detail").contains("nothing was changed"), "{}", told.text());
    assert!(acknowledged.len() > 20);

    app.anonymous().get("/health").expect(200);
    let listed = |caller: &crate::support::Caller| -> BTreeSet<String> {
        caller.all("/projects").iter().map(|project| project["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&ada), acknowledged, "all that was acknowledged and nothing else");
    let first = acknowledged.first().unwrap();
    ada.get(&format!("/projects/{first}")).expect(200);
    let patched = ada.patch(&format!("/projects/{first}"), "*", &json!({"description": "y".repeat(1000)}));
    assert!([200, 507].contains(&patched.status), "{}", patched.text());

    let app = app.restart(Setup::for_tests());
    let ada = app.sign_in("local", "ada");
    assert_eq!(listed(&ada), acknowledged);
    ada.post("/projects", &json!({"name": "With room again"})).expect(201);
    app.settle();
    let (data, _kept) = app.stop();
    let report = Runtime::new().unwrap().block_on(verify::audit(&data, None)).unwrap();
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_store_that_stops_while_it_is_full_still_verifies() {
    let app = App::start_local(Setup { store_max_bytes: Some(ROOM_BYTES), ..Setup::for_tests() });
    let ada = app.named_person("local", "researcher", "ada");
    let body = |n: u32| json!({"name": format!("Survey {n}"), "description": "x".repeat(1000)});
    let full = (0..2000).any(|n| ada.post("/projects", &body(n)).status == 507);
    assert!(full, "it never fills up");
    let (data, _kept) = app.stop();
    let report = Runtime::new().unwrap().block_on(verify::audit(&data, None)).unwrap();
    assert!(report.is_clean(), "{report}");
}
