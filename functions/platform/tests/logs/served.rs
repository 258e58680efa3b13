//! The audit routes over a store that was tampered with, and health over one that went away.

use crate::rig::{Rig, home, record, record_key};
use cws_authz::Authorizer;
use cws_cloud::{
    Ports,
    mirror::{CheckpointCopies, CheckpointMirror},
    signer::{PublicKeys, Signer},
    token::{TokenVerifier, cache::NoFetcher},
};
use cws_embedded::system::{SystemClock, SystemEntropy};
use cws_platform::{
    health::{BackgroundHealth, HealthProbe, StoreProbe, WorkHealth},
    log::Signing,
    reactions::log_sequence::sequence_all,
};
use cws_route::{
    Request, Response, Shell, ShellParts, Table,
    request::Credential,
    shell::{Authenticate, OperatorCheck},
};
use cws_store::{
    Commit, Consistency, Item, Key, Page, Range, Store, StoreError, Value as Stored, cursor::Sealer, faults,
};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

struct Anybody;

impl OperatorCheck for Anybody {
    fn is_operator<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async { Ok(true) })
    }
}

fn shell(rig: &Rig, store: Arc<dyn Store>) -> Shell {
    let probe = StoreProbe(store.clone());
    shell_with(rig, store, Arc::new(probe))
}

fn shell_with(rig: &Rig, store: Arc<dyn Store>, probe: Arc<dyn HealthProbe>) -> Shell {
    let clock = Arc::new(SystemClock);
    let verifier = TokenVerifier::new(Vec::new(), Arc::new(NoFetcher), clock.clone());
    let signer: Arc<dyn Signer> = rig.keys.clone();
    let mirror: Arc<dyn CheckpointMirror> = rig.mirror.clone();
    let parts = ShellParts {
        ports: Ports::new()
            .with::<dyn PublicKeys>(rig.keys.clone())
            .with::<dyn Signer>(signer)
            .with::<dyn CheckpointCopies>(rig.mirror.clone())
            .with::<dyn CheckpointMirror>(mirror)
            .with::<dyn HealthProbe>(probe),
        store,
        authorizer: Authorizer::new().unwrap(),
        authenticate: Authenticate::new(verifier, Some(Arc::new(Anybody))),
        clock,
        entropy: Arc::new(SystemEntropy::default()),
        sealer: Sealer::new([7; 32]),
        base_url: "http://localhost".to_owned(),
        home: home(),
    };
    Shell::new(Arc::new(parts), Table::new([cws_platform::routes()]).unwrap())
}

async fn ask(shell: &Shell, method: &str, path: &str, body: &Value) -> Response {
    let mut request =
        Request { credential: Credential::Bearer("x".to_owned()), from_loopback: true, ..Request::default() };
    if method == "POST" {
        request.headers.insert("content-type".to_owned(), "application/json".to_owned());
        request.body = body.to_string().into_bytes();
    }
    shell.serve_path(method, path, request).await
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// A deployment whose store answers while a part of its work does not come to an end.
struct Stuck(Arc<dyn Store>);

impl HealthProbe for Stuck {
    fn store(&self) -> BoxFuture<'_, Result<cws_store::Health, StoreError>> {
        self.0.health()
    }

    fn background(&self, now: cws_model::Timestamp) -> Option<BackgroundHealth> {
        let part = |name, stuck| WorkHealth { name, last_done_at: Some(now), stuck };
        Some(BackgroundHealth { parts: vec![part("hand_over", false), part("logs", true)], parked_events: 3 })
    }
}

#[tokio::test]
async fn work_that_is_stuck_makes_health_degraded_and_names_it() {
    let rig = Rig::new().await;
    let shell = shell_with(&rig, rig.store.clone(), Arc::new(Stuck(rig.store.clone())));
    let response = ask(&shell, "GET", "/health", &Value::Null).await;
    let body = json_of(&response);
    assert_eq!((response.status, &body["status"]), (200, &json!("degraded")));
    assert_eq!(body["background"]["parts"][1]["name"], "logs");
    assert_eq!(body["background"]["parts"][1]["stuck"], true);
    assert_eq!(body["background"]["parked_events"], 3);
}

