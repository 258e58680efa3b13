//! Runs what the command line asked for, and says what went wrong in one sentence.

use crate::cli::{BenchArgs, Cli, Command, Common, Events, ServeArgs, Verify};
use cws_local::{
    all_routes, bench,
    doors::Doors,
    login_file::{LoginFileError, login_services, trusted_issuers},
    parked_events,
    serve::Server,
    verify,
    world::{Setup, World},
};
use cws_route::{Table, openapi};
use std::{
    error::Error,
    io::{IsTerminal, Write},
    net::SocketAddr,
    path::Path,
    process::ExitCode,
    sync::Arc,
};
use tokio::{
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// Exit code of a server that was told twice to stop: what a shell says of a program that Ctrl-C ended.
const ENDED_AT_ONCE: u8 = 130;

type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Runs a command line.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        None => serve(&cli.common, &cli.serve),
        Some(Command::Serve(args)) => serve(&cli.common, &args),
        Some(Command::Openapi) => write_openapi(),
        Some(Command::Events(what)) => events(&cli.common, what),
        Some(Command::Verify(what)) => check(&cli.common, &what),
        Some(Command::Bench(args)) => measure(&args),
    };
    outcome.unwrap_or_else(|error| {
        say(&format!("cws: {error}"), true);
        ExitCode::FAILURE
    })
}

/// Writes a line for a person. A closed pipe is not worth a word.
fn say(text: &str, to_stderr: bool) {
    let written =
        if to_stderr { writeln!(std::io::stderr(), "{text}") } else { writeln!(std::io::stdout(), "{text}") };
    drop(written);
}

fn start_log(common: &Common) -> Result<(), Box<dyn Error>> {
    let filter =
        EnvFilter::try_new(&common.log).map_err(|error| format!("--log `{}`: {error}", common.log))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if common.log_json {
        log.json().flatten_event(true).init()
    } else {
        log.with_target(false).init()
    }
    Ok(())
}

fn serve(common: &Common, args: &ServeArgs) -> Outcome {
    start_log(common)?;
    Runtime::new()?.block_on(async {
        let mut signals = Signals::listen()?;
        let server = Server::bind(args.listen).await?;
        let base_url = format!("http://{}", server.address);
        let setup = setup(args, server.address)?;
        let world = tokio::select! {
            opened = World::open(&common.data, &base_url, setup) => Arc::new(opened?),
            () = signals.next() => {
                say("stopped before it had started; the next start goes on from there", false);
                return Ok(ExitCode::SUCCESS);
            }
        };
        greet(&base_url, &world);
        let (stop, stopping) = watch::channel(false);
        let doors = doors(args, server.address.ip().is_loopback());
        let running = server.run(world, doors, stopping);
        tokio::pin!(running);
        tokio::select! {
            ended = &mut running => return Ok(ended.map(|()| ExitCode::SUCCESS)?),
            () = signals.next() => say("stopping: finishing what has begun; Ctrl-C again ends it at once", false),
        }
        stop.send_replace(true);
        tokio::select! {
            ended = running => Ok(ended.map(|()| ExitCode::SUCCESS)?),
            () = signals.next() => Ok(ExitCode::from(ENDED_AT_ONCE)),
        }
    })
}

fn setup(args: &ServeArgs, address: SocketAddr) -> Result<Setup, Box<dyn Error>> {
    Ok(Setup {
        templates: !args.no_templates,
        listen: Some(address),
        allow_remote: args.allow_remote,
        inside_lambda: args.lambda_function_name.is_some(),
        store_max_bytes: args.max_store_bytes,
        trusted: listed("--trusted-issuers", args.trusted_issuers.as_deref(), trusted_issuers)?,
        logins: listed("--external-login", args.external_login.as_deref(), login_services)?,
        ..Setup::default()
    })
}

/// Ctrl-C, and the signal that a service manager sends. Caught from the moment of `listen` on, so that a
/// stop during a long first start is as clean as any.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn doors(args: &ServeArgs, loopback: bool) -> Doors {
    let mut doors = Doors::loopback();
    doors.hosts.extend(args.hosts.iter().map(|name| name.to_ascii_lowercase()));
    doors.origins.extend(args.origins.iter().cloned());
    if !loopback && args.hosts.is_empty() {
        doors.hosts.clear();
    }
    doors
}

fn greet(base_url: &str, world: &World) {
    let key = world.operator.path.display();
    let made = if world.operator.created { " (made just now)" } else { "" };
    say(
        &format!(
            "CloudWorkstation {version} listens on {base_url}\n\
             \x20 documentation    {base_url}/docs\n\
             \x20 operator's key   {key}{made}\n\
             \x20 try              curl -s {base_url}/health\n\
             \x20                  curl -s -H \"Authorization: Bearer $(cat {key})\" '{base_url}/api/v2/marketplace/templates/search?q=python'\n\
             \x20 stop             Ctrl-C",
            version = env!("CARGO_PKG_VERSION")
        ),
        false,
    );
}

fn write_openapi() -> Outcome {
    let document = openapi::document(&Table::new(all_routes())?, env!("CARGO_PKG_VERSION"));
    say(&serde_json::to_string_pretty(&document)?, false);
    Ok(ExitCode::SUCCESS)
}

fn events(common: &Common, what: Events) -> Outcome {
    start_log(common)?;
    let text = Runtime::new()?.block_on(async {
        match what {
            Events::Parked => parked_events::list(&common.data).await,
            Events::Retry => parked_events::retry(&common.data).await,
        }
    })?;
    say(&text, false);
    Ok(ExitCode::SUCCESS)
}

fn check(common: &Common, what: &Verify) -> Outcome {
    let report = match what {
        Verify::Audit { checkpoints } => {
            Runtime::new()?.block_on(verify::audit(&common.data, checkpoints.as_deref()))?
        }
        Verify::Template { manifest, bundle, trust_root } => verify::template(manifest, bundle, trust_root)?,
    };
    say(&report.to_string(), false);
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn measure(args: &BenchArgs) -> Outcome {
    if let (Some(name), Some(dir)) = (&args.fill_only, &args.dir) {
        Runtime::new()?.block_on(bench::fill(dir, args.users, name))?;
        return Ok(ExitCode::SUCCESS);
    }
    if cfg!(debug_assertions) {
        return Err("a debug build measures nothing useful; type: cargo run --release -- bench".into());
    }
    let plan = bench::Plan { users: args.users, requests: args.requests, dir: args.dir.clone() };
    Runtime::new()?.block_on(bench::run(&plan))?;
    Ok(ExitCode::SUCCESS)
}

/// What a file names, if there is one; a fault is told with the option that named it.
fn listed<T>(
    option: &str,
    path: Option<&Path>,
    read: impl FnOnce(&Path) -> Result<Vec<T>, LoginFileError>,
) -> Result<Vec<T>, String> {
    let Some(path) = path else { return Ok(Vec::new()) };
    read(path).map_err(|error| format!("{option} {}: {error}", path.display()))
}
