//! Group commit and shared snapshots do what they are for. Bounds are far below what is measured, so
//! that a busy machine does not fail them.

use super::{Options, SqliteStore, commit, key, open, put};
use cws_store::{Consistency, Store};
use futures::future::join_all;
use std::time::Instant;

const CALLERS: u64 = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_share_a_synchronisation() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path(), Options::default()).unwrap();
    let start = Instant::now();
    for n in 1..=50 {
        store.commit(&commit(n, vec![put(&n.to_string(), "1")])).await.unwrap();
    }
    let alone = 50.0 / start.elapsed().as_secs_f64();
    let start = Instant::now();
    let caller = |caller: u64| {
        let store = &store;
        async move {
            for n in 0..50 {
                let number = (caller + 1) * 1000 + n;
                store.commit(&commit(number, vec![put(&number.to_string(), "1")])).await.unwrap();
            }
        }
    };
    join_all((0..CALLERS).map(caller)).await;
    let together = 50.0 * CALLERS as f64 / start.elapsed().as_secs_f64();
    println!("durable commits a second: one caller {alone:.0}, {CALLERS} callers {together:.0}");
    assert!(together > 300.0, "{together:.0} durable commits a second");
    assert!(together > alone, "{together:.0} a second together, {alone:.0} alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn point_reads_are_quick() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    for n in 0..100 {
        let ops = (0..100).map(|m| put(&format!("{:05}", n * 100 + m), &"x".repeat(300))).collect();
        store.commit(&commit(n + 1, ops)).await.unwrap();
    }
    let start = Instant::now();
    let caller = |caller: u64| {
        let store = &store;
        async move {
            for n in 0..500 {
                let row = key(&format!("{:05}", (caller * 7919 + n * 104_729) % 10_000));
                assert!(store.get(&[row], Consistency::Strong).await.unwrap()[0].is_some());
            }
        }
    };
    join_all((0..CALLERS).map(caller)).await;
    let rate = 500.0 * CALLERS as f64 / start.elapsed().as_secs_f64();
    println!("point reads a second, {CALLERS} callers: {rate:.0}");
    assert!(rate > 3000.0, "{rate:.0} point reads a second");
}
