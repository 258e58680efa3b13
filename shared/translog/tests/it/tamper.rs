//! A log of a thousand records, and everything somebody with the database in hand could do to it.

use cws_translog::{
    Checkpoint, Hash, LogFault, TileError, TileKind, TilePath, TreeHead, verify_bundles, verify_log,
};

use crate::fixture::{Log, ORIGIN, entry};

const SIZE: u64 = 1000;

/// What is found after `change` was made to the records.
fn found(log: &Log, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Result<(), LogFault> {
    let mut entries = log.entries.clone();
    change(&mut entries);
    verify_log(&entries, &log.tiles, &log.checkpoint(), &[])
}

fn at(index: u64) -> usize {
    usize::try_from(index).unwrap()
}

#[test]
fn untouched_logs_of_all_shapes_are_found_whole() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 1000] {
        let (log, seen) = (Log::of(size), [Log::of(size / 2).checkpoint(), Log::of(size).checkpoint()]);
        assert_eq!(verify_log(&log.entries, &log.tiles, &log.checkpoint(), &seen), Ok(()), "{size} records");
        assert_eq!(verify_bundles(&log.tiles, &log.checkpoint(), &seen), Ok(()), "{size} records");
    }
}

#[test]
fn an_edit_of_any_record_is_found_at_its_place() {
    let log = Log::of(SIZE);
    for index in 0..SIZE {
        let fault = found(&log, |entries| entries[at(index)].push(b'!'));
        assert_eq!(fault, Err(LogFault::Edited { index }));
    }
}

#[test]
fn a_deletion_of_any_record_is_found_at_its_place() {
    let log = Log::of(SIZE);
    for index in 0..SIZE {
        let fault = found(&log, |entries| drop(entries.remove(at(index))));
        assert_eq!(fault, Err(LogFault::Missing { index }));
    }
}

#[test]
fn an_insertion_at_any_place_is_found_there() {
    let log = Log::of(SIZE);
    for index in 0..=SIZE {
        let fault = found(&log, |entries| entries.insert(at(index), b"never logged".to_vec()));
        assert_eq!(fault, Err(LogFault::Inserted { index }));
    }
}

#[test]
fn a_swap_of_any_record_with_its_neighbour_is_found_at_the_first() {
    let log = Log::of(SIZE);
    for index in 0..SIZE - 1 {
        let fault = found(&log, |entries| entries.swap(at(index), at(index) + 1));
        assert_eq!(fault, Err(LogFault::Reordered { index, belongs: index + 1 }));
    }
}

#[test]
fn moves_over_tile_borders_copies_and_cuts_are_told_apart() {
    let log = Log::of(SIZE);
    let swapped = found(&log, |entries| entries.swap(3, 900));
    assert_eq!(swapped, Err(LogFault::Reordered { index: 3, belongs: 900 }));
    let doubled = found(&log, |entries| entries.insert(500, entry(20)));
    assert_eq!(doubled, Err(LogFault::Inserted { index: 500 }));
    let repeated = found(&log, |entries| entries.insert(500, entry(499)));
    assert_eq!(repeated, Err(LogFault::Inserted { index: 500 }));
    let overwritten = found(&log, |entries| entries[500] = entry(20));
    assert_eq!(overwritten, Err(LogFault::Edited { index: 500 }));
    let range_deleted = found(&log, |entries| drop(entries.drain(100..700)));
    assert_eq!(range_deleted, Err(LogFault::Missing { index: 100 }));
    let emptied = found(&log, Vec::clear);
    assert_eq!(emptied, Err(LogFault::Missing { index: 0 }));
}

/// The log with one tile's bytes changed.
fn with_tile(log: &Log, path: &TilePath, change: impl FnOnce(&mut Vec<u8>)) -> Log {
    let mut changed = log.clone();
    let mut bytes = changed.tiles.remove(path).unwrap();
    change(&mut bytes);
    changed.tiles.insert(path, bytes);
    changed
}

fn hash_tiles() -> Vec<TilePath> {
    let path = |level, index| TilePath::in_log(TileKind::Hashes { level }, index, SIZE).unwrap();
    vec![path(0, 0), path(0, 1), path(0, 2), path(0, 3), path(1, 0)]
}

#[test]
fn a_change_of_any_hash_in_any_tile_is_found_in_that_tile() {
    let log = Log::of(SIZE);
    for path in hash_tiles() {
        for hash in (0..usize::from(path.width())).step_by(5) {
            let changed = with_tile(&log, &path, |bytes| bytes[hash * 32] ^= 1);
            let fault = verify_log(&changed.entries, &changed.tiles, &log.checkpoint(), &[]);
            assert_eq!(fault, Err(LogFault::TileChanged(path)), "hash {hash}");
        }
    }
}

