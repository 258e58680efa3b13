//! Reading a log: its head, checkpoint, tiles, leaves and the place of a leaf.

use super::rows::{CHECKPOINT, HEAD, Head, Log, Place, StoredCheckpoint, place_part, tile_part};
use cws_store::{Scoped, Slot, StoreError, Value, kind};
use cws_translog::{
    Checkpoint, Hash, ProofError, TILE_WIDTH, TileKind, TilePath, Tiles, inclusion_needs, inclusion_proof,
    read_entries,
};
use futures::future::try_join_all;
use thiserror::Error;

/// Why something cannot be read or shown.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tiles.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A bundle.
    #[error(transparent)]
    Tile(#[from] cws_translog::TileError),
    /// The second place of checkpoints.
    #[error(transparent)]
    Mirror(#[from] cws_cloud::mirror::MirrorError),
}

/// A log, read through a handle on the catalogue that may read `LOG_HEAD`, `LOG_TILE` and `LOG_INDEX`.
#[derive(Clone)]
pub struct LogReader {
    rows: Scoped,
    log: Log,
}

impl LogReader {
    /// A reader of a log.
    pub fn new(rows: Scoped, log: Log) -> Self {
        Self { rows, log }
    }

    /// The head; none before the sequencer first came by.
    ///
    /// # Errors
    /// What the store says.
    pub async fn head(&self) -> Result<Slot<Head>, StoreError> {
        self.rows.get(Some(self.log.as_str()), HEAD).await
    }

    /// The newest signed checkpoint.
    ///
    /// # Errors
    /// What the store says.
    pub async fn checkpoint(&self) -> Result<Slot<StoredCheckpoint>, StoreError> {
        self.rows.get(Some(self.log.as_str()), CHECKPOINT).await
    }

    /// Where a leaf stands; `None` while it waits.
    ///
    /// # Errors
    /// What the store says.
    pub async fn place(&self, order: &str) -> Result<Option<u64>, StoreError> {
        let part = place_part(self.log, order);
        let slot = self.rows.get::<Place>(Some(&part), order).await?;
        Ok(slot.into_value().map(|place| place.index))
    }

    /// Where leaves stand, in the order asked; at most 100, distinct.
    ///
    /// # Errors
    /// What the store says.
    pub async fn places(&self, orders: &[&str]) -> Result<Vec<Option<u64>>, StoreError> {
        let parts: Vec<String> = orders.iter().map(|order| place_part(self.log, order)).collect();
        let keys: Vec<_> = parts.iter().map(|part| Some(part.as_str())).zip(orders.iter().copied()).collect();
        let slots = self.rows.get_many::<Place>(&keys).await?;
        Ok(slots.into_iter().map(|slot| slot.into_value().map(|place| place.index)).collect())
    }

    /// The tiles and bundles of these paths. One that is not there is left out, which whoever needs it says.
    ///
    /// # Errors
    /// What the store says.
    pub async fn tiles(&self, paths: &[TilePath]) -> Result<Tiles, StoreError> {
        let found = try_join_all(paths.iter().map(|path| self.tile(path))).await?;
        let mut tiles = Tiles::new();
        for (path, bytes) in paths.iter().zip(found) {
            if let Some(bytes) = bytes {
                tiles.insert(path, bytes);
            }
        }
        Ok(tiles)
    }

    /// The newest bytes of a tile or bundle: at least what the path asks for, if the log has that.
    ///
    /// # Errors
    /// What the store says.
    pub async fn tile(&self, path: &TilePath) -> Result<Option<Vec<u8>>, StoreError> {
        if path.kind() == TileKind::Entries {
            let chunks = self.chunks(path).await?;
            return Ok((!chunks.is_empty()).then(|| chunks.concat()));
        }
        let part = tile_part(self.log, path);
        let item = self.rows.item(&kind::LOG_TILE, Some(&part), &path.row()).await?;
        item.map(|item| bytes_of(item.value)).transpose()
    }

    /// The chunks of a bundle, in order.
    ///
    /// # Errors
    /// What the store says.
    pub async fn chunks(&self, bundle: &TilePath) -> Result<Vec<Vec<u8>>, StoreError> {
        let part = tile_part(self.log, bundle);
        let prefix = cws_store::Span::Prefix(bundle.row());
        let (mut chunks, mut after) = (Vec::new(), None);
        loop {
            let shape = |range| cws_store::Range { span: prefix.clone(), after: after.clone(), ..range };
            let (items, next) = self.rows.items(&kind::LOG_TILE, Some(&part), shape).await?;
            for item in items {
                chunks.push(bytes_of(item.value)?);
            }
            after = next;
            if after.is_none() {
                return Ok(chunks);
            }
        }
    }

    /// The leaf at an index of a log of `size`; `None` past its end.
    ///
    /// # Errors
    /// What the store says, or a bundle that cannot be read.
    pub async fn leaf(&self, index: u64, size: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let width = u64::from(TILE_WIDTH);
        let place = usize::try_from(index % width).unwrap_or(usize::MAX);
        Ok(self.bundle(index / width, size).await?.into_iter().nth(place))
    }

    /// The leaves of a bundle of a log of `size`; none past its end.
    ///
    /// # Errors
    /// What the store says, or a bundle that cannot be read.
    pub async fn bundle(&self, bundle: u64, size: u64) -> Result<Vec<Vec<u8>>, ReadError> {
        let Some(path) = TilePath::in_log(TileKind::Entries, bundle, size) else { return Ok(Vec::new()) };
        let tiles = self.tiles(&[path]).await?;
        Ok(read_entries(&tiles, &path)?)
    }

    /// The proof that the leaf at an index is in the log that a checkpoint covers.
    ///
    /// # Errors
    /// What the store says, or a log that cannot show it.
    pub async fn prove(&self, index: u64, checkpoint: &Checkpoint) -> Result<Vec<Hash>, ReadError> {
        let tiles = self.tiles(&inclusion_needs(index, checkpoint.size())?).await?;
        Ok(inclusion_proof(index, checkpoint.size(), &tiles)?)
    }
}

fn bytes_of(value: Value) -> Result<Vec<u8>, StoreError> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        _ => {
            let kind = kind::LOG_TILE.prefix.to_owned();
            Err(StoreError::Corrupt { kind, reason: "a tile is not bytes".to_owned() })
        }
    }
}
