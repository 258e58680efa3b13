//! Keeps search and lists up to date: whenever a template, its ratings or who may see it has changed, its
//! rows are read and taken into the index.
//!
//! The events say only which templates to look at, so that repeats and any order lead to the same index.

use crate::index::{
    downloads::{DAY_S, count},
    load::{IndexError, take_in},
    walk::Walk,
};
use cws_cloud::Port;
use cws_model::{Event, id::TemplateId, marketplace::TemplateStats};
use cws_route::{ConsumeError, Consumer, ConsumerSpec, ShellParts, SystemCtx};
use cws_search::TemplateIndex;
use cws_store::{Consistency, Key, Kind, Record, Slot, Writes, kind};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A template was downloaded.
const DOWNLOADED: &str = "template.downloaded.v1";
/// Somebody came into a namespace, left it, or has another role there.
const MEMBER_SET: &str = "namespace.member_set.v1";
/// A day may have passed, and what was recent may no longer be. Sent by a schedule; a laptop calls
/// [`count_daily`] instead.
const DUE: &str = "usage.due.v1";

/// The consumer; never constructed.
pub enum SearchIndexBuild {}

impl Consumer for SearchIndexBuild {
    const SPEC: ConsumerSpec = ConsumerSpec {
        name: "search_index_build",
        summary: "Takes changed templates, ratings and downloads into the search index",
        listens: &["template.*", "review.*", MEMBER_SET, DUE],
        reads: &[kind::TEMPLATE, kind::NAMESPACE, kind::TEMPLATE_NAME, kind::TEMPLATE_COUNT, kind::META],
        writes: &[kind::TEMPLATE, kind::META],
        calls: &[<dyn TemplateIndex as Port>::NAME],
    };

    async fn handle(ctx: &SystemCtx, event: &Event) -> Result<Writes, ConsumeError> {
        match event.kind.as_str() {
            MEMBER_SET => members_changed(ctx, &event.subject).await?,
            DUE => return count_again(ctx).await,
            DOWNLOADED => {
                let id = template_of(event)?;
                count(ctx, &id, event.time).await?;
                index(ctx, &[id]).await?;
            }
            _ => index(ctx, &[template_of(event)?]).await?,
        }
        Ok(Writes::new())
    }
}

async fn index(ctx: &SystemCtx, ids: &[TemplateId]) -> Result<(), ConsumeError> {
    let index = ctx.port::<dyn TemplateIndex>()?;
    match take_in(ctx.store().as_ref(), index.as_ref(), ids, ctx.now()).await {
        Err(IndexError::Store(error)) => Err(error.into()),
        // The index is behind, which is no fault of the event's: it comes again until the index is there.
        Err(error) => Err(ConsumeError::Away(error.to_string())),
        Ok(()) => Ok(()),
    }
}

/// The template that an event is about: named in its data, or its subject.
fn template_of(event: &Event) -> Result<TemplateId, ConsumeError> {
    let named = event.data.get("template_id").and_then(|id| id.as_str());
    let id = named.unwrap_or(&event.subject).parse();
    id.map_err(|error| {
        ConsumeError::Other(format!("event of type `{}` names no template: {error}", event.kind))
    })
}

/// Who is in a namespace may find its private templates.
async fn members_changed(ctx: &SystemCtx, namespace: &str) -> Result<(), ConsumeError> {
    let store = ctx.store().clone();
    let mut walk = Walk::of_namespace(store.as_ref(), namespace);
    while let Some(ids) = walk.next_ids().await? {
        index(ctx, &ids).await?;
    }
    Ok(())
}

/// The day on which the downloads of all templates were last counted.
#[derive(Debug, Serialize, Deserialize)]
struct CountedOn {
    day: String,
}

impl Record for CountedOn {
    const KIND: Kind = kind::META;
}

static STATED: ConsumerSpec = SearchIndexBuild::SPEC;

/// Does what `usage.due.v1` asks for: once a day counts again what was recent. Cheap when it is done.
///
/// # Errors
/// What the store or the index says; what was counted before stays.
pub async fn count_daily(parts: &Arc<ShellParts>) -> Result<(), ConsumeError> {
    let ctx = SystemCtx::new(parts.clone(), &STATED);
    let writes = count_again(&ctx).await?;
    if writes.is_empty() { Ok(()) } else { Ok(ctx.commit(writes).await?) }
}

/// Counts the downloads of every template that had some lately and was not counted today.
async fn count_again(ctx: &SystemCtx) -> Result<Writes, ConsumeError> {
    let mut writes = Writes::new();
    let key = Key::new(kind::META.part("store"), "downloads_counted");
    let item = ctx.store().get(std::slice::from_ref(&key), Consistency::Strong).await?.into_iter().next();
    let mark = Slot::<CountedOn>::read(key, item.flatten(), ctx.now())?;
    let today = CountedOn { day: ctx.now().day() };
    if mark.value().is_some_and(|mark| mark.day == today.day) {
        return Ok(writes);
    }
    let store = ctx.store().clone();
    let mut walk = Walk::everywhere(store.as_ref());
    while let Some(ids) = walk.next_ids().await? {
        let stale = stale(ctx, ids).await?;
        for id in &stale {
            count(ctx, id, ctx.now()).await?;
        }
        if !stale.is_empty() {
            index(ctx, &stale).await?;
        }
    }
    writes.overwrite(mark.key().clone(), &today, None)?;
    Ok(writes)
}

async fn stale(ctx: &SystemCtx, ids: Vec<TemplateId>) -> Result<Vec<TemplateId>, ConsumeError> {
    let today = ctx.now().seconds() / DAY_S;
    let mut stale = Vec::new();
    for ids in ids.chunks(cws_store::limits::GET_MAX_KEYS) {
        let key = |id: &TemplateId| Key::new(kind::TEMPLATE.part(id.as_str()), crate::place::STATS);
        let keys: Vec<Key> = ids.iter().map(key).collect();
        let items = ctx.store().get(&keys, Consistency::Strong).await?;
        for (id, (key, item)) in ids.iter().zip(keys.into_iter().zip(items)) {
            let stats = Slot::<TemplateStats>::read(key, item, ctx.now())?;
            let aged = |stats: &TemplateStats| {
                stats.downloads_recent > 0 && stats.counted_at.seconds() / DAY_S < today
            };
            stale.extend(stats.value().is_some_and(aged).then(|| id.clone()));
        }
    }
    Ok(stale)
}
