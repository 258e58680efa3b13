//! The readers: a few threads, each with its own connection, at one queue.
//!
//! A reader takes what waits, begins one snapshot for all of it, and answers. The snapshot begins
//! after the requests were made, so it holds every commit acknowledged before them.

use super::{
    OpenError, Options, error,
    read::{self, ReadError},
    schema,
};
use cws_store::{Item, Key, Page, Range, StoreError};
use rusqlite::{Connection, Transaction};
use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};
use tokio::sync::oneshot;

/// Requests that share a snapshot.
const BATCH_MAX_REQUESTS: usize = 16;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What a reader can be asked.
#[derive(Debug)]
pub(super) enum Request {
    Get(Vec<Key>, Answer<Vec<Option<Item>>>),
    Range(Range, Answer<Page>),
    Schema(Answer<u32>),
}

#[derive(Debug, Default)]
struct Waiting {
    requests: VecDeque<Request>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, request: Request) {
        self.lock().requests.push_back(request);
        self.arrived.notify_one();
    }

    fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
    }

    /// Waits for requests; none any more when the queue is closed and empty.
    fn take(&self) -> Vec<Request> {
        let idle = |waiting: &mut Waiting| waiting.requests.is_empty() && !waiting.closed;
        let mut waiting = self.arrived.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let count = waiting.requests.len().min(BATCH_MAX_REQUESTS);
        waiting.requests.drain(..count).collect()
    }
}

/// The handle on the threads. Dropping it answers what waits, then closes their connections.
#[derive(Debug)]
pub(super) struct Readers {
    queue: Arc<Queue>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Readers {
    /// Starts the threads.
    pub(super) fn start(path: &Path, options: &Options) -> Result<Self, OpenError> {
        let count = match options.reader_threads {
            0 => thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 6)),
            count => count,
        };
        let mut readers = Self { queue: Arc::default(), threads: Vec::with_capacity(count) };
        for number in 0..count {
            let connection = schema::open_reader(path).map_err(|e| schema::refused(path, &e))?;
            let queue = Arc::clone(&readers.queue);
            let thread = thread::Builder::new()
                .name(format!("store-reader-{number}"))
                .spawn(move || serve(connection, &queue))?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Asks the next free reader.
    pub(super) async fn ask<T>(&self, request: impl FnOnce(Answer<T>) -> Request) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.push(request(answer));
        answered.await.map_err(|_| error::closed())?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a reader of the store ended in a panic");
            }
        }
    }
}

fn serve(mut connection: Connection, queue: &Queue) {
    loop {
        let batch = queue.take();
        if batch.is_empty() {
            return;
        }
        match connection.transaction() {
            Ok(snapshot) => batch.into_iter().for_each(|request| answer(&snapshot, request)),
            Err(e) => batch.into_iter().for_each(|request| refuse(request, error::unchanged(&e))),
        }
    }
}

/// A caller that went away in the meantime is no error.
fn answer(snapshot: &Transaction<'_>, request: Request) {
    match request {
        Request::Get(keys, to) => drop(to.send(said(read::get(snapshot, &keys)))),
        Request::Range(range, to) => drop(to.send(said(read::range(snapshot, &range)))),
        Request::Schema(to) => drop(to.send(said(schema::version(snapshot).map_err(ReadError::from)))),
    }
}

fn said<T>(read: Result<T, ReadError>) -> Result<T, StoreError> {
    read.map_err(|why| match why {
        ReadError::Database(e) => error::unchanged(&e),
        ReadError::Row(e) => e,
    })
}

fn refuse(request: Request, error: StoreError) {
    match request {
        Request::Get(_, to) => drop(to.send(Err(error))),
        Request::Range(_, to) => drop(to.send(Err(error))),
        Request::Schema(to) => drop(to.send(Err(error))),
    }
}
