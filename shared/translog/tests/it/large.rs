//! A log of three tile levels: what small logs cannot show.

use cws_translog::{
    Hash, consistency_needs, consistency_proof, inclusion_needs, inclusion_proof, verify_consistency,
    verify_inclusion,
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
