//! A small run: what is filled is what the routes write, since the routes answer from it.

use super::{load::Ask, seed::Sheet, *};
use cws_cloud::signer::Signer;
use cws_marketplace::vouch::registry_key;
use cws_templates::sign::{Envelope, verify_version};
use serde_json::Value;

const PLAN: Plan = Plan { users: 500, requests: 40, dir: None };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_run_answers_every_request_and_says_what_it_found() {
    let report = measure(&PLAN, Filling::Here).await.unwrap();
    assert_eq!(report.lines.len(), line::Line::ALL.len());
    assert!(report.lines.iter().all(|measured| !measured.large.took_ns.is_empty()));
    assert!((1..=3).contains(&report.authorization.reads));
    let mut text = Vec::new();
    report.write(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for line in line::Line::ALL {
        assert!(text.contains(line.name()), "{text}");
    }
    assert!(text.contains("reached") && !text.contains("NaN"), "{text}");
}

async fn asked(site: &Site, path: &str, query: &str) -> Vec<u8> {
    let token = site.token(site::Who::Researcher).await.unwrap();
    load::send(&site.world.shell, &token, &Ask::get(path, query)).await.unwrap().body
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_filled_is_whole() {
    let ground = Ground::new(&Plan {
        dir: Some(std::env::temp_dir().join(format!("cws-bench-whole-{}", std::process::id()))),
        ..PLAN
    });
    let ground = ground.unwrap();
    let census = Census::of(500);
    prepare(&ground.small, census, "test").await.unwrap();
    let site = Site::open(&ground.small, census).await.unwrap();

    let sheet = Sheet::of(3);
    let path = format!("/api/v2/marketplace/templates/{}", sheet.id);
    let shown = json(&asked(&site, &path, "").await);
    assert_eq!(
        (shown["name"].as_str(), shown["version"].as_str()),
        (Some(sheet.name().as_str()), Some("2.0.0"))
    );
    assert_eq!(shown["template"]["base"], "ubuntu-24.04");
    let versions = json(&asked(&site, &format!("{path}/versions"), "").await);
    assert_eq!(versions["items"].as_array().unwrap().len(), seed::VERSIONS.len());

    let bytes = asked(&site, &format!("{path}/versions/2.0.0/download"), "").await;
    let envelope: Envelope = serde_json::from_value(shown["signature"].clone()).unwrap();
    let signer = site.world.shell.parts().ports.get::<dyn Signer>().unwrap();
    let key = registry_key(signer.as_ref()).await.unwrap();
    verify_version(&bytes, &envelope, &[key], 1).unwrap();

    let project = seed::id::<cws_model::id::ProjectKind>(1);
    let view = json(&asked(&site, &format!("/api/v2/projects/{project}"), "").await);
    let mut members = 0;
    let mut query = "limit=100".to_owned();
    loop {
        let page = json(&asked(&site, &format!("/api/v2/projects/{project}/members"), &query).await);
        members += page["items"].as_array().unwrap().len();
        let Some(next) = page["next"].as_str() else { break };
        query = format!("limit=100&cursor={next}");
    }
    assert_eq!(view["member_count"], members);

    let found =
        json(&asked(&site, "/api/v2/marketplace/templates/search", &format!("q={}", sheet.name())).await);
    assert_eq!(found["items"][0]["id"], sheet.id.to_string());
    site.close().await.unwrap();
    fs::remove_dir_all(ground.small.parent().unwrap()).unwrap();
}

#[test]
fn names_do_not_repeat() {
    let words: std::collections::BTreeSet<String> = (0..100_000).map(seed::word).collect();
    assert_eq!(words.len(), 100_000);
    let census = Census::of(500_000);
    let in_projects: u64 = (0..census.projects).map(|project| census.members_of(project)).sum();
    assert_eq!((census.projects, census.templates, census.versions()), (5_000, 100_000, 300_000));
    assert_eq!(in_projects, census.users);
}

#[test]
fn a_percentile_is_one_of_the_values() {
    let mut run = load::Run { took_ns: (1..=200).rev().collect(), ..load::Run::default() };
    assert_eq!((run.percentile(50), run.percentile(99), run.percentile(100)), (100, 198, 200));
}
