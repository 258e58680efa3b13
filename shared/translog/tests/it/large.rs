//! A log of three tile levels: what small logs cannot show.

use cws_translog::{
    Hash, LogFault, TileKind, TilePath, Tiles, consistency_needs, consistency_proof, inclusion_needs,
    inclusion_proof, verify_bundles, verify_consistency, verify_inclusion, verify_log,
};

use crate::fixture::Log;
use crate::reference::Reference;

const SIZE: u64 = 70_000;

#[test]
fn proofs_over_three_tile_levels_are_those_of_the_book() {
    let log = Log::of(SIZE);
    let reference = Reference::new(&log.entries);
    let at = |index: u64| usize::try_from(index).unwrap();
    assert_eq!(log.head.root, reference.root(0, at(SIZE)));
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, SIZE - 1] {
        let tiles = log.only(&inclusion_needs(index, SIZE).unwrap());
        let proof = inclusion_proof(index, SIZE, &tiles).unwrap();
        assert_eq!(proof, reference.path(at(index), 0, at(SIZE)), "record {index}");
        verify_inclusion(&Hash::leaf(&log.entries[at(index)]), index, &log.head, &proof).unwrap();
    }
    for old in [1, 255, 256, 65_535, 65_536, 65_537, 69_888, SIZE - 1] {
        let tiles = log.only(&consistency_needs(old, SIZE).unwrap());
        let proof = consistency_proof(old, SIZE, &tiles).unwrap();
        assert_eq!(proof, reference.consistency(at(old), at(SIZE)), "size {old}");
        let before = cws_translog::TreeHead { size: old, root: reference.root(0, at(old)) };
        verify_consistency(&before, &log.head, &proof).unwrap();
    }
}

/// The tiles with one bit changed in the tile at this place.
fn with_bit_changed(tiles: &Tiles, path: &TilePath) -> Tiles {
    let mut tiles = tiles.clone();
    let mut bytes = tiles.remove(path).unwrap();
    bytes[8191] ^= 1;
    tiles.insert(path, bytes);
    tiles
}

#[test]
fn a_changed_tile_of_any_level_is_named() {
    let log = Log::of(SIZE);
    let now = log.checkpoint();
    assert_eq!(verify_bundles(&log.tiles, &now, &[]), Ok(()));
    for (level, index) in [(1, 0), (0, 0), (0, 255), (0, 256), (0, 272)] {
        let path = TilePath::in_log(TileKind::Hashes { level }, index, SIZE).unwrap();
        let changed = with_bit_changed(&log.tiles, &path);
        assert_eq!(verify_log(&log.entries, &changed, &now, &[]), Err(LogFault::TileChanged(path)));
    }
}