#[test]
fn missing_and_cut_tiles_are_named() {
    let log = Log::of(SIZE);
    for path in hash_tiles() {
        let cut = with_tile(&log, &path, |bytes| bytes.truncate(bytes.len() - 1));
        let fault = verify_log(&cut.entries, &cut.tiles, &log.checkpoint(), &[]);
        assert_eq!(fault, Err(TileError::Malformed(path).into()));
        let mut without = log.clone();
        without.tiles.remove(&path);
        let fault = verify_log(&without.entries, &without.tiles, &log.checkpoint(), &[]);
        assert_eq!(fault, Err(TileError::Missing(path).into()));
    }
}

#[test]
fn an_edit_carried_into_its_tile_is_still_found() {
    let log = Log::of(SIZE);
    for (index, fault) in [(300, LogFault::TileChanged(hash_tiles()[1])), (900, LogFault::Unprovable)] {
        let mut forged = with_tile(&log, &hash_tiles()[index / 256], |bytes| {
            bytes[index % 256 * 32..][..32].copy_from_slice(Hash::leaf(b"forged").as_bytes());
        });
        forged.entries[index] = b"forged".to_vec();
        assert_eq!(verify_log(&forged.entries, &forged.tiles, &log.checkpoint(), &[]), Err(fault));
    }
}

#[test]
fn a_change_of_a_bundle_is_found() {
    let log = Log::of(SIZE);
    let path = TilePath::in_log(TileKind::Entries, 1, SIZE).unwrap();
    let changed = with_tile(&log, &path, |bytes| bytes[2] ^= 1);
    assert_eq!(verify_bundles(&changed.tiles, &log.checkpoint(), &[]), Err(LogFault::Edited { index: 256 }));
    let cut = with_tile(&log, &path, |bytes| bytes.truncate(bytes.len() - 1));
    assert_eq!(verify_bundles(&cut.tiles, &log.checkpoint(), &[]), Err(TileError::Malformed(path).into()));
}

#[test]
fn logs_of_equal_records_hide_nothing() {
    let mut log = Log::empty();
    log.add(&vec![b"same".to_vec(); 300]);
    assert_eq!(found(&log, |_| ()), Ok(()));
    assert_eq!(found(&log, |entries| drop(entries.remove(7))), Err(LogFault::Missing { index: 299 }));
    assert_eq!(found(&log, |entries| entries.push(b"same".to_vec())), Err(LogFault::Inserted { index: 300 }));
    assert!(found(&log, |entries| entries[7] = b"other".to_vec()).is_err());
}

#[test]
fn a_restored_older_database_is_found_by_a_checkpoint_kept_elsewhere() {
    let (now, kept) = (Log::of(700), Log::of(SIZE).checkpoint());
    let verify = |seen: &[Checkpoint]| verify_log(&now.entries, &now.tiles, &now.checkpoint(), seen);
    assert_eq!(verify(&[]), Ok(()));
    assert_eq!(verify(&[kept]), Err(LogFault::RolledBack { seen: SIZE, size: 700 }));
}

#[test]
fn a_log_rewritten_and_signed_again_is_found_by_a_checkpoint_kept_elsewhere() {
    let mut entries = Log::of(SIZE).entries;
    entries[250] = b"rewritten".to_vec();
    let mut forged = Log::empty();
    forged.add(&entries);
    let verify = |seen: u64| {
        verify_log(&forged.entries, &forged.tiles, &forged.checkpoint(), &[Log::of(seen).checkpoint()])
    };
    for seen in [0, 1, 250] {
        assert_eq!(verify(seen), Ok(()), "the first {seen} records are the old ones");
    }
    for seen in [251, 256, 700, SIZE] {
        assert_eq!(verify(seen), Err(LogFault::Rewritten { seen }));
    }
}

#[test]
fn a_checkpoint_of_another_log_or_another_root_is_refused() {
    let log = Log::of(10);
    let other = Checkpoint::new("example.org/other", log.head).unwrap();
    let fault = LogFault::OtherLog { seen: "example.org/other".to_owned(), origin: ORIGIN.to_owned() };
    assert_eq!(verify_log(&log.entries, &log.tiles, &log.checkpoint(), &[other]), Err(fault));
    let wrong = Checkpoint::new(ORIGIN, TreeHead { size: 10, root: Hash::leaf(b"") }).unwrap();
    assert_eq!(verify_log(&log.entries, &log.tiles, &wrong, &[]), Err(LogFault::Unprovable));
}
