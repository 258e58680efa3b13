//! Proofs out of tiles are the proofs of the book, they verify, and nothing else does.

use cws_translog::{
    Hash, MAX_LOG_RECORDS, ProofError, TilePath, TreeHead, consistency_needs, consistency_proof,
    inclusion_needs, inclusion_proof, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::fixture::Log;
use crate::reference::Reference;

const SIZE: u64 = 600;

struct World {
    log: Log,
    reference: Reference,
}

impl World {
    fn new() -> Self {
        let log = Log::of(SIZE);
        let reference = Reference::new(&log.entries);
        Self { log, reference }
    }

    fn head(&self, size: u64) -> TreeHead {
        TreeHead { size, root: self.reference.root(0, usize::try_from(size).unwrap()) }
    }

    /// Both sides of one consistency proof: made from just the tiles asked for, equal to the book's, and true.
    fn assert_consistent(&self, old: u64, new: u64) {
        let tiles = self.log.only(&consistency_needs(old, new).unwrap());
        let proof = consistency_proof(old, new, &tiles).unwrap();
        let by_the_book = self.reference.consistency(old.try_into().unwrap(), new.try_into().unwrap());
        assert_eq!(proof, by_the_book, "{old} to {new}");
        verify_consistency(&self.head(old), &self.head(new), &proof).unwrap();
    }
}

#[test]
fn every_pair_of_sizes_up_to_130_is_consistent() {
    let world = World::new();
    for new in 0..=130 {
        for old in 0..=new {
            world.assert_consistent(old, new);
        }
    }
}

#[test]
fn larger_sizes_are_consistent_with_sizes_on_and_beside_every_border() {
    let world = World::new();
    let borders = [0, 1, 2, 3, 64, 127, 128, 129, 255, 256, 257, 383, 384, 511, 512, 513];
    for new in 131..=SIZE {
        let mut olds = vec![new / 3, new / 2, new - 2, new - 1, new];
        if new % 4 == 0 || [255, 257, 511, 513].contains(&new) {
            olds.extend(borders);
        }
        olds.into_iter().filter(|old| *old <= new).for_each(|old| world.assert_consistent(old, new));
    }
}

#[test]
fn the_first_middle_and_last_record_are_proven_at_every_size() {
    let world = World::new();
    for size in 1..=SIZE {
        for index in [0, size / 2, size - 1] {
            let tiles = world.log.only(&inclusion_needs(index, size).unwrap());
            let proof = inclusion_proof(index, size, &tiles).unwrap();
            let by_the_book = world.reference.path(index.try_into().unwrap(), 0, size.try_into().unwrap());
            assert_eq!(proof, by_the_book, "{index} of {size}");
            let leaf = Hash::leaf(&world.log.entries[usize::try_from(index).unwrap()]);
            verify_inclusion(&leaf, index, &world.head(size), &proof).unwrap();
        }
    }
}

#[test]
fn a_record_proven_at_one_index_is_not_proven_at_another() {
    let world = World::new();
    for size in [1, 2, 3, 7, 8, 300] {
        let head = world.head(size);
        let proof = inclusion_proof(size / 2, size, &world.log.tiles).unwrap();
        let leaf = Hash::leaf(&world.log.entries[usize::try_from(size / 2).unwrap()]);
        for index in (0..=size).filter(|index| *index != size / 2) {
            assert!(verify_inclusion(&leaf, index, &head, &proof).is_err(), "{index} of {size}");
        }
    }
}

#[test]
fn a_proof_with_a_hash_more_or_less_is_refused() {
    let world = World::new();
    let leaf = Hash::leaf(&world.log.entries[41]);
    let inclusion = inclusion_proof(41, 300, &world.log.tiles).unwrap();
    let consistency = consistency_proof(41, 300, &world.log.tiles).unwrap();
    let inclusion_of = |proof: &[Hash]| verify_inclusion(&leaf, 41, &world.head(300), proof);
    let consistency_of = |proof: &[Hash]| verify_consistency(&world.head(41), &world.head(300), proof);
    for wrong in [[&inclusion[..], &[leaf]].concat(), inclusion[1..].to_vec(), Vec::new()] {
        assert_eq!(inclusion_of(&wrong), Err(ProofError::Length));
    }
    for wrong in [[&consistency[..], &[leaf]].concat(), consistency[1..].to_vec(), Vec::new()] {
        assert_eq!(consistency_of(&wrong), Err(ProofError::Length));
    }
}

#[test]
fn impossible_questions_are_refused() {
    let tiles = &Log::of(10).tiles;
    assert_eq!(inclusion_proof(10, 10, tiles), Err(ProofError::NoSuchRecord { index: 10, size: 10 }));
    assert_eq!(inclusion_needs(0, 0), Err(ProofError::NoSuchRecord { index: 0, size: 0 }));
    assert_eq!(inclusion_needs(0, u64::MAX), Err(ProofError::NoSuchRecord { index: 0, size: u64::MAX }));
    assert_eq!(consistency_proof(11, 10, tiles), Err(ProofError::NotGrown { old: 11, new: 10 }));
    assert_eq!(consistency_needs(1, u64::MAX), Err(ProofError::NotGrown { old: 1, new: u64::MAX }));
}

#[test]
fn questions_about_the_largest_log_are_answered() {
    let tiles_of = |needs: Result<Vec<TilePath>, ProofError>| needs.unwrap().len();
    assert_eq!(tiles_of(inclusion_needs(0, MAX_LOG_RECORDS)), 7);
    assert_eq!(tiles_of(inclusion_needs(MAX_LOG_RECORDS - 1, MAX_LOG_RECORDS)), 7);
    assert_eq!(tiles_of(consistency_needs(MAX_LOG_RECORDS - 1, MAX_LOG_RECORDS)), 7);
    assert_eq!(cws_translog::append_needs(MAX_LOG_RECORDS - 1).len(), 7);
    assert_eq!(cws_translog::append_needs(u64::MAX), []);
}

#[test]
fn empty_and_equal_logs_are_consistent_only_with_the_right_roots() {
    let world = World::new();
    let (empty, ten, wrong) = (TreeHead::empty(), world.head(10), Hash::leaf(b"wrong"));
    assert_eq!(verify_consistency(&empty, &ten, &[]), Ok(()));
    assert_eq!(verify_consistency(&ten, &ten, &[]), Ok(()));
    assert_eq!(verify_consistency(&empty, &empty, &[]), Ok(()));
    for (old, new) in [
        (TreeHead { size: 0, root: wrong }, ten),
        (TreeHead { size: 10, root: wrong }, ten),
        (TreeHead { size: 0, root: wrong }, TreeHead { size: 0, root: wrong }),
        (empty, TreeHead { size: 0, root: wrong }),
    ] {
        assert_eq!(verify_consistency(&old, &new, &[]), Err(ProofError::Mismatch));
    }
    assert_eq!(verify_consistency(&empty, &ten, &[wrong]), Err(ProofError::Length));
}

/// The proof with one bit of one of its bytes changed.
fn flip(proof: &[Hash], at: usize, bit: u8) -> Vec<Hash> {
    let mut bytes: Vec<u8> = proof.iter().flat_map(|hash| *hash.as_bytes()).collect();
    bytes[at] ^= 1 << bit;
    bytes.chunks(32).map(|hash| Hash::new(hash.try_into().unwrap())).collect()
}

#[test]
fn every_flipped_byte_of_a_proof_fails() {
    let world = World::new();
    let (old, new) = (world.head(299), world.head(600));
    let leaf = Hash::leaf(&world.log.entries[299]);
    let inclusion = inclusion_proof(299, 600, &world.log.tiles).unwrap();
    for at in 0..inclusion.len() * 32 {
        let proof = flip(&inclusion, at, 0);
        assert_eq!(verify_inclusion(&leaf, 299, &new, &proof), Err(ProofError::Mismatch), "byte {at}");
    }
    let consistency = consistency_proof(299, 600, &world.log.tiles).unwrap();
    for at in 0..consistency.len() * 32 {
        let proof = flip(&consistency, at, 0);
        assert_eq!(verify_consistency(&old, &new, &proof), Err(ProofError::Mismatch), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_log_that_changed_one_old_record_is_never_consistent(old in 1_u64..80, more in 0_u64..80, at in any::<prop::sample::Index>()) {
        let honest = Log::of(old);
        let mut entries = Log::of(old + more).entries;
        entries[at.index(usize::try_from(old).unwrap())] = b"rewritten".to_vec();
        let mut forged = Log::empty();
        forged.add(&entries);
        let proof = consistency_proof(old, old + more, &forged.tiles).unwrap();
        prop_assert_eq!(verify_consistency(&honest.head, &forged.head, &proof), Err(ProofError::Mismatch));
    }
}
