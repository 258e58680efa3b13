//! Appending: a batch of leaves, their tiles, bundles and places, and the new head, in one commit.

use super::{
    Sequencer,
    chunks::{chunk_sort, cut},
    rows::{Head, Log, Place, place_key, tile_part},
    sequence::{SequenceError, Step},
};
use cws_route::answer::{LOG_SHARDS, log_pending_partition};
use cws_store::{Consistency, Expect, Item, Key, Op, Range, Revision, Slot, StoreError, Value, Writes, kind};
use cws_translog::{TileKind, TilePath, TileRow, Tiles, append, append_bundles, append_needs, bundle_needs};
use futures::future::try_join_all;

/// Leaves in a batch. A leaf takes two operations of a commit's 100 (its place, and the pending row
/// that goes); the head takes one, tiles at most 9, chunks of bundles at most 7.
const BATCH_MAX_LEAVES: usize = 40;
/// Text of the leaves in a batch, bytes: keeps a commit far below its 4 MiB.
const BATCH_MAX_BYTES: usize = 256 * 1024;
/// The longest leaf that a bundle can hold, bytes.
const LEAF_MAX_BYTES: usize = 65_535;

/// A leaf that waits.
pub(super) struct Leaf {
    order: String,
    key: Key,
    revision: Revision,
    text: String,
}

impl Sequencer {
    /// The next leaves to append, in order of their sort keys, which makes the order of the log the same
    /// whoever sequences it.
    pub(super) async fn batch(&self, log: Log) -> Result<Vec<Leaf>, SequenceError> {
        let shards = (0..LOG_SHARDS).map(|shard| async move {
            let range = Range::all(log_pending_partition(log.as_str(), shard)).limit(BATCH_ROWS);
            self.store.range(&range, Consistency::Strong).await
        });
        let pages = try_join_all(shards).await?;
        let items = pages.into_iter().flat_map(|page| page.items);
        let mut leaves: Vec<Leaf> = items.filter_map(|item| leaf_of(log, item)).collect();
        leaves.sort_unstable_by(|a, b| a.order.cmp(&b.order));
        leaves.truncate(BATCH_MAX_LEAVES);
        let mut bytes = 0_usize;
        leaves.retain(|leaf| {
            bytes = bytes.saturating_add(leaf.text.len());
            bytes <= BATCH_MAX_BYTES
        });
        self.only_new(log, leaves).await
    }

    /// INVARIANT (once): a leaf whose order has its place already is not appended again.
    async fn only_new(&self, log: Log, leaves: Vec<Leaf>) -> Result<Vec<Leaf>, SequenceError> {
        let orders: Vec<&str> = leaves.iter().map(|leaf| leaf.order.as_str()).collect();
        let places = if orders.is_empty() { Vec::new() } else { self.reader(log).places(&orders).await? };
        let is_new = |(leaf, place): (Leaf, Option<u64>)| match place {
            None => Some(leaf),
            Some(index) => {
                tracing::error!(
                    log = log.as_str(),
                    order = leaf.order,
                    index,
                    "a leaf waits that the log has already"
                );
                None
            }
        };
        Ok(leaves.into_iter().zip(places).filter_map(is_new).collect())
    }

    /// Appends a batch. INVARIANT (one history): the commit holds only if the head is the one that the
    /// batch was appended to, so of two sequencers one gets nothing done.
    pub(super) async fn append(
        &self,
        log: Log,
        head: &Slot<Head>,
        batch: Vec<Leaf>,
    ) -> Result<Step, SequenceError> {
        let Some(old) = head.value() else { return Ok(Step::Raced) };
        let damaged = |source| SequenceError::Append { log: log.as_str(), source };
        let reader = self.reader(log);
        let needs: Vec<TilePath> = append_needs(old.size).into_iter().chain(bundle_needs(old.size)).collect();
        let tiles = reader.tiles(&distinct(needs)).await?;
        let texts: Vec<&[u8]> = batch.iter().map(|leaf| leaf.text.as_bytes()).collect();
        let appended = append(&old.tree(), &texts, &tiles).map_err(damaged)?;
        let bundles = append_bundles(old.size, &texts, &tiles).map_err(damaged)?;

        let mut writes = Writes::new();
        let new = Head { origin: old.origin.clone(), size: appended.head.size, root: appended.head.root };
        writes.put(head, &new)?;
        for row in appended.tiles {
            writes.op(put_bytes(tile_key(log, &row.path), row.bytes));
        }
        put_bundles(&mut writes, log, bundles, &tiles);
        for (index, leaf) in (appended.first_index..).zip(&batch) {
            writes.create(place_key(log, &leaf.order), &Place { index })?;
            writes.op(Op::Delete { key: leaf.key.clone(), expect: Expect::Revision(leaf.revision.clone()) });
        }
        match self.send(writes, self.id()).await {
            Ok(()) => Ok(Step::Done(new.size - old.size)),
            Err(StoreError::Conflict { .. }) => Ok(Step::Raced),
            Err(error) => Err(error.into()),
        }
    }
}

/// Rows read of each shard; enough for a whole batch out of one of them.
const BATCH_ROWS: u32 = 40;

fn leaf_of(log: Log, item: Item) -> Option<Leaf> {
    let Item { key, revision, value, .. } = item;
    match value {
        Value::Json(text) if text.len() <= LEAF_MAX_BYTES => {
            Some(Leaf { order: key.sort.clone(), key, revision, text })
        }
        _ => {
            tracing::error!(log = log.as_str(), order = key.sort, "a leaf waits that no log can hold");
            None
        }
    }
}

fn distinct(mut paths: Vec<TilePath>) -> Vec<TilePath> {
    paths.sort_unstable();
    paths.dedup();
    paths
}

fn tile_key(log: Log, path: &TilePath) -> Key {
    Key::new(kind::LOG_TILE.part(&tile_part(log, path)), path.row())
}

fn put_bytes(key: Key, bytes: Vec<u8>) -> Op {
    Op::Put { key, expect: Expect::Any, value: Value::Bytes(bytes), schema: 1, expires_at: None }
}

/// Writes the chunks of bundles that are not stored as they are already.
fn put_bundles(writes: &mut Writes, log: Log, bundles: Vec<TileRow>, stored: &Tiles) {
    for TileRow { path, bytes } in bundles {
        let before = bundle_before(&path, stored);
        let old = cut(&before);
        for (place, chunk) in cut(&bytes).into_iter().enumerate() {
            if old.get(place) != Some(&chunk) {
                let partition = kind::LOG_TILE.part(&tile_part(log, &path));
                writes.op(put_bytes(Key::new(partition, chunk_sort(&path, place)), chunk.to_vec()));
            }
        }
    }
}

fn bundle_before(path: &TilePath, stored: &Tiles) -> Vec<u8> {
    use cws_translog::TileSource;
    debug_assert_eq!(path.kind(), TileKind::Entries);
    stored.tile(path).map(std::borrow::Cow::into_owned).unwrap_or_default()
}
