//! `cws serve`: listens, works in the background, and drains when it is told to stop.

use crate::{
    background::Background,
    doors::Doors,
    http::{Served, answer},
    inlet::Inlet,
    patient::Patient,
    world::{World, WorldError},
};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};

/// How long a client may take nothing of what it is sent.
const WRITE_WAIT: Duration = Duration::from_secs(30);
/// How long a stop waits for requests that have begun.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Why the server did not start, or stopped.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address is taken.
    #[error(
        "`{0}` is in use: stop the program that listens there, or choose another with --listen 127.0.0.1:0"
    )]
    InUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on `{0}`: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The parts cannot be put together.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The server failed.
    #[error("the server failed: {0}")]
    Io(#[from] std::io::Error),
}

/// What clients may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at the same time; more wait until one ends.
    pub connections: usize,
    /// How long a request's head may take to come, and a connection may stay idle.
    pub head_wait: Duration,
    /// Largest head, bytes.
    pub head_max_bytes: usize,
    /// How long a request's body may take to come.
    pub body_wait: Duration,
    /// All bodies that are worked on at the same time, bytes; more wait for room.
    pub bodies_max_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head_wait: Duration::from_secs(20),
            head_max_bytes: 64 * 1024,
            body_wait: Duration::from_secs(30),
            bodies_max_bytes: 64 * 1024 * 1024,
        }
    }
}

/// A listening server.
pub struct Server {
    /// Where it listens; a port of 0 was given a real one.
    pub address: SocketAddr,
    /// What clients may take.
    pub limits: Limits,
    listener: TcpListener,
}

impl Server {
    /// Takes the address.
    ///
    /// # Errors
    /// `InUse` or `Listen`.
    pub async fn bind(address: SocketAddr) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => ServeError::InUse(address),
            _ => ServeError::Listen(address, error),
        })?;
        Ok(Self { address: listener.local_addr()?, limits: Limits::default(), listener })
    }

    /// Answers until `stop` says so, then finishes what it has begun.
    ///
    /// # Errors
    /// What the listener says.
    pub async fn run(
        self,
        world: Arc<World>,
        doors: Doors,
        stop: watch::Receiver<bool>,
    ) -> Result<(), ServeError> {
        let background = Background::start(world.clone(), stop.clone());
        let inlet = Inlet::new(self.limits.bodies_max_bytes, self.limits.body_wait);
        let served = Arc::new(Served { shell: world.shell.clone(), doors, inlet });
        let serving = accept(self.listener, self.limits, served, stop.clone());
        let overdue = async {
            stopped(stop).await;
            tokio::time::sleep(DRAIN_MAX).await;
        };
        tokio::select! {
            () = serving => {}
            () = overdue => tracing::warn!("a client did not finish in time; its connection is cut"),
        }
        background.finish().await;
        Ok(())
    }
}

/// Takes connections until it is told to stop, then waits until those that it has are done.
async fn accept(listener: TcpListener, limits: Limits, served: Arc<Served>, stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let open = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head_wait).max_buf_size(limits.head_max_bytes);
    let stop = stopped(stop);
    tokio::pin!(stop);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        match tokio::select! { () = &mut stop => break, next = next => next } {
            (Ok((stream, peer)), Ok(place)) => connect(&http, &open, &served, (stream, peer, place)),
            (Err(error), _) => not_accepted(&error).await,
            (_, Err(_closed)) => break,
        }
    }
    drop(listener);
    open.shutdown().await;
}

/// Answers on one connection until it ends.
#[expect(clippy::disallowed_methods, reason = "a connection is the server's own work, not a handler's")]
fn connect(
    http: &http1::Builder,
    open: &GracefulShutdown,
    served: &Arc<Served>,
    (stream, peer, place): (TcpStream, SocketAddr, OwnedSemaphorePermit),
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers may be sent late");
    }
    let served = served.clone();
    let service = service_fn(move |request| {
        let served = served.clone();
        async move { Ok::<_, Infallible>(answer(&served, peer, request).await) }
    });
    let stream = Patient::new(TokioIo::new(stream), WRITE_WAIT);
    let connection = open.watch(http.serve_connection(stream, service));
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended badly");
        }
        drop(place);
    });
}

/// Too many open files, or a client that was gone at once: the next try may go through.
async fn not_accepted(error: &io::Error) {
    tracing::warn!(%error, "a connection was not taken");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Resolves when the flag turns true, or when nobody can turn it any more.
pub async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        tracing::debug!("the stop switch is gone");
    }
}
