//! Fills a store: rows are made one after the other and go in by commits of up to a hundred, some of them
//! under way at a time. Next to nothing of it is kept in memory.

use super::{Fault, catalogue::Catalogue, people::People, progress::Progress, seed, seed::Census};
use crate::{keys, world::HOME};
use cws_embedded::{
    keys::FileKeys,
    sqlite::{Durability, Options, SqliteStore},
    system::{SystemClock, SystemEntropy},
};
use cws_model::id::CommitKind;
use cws_store::{Store, StoreError, Writes, limits::COMMIT_MAX_OPS};
use std::{path::Path, sync::Arc};
use tokio::task::JoinSet;

/// Commits under way.
const UNDER_WAY: usize = 32;

/// Fills a new data directory.
pub(super) async fn fill(dir: &Path, census: Census, name: &str) -> Result<(), Fault> {
    let entropy = SystemEntropy::default();
    // What is lost with the machine is filled again; requests are measured with every commit on the disk.
    let store = SqliteStore::open(dir, Options { durability: Durability::TestOnly, ..Options::default() })?;
    let home = HOME.parse::<cws_model::InstitutionId>()?;
    let issuer = keys::issuer(store.as_ref(), &SystemClock, &entropy).await?;
    let people = People { home: home.clone(), issuer, census };
    let catalogue = Catalogue::new(home, census, FileKeys::open(&dir.join("keys"), &entropy)?).await?;

    let mut progress = Progress::new(name, census.projects * 2 + census.users + census.templates);
    let mut sink = Sink::new(store, 0);
    for n in 0..census.projects {
        sink.take(people.project(n)?).await?;
        sink.take(catalogue.namespace(n)?).await?;
        progress.add(2)?;
    }
    for n in 0..census.users {
        sink.take(people.person(n)?).await?;
        progress.add(1)?;
    }
    for n in 0..census.templates {
        sink.take(catalogue.template(n).await?).await?;
        progress.add(1)?;
    }
    for rows in catalogue.near()? {
        sink.take(rows).await?;
    }
    sink.finish().await?;
    Ok(progress.finish()?)
}

/// Where rows go in.
pub(super) struct Sink {
    store: Arc<SqliteStore>,
    waiting: Writes,
    commits: u64,
    under_way: JoinSet<Result<(), StoreError>>,
}

impl Sink {
    /// Into a store, with commits numbered from `first`: a number that was used before would do nothing.
    pub(super) fn new(store: Arc<SqliteStore>, first: u64) -> Self {
        Self { store, waiting: Writes::new(), commits: first, under_way: JoinSet::new() }
    }

    /// Takes rows that belong together; they are not spread over two commits.
    pub(super) async fn take(&mut self, rows: Writes) -> Result<(), Fault> {
        if self.waiting.ops().len() + rows.ops().len() > COMMIT_MAX_OPS {
            self.send().await?;
        }
        self.waiting.extend(rows);
        Ok(())
    }

    async fn send(&mut self) -> Result<(), Fault> {
        let commit = std::mem::take(&mut self.waiting).into_commit(seed::id::<CommitKind>(self.commits));
        self.commits += 1;
        let store = self.store.clone();
        self.under_way.spawn(async move { store.commit(&commit).await });
        if self.under_way.len() >= UNDER_WAY
            && let Some(done) = self.under_way.join_next().await
        {
            done??;
        }
        Ok(())
    }

    /// Waits until everything is in.
    pub(super) async fn finish(mut self) -> Result<(), Fault> {
        if !self.waiting.is_empty() {
            self.send().await?;
        }
        while let Some(done) = self.under_way.join_next().await {
            done??;
        }
        Ok(())
    }
}
