//! Tile paths: the format's examples, one spelling for each tile, and which tiles a log has.

use cws_translog::{MAX_LOG_RECORDS, TileKind, TilePath, TilePathError};
use proptest::prelude::*;

fn hashes(level: u8, index: u64, width: u16) -> TilePath {
    TilePath::new(TileKind::Hashes { level }, index, width).unwrap()
}

#[test]
fn indices_are_written_in_groups_of_three_digits() {
    assert_eq!(hashes(0, 1_234_067, 256).to_string(), "tile/0/x001/x234/067");
    assert_eq!(hashes(3, 0, 1).to_string(), "tile/3/000.p/1");
    assert_eq!(hashes(1, 1000, 255).to_string(), "tile/1/x001/000.p/255");
    assert_eq!(TilePath::new(TileKind::Entries, 999, 12).unwrap().to_string(), "tile/entries/999.p/12");
    assert_eq!(hashes(1, 1000, 255).row(), "tile/1/x001/000");
}

#[test]
fn other_spellings_of_a_path_are_refused() {
    for text in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/x000/001",
        "tile/0/X001/002",
        "tile/0/xx01/002",
        "tile/0/-01",
        "tile/0/+01",
        "tile/00/001",
        "tile/8/000",
        "tile/64/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/5/",
        "/tile/0/000",
        "tile/0/000 ",
        "tile/data/000",
        "tile/entries/0",
        "tile/0/x281/x474/x976/x710/656",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/../000",
        "tile/0/٠٠٠",
    ] {
        assert_eq!(text.parse::<TilePath>(), Err(TilePathError), "`{text}`");
    }
    assert_eq!("0".repeat(10_000).parse::<TilePath>(), Err(TilePathError));
}

#[test]
fn a_log_has_the_tiles_its_size_fills() {
    let at = |level, index, size| TilePath::in_log(TileKind::Hashes { level }, index, size);
    assert_eq!(at(0, 0, 0), None);
    assert_eq!(at(0, 0, 1), Some(hashes(0, 0, 1)));
    assert_eq!(at(0, 0, 256), Some(hashes(0, 0, 256)));
    assert_eq!(at(1, 0, 255), None);
    assert_eq!(at(1, 0, 256), Some(hashes(1, 0, 1)));
    assert_eq!(at(0, 273, 70_000), Some(hashes(0, 273, 112)));
    assert_eq!(at(0, 274, 70_000), None);
    assert_eq!(at(0, u64::MAX, u64::MAX), None);
    assert!(hashes(0, 1, 44).exists_in(300) && !hashes(0, 1, 45).exists_in(300));
}

#[test]
fn a_path_knows_the_records_it_covers() {
    assert_eq!(hashes(0, 2, 10).records(), (512, 522));
    assert_eq!(hashes(1, 1, 2).records(), (65_536, 66_048));
    assert_eq!(hashes(7, 0, 1).records(), (0, MAX_LOG_RECORDS));
}

proptest! {
    #[test]
    fn every_path_reads_back(level in 0_u8..8, index in any::<u64>(), width in 1_u16..=256, entries: bool) {
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes { level } };
        if let Ok(path) = TilePath::new(kind, index >> 17, width) {
            prop_assert_eq!(path.to_string().parse::<TilePath>(), Ok(path));
        }
    }

    #[test]
    fn no_text_makes_the_parser_fail_otherwise(text in "(tile/)?[0-9x./pentris]{0,40}") {
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }
}
