//! Growing a log: one record at a time, in batches, across tile borders, and never on damaged tiles.

use cws_translog::{
    AppendError, Hash, TileError, TileKind, TileRow, Tiles, TreeHead, append, append_bundles, append_leaves,
    append_needs, bundle_needs, consistency_proof, read_hashes, root_at, verify_consistency,
};
use proptest::prelude::*;

use crate::fixture::{Log, entry};
use crate::reference::Reference;

#[test]
fn a_log_grown_record_by_record_has_the_root_of_the_book_at_every_size() {
    let entries: Vec<_> = (0..600).map(entry).collect();
    let reference = Reference::new(&entries);
    let mut log = Log::empty();
    assert_eq!(log.head, TreeHead::empty());
    for (index, entry) in entries.iter().enumerate() {
        log.add(std::slice::from_ref(entry));
        assert_eq!(log.head.root, reference.root(0, index + 1), "size {}", index + 1);
    }
}

#[test]
fn seventy_thousand_records_make_the_tiles_the_format_names_for_them() {
    let leaves: Vec<Hash> = (0..70_000).map(|index| Hash::leaf(&entry(index))).collect();
    let appended = append_leaves(&TreeHead::empty(), leaves.clone(), &Tiles::new()).unwrap();
    let count = |level, full| {
        let kind = TileKind::Hashes { level };
        appended.tiles.iter().filter(|row| row.path.kind() == kind && row.path.is_full() == full).count()
    };
    assert_eq!(
        [count(0, true), count(0, false), count(1, true), count(1, false), count(2, false)],
        [273, 1, 1, 1, 1]
    );
    let widths: Vec<_> = append_needs(70_000).iter().map(ToString::to_string).collect();
    assert_eq!(widths, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);

    let first = append_leaves(&TreeHead::empty(), leaves[..65_535].to_vec(), &Tiles::new()).unwrap();
    let mut tiles: Tiles = first.tiles.into_iter().collect();
    let second = append_leaves(&first.head, leaves[65_535..].to_vec(), &tiles).unwrap();
    assert_eq!(second.head, appended.head);
    tiles.extend(second.tiles);
    assert_eq!(tiles, appended.tiles.into_iter().collect::<Tiles>());
    assert_eq!(root_at(65_535, 70_000, &tiles).unwrap(), first.head.root);
}

#[test]
fn appending_nothing_changes_nothing() {
    let mut log = Log::of(300);
    let head = log.head;
    assert_eq!((log.add(&[]), log.head), (Vec::new(), head));
}

#[test]
fn a_full_tile_is_written_once_and_never_again() {
    let mut log = Log::of(255);
    let mut full = Vec::new();
    for index in 255..600 {
        full.extend(log.add(&[entry(index)]).into_iter().map(|row| row.path).filter(|path| path.is_full()));
    }
    let names: Vec<_> = full.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["tile/0/000", "tile/entries/000", "tile/0/001", "tile/entries/001"]);
}

#[test]
fn a_log_whose_edge_was_changed_is_not_appended_to() {
    let log = Log::of(600);
    for path in append_needs(600) {
        for at in [0, usize::from(path.width()) * 32 - 1] {
            let mut bytes: Vec<u8> =
                read_hashes(&log.tiles, &path).unwrap().iter().flat_map(|hash| *hash.as_bytes()).collect();
            bytes[at] ^= 1;
            let mut tiles = log.tiles.clone();
            tiles.remove(&path);
            tiles.insert(&path, bytes);
            assert_eq!(
                append(&log.head, &[b"next"], &tiles),
                Err(AppendError::EdgeMismatch),
                "{path} byte {at}"
            );
        }
        let mut tiles = log.tiles.clone();
        tiles.remove(&path);
        assert_eq!(append(&log.head, &[b"next"], &tiles), Err(TileError::Missing(path).into()));
    }
}

#[test]
fn a_bundle_whose_records_were_changed_is_not_written_on() {
    let log = Log::of(300);
    let [_, path] = bundle_needs(300)[..] else { panic!("a hash tile and a bundle") };
    let mut tiles = log.tiles.clone();
    let mut bytes = tiles.remove(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    tiles.insert(&path, bytes);
    assert_eq!(append_bundles(300, &[b"next"], &tiles), Err(AppendError::BundleMismatch(path)));
}

#[test]
fn a_record_over_65535_bytes_is_refused_by_its_position() {
    let (fits, long) = (vec![0; 65_535], vec![0; 65_536]);
    let empty = TreeHead::empty();
    assert!(append(&empty, &[&fits], &Tiles::new()).is_ok());
    let refused = Err(AppendError::Tile(TileError::LongRecord { index: 1 }));
    assert_eq!(append(&empty, &[&fits, &long], &Tiles::new()), refused);
    assert_eq!(append_bundles(0, &[&fits, &long], &Tiles::new()).map(|_| ()), refused.map(|_| ()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn batches_of_any_sizes_end_in_the_same_log(batches in prop::collection::vec(0_u64..300, 0..5)) {
        let mut log = Log::empty();
        for batch in &batches {
            let first = log.head.size;
            log.add(&(first..first + batch).map(entry).collect::<Vec<_>>());
        }
        let at_once = Log::of(batches.iter().sum());
        prop_assert_eq!(log.head, at_once.head);
        prop_assert_eq!(log.tiles, at_once.tiles);
    }

    #[test]
    fn the_tiles_of_an_append_suffice_to_prove_it_consistent(old in 0_u64..900, added in 0_u64..600) {
        let log = Log::of(old);
        let mut tiles = log.only(&append_needs(old));
        let entries: Vec<_> = (old..old + added).map(entry).collect();
        let appended = append(&log.head, &entries, &tiles).unwrap();
        tiles.extend(appended.tiles);
        let proof = consistency_proof(old, old + added, &tiles).unwrap();
        prop_assert_eq!(verify_consistency(&log.head, &appended.head, &proof), Ok(()));
    }

    #[test]
    fn no_tile_but_the_asked_ones_is_read(size in 0_u64..700) {
        let log = Log::of(size);
        let asked = append_needs(size);
        let source = |path: &cws_translog::TilePath| {
            assert!(asked.contains(path), "{path} was not asked for");
            log.only(&[*path]).remove(path)
        };
        let rows: Vec<TileRow> = append(&log.head, &[b"next"], &source).unwrap().tiles;
        prop_assert!(!rows.is_empty());
    }
}
