//! How hot the hottest partition gets: the keys of the benchmark's data set and of what people do all day,
//! under a stated model of an institution of 500,000. A partition of DynamoDB takes 1,000 write units a
//! second; half of that is what one may need here.

use super::{
    catalogue::Catalogue,
    people::People,
    seed::{self, Census},
};
use cws_embedded::{keys::FileKeys, system::SystemEntropy};
use cws_model::{Event, Timestamp, id::AuditKind};
use cws_route::{
    answer::log_leaf_key,
    audit::{AUDIT_LOG, digest_hex, record_key},
};
use cws_store::{Op, Value, Writes, kind, outbox};
use std::{collections::BTreeMap, fs, path::Path};

/// Write units a second that a partition may need.
const LIMIT: f64 = 500.0;
/// The model: everybody is of one institution, and a day's work is done in six hours.
const USERS: f64 = 500_000.0;
const PEAK: f64 = 4.0;
/// What one person does on a day.
const AUDITED_CALLS: f64 = 12.0;
const CALLS_WITH_A_KEY: f64 = 8.0;
const EVENTS: f64 = 4.0;
/// Every operation of a transaction costs two units for each KiB.
const TRANSACTION: f64 = 2.0;
/// Leaves that the sequencer appends in one commit; bytes of a leaf; leaves in a bundle.
const BATCH_LEAVES: f64 = 40.0;
const LEAF_BYTES: f64 = 180.0;
const BUNDLE_LEAVES: f64 = 256.0;
/// People that are generated, and ids that are drawn, to see where keys go.
const SAMPLE_USERS: u32 = 2_000;
const SAMPLE_IDS: u32 = 20_000;

/// Write units a second by partition.
type Heat = BTreeMap<String, f64>;

fn a_second(a_day_and_person: f64) -> f64 {
    USERS * a_day_and_person * PEAK / 86_400.0
}

fn units(bytes: usize) -> f64 {
    TRANSACTION * bytes.div_ceil(1024).max(1) as f64
}

/// How often a row of the data set is written anew on a day.
fn rewrites(kind: &str) -> f64 {
    match kind {
        "usa" => 4.0,
        "prj" => 1.0,
        "usr" | "mem" | "upr" => 0.05,
        _ => 0.01,
    }
}

/// A partition of one project, person or template does not grow with the institution.
fn grows(partition: &str) -> bool {
    !partition.split('#').any(|part| part.len() == 30 && part.as_bytes().get(3) == Some(&b'_'))
}

fn add_rows(heat: &mut Heat, rows: &Writes, sample: f64) {
    for op in rows.ops() {
        let bytes = match op {
            Op::Put { value: Value::Json(text), .. } => text.len(),
            Op::Put { value, .. } => value.size_bytes(),
            _ => 0,
        };
        let partition = &op.key().partition;
        let scale = if grows(partition) { USERS / sample } else { 1.0 };
        let often = rewrites(op.key().kind()) * PEAK / 86_400.0;
        *heat.entry(partition.clone()).or_default() += units(bytes) * often * scale;
    }
}

/// The histogram of the data set.
async fn of_the_data_set() -> Heat {
    let dir = std::env::temp_dir().join(format!("cws-heat-{}", std::process::id()));
    let home: cws_model::InstitutionId = crate::world::HOME.parse().unwrap();
    let census = Census::of(SAMPLE_USERS);
    let people = People { home: home.clone(), issuer: "urn:test".to_owned(), census };
    let keys = FileKeys::open(&dir, &SystemEntropy::default()).unwrap();
    let catalogue = Catalogue::new(home, census, keys).await.unwrap();
    let (mut heat, sample) = (Heat::new(), f64::from(SAMPLE_USERS));
    for n in 0..census.users {
        add_rows(&mut heat, &people.person(n).unwrap(), sample);
    }
    for n in 0..census.projects {
        add_rows(&mut heat, &people.project(n).unwrap(), sample);
        add_rows(&mut heat, &catalogue.namespace(n).unwrap(), sample);
        add_rows(&mut heat, &catalogue.template(n).await.unwrap(), sample);
    }
    fs::remove_dir_all(dir).unwrap();
    heat
}

