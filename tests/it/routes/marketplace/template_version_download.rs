//! `GET /marketplace/templates/{template_id}/versions/{version}/download`.

use super::stall::{Stall, at_version, yaml};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_templates::Digest;
use serde_json::json;

#[test]
fn the_bytes_are_those_that_were_sent() {
    let stall = Stall::new();
    let odd = format!("{}# ünïcode, trailing blanks  \n\n", yaml("River models").replace('\n', "\r\n"));
    let made = stall.publish_with("river-models", json!({"template": odd})).expect(201);
    let download =
        stall.owner.get(&format!("{}/download", at_version(&made.field("id"), "1.0.0"))).expect(200);
    assert_eq!(download.bytes, odd.as_bytes());
    assert_eq!(download.header("content-type"), Some("application/yaml"));
    let digest = Digest::of(odd.as_bytes());
    assert_eq!(download.etag(), format!("\"{digest}\""));
    let raw = hex::decode(digest.as_str()).unwrap();
    assert_eq!(
        download.header("content-digest"),
        Some(format!("sha-256=:{}:", STANDARD.encode(raw)).as_str())
    );
}

#[test]
fn a_template_of_almost_a_mebibyte_comes_back_whole() {
    let stall = Stall::new();
    let long = format!("{}# {}\n", yaml("River models"), "0123456789abcdef".repeat(60_000));
    let id = stall.publish_with("large-models", json!({"template": long})).expect(201).field("id");
    let download = stall.owner.get(&format!("{}/download", at_version(&id, "1.0.0"))).expect(200);
    assert!(download.bytes == long.as_bytes());
}

#[test]
fn a_download_for_a_project_needs_a_place_in_it() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    let project = stall.owner.post("/projects", &json!({"name": "Reef"})).expect(201).field("id");
    let path = format!("{}/download?project_id={project}", at_version(&id, "1.0.0"));
    stall.owner.get(&path).expect(200);
    stall.app.researcher().get(&path).expect_problem(404, "not_found");
    let bad = format!("{}/download?project_id=x", at_version(&id, "1.0.0"));
    stall.owner.get(&bad).expect_problem(400, "malformed_request");
}