/// Every part of a verification: faults by kind, leaves and records looked at, calls made.
async fn verify(shell: &Shell) -> (Vec<String>, u64, u64, u32) {
    let (mut faults, mut leaves, mut records, mut calls) = (Vec::new(), 0, 0, 0);
    let mut body = json!({});
    loop {
        let response = ask(shell, "POST", "/api/v2/audit/verify", &body).await;
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        let part = json_of(&response);
        calls += 1;
        leaves += part["leaves_checked"].as_u64().unwrap();
        records += part["records_checked"].as_u64().unwrap();
        faults.extend(
            part["faults"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap().to_owned()),
        );
        if part["next"].is_null() {
            return (faults, leaves, records, calls);
        }
        body = json!({"cursor": part["next"]});
    }
}

#[tokio::test]
async fn a_long_log_is_verified_part_by_part() {
    let rig = Rig::new().await;
    rig.write(0, 1500).await;
    let shell = shell(&rig, rig.store.clone());
    let pass = sequence_all(shell.parts(), Signing::Now).await.unwrap();
    assert_eq!((pass.appended, pass.more), (1500, false));
    let (faults, leaves, records, calls) = verify(&shell).await;
    assert_eq!((faults, leaves, records), (Vec::new(), 1500, 750), "the institution's own half is looked at");
    assert!(calls >= 4, "{calls} calls");
}

#[tokio::test]
async fn tampering_with_own_records_is_answered_and_that_of_others_is_not() {
    let rig = Rig::new().await;
    rig.write(0, 300).await;
    let shell = shell(&rig, rig.store.clone());
    sequence_all(shell.parts(), Signing::Now).await.unwrap();
    rig.delete(record_key(&record(11))).await;
    assert!(verify(&shell).await.0.is_empty(), "a record of the other institution");
    rig.delete(record_key(&record(10))).await;
    assert_eq!(verify(&shell).await.0, ["record_deleted"]);
    let forged = record(1000);
    let text = cws_route::audit::texts(&forged).unwrap().0;
    rig.overwrite(record_key(&forged), Stored::Json(text)).await;
    assert_eq!(verify(&shell).await.0, ["record_deleted", "record_inserted"]);
}

#[tokio::test]
async fn a_rollback_is_answered() {
    let rig = Rig::new().await;
    rig.write(0, 50).await;
    let shell = shell(&rig, rig.store.clone());
    sequence_all(shell.parts(), Signing::Now).await.unwrap();
    let backup = rig.snapshot().await;
    rig.write(50, 100).await;
    sequence_all(shell.parts(), Signing::Now).await.unwrap();
    rig.restore(backup).await;
    let (faults, ..) = verify(&shell).await;
    assert!(!faults.is_empty() && faults.iter().all(|kind| kind == "rolled_back"), "{faults:?}");
}

#[tokio::test]
async fn a_proof_says_pending_then_included_then_broken() {
    let rig = Rig::new().await;
    let shell = shell(&rig, rig.store.clone());
    sequence_all(shell.parts(), Signing::Now).await.unwrap();
    rig.write(0, 3).await;
    let path = format!("/api/v2/audit/{}/proof", record(2).id);
    let state = async || json_of(&ask(&shell, "GET", &path, &Value::Null).await)["state"].clone();
    assert_eq!(state().await, "pending");
    sequence_all(shell.parts(), Signing::Now).await.unwrap();
    assert_eq!(state().await, "included");
    let mut edited = record(2);
    edited.actor = "usr_other".to_owned();
    rig.overwrite(record_key(&edited), Stored::Json(cws_route::audit::texts(&edited).unwrap().0)).await;
    assert_eq!(state().await, "broken");
}

#[tokio::test]
async fn before_the_first_checkpoint_there_is_none_to_read() {
    let rig = Rig::new().await;
    let shell = shell(&rig, rig.store.clone());
    let response = ask(&shell, "GET", "/api/v2/audit/checkpoint", &Value::Null).await;
    assert_eq!((response.status, json_of(&response)["code"].as_str()), (404, Some("no_checkpoint")));
}

