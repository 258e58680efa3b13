//! The writer: one thread, one connection, and many commits in one durable transaction.
//!
//! While the disk works on one transaction the next commits queue up; they become the next
//! transaction together. So a single caller waits for one synchronisation, and a hundred callers
//! share one.

use super::{
    apply::{Generation, Outcome, apply},
    error, upkeep,
};
use cws_model::Timestamp;
use cws_store::{Commit, StoreError};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{io, thread};
use tokio::sync::{mpsc, oneshot, watch};

/// Commits waiting at the writer before callers wait at the door.
const QUEUE_COMMITS: usize = 256;
/// Commits in one transaction.
const GROUP_MAX_COMMITS: usize = 256;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

enum Task {
    Commit(Commit, Answer<()>),
    Sweep(Timestamp, Answer<u64>),
}

/// The handle on the writer's thread. Dropping it finishes what is queued, then closes the file.
#[derive(Debug)]
pub(super) struct Writer {
    tasks: Option<mpsc::Sender<Task>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. `written` counts the commits that wrote to the outbox.
    pub(super) fn start(connection: Connection, written: watch::Sender<u64>) -> io::Result<Self> {
        let (tasks, queue) = mpsc::channel(QUEUE_COMMITS);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || Work { connection, written }.run(queue))?;
        Ok(Self { tasks: Some(tasks), thread: Some(thread) })
    }

    /// Commits durably.
    pub(super) async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.ask(|answer| Task::Commit(commit, answer)).await
    }

    /// Removes one batch of expired rows; answers how many.
    pub(super) async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.ask(|answer| Task::Sweep(now, answer)).await
    }

    async fn ask<T>(&self, task: impl FnOnce(Answer<T>) -> Task) -> Result<T, StoreError> {
        let tasks = self.tasks.as_ref().ok_or_else(error::closed)?;
        let (answer, answered) = oneshot::channel();
        tasks.send(task(answer)).await.map_err(|_| error::closed())?;
        answered.await.map_err(|_| StoreError::Unknown("the writer stopped".to_owned()))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.tasks.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer of the store ended in a panic");
        }
    }
}

/// What the thread owns.
struct Work {
    connection: Connection,
    written: watch::Sender<u64>,
}

impl Work {
    fn run(mut self, mut queue: mpsc::Receiver<Task>) {
        while let Some(task) = queue.blocking_recv() {
            let mut group = Vec::new();
            let mut next = Some(task);
            while let Some(task) = next {
                match task {
                    Task::Commit(commit, answer) => group.push((commit, answer)),
                    Task::Sweep(now, answer) => {
                        let _gone = answer.send(upkeep::sweep(&mut self.connection, now));
                    }
                }
                next = if group.len() < GROUP_MAX_COMMITS { queue.try_recv().ok() } else { None };
            }
            self.write_group(group);
        }
        if let Err(e) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(error = %e, "the log of the store was not folded into its file");
        }
    }

    /// Writes a group in one transaction. If the transaction fails, each commit is tried alone, so
    /// that one too large for the disk does not fail its neighbours.
    fn write_group(&mut self, group: Vec<(Commit, Answer<()>)>) {
        match self.try_group(group.iter().map(|(commit, _)| commit)) {
            Ok(outcomes) => self.answer(group, outcomes),
            Err(_) if group.len() > 1 => group.into_iter().for_each(|one| self.write_group(vec![one])),
            Err(error) => group.into_iter().for_each(|(_, answer)| {
                let _gone = answer.send(Err(error_of(&error)));
            }),
        }
    }

    fn answer(&self, group: Vec<(Commit, Answer<()>)>, outcomes: Vec<Outcome>) {
        let events = outcomes.iter().filter(|one| matches!(one, Outcome::Written { outbox: true })).count();
        for ((_, answer), outcome) in group.into_iter().zip(outcomes) {
            let _gone = answer.send(outcome.answer());
        }
        if events > 0 {
            self.written.send_modify(|count| *count += events as u64);
        }
    }

    fn try_group<'a>(&mut self, group: impl Iterator<Item = &'a Commit>) -> Result<Vec<Outcome>, Failure> {
        let transaction = Transaction::new(&mut self.connection, TransactionBehavior::Immediate)
            .map_err(Failure::Before)?;
        let outcomes = Generation::read(&transaction)
            .and_then(|generation| group.map(|commit| apply(&transaction, generation, commit)).collect())
            .map_err(Failure::Before)?;
        transaction.commit().map_err(Failure::AtTheEnd)?;
        Ok(outcomes)
    }
}

/// When a transaction failed.
enum Failure {
    Before(rusqlite::Error),
    AtTheEnd(rusqlite::Error),
}

fn error_of(failure: &Failure) -> StoreError {
    match failure {
        Failure::Before(e) => error::unchanged(e),
        Failure::AtTheEnd(e) => error::at_the_end(e),
    }
}
