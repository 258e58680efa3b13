//! Adding records to a log while holding only its right edge: at most eight partial tiles, whatever its size.
//!
//! The caller asks [`append_needs`] which tiles to fetch, calls [`append`], and stores every row of the answer
//! together with the new head in one commit. The tiles fetched and those rows together also hold everything
//! [`crate::consistency_proof`] needs from the old head to the new one.

use crate::hash::Hash;
use crate::path::{MAX_LOG_RECORDS, TILE_HEIGHT, TILE_WIDTH, TileKind, TilePath};
use crate::tiles::{TileError, TileRow, TileSource, read_entries, read_hashes, write_entries, write_hashes};
use crate::tree::{TreeHead, edge_path, edge_paths, fold_right, levels, root_of};

/// Why records cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// A tile that is needed is missing or malformed.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// The tiles given do not hash to the head given: the log is damaged and must not grow.
    #[error("the tiles of the right edge do not hash to the root of the log")]
    EdgeMismatch,
    /// The bundle given holds other records than the tile of the same place.
    #[error("the records of `{0}` do not hash to the tile beside it")]
    BundleMismatch(TilePath),
    /// The log would exceed [`MAX_LOG_RECORDS`].
    #[error("the log would exceed {MAX_LOG_RECORDS} records")]
    Full,
}

/// A log after records were added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The log as it is now.
    pub head: TreeHead,
    /// The index of the first record added; the others follow in order.
    pub first_index: u64,
    /// Every hash tile that changed: the new full ones, and the partial one of each level that grew.
    pub tiles: Vec<TileRow>,
}

/// The tiles that [`append`] needs for a log of `size` records.
#[must_use]
pub fn append_needs(size: u64) -> Vec<TilePath> {
    edge_paths(size).collect()
}

/// Adds records, and says which tiles to store.
///
/// INVARIANT (no growth on damage): the right edge is checked against `head.root` first, so a log whose tiles
/// were changed underneath is refused and not signed over.
///
/// # Errors
/// A record over 65535 bytes, a tile missing or malformed, an edge that does not hash to the head, a full log.
pub fn append<E: AsRef<[u8]>>(
    head: &TreeHead,
    entries: &[E],
    tiles: &impl TileSource,
) -> Result<Appended, AppendError> {
    let long = entries.iter().position(|entry| entry.as_ref().len() > usize::from(u16::MAX));
    if let Some(index) = long.and_then(|index| u64::try_from(index).ok()) {
        return Err(TileError::LongRecord { index }.into());
    }
    let leaves: Vec<Hash> = entries.iter().map(|entry| Hash::leaf(entry.as_ref())).collect();
    append_leaves(head, leaves, tiles)
}

/// As [`append`], for a caller that has the leaf hashes ([`Hash::leaf`]) of the records.
///
/// # Errors
/// As [`append`].
pub fn append_leaves(
    head: &TreeHead,
    leaves: Vec<Hash>,
    tiles: &impl TileSource,
) -> Result<Appended, AppendError> {
    let added = u64::try_from(leaves.len()).map_err(|_| AppendError::Full)?;
    let size =
        head.size.checked_add(added).filter(|size| *size <= MAX_LOG_RECORDS).ok_or(AppendError::Full)?;
    let mut edge = Edge::read(head, tiles)?;
    let rows = edge.grow(head.size, size, leaves)?;
    Ok(Appended { head: TreeHead { size, root: edge.root() }, first_index: head.size, tiles: rows })
}

/// The tiles that [`append_bundles`] needs for a log of `size` records: the last tile of hashes and of records.
#[must_use]
pub fn bundle_needs(size: u64) -> Vec<TilePath> {
    edge_path(0, size).into_iter().chain(partial_bundle(size)).collect()
}

