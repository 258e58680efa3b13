//! The shape of the tree: its head, and which stored hashes make up the root over any range of records.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::path::{MAX_TILE_LEVEL, TILE_HEIGHT, TILE_WIDTH, TileKind, TilePath};
use crate::tiles::{TileError, TileSource, read_hashes};

/// A log at one moment: how many records it has and the hash over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeHead {
    /// Records in the log.
    pub size: u64,
    /// The Merkle tree hash over them (RFC 6962 section 2.1).
    pub root: Hash,
}

impl TreeHead {
    /// A log without records.
    #[must_use]
    pub fn empty() -> Self {
        Self { size: 0, root: Hash::empty_root() }
    }
}

/// The records `start..end`, a range that occurs in the recursive definition of a Merkle tree: `start` is a
/// multiple of the smallest power of two that is not less than the length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// A complete subtree: the records `index << level .. (index + 1) << level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Subtree {
    level: u32,
    index: u64,
}

impl Span {
    pub(crate) const fn new(start: u64, end: u64) -> Self {
        Self { start, end }
    }

    pub(crate) const fn len(self) -> u64 {
        self.end - self.start
    }

    /// Where RFC 6962 divides the range: after the largest power of two less than its length. `None` for one record.
    pub(crate) fn middle(self) -> Option<u64> {
        let last = self.len().checked_sub(1)?;
        last.checked_ilog2().map(|level| self.start + (1 << level))
    }

    /// The complete subtrees it consists of, left to right, each smaller than the one before.
    fn subtrees(self) -> impl Iterator<Item = Subtree> {
        let mut start = self.start;
        std::iter::from_fn(move || {
            let level = self.end.checked_sub(start)?.checked_ilog2()?;
            let subtree = Subtree { level, index: start >> level };
            start += 1 << level;
            Some(subtree)
        })
    }

    /// The tiles that hold what its root is computed from, in a log of `size` records.
    pub(crate) fn needs(self, size: u64) -> impl Iterator<Item = TilePath> {
        self.subtrees().filter_map(move |subtree| subtree.tile(size).ok())
    }

    /// Its root, out of the tiles of a log of `size` records.
    pub(crate) fn root(self, size: u64, tiles: &impl TileSource) -> Result<Hash, TileError> {
        let roots: Result<Vec<_>, _> = self.subtrees().map(|subtree| subtree.root(size, tiles)).collect();
        Ok(fold_right(&roots?).unwrap_or_else(Hash::empty_root))
    }
}

impl Subtree {
    /// The level of the tile that holds this subtree's hash, or the hashes it is computed from.
    const fn tile_level(self) -> u32 {
        self.level / TILE_HEIGHT
    }

    /// The first of those hashes, counted along the whole tile level, and how many there are.
    const fn stored(self) -> (u64, u64) {
        let height = self.level % TILE_HEIGHT;
        (self.index << height, 1 << height)
    }

    fn tile(self, size: u64) -> Result<TilePath, TileError> {
        let path = u8::try_from(self.tile_level()).ok().and_then(|level| {
            TilePath::in_log(TileKind::Hashes { level }, self.stored().0 / u64::from(TILE_WIDTH), size)
        });
        path.ok_or(TileError::Outside { size })
    }

    fn root(self, size: u64, tiles: &impl TileSource) -> Result<Hash, TileError> {
        let path = self.tile(size)?;
        let hashes = read_hashes(tiles, &path)?;
        let (first, count) = self.stored();
        let offset =
            usize::try_from(first % u64::from(TILE_WIDTH)).map_err(|_| TileError::Malformed(path))?;
        let count = usize::try_from(count).map_err(|_| TileError::Malformed(path))?;
        let slice = offset.checked_add(count).and_then(|end| hashes.get(offset..end));
        slice.map(root_of).ok_or(TileError::Malformed(path))
    }
}

/// The Merkle tree hash over these hashes taken as leaves already hashed.
pub(crate) fn root_of(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Hash::empty_root(),
        [one] => *one,
        _ => {
            let half = 1_usize << (hashes.len() - 1).ilog2();
            let (left, right) = hashes.split_at(half);
            Hash::node(&root_of(left), &root_of(right))
        }
    }
}

/// The root over subtrees of falling size: the smallest two are joined first.
pub(crate) fn fold_right(roots: &[Hash]) -> Option<Hash> {
    let (last, rest) = roots.split_last()?;
    Some(rest.iter().rev().fold(*last, |right, left| Hash::node(left, &right)))
}

/// The partial hash tiles of a log of `size` records, from level 0 up: its right edge. Empty ones are left out.
pub(crate) fn edge_paths(size: u64) -> impl Iterator<Item = TilePath> {
    levels(size).filter_map(move |level| edge_path(level, size))
}

/// The levels at which a log of `size` records has any hash.
pub(crate) fn levels(size: u64) -> impl Iterator<Item = u8> {
    (0..=MAX_TILE_LEVEL).take_while(move |level| size >> (u32::from(*level) * TILE_HEIGHT) > 0)
}

/// The partial tile at `level`, if the log has one there.
pub(crate) fn edge_path(level: u8, size: u64) -> Option<TilePath> {
    let items = size >> (u32::from(level) * TILE_HEIGHT);
    let kind = TileKind::Hashes { level };
    TilePath::in_log(kind, items / u64::from(TILE_WIDTH), size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::MAX_LOG_RECORDS;

    #[test]
    fn a_range_divides_after_the_largest_power_of_two_below_its_length() {
        let middles: Vec<_> = (1..=9).map(|end| Span::new(0, end).middle()).collect();
        assert_eq!(middles, [None, Some(1), Some(2), Some(2), Some(4), Some(4), Some(4), Some(4), Some(8)]);
        assert_eq!(Span::new(8, 11).middle(), Some(10));
    }

    #[test]
    fn a_range_consists_of_one_subtree_for_each_bit_of_its_length() {
        let levels: Vec<_> =
            Span::new(256, 256 + 0b1011).subtrees().map(|tree| (tree.level, tree.index)).collect();
        assert_eq!(levels, [(3, 32), (1, 132), (0, 266)]);
        assert_eq!(Span::new(0, 0).subtrees().count(), 0);
    }

    #[test]
    fn the_right_edge_is_one_partial_tile_for_each_level_that_has_one() {
        let edge = |size| edge_paths(size).map(|path| path.to_string()).collect::<Vec<_>>();
        assert_eq!(edge(0), Vec::<String>::new());
        assert_eq!(edge(256), ["tile/1/000.p/1"]);
        assert_eq!(edge(65_537), ["tile/0/256.p/1", "tile/2/000.p/1"]);
        assert_eq!(edge(MAX_LOG_RECORDS), ["tile/7/000.p/1"]);
    }
}
