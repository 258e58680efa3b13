//! `cws serve`: listens, works in the background, and drains when it is told to stop.

use crate::{
    background::Background,
    http::{Doors, Served, answer},
    world::{World, WorldError},
};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, State},
    http::Request,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use thiserror::Error;
use tokio::{net::TcpListener, sync::watch};

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

/// A listening server.
pub struct Server {
    /// Where it listens; a port of 0 was given a real one.
    pub address: SocketAddr,
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
        Ok(Self { address: listener.local_addr()?, listener })
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
        let served = Arc::new(Served { shell: world.shell.clone(), doors });
        let app = Router::new().fallback(handle).with_state(served);
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(self.listener, service).with_graceful_shutdown(stopped(stop.clone()));
        let overdue = async {
            stopped(stop).await;
            tokio::time::sleep(DRAIN_MAX).await;
        };
        tokio::select! {
            ended = serving.into_future() => ended?,
            () = overdue => tracing::warn!("a client did not finish in time; its connection is cut"),
        }
        background.finish().await;
        Ok(())
    }
}

async fn handle(
    State(served): State<Arc<Served>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> http::Response<Body> {
    answer(&served, peer, request).await
}

/// Resolves when the flag turns true, or when nobody can turn it any more.
pub async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        tracing::debug!("the stop switch is gone");
    }
}
