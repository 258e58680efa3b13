//! A deployment to talk to.

use super::{Caller, weather};
use cws_local::{
    doors::Doors,
    serve::{Limits, Server},
    world::{Setup, World},
};
use serde_json::json;
use std::{
    env,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::watch, task::JoinHandle};

/// The password of everybody in tests.
pub const PASSWORD: &str = "glacier otter maps 42";

static PEOPLE: AtomicU32 = AtomicU32::new(0);

/// A running deployment; a local one ends with it.
pub struct App {
    /// Where it is reached.
    pub base_url: String,
    operator: String,
    local: Option<Local>,
}

struct Local {
    world: Arc<World>,
    stop: watch::Sender<bool>,
    serving: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
    data: TempDir,
}

impl App {
    /// The deployment at `API_URL`, or one of its own.
    pub fn start() -> Self {
        match (env::var("API_URL"), env::var("API_OPERATOR")) {
            (Ok(base_url), Ok(operator)) => Self { base_url, operator, local: None },
            _ => Self::start_local(Setup::for_tests()),
        }
    }

    /// One of its own, set up so.
    pub fn start_local(setup: Setup) -> Self {
        Self::start_limited(setup, Limits::default())
    }

    /// One of its own, over a data directory that is there.
    pub fn start_over(data: TempDir, setup: Setup) -> Self {
        Self::start_in(data, setup, Limits::default())
    }

    /// One of its own, whose clients may take no more than this.
    pub fn start_limited(setup: Setup, limits: Limits) -> Self {
        Self::start_in(TempDir::new().unwrap(), setup, limits)
    }

    fn start_in(data: TempDir, setup: Setup, limits: Limits) -> Self {
        let setup = weather::exposed(setup);
        let runtime = Runtime::new().unwrap();
        let (stop, stopping) = watch::channel(false);
        let (server, world) = runtime.block_on(async {
            let mut server = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
            server.limits = limits;
            let base_url = format!("http://{}", server.address);
            let world = World::open(data.path(), &base_url, setup).await.unwrap();
            (server, Arc::new(world))
        });
        let base_url = format!("http://{}", server.address);
        let serving = world.clone();
        let serving =
            runtime.spawn(async move { server.run(serving, Doors::loopback(), stopping).await.unwrap() });
        let operator = std::fs::read_to_string(data.path().join("admin.key")).unwrap().trim().to_owned();
        Self {
            base_url,
            operator,
            local: Some(Local { world, stop, serving: Some(serving), runtime: Some(runtime), data }),
        }
    }

    /// What runs inside, for the tests that need a moved clock or a look into the store.
    pub fn world(&self) -> &World {
        &self.local.as_ref().expect("a deployed API has no inside to look at").world
    }

    /// Stops and starts again over the same data.
    pub fn restart(mut self, setup: Setup) -> Self {
        let local = self.local.take().expect("only a local deployment can be restarted");
        let local = finish(local);
        Self::start_in(stop(local), setup, Limits::default())
    }

    /// Stops; answers the data directory, which lives as long as the second value.
    pub fn stop(mut self) -> (PathBuf, TempDir) {
        let data = stop(finish(self.local.take().expect("only a local deployment can be stopped")));
        (data.path().to_owned(), data)
    }

    /// Nobody.
    pub fn anonymous(&self) -> Caller {
        Caller::new(&self.base_url, None, String::new())
    }

    /// The holder of the deployment's own credential.
    pub fn operator(&self) -> Caller {
        Caller::new(&self.base_url, Some(self.operator.clone()), "operator".to_owned())
    }

    /// A new researcher of the institution `local`.
    pub fn researcher(&self) -> Caller {
        self.person("local", "researcher")
    }

    /// A new person with a role in an institution.
    pub fn person(&self, institution: &str, role: &str) -> Caller {
        let name = format!("p{}-{}", PEOPLE.fetch_add(1, Ordering::Relaxed), std::process::id());
        self.named_person(institution, role, &name)
    }

    /// A new person with a name of the test's choosing.
    pub fn named_person(&self, institution: &str, role: &str, name: &str) -> Caller {
        let mut body = json!({
            "username": name, "email": format!("{name}@example.org"), "full_name": "A Person", "role": role,
        });
        if institution != "local" {
            body["institution"] = json!(institution);
        }
        if role == "external" {
            body["access_expires_at"] = json!("2999-01-01T00:00:00Z");
        }
        if let Ok(url) = env::var("API_PEOPLE") {
            body["institution"] = json!(institution);
            return self.admitted(&url, body);
        }
        let made = self.operator().post("/users/registry", &body).expect(201).json();
        let setup = json!({"token": made["setup_token"], "password": PASSWORD});
        self.anonymous().post("/auth/password", &setup).expect(204);
        self.sign_in(institution, name)
    }

    /// A person of a deployment whose people sign in elsewhere: the operator there admits them.
    fn admitted(&self, url: &str, mut body: serde_json::Value) -> Caller {
        if let Some(members) = body.as_object_mut() {
            members.retain(|name, _| name != "email" && name != "full_name");
        }
        let admitted =
            ureq::post(url).send_json(body).unwrap().body_mut().read_json::<serde_json::Value>().unwrap();
        let text = |name: &str| admitted[name].as_str().unwrap().to_owned();
        Caller::new(&self.base_url, Some(text("token")), text("user_id"))
    }

    /// Signs a person in.
    pub fn sign_in(&self, institution: &str, name: &str) -> Caller {
        let login = json!({"institution": institution, "login": name, "password": PASSWORD});
        let session = self.anonymous().post("/auth/sessions", &login).expect(201).json();
        let token = session["access_token"].as_str().unwrap().to_owned();
        Caller::new(&self.base_url, Some(token), session["user_id"].as_str().unwrap().to_owned())
    }

    /// A new institution with a name of its own.
    pub fn institution(&self) -> String {
        let id = format!("inst-{}-{}", PEOPLE.fetch_add(1, Ordering::Relaxed), std::process::id());
        let body = json!({"id": id, "name": "Another Institution"});
        self.operator().post("/institutions", &body).expect(201);
        id
    }

    /// Waits until everything that was committed has been worked through.
    pub fn settle(&self) {
        if let Some(Local { world, runtime: Some(runtime), .. }) = &self.local {
            // The server's own background pass may be at it; then this one waits until that has ended.
            for _ in 0..1000 {
                if !runtime.block_on(cws_local::background::pass(world)) {
                    return;
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            panic!("what was committed is still not worked through");
        }
    }
}

/// Lets it end what it has begun, as the program does.
fn finish(mut local: Local) -> Local {
    local.stop.send_replace(true);
    if let (Some(runtime), Some(serving)) = (&local.runtime, local.serving.take()) {
        let ended = async { tokio::time::timeout(std::time::Duration::from_secs(30), serving).await };
        runtime.block_on(ended).expect("it ends").unwrap();
    }
    local
}

fn stop(mut local: Local) -> TempDir {
    local.stop.send_replace(true);
    drop(local.world);
    if let Some(runtime) = local.runtime.take() {
        runtime.shutdown_timeout(std::time::Duration::from_secs(10));
    }
    local.data
}

impl Drop for App {
    fn drop(&mut self) {
        if let Some(local) = self.local.take() {
            stop(local);
        }
    }
}