/// The entry bundles to store when records are added to a log of `size` records.
///
/// Apart from [`append`], because a caller whose rows are the records needs no second copy of them: a bundle may
/// reach 16 MiB, and can be written at any time from 256 records with [`write_entries`].
///
/// # Errors
/// A record over 65535 bytes, a tile missing or malformed, or a bundle that does not hash to its tile.
pub fn append_bundles<E: AsRef<[u8]>>(
    size: u64,
    entries: &[E],
    tiles: &impl TileSource,
) -> Result<Vec<TileRow>, AppendError> {
    let mut records = match partial_bundle(size) {
        Some(path) => checked_bundle(&path, size, tiles)?,
        None => Vec::new(),
    };
    records.extend(entries.iter().map(|entry| entry.as_ref().to_vec()));
    let first = size / u64::from(TILE_WIDTH);
    let mut rows = Vec::new();
    for (index, chunk) in (first..).zip(records.chunks(usize::from(TILE_WIDTH))) {
        rows.push(TileRow {
            path: path_of(TileKind::Entries, index, chunk.len())?,
            bytes: write_entries(chunk)?,
        });
    }
    Ok(if entries.is_empty() { Vec::new() } else { rows })
}

fn partial_bundle(size: u64) -> Option<TilePath> {
    TilePath::in_log(TileKind::Entries, size / u64::from(TILE_WIDTH), size)
}

/// The records of the last bundle, held against the hashes of the same place.
fn checked_bundle(path: &TilePath, size: u64, tiles: &impl TileSource) -> Result<Vec<Vec<u8>>, AppendError> {
    let records = read_entries(tiles, path)?;
    let hashes = edge_path(0, size).map(|edge| read_hashes(tiles, &edge)).transpose()?.unwrap_or_default();
    if records.iter().map(|record| Hash::leaf(record)).eq(hashes) {
        Ok(records)
    } else {
        Err(AppendError::BundleMismatch(*path))
    }
}

fn path_of(kind: TileKind, index: u64, width: usize) -> Result<TilePath, AppendError> {
    let width = u16::try_from(width).map_err(|_| AppendError::Full)?;
    TilePath::new(kind, index, width).map_err(|_| AppendError::Full)
}

/// The hashes of the partial tile at each level, from level 0 up; empty where there is none.
struct Edge(Vec<Vec<Hash>>);

impl Edge {
    fn read(head: &TreeHead, tiles: &impl TileSource) -> Result<Self, AppendError> {
        let read = |level| match edge_path(level, head.size) {
            Some(path) => read_hashes(tiles, &path),
            None => Ok(Vec::new()),
        };
        let edge = Self(levels(head.size).map(read).collect::<Result<_, _>>()?);
        if edge.root() == head.root { Ok(edge) } else { Err(AppendError::EdgeMismatch) }
    }

    /// Puts the leaves at level 0 and the root of every tile that fills one level up; returns what changed.
    fn grow(&mut self, old_size: u64, size: u64, leaves: Vec<Hash>) -> Result<Vec<TileRow>, AppendError> {
        let mut rows = Vec::new();
        let mut rising = leaves;
        for level in levels(size) {
            if rising.is_empty() {
                break;
            }
            let at = usize::from(level);
            if self.0.len() <= at {
                self.0.resize_with(at + 1, Vec::new);
            }
            let Some(partial) = self.0.get_mut(at) else { break };
            partial.append(&mut rising);
            let first = (old_size >> (u32::from(level) * TILE_HEIGHT)) / u64::from(TILE_WIDTH);
            for (index, chunk) in (first..).zip(partial.chunks(usize::from(TILE_WIDTH))) {
                let path = path_of(TileKind::Hashes { level }, index, chunk.len())?;
                if path.is_full() {
                    rising.push(root_of(chunk));
                }
                rows.push(TileRow { path, bytes: write_hashes(chunk) });
            }
            partial.drain(..partial.len() - partial.len() % usize::from(TILE_WIDTH));
        }
        Ok(rows)
    }

    /// The root of the log: each partial tile is the complete subtrees of its level, lower levels further right.
    fn root(&self) -> Hash {
        let above = |right: Option<Hash>, hashes: &Vec<Hash>| {
            let mut roots = peaks(hashes);
            roots.extend(right);
            fold_right(&roots)
        };
        self.0.iter().fold(None, above).unwrap_or_else(Hash::empty_root)
    }
}

/// The roots of the complete subtrees these hashes divide into, largest first.
fn peaks(mut hashes: &[Hash]) -> Vec<Hash> {
    let mut roots = Vec::new();
    while let Some(level) = hashes.len().checked_ilog2() {
        let (left, right) = hashes.split_at(1 << level);
        roots.push(root_of(left));
        hashes = right;
    }
    roots
}
