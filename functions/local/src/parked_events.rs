//! `cws events`: the events that a consumer gave up on, listed and tried again.

use crate::world::{Setup, World};
use cws_route::relay::{ParkedEvent, Relay};
use std::{error::Error, path::Path};

type Outcome = Result<String, Box<dyn Error>>;

/// Lists them, a line each.
///
/// # Errors
/// When the data directory cannot be used.
pub async fn list(data: &Path) -> Outcome {
    let parked = relay(data).await?.parked().await?;
    if parked.is_empty() {
        return Ok("no event is parked".to_owned());
    }
    Ok(parked.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// Hands each once more to the consumer that gave it up.
///
/// # Errors
/// When the data directory cannot be used.
pub async fn retry(data: &Path) -> Outcome {
    let retried = relay(data).await?.retry_parked().await?;
    Ok(format!("{} consumed, {} still parked", retried.done, retried.parked))
}

async fn relay(data: &Path) -> Result<Relay, Box<dyn Error>> {
    if !data.join("cws.db").exists() {
        return Err(format!("there is no store in `{}`; say where with --data", data.display()).into());
    }
    let setup = Setup { templates: false, ..Setup::default() };
    let world = World::open(data, "http://127.0.0.1", setup).await?;
    Ok(Relay::new(world.shell.parts().clone(), world.consumers.clone()))
}

fn line(event: &ParkedEvent) -> String {
    let kind = event.kind.as_deref().unwrap_or("-");
    let at = event.at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    format!("{}  {}  {kind}  {at}  {}", event.consumer, event.id, event.reason)
}
