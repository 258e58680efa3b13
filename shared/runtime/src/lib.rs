//! The Lambda shell: one binary for each domain, one function for each route. `_HANDLER`, which is
//! fixed for the life of a process, picks the route or the consumer; one that the binary does not
//! have ends the process at its start, and says which there are.

mod admit;
mod authorizer;
mod config;
mod consume;
mod event;
mod identity;
mod parts;
mod proxy;
mod relay;
mod serve;

pub use admit::ADMIT_HANDLER;
pub use config::{Settings, SettingsError, variable};
pub use cws_cloud::Ports;
pub use cws_route::Consumers;
pub use cws_store::Store;
pub use parts::{OwnPort, no_own_port};
pub use relay::{RELAY_HANDLER, SWEEP_HANDLER};

use cws_route::Routes;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, process::ExitCode};

/// Handler of the function that verifies tokens for the API.
pub const AUTHORIZER_HANDLER: &str = "authorizer";

/// A function that cannot start, or that failed.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The program of a domain: the route or consumer that `_HANDLER` names, for ever.
pub fn domain(routes: Routes, consumers: Consumers) -> ExitCode {
    domain_with(routes, consumers, no_own_port)
}

/// The same, for a domain that brings ports of its own.
pub fn domain_with(routes: Routes, consumers: Consumers, own: OwnPort) -> ExitCode {
    start(async |settings| {
        let handler = settings.handler.clone();
        let found = consumers.entries().iter().find(|consumer| consumer.spec().name == handler).cloned();
        match found {
            Some(consumer) => {
                let consume = consume::Consume::new(&settings, consumer, own)?;
                looped(|event| consume.batch(event)).await
            }
            None => {
                let serve = serve::Serve::new(settings, routes, &consumers, own)?;
                looped(|event| serve.answer(event)).await
            }
        }
    })
}

/// The program of the authorizer.
pub fn authorizer() -> ExitCode {
    start(async |settings| {
        let authorizer = authorizer::Authorizer::new(&settings)?;
        looped(|event| authorizer.decide(event)).await
    })
}

/// The program of the relay: woken by the table's stream, and by a schedule for what was left over.
pub fn relay() -> ExitCode {
    start(async |settings| {
        let relay = relay::Relaying::new(&settings)?;
        match settings.handler.as_str() {
            RELAY_HANDLER => looped(|event| relay.woken(event)).await,
            SWEEP_HANDLER => looped(|_: serde_json::Value| relay.swept()).await,
            other => Err(unknown(other, &[RELAY_HANDLER, SWEEP_HANDLER]).into()),
        }
    })
}

/// The program of the operator: admits people who have an identity already.
pub fn operator() -> ExitCode {
    start(async |settings| {
        let admit = admit::Admit::new(&settings)?;
        looped(|person| admit.admit(person)).await
    })
}

/// What a wrong `Handler` in a template leads to.
fn unknown(handler: &str, known: &[&str]) -> SettingsError {
    SettingsError::Handler { handler: handler.to_owned(), known: known.join(", ") }
}

fn start(program: impl AsyncFnOnce(Settings) -> Result<(), Failure>) -> ExitCode {
    config::log_as_json();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.map_err(Failure::from).and_then(|runtime| {
        let settings = Settings::from_variables(std::env::vars().collect())?;
        runtime.block_on(program(settings))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function cannot start");
            ExitCode::FAILURE
        }
    }
}

async fn looped<E, A, F, R>(handle: F) -> Result<(), Failure>
where
    E: DeserializeOwned,
    A: Serialize,
    F: Fn(E) -> R,
    R: Future<Output = Result<A, Failure>>,
{
    run(service_fn(|event: LambdaEvent<E>| handle(event.payload))).await
}