#[tokio::test]
async fn a_store_that_went_away_makes_health_503() {
    let rig = Rig::new().await;
    let shell = shell(&rig, Arc::new(faults::Crash::after(rig.store.clone(), 0)));
    let response = ask(&shell, "GET", "/health", &Value::Null).await;
    assert_eq!((response.status, json_of(&response)["code"].as_str()), (503, Some("unavailable")));
    assert_eq!(response.get("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_copy_that_is_gone_is_answered_and_does_not_count_as_checked() {
    let rig = Rig::new().await;
    rig.write(0, 50).await;
    let shell = shell(&rig, rig.store.clone());
    sequence_all(shell.parts(), Signing::Now).await.unwrap();
    let first = async || json_of(&ask(&shell, "POST", "/api/v2/audit/verify", &json!({})).await);
    assert_eq!(first().await["copy_checked"], true);
    std::fs::remove_file(rig.mirror.path("audit").unwrap()).unwrap();
    let part = first().await;
    assert_eq!(part["copy_checked"], false);
    assert_eq!(part["faults"][0]["kind"], "copy_removed", "{part}");
}

#[tokio::test]
async fn before_anything_was_logged_no_copy_counts_as_checked() {
    let rig = Rig::new().await;
    let shell = shell(&rig, rig.store.clone());
    let part = json_of(&ask(&shell, "POST", "/api/v2/audit/verify", &json!({})).await);
    assert_eq!((&part["intact"], &part["copy_checked"]), (&json!(true), &json!(false)));
}

/// A store in which, between any two looks at the top of the log, others write a record, and the sequencer
/// gives it its place and signs.
struct Busy {
    rig: Arc<Rig>,
    written: AtomicU64,
}

impl Busy {
    async fn goes_on(&self) {
        let number = self.written.fetch_add(1, Ordering::SeqCst);
        self.rig.write(number, number + 1).await;
        self.rig.sequencer(0).run(cws_platform::log::Log::Audit).await.unwrap();
    }
}

impl Store for Busy {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        how: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        Box::pin(async move {
            let found = self.rig.store.get(keys, how).await;
            if keys.iter().any(|key| key.kind() == "lgh") {
                self.goes_on().await;
            }
            found
        })
    }

    fn range<'a>(&'a self, range: &'a Range, how: Consistency) -> BoxFuture<'a, Result<Page, StoreError>> {
        self.rig.store.range(range, how)
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        self.rig.store.commit(commit)
    }

    fn health(&self) -> BoxFuture<'_, Result<cws_store::Health, StoreError>> {
        self.rig.store.health()
    }
}

#[tokio::test]
async fn verifying_while_others_write_and_sign_raises_no_alarm() {
    let rig = Arc::new(Rig::new().await);
    rig.write(0, 300).await;
    rig.sequence().await;
    let busy = Arc::new(Busy { rig: rig.clone(), written: AtomicU64::new(300) });
    let shell = shell(&rig, busy.clone());
    for _ in 0..10 {
        let faults = verify(&shell).await.0;
        assert!(faults.is_empty(), "{faults:?}");
    }
    assert!(busy.written.load(Ordering::SeqCst) >= 320, "others went on writing");
}

#[tokio::test]
async fn the_list_merges_the_parts_newest_first_whatever_the_page() {
    let rig = Rig::new().await;
    rig.write(0, 300).await;
    let shell = shell(&rig, rig.store.clone());
    let mut expected: Vec<String> =
        (0..300).map(record).filter(|r| r.institution == home()).map(|r| r.id.to_string()).collect();
    expected.reverse();
    for limit in [1, 7, 50, 100] {
        let (mut ids, mut path) = (Vec::new(), format!("/api/v2/audit?limit={limit}"));
        loop {
            let page = get(&shell, &path).await;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => path = format!("/api/v2/audit?limit={limit}&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(ids, expected, "limit {limit}");
    }
    let one = get(&shell, "/api/v2/audit?limit=1&actor=usr_150").await;
    assert_eq!(one["items"][0]["id"], record(150).id.as_str());
}

async fn get(shell: &Shell, path: &str) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let credential = Credential::Bearer("x".to_owned());
    let request = Request { credential, from_loopback: true, query: query.to_owned(), ..Request::default() };
    let response = shell.serve_path("GET", path, request).await;
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    json_of(&response)
}
