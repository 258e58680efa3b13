//! `cws bench`: fills two fresh stores, one 500 times the other, and measures what requests cost on both.
//!
//! Rows are those that the routes write, made with the same types and keys. Requests go over HTTP on loopback
//! with a real access token. Clients and server are one process, so that both pay for the same processors.

mod authorization;
mod catalogue;
mod compare;
mod filed;
mod fill;
#[cfg(test)]
mod heat;
mod line;
mod load;
mod memory;
mod people;
mod progress;
mod report;
mod scan;
mod seed;
mod site;
mod target;
#[cfg(test)]
mod tests;
mod wire;

use progress::say;
use report::Report;
use seed::Census;
use site::Site;
use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

/// How many times larger the large store is.
const LARGER: u32 = 500;
/// Fewest people in the small store: below, it would have no project.
const SMALL_MIN_USERS: u32 = 100;
/// How often the store is opened to see how long that takes.
const STARTS: usize = 3;
/// Part of the requests that is asked once before anything is measured, while memory is watched.
const WARM_UP_PART: u32 = 10;

/// Why the benchmark ended early.
type Fault = Box<dyn Error + Send + Sync>;

/// How much is filled and asked.
#[derive(Debug, Clone)]
pub struct Plan {
    /// People; 1 project per 100, 1 template per 5 with 3 versions each.
    pub users: u32,
    /// Requests of each kind; a part of that for lists, search and publishing.
    pub requests: u32,
    /// Where to fill: the new directories `small` and `large` in it, kept afterwards. In a temporary one that is
    /// removed when left out.
    pub dir: Option<PathBuf>,
}

/// Fills, measures, and writes the table to standard output. Filling is done by processes of their own, so that
/// the memory seen is that of serving.
///
/// # Errors
/// When a store cannot be filled, or a request is answered otherwise than it should be.
pub async fn run(plan: &Plan) -> Result<(), Box<dyn Error>> {
    let report = measure(plan, Filling::Apart).await.map_err(|fault| fault as Box<dyn Error>)?;
    Ok(report.write(&mut io::stdout().lock())?)
}

/// Fills one store and ends: what `run` starts processes for. `name` is what the progress is shown under.
///
/// # Errors
/// When the store cannot be filled.
pub async fn fill(dir: &Path, users: u32, name: &str) -> Result<(), Box<dyn Error>> {
    prepare(dir, Census::of(users), name).await.map_err(|fault| fault as Box<dyn Error>)
}

/// Where filling is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filling {
    /// In another process of this program.
    Apart,
    /// In this one.
    #[cfg(test)]
    Here,
}

impl Filling {
    async fn fill(self, dir: &Path, users: u32, name: &str) -> Result<(), Fault> {
        match self {
            Self::Apart => fill_apart(dir, users, name),
            #[cfg(test)]
            Self::Here => prepare(dir, Census::of(users), name).await,
        }
    }
}

fn fill_apart(dir: &Path, users: u32, name: &str) -> Result<(), Fault> {
    let mut filler = Command::new(std::env::current_exe()?);
    filler.args(["bench", "--fill-only", name, "--users", &users.to_string(), "--dir"]).arg(dir);
    let ended = filler.status()?;
    if ended.success() { Ok(()) } else { Err(format!("filling the {name} ended with {ended}").into()) }
}

/// Fills and measures.
async fn measure(plan: &Plan, filling: Filling) -> Result<Report, Fault> {
    let ground = Ground::new(plan)?;
    let users = [(plan.users / LARGER).max(SMALL_MIN_USERS), plan.users.max(SMALL_MIN_USERS)];
    let [small, large] = users.map(Census::of);
    let [small_users, large_users] = users;
    filling.fill(&ground.small, small_users, "small store").await?;
    filling.fill(&ground.large, large_users, "large store").await?;

    for dir in [&ground.small, &ground.large] {
        read_through(dir)?;
    }
    let large_site = Site::open(&ground.large, large).await?;
    let idle_kib = memory::resident_kib();
    warm_up(&large_site, plan.requests).await?;
    let memory = memory::Seen { idle_kib, peak_kib: memory::peak_kib(), mapped_kib: memory::mapped_kib() };

    let small_site = Site::open(&ground.small, small).await?;
    warm_up(&small_site, plan.requests).await?;
    let lines = compare::all(&small_site, &large_site, plan.requests).await?;
    say("authorization and scan")?;
    let authorization = authorization::measure(&large_site, plan.requests).await?;
    let scan = scan::measure(&large_site).await?;
    let deep_pages = [small_site.deep_page(), large_site.deep_page()];
    small_site.close().await?;
    large_site.close().await?;

    let starts = starts(&ground.large).await?;
    let bytes = [size_of(&ground.small)?, size_of(&ground.large)?];
    let clients = load::clients();
    Ok(Report { small, large, lines, authorization, scan, deep_pages, memory, starts, bytes, clients })
}

/// Fills a store and lets the benchmark's own people into it.
async fn prepare(dir: &Path, census: Census, name: &str) -> Result<(), Fault> {
    fill::fill(dir, census, name).await?;
    say(&format!("{name}: building the search index"))?;
    Site::found(dir, census).await
}

/// Asks everything once, so that caches are as they are in a running server.
async fn warm_up(site: &Arc<Site>, requests: u32) -> Result<(), Fault> {
    say(&format!("warming up with {} people", site.census.users))?;
    for line in line::Line::ALL {
        load::drive(site, *line, 0, (line.share(requests) / WARM_UP_PART).max(4)).await?;
    }
    Ok(())
}

/// How long opening takes, shortest first.
async fn starts(dir: &Path) -> Result<Vec<Duration>, Fault> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let world = site::open_world(dir).await?;
        took.push(began.elapsed());
        drop(world);
    }
    took.sort();
    Ok(took)
}

/// Reads every file once, so that both stores are asked from the operating system's cache: what is measured is the
/// program, not the disk that its files happen to lie on.
fn read_through(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_file() {
            io::copy(&mut fs::File::open(path)?, &mut io::sink())?;
        }
    }
    Ok(())
}

/// Bytes of all files in a data directory.
fn size_of(dir: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(dir)? {
        let found = entry?.metadata()?;
        bytes += if found.is_file() { found.len() } else { 0 };
    }
    Ok(bytes)
}

/// The two directories. A temporary one goes when this is dropped.
struct Ground {
    small: PathBuf,
    large: PathBuf,
    temporary: Option<PathBuf>,
}

impl Ground {
    fn new(plan: &Plan) -> Result<Self, Fault> {
        let (root, temporary) = match &plan.dir {
            Some(dir) => (dir.clone(), None),
            None => {
                let dir = std::env::temp_dir().join(format!("cws-bench-{}", std::process::id()));
                (dir.clone(), Some(dir))
            }
        };
        let ground = Self { small: root.join("small"), large: root.join("large"), temporary };
        for dir in [&ground.small, &ground.large] {
            if dir.exists() {
                return Err(
                    format!("`{}` is there already; name a new directory with --dir", dir.display()).into()
                );
            }
        }
        Ok(ground)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(dir) = &self.temporary
            && let Err(error) = fs::remove_dir_all(dir)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, dir = %dir.display(), "the temporary directory was not removed");
        }
    }
}
