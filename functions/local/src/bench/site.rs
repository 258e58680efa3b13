//! A filled store with the whole program over it, and the benchmark's own person who asks.
//!
//! The person is made by the routes: added by the operator, signed in with a password, so that every request
//! carries a real token and is authenticated against the registry.

use super::{
    Fault,
    fill::Sink,
    line::ORDERS,
    load::{Ask, send},
    people::seat,
    seed::Census,
};
use crate::{
    doors::Doors,
    serve::{ServeError, Server},
    world::{HOME, Setup, World},
};
use cws_model::{id::UserId, project::ProjectRole};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle};

/// Namespace of the person.
pub(super) const NAMESPACE: &str = "bench-lab";
const PASSWORD: &str = "glacier otter maps 42";
/// Far above what filling used.
const FIRST_COMMIT: u64 = 1 << 32;
/// When a token is exchanged for a fresh one; it lives 15 minutes.
const TOKEN_KEPT: Duration = Duration::from_secs(300);
/// The page that is deep, and what is on a page.
const DEEP_PAGE: u64 = 1000;
const PAGE_ITEMS: u64 = 50;
/// What the way there takes at a time.
const STRIDE: u64 = 100;

/// Whose token a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// The benchmark's own person, who works in projects and publishes.
    Researcher,
    /// One who may read the records of others.
    Auditor,
}

impl Who {
    const fn username(self) -> &'static str {
        match self {
            Self::Researcher => "bench",
            Self::Auditor => "bench-auditor",
        }
    }

    const fn role(self) -> &'static str {
        match self {
            Self::Researcher => "researcher",
            Self::Auditor => "institution_auditor",
        }
    }
}

/// A store that is asked.
pub(super) struct Site {
    pub(super) world: Arc<World>,
    pub(super) census: Census,
    /// The researcher.
    pub(super) user_id: UserId,
    tokens: Mutex<BTreeMap<Who, (String, Instant)>>,
    /// Cursor of the deep page in each order.
    deep: Vec<String>,
    deep_page: u64,
    published: AtomicU64,
    /// Where it listens.
    pub(super) address: SocketAddr,
    serving: JoinHandle<Result<(), ServeError>>,
    stop: watch::Sender<bool>,
}

/// Opens a data directory as `cws serve` does, without the templates that come with the program.
pub(super) async fn open_world(dir: &Path) -> Result<World, Fault> {
    Ok(World::open(dir, "http://127.0.0.1:8947", Setup { templates: false, ..Setup::default() }).await?)
}

impl Site {
    /// Adds the person, who takes a namespace and is a viewer of every project.
    pub(super) async fn found(dir: &Path, census: Census) -> Result<(), Fault> {
        let world = open_world(dir).await?;
        let user_id = add(&world, Who::Researcher).await?;
        add(&world, Who::Auditor).await?;
        let (token, _) = sign_in(&world, Who::Researcher).await?;
        let take = json!({"name": NAMESPACE, "description": "Where the benchmark publishes."});
        asked(&world, &token, Ask::post("/api/v2/marketplace/namespaces", &take, 201)).await?;
        let home = HOME.parse()?;
        let mut sink = Sink::new(world.store.clone(), FIRST_COMMIT);
        for project in 0..census.projects {
            sink.take(seat(&home, project, &user_id, ProjectRole::Viewer)?).await?;
        }
        sink.finish().await?;
        crate::background::pass(&world).await;
        Ok(())
    }

    /// Opens a store whose person was added, and starts what runs beside requests.
    #[expect(clippy::disallowed_methods, reason = "the server is the benchmark's own, not a handler's")]
    pub(super) async fn open(dir: &Path, census: Census) -> Result<Arc<Self>, Fault> {
        let world = Arc::new(open_world(dir).await?);
        let (token, user_id) = sign_in(&world, Who::Researcher).await?;
        let (deep_page, deep) = deep_cursors(&world, &token, census).await?;
        let (stop, stopping) = watch::channel(false);
        let server = Server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = server.address;
        let serving = tokio::spawn(server.run(world.clone(), Doors::loopback(), stopping));
        Ok(Arc::new(Self {
            world,
            census,
            user_id,
            tokens: Mutex::default(),
            deep,
            deep_page,
            published: AtomicU64::new(0),
            address,
            serving,
            stop,
        }))
    }

