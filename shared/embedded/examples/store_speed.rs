//! What group commit and reading beside the writer bring: `cargo run --release -p cws-embedded --example store_speed`.
//!
//! One caller and many ask the same store in the same run; only the ratio means anything on another machine.

use cws_embedded::sqlite::{Options, SqliteStore};
use cws_model::{Timestamp, id::CommitId};
use cws_store::{Commit, Consistency, Expect, Key, Op, Store, Value};
use futures::future::join_all;
use std::{
    error::Error,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

const CALLERS: u32 = 64;
const COMMITS: u32 = 50;
const ROWS: u32 = 10_000;
const READS: u32 = 2_000;

type Fault = Box<dyn Error>;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let dir = std::env::temp_dir().join(format!("cws-store-speed-{}", std::process::id()));
    let store = SqliteStore::open(&dir, Options::default())?;
    let measured = measure(&store).await;
    drop(store);
    std::fs::remove_dir_all(&dir)?;
    let [[one, many], [one_reads, many_reads]] = measured?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "durable commits a second: one caller {one:.0}, {CALLERS} callers {many:.0}: {:.1} times",
        many / one
    )?;
    writeln!(
        out,
        "point reads a second: one caller {one_reads:.0}, {CALLERS} callers {many_reads:.0}: {:.1} times",
        many_reads / one_reads
    )?;
    Ok(())
}

async fn measure(store: &Arc<SqliteStore>) -> Result<[[f64; 2]; 2], Fault> {
    for first in (0..ROWS).step_by(100) {
        let ops = (first..first + 100).map(|n| put(n, &"x".repeat(300))).collect();
        store.commit(&commit(ops)).await?;
    }
    let commits =
        [rate(1, COMMITS, |n| write(store, n)).await?, rate(CALLERS, COMMITS, |n| write(store, n)).await?];
    let reads = [rate(1, READS, |n| read(store, n)).await?, rate(CALLERS, READS, |n| read(store, n)).await?];
    Ok([commits, reads])
}

/// Calls a second, with so many callers who each make so many.
async fn rate<F: Future<Output = Result<(), Fault>>>(
    callers: u32,
    calls: u32,
    call: impl Fn(u32) -> F,
) -> Result<f64, Fault> {
    let start = Instant::now();
    let one = |caller: u32| {
        let call = &call;
        async move {
            for n in 0..calls {
                call(caller * calls + n).await?;
            }
            Ok::<_, Fault>(())
        }
    };
    join_all((0..callers).map(one)).await.into_iter().collect::<Result<(), _>>()?;
    Ok(f64::from(callers * calls) / start.elapsed().as_secs_f64())
}

async fn write(store: &Arc<SqliteStore>, n: u32) -> Result<(), Fault> {
    Ok(store.commit(&commit(vec![put(n, "1")])).await?)
}

async fn read(store: &Arc<SqliteStore>, n: u32) -> Result<(), Fault> {
    let found = store.get(&[key(n.wrapping_mul(7919) % ROWS)], Consistency::Strong).await?;
    found.first().ok_or("no answer")?.as_ref().ok_or("no row")?;
    Ok(())
}

fn key(n: u32) -> Key {
    Key::new("prj#local", format!("{n:08}"))
}

fn put(n: u32, text: &str) -> Op {
    let value = Value::Json(format!("\"{text}\""));
    Op::Put { key: key(n), expect: Expect::Any, value, schema: 1, expires_at: None }
}

/// Every commit has an id of its own: the time counts on.
fn commit(ops: Vec<Op>) -> Commit {
    static NEXT: AtomicI64 = AtomicI64::new(1_800_000_000_000);
    let at = Timestamp::from_millis(NEXT.fetch_add(1, Ordering::Relaxed));
    Commit { id: CommitId::new(at, [7; 10]), ops }
}
