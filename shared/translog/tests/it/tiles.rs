//! Bytes of tiles and bundles: round trips, and what is refused.

use cws_translog::{TileError, TileKind, TilePath, Tiles, read_entries, read_hashes, write_entries};
use proptest::prelude::*;

fn source(bytes: Vec<u8>) -> impl Fn(&TilePath) -> Option<Vec<u8>> {
    move |_| Some(bytes.clone())
}

#[test]
fn a_bundle_is_records_behind_big_endian_lengths() {
    let long = vec![7; 258];
    let bytes = write_entries(&[b"ab".as_slice(), b"", &long]).unwrap();
    assert_eq!(bytes[..8], [0, 2, b'a', b'b', 0, 0, 1, 2]);
    assert_eq!(bytes.len(), 8 + 258);
}

#[test]
fn a_wider_tile_serves_for_a_narrower_one() {
    let narrow = TilePath::new(TileKind::Hashes { level: 0 }, 0, 2).unwrap();
    let bytes: Vec<u8> = (0..96).collect();
    assert_eq!(read_hashes(&source(bytes.clone()), &narrow).unwrap().len(), 2);
    let mut tiles = Tiles::new();
    tiles.insert(&TilePath::new(TileKind::Hashes { level: 0 }, 0, 3).unwrap(), bytes.clone());
    tiles.insert(&narrow, bytes[..64].to_vec());
    let wide = TilePath::new(TileKind::Hashes { level: 0 }, 0, 3).unwrap();
    assert_eq!(read_hashes(&tiles, &wide).unwrap().len(), 3);
}

#[test]
fn tiles_too_short_too_long_or_broken_are_refused() {
    let hashes = TilePath::new(TileKind::Hashes { level: 0 }, 0, 2).unwrap();
    for length in [0, 32, 63, 65, 257 * 32] {
        let found = read_hashes(&source(vec![0; length]), &hashes);
        assert_eq!(found, Err(TileError::Malformed(hashes)), "{length} bytes");
    }
    let entries = TilePath::new(TileKind::Entries, 0, 2).unwrap();
    for bytes in [vec![], vec![0, 0], vec![0, 0, 0, 1], vec![0, 0, 0, 0, 0], vec![0; 257 * 2]] {
        let found = read_entries(&source(bytes.clone()), &entries);
        assert_eq!(found, Err(TileError::Malformed(entries)), "{bytes:?}");
    }
    assert_eq!(read_hashes(&Tiles::new(), &hashes), Err(TileError::Missing(hashes)));
}

proptest! {
    #[test]
    fn bundles_read_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256)) {
        let path = TilePath::new(TileKind::Entries, 0, u16::try_from(entries.len()).unwrap()).unwrap();
        let bytes = write_entries(&entries).unwrap();
        prop_assert_eq!(read_entries(&source(bytes), &path).unwrap(), entries);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), width in 1_u16..=256) {
        let entries = TilePath::new(TileKind::Entries, 0, width).unwrap();
        if let Ok(read) = read_entries(&source(bytes.clone()), &entries) {
            prop_assert_eq!(read.len(), usize::from(width));
        }
        let hashes = TilePath::new(TileKind::Hashes { level: 0 }, 0, width).unwrap();
        if let Ok(read) = read_hashes(&source(bytes), &hashes) {
            prop_assert_eq!(read.len(), usize::from(width));
        }
    }
}
