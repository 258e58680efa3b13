//! Clients: several at a time, each with its next request as soon as it has its answer.

use super::{Fault, line::Line, site::Site, wire::Wire};
use cws_route::{Request, Response, Shell};
use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// What is asked, and how it should be answered.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) body: Vec<u8>,
    status: u16,
}

impl Ask {
    /// A read that is answered with 200.
    pub(super) fn get(path: impl Into<String>, query: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), query: query.into(), body: Vec::new(), status: 200 }
    }

    /// A POST of JSON.
    pub(super) fn post(path: &str, body: &serde_json::Value, status: u16) -> Self {
        let body = body.to_string().into_bytes();
        Self { method: "POST", path: path.to_owned(), query: String::new(), body, status }
    }

    fn request(&self, token: &str) -> Request {
        let mut request = Request {
            query: self.query.clone(),
            body: self.body.clone(),
            from_loopback: true,
            ..Request::default()
        };
        let mut header = |name: &str, value: String| request.headers.insert(name.to_owned(), value);
        header("accept", "application/json".to_owned());
        if !self.body.is_empty() {
            header("content-type", "application/json".to_owned());
        }
        if !token.is_empty() {
            header("authorization", format!("Bearer {token}"));
        }
        request.with_bearer_from_header()
    }

    fn check(&self, status: u16, body: &[u8]) -> Result<(), Fault> {
        if status == self.status {
            return Ok(());
        }
        let (said, path) = (String::from_utf8_lossy(body), &self.path);
        Err(format!("{} {path}?{} was answered with {status}: {said}", self.method, self.query).into())
    }
}

/// Asks once, in this process.
pub(super) async fn send(shell: &Shell, token: &str, ask: &Ask) -> Result<Response, Fault> {
    let response = shell.serve_path(ask.method, &ask.path, ask.request(token)).await;
    ask.check(response.status, &response.body)?;
    Ok(response)
}

/// What requests took.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// Of each request, nanoseconds.
    pub(super) took_ns: Vec<u64>,
    /// Of all, with several clients at a time.
    pub(super) elapsed: Duration,
}

impl Run {
    /// Adds another run of the same.
    pub(super) fn add(&mut self, other: Self) {
        self.took_ns.extend(other.took_ns);
        self.elapsed += other.elapsed;
    }

    /// What this share of the requests stayed below, nanoseconds; `share` in percent. The run is sorted by it.
    pub(super) fn percentile(&mut self, share: usize) -> u64 {
        self.took_ns.sort_unstable();
        let place = (self.took_ns.len() * share).div_ceil(100).saturating_sub(1);
        self.took_ns.get(place).copied().unwrap_or_default()
    }

    /// Requests a second.
    pub(super) fn throughput(&self) -> f64 {
        let count = u32::try_from(self.took_ns.len()).unwrap_or(u32::MAX);
        f64::from(count) / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// How many clients ask at a time: one a processor, 2 to 8.
pub(super) fn clients() -> usize {
    std::thread::available_parallelism().map_or(2, NonZeroUsize::get).clamp(2, 8)
}

/// Asks the requests numbered from `first` over HTTP. Every answer must be the right one.
pub(super) async fn drive(site: &Arc<Site>, line: Line, first: u64, count: u32) -> Result<Run, Fault> {
    let token: Arc<str> = site.token(line.who()).await?.into();
    let next = Arc::new(AtomicU64::new(0));
    let mut clients_running = JoinSet::new();
    let began = Instant::now();
    for _ in 0..clients() {
        let (site, token, next) = (site.clone(), token.clone(), next.clone());
        clients_running.spawn(async move {
            let mut wire = Wire::connect(site.address).await?;
            let mut took_ns = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= u64::from(count) {
                    return Ok::<_, Fault>(took_ns);
                }
                let ask = line.ask(&site, first + n);
                let request = wire.encode(&ask, &token);
                let began = Instant::now();
                let (status, body) = wire.exchange(&request).await?;
                took_ns.push(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX));
                ask.check(status, body)?;
            }
        });
    }
    let mut run = Run::default();
    while let Some(client) = clients_running.join_next().await {
        run.took_ns.extend(client??);
    }
    run.elapsed = began.elapsed();
    Ok(run)
}