    /// Ends what runs beside requests and closes the store.
    pub(super) async fn close(self: Arc<Self>) -> Result<(), Fault> {
        let site = Arc::try_unwrap(self).map_err(|_| "a request is still under way")?;
        site.stop.send_replace(true);
        site.serving.await??;
        drop(site.world);
        Ok(())
    }

    /// A token that is good for the next minutes.
    pub(super) async fn token(&self, who: Who) -> Result<String, Fault> {
        let kept = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(&who).cloned();
        if let Some((token, _)) = kept.filter(|(_, since)| since.elapsed() < TOKEN_KEPT) {
            return Ok(token);
        }
        let (token, _) = sign_in(&self.world, who).await?;
        let fresh = (token.clone(), Instant::now());
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(who, fresh);
        Ok(token)
    }

    /// Number of the page that `template_list` is asked for besides the first.
    pub(super) fn deep_page(&self) -> u64 {
        self.deep_page
    }

    /// Query that asks for the deep page in the order of this number.
    pub(super) fn deep_query(&self, n: usize) -> String {
        let place = n % ORDERS.len();
        let (order, cursor) = (ORDERS.get(place), self.deep.get(place));
        let order = order.copied().unwrap_or_default();
        match cursor {
            Some(cursor) if !cursor.is_empty() => format!("sort={order}&cursor={cursor}"),
            _ => format!("sort={order}"),
        }
    }

    /// A number that no template was published under yet.
    pub(super) fn next_published(&self) -> u64 {
        self.published.fetch_add(1, Ordering::Relaxed)
    }
}

/// Adds somebody as the operator, and sets the password.
async fn add(world: &World, who: Who) -> Result<UserId, Fault> {
    let key = std::fs::read_to_string(&world.operator.path)?;
    let name = who.username();
    let new = json!({
        "username": name, "email": format!("{name}@example.org"), "full_name": "Bench Mark", "role": who.role(),
    });
    let added = asked(world, key.trim(), Ask::post("/api/v2/users/registry", &new, 201)).await?;
    let set = json!({"token": text(&added, "setup_token")?, "password": PASSWORD});
    send(&world.shell, "", &Ask::post("/api/v2/auth/password", &set, 204)).await?;
    Ok(text(&added, "id")?.parse()?)
}

/// Signs in with the password: a token, and whose it is.
async fn sign_in(world: &World, who: Who) -> Result<(String, UserId), Fault> {
    let body = json!({"institution": HOME, "login": who.username(), "password": PASSWORD});
    let opened = asked(world, "", Ask::post("/api/v2/auth/sessions", &body, 201)).await?;
    Ok((text(&opened, "access_token")?, text(&opened, "user_id")?.parse()?))
}

/// Walks to the deep page in every order, or to the last whole page where there are fewer.
async fn deep_cursors(world: &World, token: &str, census: Census) -> Result<(u64, Vec<String>), Fault> {
    let page = DEEP_PAGE.min(census.templates * 9 / 10 / PAGE_ITEMS).max(1);
    let mut cursors = Vec::new();
    for order in ORDERS {
        let mut cursor = String::new();
        let mut left = (page - 1) * PAGE_ITEMS;
        while left > 0 {
            let take = left.min(STRIDE);
            let mut query = format!("sort={order}&limit={take}");
            if !cursor.is_empty() {
                query.push_str(&format!("&cursor={cursor}"));
            }
            cursor =
                text(&asked(world, token, Ask::get("/api/v2/marketplace/templates", query)).await?, "next")?;
            left -= take;
        }
        cursors.push(cursor);
    }
    Ok((page, cursors))
}

async fn asked(world: &World, token: &str, ask: Ask) -> Result<Value, Fault> {
    Ok(serde_json::from_slice(&send(&world.shell, token, &ask).await?.body)?)
}

fn text(answer: &Value, member: &str) -> Result<String, Fault> {
    let found = answer.get(member).and_then(Value::as_str);
    Ok(found.ok_or_else(|| format!("an answer has no `{member}`"))?.to_owned())
}
