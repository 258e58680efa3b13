//! Reads templates from the store and takes them into the index.

use super::document::{document, is_restricted};
use crate::place;
use cws_model::{
    Timestamp,
    id::TemplateId,
    marketplace::{NamespaceMember, TemplateMeta, TemplateStats},
};
use cws_search::{Change, SearchError, TemplateIndex};
use cws_store::{
    Consistency, Item, Key, Range, Slot, Store, StoreError, key::read_all, kind, record::decode,
};
use std::collections::BTreeMap;
use thiserror::Error;

/// Templates that are read at once: two rows each, and a get takes a hundred.
pub const AT_ONCE: usize = 50;
/// How often templates are read again because they changed while they were taken in.
const ROUNDS: u32 = 5;

/// Why templates were not taken into the index.
#[derive(Debug, Error)]
pub enum IndexError {
    /// They could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They could not be written.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// They changed again and again meanwhile.
    #[error("a template changes faster than it can be taken into the index")]
    Restless,
}

/// Reads templates, and remembers who is in the namespaces that it met.
pub struct Loader<'a> {
    store: &'a dyn Store,
    now: Timestamp,
    members: BTreeMap<String, Vec<String>>,
}

impl<'a> Loader<'a> {
    /// A loader that knows nothing yet.
    pub fn new(store: &'a dyn Store, now: Timestamp) -> Self {
        Self { store, now, members: BTreeMap::new() }
    }

    /// The change that makes the index agree with the store about at most [`AT_ONCE`] templates.
    ///
    /// # Errors
    /// What the store says.
    pub async fn load(&mut self, ids: &[TemplateId]) -> Result<Change, StoreError> {
        let mut change = Change::default();
        if ids.is_empty() {
            return Ok(change);
        }
        let keys: Vec<Key> = ids.iter().flat_map(rows_of).collect();
        let items = self.store.get(&keys, Consistency::Strong).await?;
        let mut rows = keys.into_iter().zip(items);
        for id in ids {
            let meta = read::<TemplateMeta>(rows.next(), self.now)?;
            let stats = read::<TemplateStats>(rows.next(), self.now)?;
            let revision = meta.as_ref().and_then(|slot| slot.revision().cloned());
            match meta.and_then(Slot::into_value).zip(revision) {
                Some((meta, revision)) => {
                    let stats = stats.and_then(Slot::into_value).unwrap_or_default();
                    let members =
                        if is_restricted(&meta) { self.members(&meta.namespace).await? } else { &[] };
                    change.upsert.push(document(meta, &revision, &stats, members));
                }
                None => change.remove.push(id.to_string()),
            }
        }
        Ok(change)
    }

    async fn members(&mut self, namespace: &str) -> Result<&[String], StoreError> {
        if !self.members.contains_key(namespace) {
            let range = Range::prefix(kind::NAMESPACE.part(namespace), place::MEMBERS).limit(1000);
            let items = read_all(self.store, range, Consistency::Strong).await?;
            let live = items.iter().filter(|item| item.is_live(self.now));
            let ids = live.map(|item| Ok(decode::<NamespaceMember>(item)?.user_id));
            self.members.insert(namespace.to_owned(), ids.collect::<Result<_, StoreError>>()?);
        }
        Ok(self.members.get(namespace).map_or(&[], Vec::as_slice))
    }
}

fn rows_of(id: &TemplateId) -> [Key; 2] {
    let partition = kind::TEMPLATE.part(id.as_str());
    [Key::new(partition.clone(), place::META), Key::new(partition, place::STATS)]
}

fn read<T: cws_store::Record>(
    row: Option<(Key, Option<Item>)>,
    now: Timestamp,
) -> Result<Option<Slot<T>>, StoreError> {
    row.map(|(key, item)| Slot::read(key, item, now)).transpose()
}

/// Takes templates into the index as they are now.
///
/// INVARIANT (last write is current): two runs may meet, and one may write what it read before the other
/// did. So each reads again after it wrote, and goes on until nothing changed in between.
///
/// # Errors
/// [`IndexError`]; doing it again is safe.
pub async fn take_in(
    store: &dyn Store,
    index: &dyn TemplateIndex,
    ids: &[TemplateId],
    now: Timestamp,
) -> Result<(), IndexError> {
    for ids in ids.chunks(AT_ONCE) {
        let mut change = Loader::new(store, now).load(ids).await?;
        let mut rounds = 0;
        loop {
            index.apply(change.clone()).await?;
            let again = Loader::new(store, now).load(ids).await?;
            if again == change {
                break;
            }
            rounds += 1;
            if rounds == ROUNDS {
                return Err(IndexError::Restless);
            }
            change = again;
        }
    }
    index.apply(Change { as_of_ms: Some(now.millis()), ..Change::default() }).await?;
    Ok(())
}