/// What the calls of a day write besides: records, leaves, events, stored answers, and the log itself.
fn of_the_days_work(heat: &mut Heat) {
    let home: cws_model::InstitutionId = crate::world::HOME.parse().unwrap();
    let audited = a_second(AUDITED_CALLS);
    let one = |rate: f64| rate / f64::from(SAMPLE_IDS);
    let mut add = |partition: String, cost: f64| *heat.entry(partition).or_default() += cost;
    for n in 0..u64::from(SAMPLE_IDS) {
        let id = seed::id::<AuditKind>(n).to_string();
        add(record_key(&home, &id).partition, units(1000) * one(audited));
        // Written, and removed when it got its place.
        add(log_leaf_key(AUDIT_LOG, &id).partition, 2.0 * units(200) * one(audited));
        let place: String = digest_hex(id.as_bytes()).chars().take(2).collect();
        add(kind::LOG_INDEX.part(&format!("{AUDIT_LOG}#{place}")), units(20) * one(audited));
        add(outbox::key_of(&event(n)).partition, 2.0 * units(600) * one(a_second(EVENTS)));
        add(kind::IDEMPOTENCY.of_part(&home, &place), units(1500) * one(a_second(CALLS_WITH_A_KEY)));
    }
    let batches = audited / BATCH_LEAVES;
    let bundle = LEAF_BYTES * BUNDLE_LEAVES / 2.0;
    add(kind::LOG_TILE.part("audit#entries"), batches * units(bundle as usize));
    add(kind::LOG_TILE.part("audit#0"), batches * units(32 * 128));
    // Head and lease with every batch, a checkpoint twice every two seconds.
    add(kind::LOG_HEAD.part(AUDIT_LOG), batches * 3.0 * units(300) + 2.0 * units(600));
}

fn event(n: u64) -> Event {
    Event {
        specversion: String::new(),
        id: seed::id(n),
        kind: String::new(),
        source: String::new(),
        subject: String::new(),
        time: Timestamp::default(),
        institution: crate::world::HOME.parse().unwrap(),
        data: serde_json::Value::Null,
    }
}

#[tokio::test]
async fn no_partition_needs_more_than_half_of_what_one_can_take() {
    let mut heat = of_the_data_set().await;
    assert!(heat.len() > usize::try_from(SAMPLE_USERS).unwrap(), "people have partitions of their own");
    of_the_days_work(&mut heat);
    let mut hottest: Vec<(f64, &str)> = heat.iter().map(|(name, units)| (*units, name.as_str())).collect();
    hottest.sort_by(|one, other| other.0.total_cmp(&one.0));
    let shown = &hottest[..8];
    assert!(hottest.iter().all(|(units, _)| *units < LIMIT), "write units a second: {shown:?}");
}

#[test]
fn audit_records_in_one_part_would_be_too_hot() {
    let mut heat = Heat::new();
    of_the_days_work(&mut heat);
    let parts: Vec<f64> =
        heat.iter().filter(|(name, _)| name.starts_with("aud#")).map(|(_, units)| *units).collect();
    let whole: f64 = parts.iter().sum();
    assert_eq!(parts.len(), 16);
    assert!(whole > LIMIT, "{whole}");
    assert!(parts.iter().all(|part| *part < whole / 16.0 * 1.2), "evenly spread: {parts:?}");
}

#[test]
fn no_role_may_scan() {
    let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/generated");
    let mut files = 0;
    for entry in fs::read_dir(generated).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("dynamodb:Scan") && !text.contains("dynamodb:*"), "{}", path.display());
        files += usize::from(text.contains("dynamodb:"));
    }
    assert!(files >= 4, "the roles of {files} domains were looked at");
}
