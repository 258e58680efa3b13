//! Every route, called as its own example says: it is accepted, and answered as the SPEC says.

use super::scene::Scene;
use crate::support::App;
use cws_local::{all_routes, world::Setup};
use cws_route::{Table, table::Row};

/// What a laptop does not offer, with the status and code that say so.
const NOT_OFFERED: [(&str, u16, &str); 1] = [("session_exchange", 409, "not_configured")];

/// What is wrong with the answer, if anything is.
fn fault(scene: &Scene<'_>, row: &Row) -> Option<String> {
    let spec = row.spec();
    scene.prepare(row);
    let body = scene.example(row);
    let reply = scene.call(row, &scene.caller(row), body.as_ref());
    let not_offered = NOT_OFFERED.iter().find(|(id, ..)| *id == spec.operation_id);
    let as_stated = match not_offered {
        Some((_, status, code)) => reply.status == *status && reply.field("code") == *code,
        None => {
            let produced = (!reply.bytes.is_empty()).then_some(spec.produces);
            let told = ["ETag", "Location"].map(|name| reply.header(&name.to_lowercase()).is_some());
            let stated = ["ETag", "Location"].map(|name| spec.headers.contains(&name));
            reply.status == spec.status && reply.header("content-type") == produced && told == stated
        }
    };
    let found = || format!("{}: {} {:?} {}", spec.operation_id, reply.status, reply.headers, reply.text());
    (!as_stated).then(found)
}

#[test]
fn what_the_document_shows_as_an_example_is_accepted_by_every_route() {
    let app = App::start_local(Setup::for_tests());
    let table = Table::new(all_routes()).unwrap();
    let mut scene = Scene::new(&app, "local");
    let mut faults = Vec::new();
    for row in table.rows() {
        faults.extend(fault(&scene, row));
        if row.spec().is_write() {
            // What was archived, yanked or signed out is of no use to the next route.
            scene = Scene::new(&app, "local");
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
