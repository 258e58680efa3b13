//! Logs, keys and signed checkpoints for the tests.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use cws_translog::{
    Checkpoint, TileRow, Tiles, TreeHead, VerifierKey, advance, append, append_bundles, append_needs,
    bundle_needs, consistency_proof,
};

pub(crate) const ORIGIN: &str = "example.org/log";

/// A log with everything a store would keep of it.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) head: TreeHead,
    pub(crate) tiles: Tiles,
    pub(crate) entries: Vec<Vec<u8>>,
}

impl Log {
    pub(crate) fn empty() -> Self {
        Self { head: TreeHead::empty(), tiles: Tiles::new(), entries: Vec::new() }
    }

    /// A log of `size` distinct records, appended in one go.
    pub(crate) fn of(size: u64) -> Self {
        let mut log = Self::empty();
        log.add(&(0..size).map(entry).collect::<Vec<_>>());
        log
    }

    /// Appends with exactly the tiles that were asked for; returns the rows that were to be stored.
    pub(crate) fn add(&mut self, entries: &[Vec<u8>]) -> Vec<TileRow> {
        let (tiles, bundles) =
            (self.only(&append_needs(self.head.size)), self.only(&bundle_needs(self.head.size)));
        let appended = append(&self.head, entries, &tiles).unwrap();
        assert_eq!(appended.first_index, self.head.size);
        let mut rows = appended.tiles;
        rows.extend(append_bundles(self.head.size, entries, &bundles).unwrap());
        self.head = appended.head;
        self.tiles.extend(rows.clone());
        self.entries.extend_from_slice(entries);
        rows
    }

    /// The tiles at these paths and no others, cut to the width of the path.
    pub(crate) fn only(&self, paths: &[cws_translog::TilePath]) -> Tiles {
        let row = |path: &cws_translog::TilePath| {
            let bytes = match path.kind() {
                cws_translog::TileKind::Hashes { .. } => {
                    let hashes = cws_translog::read_hashes(&self.tiles, path).unwrap();
                    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
                }
                cws_translog::TileKind::Entries => {
                    let entries = cws_translog::read_entries(&self.tiles, path).unwrap();
                    cws_translog::write_entries(&entries).unwrap()
                }
            };
            TileRow { path: *path, bytes }
        };
        paths.iter().map(row).collect()
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(ORIGIN, self.head).unwrap()
    }

    /// The signed note of its head, as a sequencer starting from an empty log makes it.
    pub(crate) fn signed(&self, signer: &Signer) -> String {
        let proof = consistency_proof(0, self.head.size, &self.tiles).unwrap();
        let unsigned = advance(&Checkpoint::empty(ORIGIN).unwrap(), self.head, &proof).unwrap();
        unsigned.attach(&signer.key, &signer.sign(&unsigned.to_be_signed())).unwrap()
    }
}

/// Record `index`: short, and like no other.
pub(crate) fn entry(index: u64) -> Vec<u8> {
    format!("record {index}").into_bytes()
}

/// An Ed25519 key pair made from one byte, under a name.
pub(crate) struct Signer {
    pair: Ed25519KeyPair,
    pub(crate) key: VerifierKey,
}

impl Signer {
    pub(crate) fn named(name: &str, seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let public = pair.public_key().as_ref().try_into().unwrap();
        Self { pair, key: VerifierKey::ed25519(name, &public).unwrap() }
    }

    pub(crate) fn of_the_log() -> Self {
        Self::named(ORIGIN, 7)
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.pair.sign(text).as_ref().try_into().unwrap()
    }
}

/// The text with one bit of one byte changed; `None` where that is no text any more.
pub(crate) fn flipped(text: &str, at: usize, bit: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] ^= 1 << bit;
    String::from_utf8(bytes).ok()
}
