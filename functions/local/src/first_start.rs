//! The first start: the institution `local`, and the templates that come with the program, published
//! and signed like any other.

use crate::world::World;
use cws_marketplace::shipped::{self, Call, Reply};
use cws_model::identity::Institution;
use cws_route::{Problem, Request, audit::digest_hex, request::Credential};
use cws_store::{Consistency, Key, Kind, Record, Slot, Writes, kind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Fills what is missing. Safe to do at every start.
///
/// # Errors
/// What the store or a route says.
pub async fn fill(world: &World, templates: bool) -> Result<(), Problem> {
    institution(world).await?;
    if templates {
        publish_once(world).await?;
    }
    Ok(())
}

/// Which shipped templates a store has: a digest of all of them.
#[derive(Serialize, Deserialize)]
struct ShippedMark {
    digest: String,
}

impl Record for ShippedMark {
    const KIND: Kind = kind::META;
}

/// Publishes what this program ships, unless this store has just that.
async fn publish_once(world: &World) -> Result<(), Problem> {
    let parts = world.shell.parts();
    let now = parts.clock.now();
    let texts: Vec<&str> = cws_templates::shipped::shipped().iter().map(|template| template.yaml).collect();
    let digest = digest_hex(texts.join("\n---\n").as_bytes());
    let key = Key::new(kind::META.part("store"), "shipped");
    let items = parts.store.get(std::slice::from_ref(&key), Consistency::Strong).await?;
    let slot = Slot::<ShippedMark>::read(key, items.into_iter().next().flatten(), now)?;
    if slot.value().is_some_and(|mark| mark.digest == digest) {
        return Ok(());
    }
    let whole = publish(world).await?;
    crate::background::pass(world).await;
    if !whole {
        // Without the mark the next start tries again.
        return Ok(());
    }
    let mut writes = Writes::new();
    writes.put(&slot, &ShippedMark { digest })?;
    let id = cws_cloud::clock::new_id(now, parts.entropy.as_ref());
    Ok(parts.store.commit(&writes.into_commit(id)).await?)
}

/// Publishes the templates that come with the program through the routes, as the operator. Answers whether
/// every one of them is there now.
async fn publish(world: &World) -> Result<bool, Problem> {
    let key = std::fs::read_to_string(&world.operator.path).map_err(Problem::internal)?;
    let credential = Credential::Bearer(key.trim().to_owned());
    let call = async |call: Call| {
        let request = Request {
            path_params: call.path_params,
            headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
            body: call.body.to_string().into_bytes(),
            credential: credential.clone(),
            from_loopback: true,
            ..Request::default()
        };
        match world.shell.serve_operation(call.operation_id, request).await {
            Some(reply) => {
                Reply { status: reply.status, body: serde_json::from_slice(&reply.body).unwrap_or_default() }
            }
            None => Reply { status: 404, body: serde_json::Value::Null },
        }
    };
    let published = shipped::publish(call).await.map_err(Problem::internal)?;
    for refused in &published.refused {
        tracing::error!(%refused, "a template that comes with the program is not published; the others are");
    }
    if published.new > 0 {
        tracing::info!(published.new, "the templates that come with the program are published");
    }
    Ok(published.refused.is_empty())
}

async fn institution(world: &World) -> Result<(), Problem> {
    let parts = world.shell.parts();
    let now = parts.clock.now();
    let key = Key::new(kind::INSTITUTION.part("all"), parts.home.as_str());
    let items = parts.store.get(std::slice::from_ref(&key), Consistency::Strong).await?;
    let slot = Slot::<Institution>::read(key, items.into_iter().next().flatten(), now)?;
    if slot.value().is_some() {
        return Ok(());
    }
    let home = Institution {
        id: parts.home.clone(),
        name: "This laptop".parse().map_err(Problem::internal)?,
        regions: BTreeSet::new(),
        accepted_publishers: BTreeSet::new(),
        defaults: BTreeMap::new(),
        features: BTreeMap::new(),
        created_at: now,
        updated_at: now,
    };
    let mut writes = Writes::new();
    writes.put(&slot, &home)?;
    let id = cws_cloud::clock::new_id(now, parts.entropy.as_ref());
    Ok(parts.store.commit(&writes.into_commit(id)).await?)
}
