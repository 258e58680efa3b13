//! Checking a whole log against a signed checkpoint: every record, every tile, and checkpoints seen before.
//!
//! The checkpoint is the only thing believed. Tiles are checked against it from the root down, then records
//! against the tiles, so that a change is found at its place and not only noticed.

use crate::append::append_leaves;
use crate::checkpoint::Checkpoint;
use crate::fault::LogFault;
use crate::hash::Hash;
use crate::path::{TileKind, TilePath};
use crate::proof::{ProofError, root_at};
use crate::tiles::{TileError, TileSource, Tiles, read_entries, read_hashes};
use crate::tree::{TreeHead, levels, root_of};

/// Checks a log: `entries` are its records in order, as many as `now` says; `now` is its newest checkpoint, opened
/// with the log's key; `seen` are checkpoints of it kept elsewhere, without which a rollback cannot show.
///
/// Reads each level of tiles once or twice, and holds one tile and its parent at a time while nothing is wrong.
///
/// # Errors
/// The first fault found: rollback first, then tiles, then history, then records by index.
pub fn verify_log<E: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = E>,
    tiles: &impl TileSource,
    now: &Checkpoint,
    seen: &[Checkpoint],
) -> Result<(), LogFault> {
    seen.iter().try_for_each(|before| not_rolled_back(before, now))?;
    let mut leaves = entries.into_iter().map(|entry| Hash::leaf(entry.as_ref()));
    if root(now.size(), now.size(), tiles)? != now.root() {
        return Err(blame_tile(leaves.collect(), tiles, now));
    }
    check_full_tiles(now.size(), tiles)?;
    for before in seen {
        if root(before.size(), now.size(), tiles)? != before.root() {
            return Err(LogFault::Rewritten { seen: before.size() });
        }
    }
    check_records(&mut leaves, tiles, now.size())
}

/// As [`verify_log`], with the records taken from the log's entry bundles.
///
/// # Errors
/// As [`verify_log`].
pub fn verify_bundles(
    tiles: &impl TileSource,
    now: &Checkpoint,
    seen: &[Checkpoint],
) -> Result<(), LogFault> {
    for path in paths(TileKind::Entries, now.size()) {
        read_entries(tiles, &path)?;
    }
    let bundles = paths(TileKind::Entries, now.size()).flat_map(|path| read_entries(tiles, &path));
    verify_log(bundles.flatten(), tiles, now, seen)
}

fn not_rolled_back(seen: &Checkpoint, now: &Checkpoint) -> Result<(), LogFault> {
    if seen.origin() != now.origin() {
        return Err(LogFault::OtherLog { seen: seen.origin().to_owned(), origin: now.origin().to_owned() });
    }
    if seen.size() > now.size() {
        return Err(LogFault::RolledBack { seen: seen.size(), size: now.size() });
    }
    Ok(())
}

fn root(old: u64, size: u64, tiles: &impl TileSource) -> Result<Hash, LogFault> {
    root_at(old, size, tiles).map_err(|error| match error {
        ProofError::Tile(error) => LogFault::Tile(error),
        _ => LogFault::Unprovable,
    })
}

/// All tiles or bundles of a kind in a log of `size` records, left to right.
fn paths(kind: TileKind, size: u64) -> impl Iterator<Item = TilePath> {
    (0_u64..).map_while(move |index| TilePath::in_log(kind, index, size))
}

/// Holds every full tile against its hash one level up, from the top down. The partial ones make up the root.
fn check_full_tiles(size: u64, tiles: &impl TileSource) -> Result<(), LogFault> {
    let parents: Vec<u8> = levels(size).skip(1).collect();
    for (level, parent) in parents.into_iter().enumerate().rev() {
        let kind = TileKind::Hashes { level: u8::try_from(level).map_err(|_| LogFault::Unprovable)? };
        let parents = paths(TileKind::Hashes { level: parent }, size);
        let mut children = paths(kind, size);
        for above in parents {
            for (hash, child) in read_hashes(tiles, &above)?.into_iter().zip(&mut children) {
                if root_of(&read_hashes(tiles, &child)?) != hash {
                    return Err(LogFault::TileChanged(child));
                }
            }
        }
    }
    Ok(())
}

/// The tiles do not hash to the checkpoint: if the records do, names the tile that is wrong.
fn blame_tile(leaves: Vec<Hash>, tiles: &impl TileSource, now: &Checkpoint) -> LogFault {
    let Ok(rebuilt) = append_leaves(&TreeHead::empty(), leaves, &Tiles::new()) else {
        return LogFault::Unprovable;
    };
    if rebuilt.head != now.head() {
        return LogFault::Unprovable;
    }
    let rebuilt_paths: Vec<TilePath> = rebuilt.tiles.iter().map(|row| row.path).collect();
    let right: Tiles = rebuilt.tiles.into_iter().collect();
    for path in rebuilt_paths {
        match (read_hashes(tiles, &path), read_hashes(&right, &path)) {
            (Ok(found), Ok(right)) if found == right => {}
            (Err(error), _) => return LogFault::Tile(error),
            _ => return LogFault::TileChanged(path),
        }
    }
    LogFault::Unprovable
}

/// Holds every record against the leaf hashes, which are proven by now.
fn check_records(
    records: &mut impl Iterator<Item = Hash>,
    tiles: &impl TileSource,
    size: u64,
) -> Result<(), LogFault> {
    for path in paths(TileKind::Hashes { level: 0 }, size) {
        for (index, logged) in (path.records().0..).zip(read_hashes(tiles, &path)?) {
            match records.next() {
                None => return Err(LogFault::Missing { index }),
                Some(found) if found == logged => {}
                Some(found) => {
                    let still_there = records.any(|record| record == logged);
                    return Err(name_fault(index, place_after(index, found, tiles, size)?, still_there));
                }
            }
        }
    }
    if records.next().is_some() { Err(LogFault::Inserted { index: size }) } else { Ok(()) }
}

/// What happened at `index`, from two facts: where the record found there was logged further on, if it was, and
/// whether the record logged there still stands further on.
const fn name_fault(index: u64, belongs: Option<u64>, still_there: bool) -> LogFault {
    match (belongs, still_there) {
        (Some(belongs), true) => LogFault::Reordered { index, belongs },
        (Some(_), false) => LogFault::Missing { index },
        (None, true) => LogFault::Inserted { index },
        (None, false) => LogFault::Edited { index },
    }
}

/// The first place after `index` at which this leaf hash was logged.
fn place_after(index: u64, leaf: Hash, tiles: &impl TileSource, size: u64) -> Result<Option<u64>, TileError> {
    for path in paths(TileKind::Hashes { level: 0 }, size).skip_while(|path| path.records().1 <= index) {
        let places = (path.records().0..).zip(read_hashes(tiles, &path)?);
        let place = places.filter(|(place, _)| *place > index).find(|(_, logged)| *logged == leaf);
        if let Some((place, _)) = place {
            return Ok(Some(place));
        }
    }
    Ok(None)
}
