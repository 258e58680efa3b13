//! Reading tiles: where a reader gets their bytes from, and hashes and records out of those bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::hash::{HASH_BYTES, Hash};
use crate::path::{TILE_WIDTH, TileKind, TilePath};

/// A tile to be stored: its path and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileRow {
    /// Where it lies.
    pub path: TilePath,
    /// For hashes 32 bytes each; for records a big-endian 16-bit length before each.
    pub bytes: Vec<u8>,
}

/// Why a tile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// It is needed and was not given.
    #[error("tile `{0}` is missing")]
    Missing(TilePath),
    /// Its bytes are too few, too many, or not whole items.
    #[error("tile `{0}` is malformed")]
    Malformed(TilePath),
    /// What is asked for lies past the end of the log.
    #[error("a log of {size} records has no such tile")]
    Outside {
        /// Records in the log.
        size: u64,
    },
    /// A record is longer than a bundle can say.
    #[error("record {index} is longer than 65535 bytes")]
    LongRecord {
        /// Position among the records given.
        index: u64,
    },
}

/// Where tiles come from. What is asked for may be answered with a wider tile of the same place.
pub trait TileSource {
    /// The bytes of the tile, or `None` when there is none.
    fn tile(&self, path: &TilePath) -> Option<Cow<'_, [u8]>>;
}

impl<F: Fn(&TilePath) -> Option<Vec<u8>>> TileSource for F {
    fn tile(&self, path: &TilePath) -> Option<Cow<'_, [u8]>> {
        self(path).map(Cow::Owned)
    }
}

/// Tiles in memory, one per place: the widest that was put there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tiles(BTreeMap<(TileKind, u64), Vec<u8>>);

impl Tiles {
    /// No tiles.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Keeps the tile, unless a wider one of the same place is there: tiles only grow.
    pub fn insert(&mut self, path: &TilePath, bytes: Vec<u8>) {
        let kept = self.0.entry((path.kind(), path.index())).or_default();
        if bytes.len() >= kept.len() {
            *kept = bytes;
        }
    }

    /// Removes the tile of this place, whatever its width.
    pub fn remove(&mut self, path: &TilePath) -> Option<Vec<u8>> {
        self.0.remove(&(path.kind(), path.index()))
    }
}

impl Extend<TileRow> for Tiles {
    fn extend<I: IntoIterator<Item = TileRow>>(&mut self, rows: I) {
        for row in rows {
            self.insert(&row.path, row.bytes);
        }
    }
}

impl FromIterator<TileRow> for Tiles {
    fn from_iter<I: IntoIterator<Item = TileRow>>(rows: I) -> Self {
        let mut tiles = Self::new();
        tiles.extend(rows);
        tiles
    }
}

impl TileSource for Tiles {
    fn tile(&self, path: &TilePath) -> Option<Cow<'_, [u8]>> {
        self.0.get(&(path.kind(), path.index())).map(|bytes| Cow::Borrowed(bytes.as_slice()))
    }
}

/// The hashes of a tile, exactly as many as its path says.
///
/// # Errors
/// The tile is missing, narrower than its path says, or not whole hashes.
pub fn read_hashes(tiles: &impl TileSource, path: &TilePath) -> Result<Vec<Hash>, TileError> {
    let bytes = tiles.tile(path).ok_or(TileError::Missing(*path))?;
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    let width = usize::from(path.width());
    if !rest.is_empty() || hashes.len() < width || hashes.len() > usize::from(TILE_WIDTH) {
        return Err(TileError::Malformed(*path));
    }
    Ok(hashes.iter().take(width).map(|hash| Hash::new(*hash)).collect())
}

/// The records of an entry bundle, exactly as many as its path says.
///
/// # Errors
/// The bundle is missing, holds fewer records than its path says, more than 256, or a broken length.
pub fn read_entries(tiles: &impl TileSource, path: &TilePath) -> Result<Vec<Vec<u8>>, TileError> {
    let bytes = tiles.tile(path).ok_or(TileError::Missing(*path))?;
    let mut entries = split_bundle(&bytes).ok_or(TileError::Malformed(*path))?;
    let width = usize::from(path.width());
    if entries.len() < width {
        return Err(TileError::Malformed(*path));
    }
    entries.truncate(width);
    Ok(entries)
}

/// The bytes of an entry bundle: each record behind its length as a big-endian 16-bit number.
///
/// # Errors
/// A record is longer than 65535 bytes.
pub fn write_entries<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, TileError> {
    let mut bytes = Vec::new();
    for (index, entry) in (0_u64..).zip(entries) {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| TileError::LongRecord { index })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The bytes of a tile of these hashes.
pub(crate) fn write_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// All records in the bytes; `None` when a length points past the end or there are more than a bundle holds.
fn split_bundle(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_vec());
        bytes = rest;
    }
    (bytes.is_empty() && entries.len() <= usize::from(TILE_WIDTH)).then_some(entries)
}
