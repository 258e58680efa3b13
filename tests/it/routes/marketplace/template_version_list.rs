//! `GET /marketplace/templates/{template_id}/versions`.

use super::stall::{Stall, at};
use serde_json::json;

#[test]
fn versions_come_page_by_page_each_once() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    for minor in 1..5 {
        stall.version(&id, &format!("1.{minor}.0")).expect(201);
    }
    let path = format!("{}/versions?limit=2", at(&id));
    let first = stall.owner.get(&path).expect(200).json();
    let second =
        stall.owner.get(&format!("{path}&cursor={}", first["next"].as_str().unwrap())).expect(200).json();
    let third =
        stall.owner.get(&format!("{path}&cursor={}", second["next"].as_str().unwrap())).expect(200).json();
    assert_eq!(third["next"], json!(null));
    let counts = [&first, &second, &third].map(|page| page["items"].as_array().unwrap().len());
    assert_eq!(counts, [2, 2, 1]);
    let other = stall.publish("lake-tools");
    let stolen = format!("{}/versions?limit=2&cursor={}", at(&other), first["next"].as_str().unwrap());
    stall.owner.get(&stolen).expect_problem(400, "invalid_cursor");
}
