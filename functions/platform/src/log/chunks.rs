//! Bundles in rows: the bytes of a bundle are cut between leaves, since a bundle may be larger than a row.
//!
//! Chunks are filled from the front, so a bundle that grows changes its last chunk and those after it.

use cws_translog::TilePath;

/// Largest chunk, bytes: the largest leaf fits, and a row holds three times as much.
pub const CHUNK_MAX_BYTES: usize = 128 * 1024;

/// Sort key of a chunk of a bundle: the first stands under the bundle's own name.
pub fn chunk_sort(bundle: &TilePath, chunk: usize) -> String {
    if chunk == 0 { bundle.row() } else { format!("{}/{chunk:03}", bundle.row()) }
}

/// Cuts a bundle. The chunks, one after the other, are the bundle.
pub fn cut(bundle: &[u8]) -> Vec<&[u8]> {
    let mut chunks = Vec::new();
    let (mut rest, mut end) = (bundle, 0_usize);
    loop {
        let next = end + leaf_bytes(rest.get(end..).unwrap_or_default());
        if next == end || next > rest.len() {
            break;
        }
        if next > CHUNK_MAX_BYTES && end > 0 {
            let (chunk, after) = rest.split_at(end);
            chunks.push(chunk);
            (rest, end) = (after, 0);
        } else {
            end = next;
        }
    }
    if !rest.is_empty() {
        chunks.push(rest);
    }
    chunks
}

/// Bytes of the first leaf with its length in front; 0 at the end.
fn leaf_bytes(bytes: &[u8]) -> usize {
    bytes.first_chunk::<2>().map_or(0, |length| 2 + usize::from(u16::from_be_bytes(*length)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cws_translog::{TileKind, write_entries};

    #[test]
    fn the_chunks_are_the_bundle_and_only_the_last_one_changes_when_it_grows() {
        let leaves: Vec<Vec<u8>> = (0..256_u32).map(|i| vec![1; (i * 37 % 5000) as usize]).collect();
        let whole = write_entries(&leaves).unwrap();
        let chunks = cut(&whole);
        assert!(chunks.len() > 2);
        assert!(chunks.iter().all(|chunk| chunk.len() <= CHUNK_MAX_BYTES));
        assert_eq!(chunks.concat(), whole);
        for count in 1..leaves.len() {
            let shorter = write_entries(&leaves[..count]).unwrap();
            let before = cut(&shorter);
            let (_, finished) = before.split_last().unwrap();
            assert_eq!(finished, &chunks[..finished.len()], "{count} leaves");
        }
    }

    #[test]
    fn the_largest_bundle_is_cut_into_rows_that_are_small_enough() {
        let leaves = vec![vec![7; 65_535]; 256];
        let whole = write_entries(&leaves).unwrap();
        let chunks = cut(&whole);
        assert!(chunks.len() < 257 && chunks.iter().all(|chunk| chunk.len() <= CHUNK_MAX_BYTES));
        assert_eq!(chunks.concat(), whole);
        assert!(cut(&[]).is_empty());
    }

    #[test]
    fn chunks_of_one_bundle_sort_together_and_in_order() {
        let first = TilePath::new(TileKind::Entries, 0, 1).unwrap();
        let far = TilePath::new(TileKind::Entries, 1000, 1).unwrap();
        assert_eq!(chunk_sort(&first, 0), "tile/entries/000");
        assert!(
            chunk_sort(&first, 2) < chunk_sort(&first, 10) && chunk_sort(&first, 0) < chunk_sort(&first, 1)
        );
        assert!(!chunk_sort(&far, 1).starts_with(&first.row()));
    }
}
