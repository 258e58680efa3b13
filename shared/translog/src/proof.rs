//! Making and checking proofs: that a record is in a log, and that a log only ever grew.

use crate::hash::Hash;
use crate::path::{MAX_LOG_RECORDS, TilePath};
use crate::tiles::{TileError, TileSource};
use crate::tree::{Span, TreeHead};

/// Why a proof cannot be made or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A tile that is needed is missing or malformed.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// There is no such record in a log of this size.
    #[error("record {index} is not in a log of {size} records")]
    NoSuchRecord {
        /// The record asked for, from 0.
        index: u64,
        /// Records in the log.
        size: u64,
    },
    /// The log that should be the older one is the larger one, or larger than any log may be.
    #[error("a log of {new} records cannot have grown from {old} records")]
    NotGrown {
        /// Records in the log that should be the older one.
        old: u64,
        /// Records in the log that should be the newer one.
        new: u64,
    },
    /// The proof has too few or too many hashes.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The proof leads to another root.
    #[error("the proof does not lead to the root of the log")]
    Mismatch,
}

/// The tiles that [`inclusion_proof`] needs.
///
/// # Errors
/// The record is not in a log of `size` records.
pub fn inclusion_needs(index: u64, size: u64) -> Result<Vec<TilePath>, ProofError> {
    Ok(needs(&inclusion_spans(index, size)?, size))
}

/// The proof that record `index` is in the log of `size` records: sibling hashes from the leaf up (RFC 6962
/// section 2.1.1). The tiles are taken at their word; a caller that cannot trust them checks the proof.
///
/// # Errors
/// The record is not in such a log, or a tile is missing or malformed.
pub fn inclusion_proof(index: u64, size: u64, tiles: &impl TileSource) -> Result<Vec<Hash>, ProofError> {
    roots(&inclusion_spans(index, size)?, size, tiles)
}

/// The tiles that [`consistency_proof`] needs.
///
/// # Errors
/// `old` is larger than `new`.
pub fn consistency_needs(old: u64, new: u64) -> Result<Vec<TilePath>, ProofError> {
    Ok(needs(&consistency_spans(old, new)?, new))
}

/// The proof that the log of `new` records begins with the log of `old` records (RFC 6962 section 2.1.2).
/// Empty when they are equal or `old` is 0.
///
/// # Errors
/// `old` is larger than `new`, or a tile is missing or malformed.
pub fn consistency_proof(old: u64, new: u64, tiles: &impl TileSource) -> Result<Vec<Hash>, ProofError> {
    roots(&consistency_spans(old, new)?, new, tiles)
}

/// The tiles that [`root_at`] needs.
///
/// # Errors
/// `old` is larger than `size`.
pub fn root_needs(old: u64, size: u64) -> Result<Vec<TilePath>, ProofError> {
    grown(old, size)?;
    Ok(needs(&[Span::new(0, old)], size))
}

/// The root the log had at `old` records, out of the tiles of the log of `size` records.
///
/// # Errors
/// `old` is larger than `size`, or a tile is missing or malformed.
pub fn root_at(old: u64, size: u64, tiles: &impl TileSource) -> Result<Hash, ProofError> {
    grown(old, size)?;
    Ok(Span::new(0, old).root(size, tiles)?)
}

/// Checks that the record with this leaf hash is record `index` of the log (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// The proof does not hold.
pub fn verify_inclusion(leaf: &Hash, index: u64, head: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    let spans = inclusion_spans(index, head.size)?;
    if spans.len() != proof.len() {
        return Err(ProofError::Length);
    }
    let join = |hash: Hash, (span, sibling): (&Span, &Hash)| {
        if span.start > index { Hash::node(&hash, sibling) } else { Hash::node(sibling, &hash) }
    };
    let root = spans.iter().zip(proof).fold(*leaf, join);
    if root == head.root { Ok(()) } else { Err(ProofError::Mismatch) }
}

/// Checks that `new` begins with all of `old` (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// The proof does not hold: the log lost records or changed old ones.
pub fn verify_consistency(old: &TreeHead, new: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    let spans = consistency_spans(old.size, new.size)?;
    if spans.len() != proof.len() {
        return Err(ProofError::Length);
    }
    if spans.is_empty() {
        let expected = if old.size == 0 { Hash::empty_root() } else { new.root };
        let same = old.root == expected && (new.size > 0 || new.root == expected);
        return if same { Ok(()) } else { Err(ProofError::Mismatch) };
    }
    // A proof leaves out the old root where the old log is one complete subtree of the new one.
    let whole = old.size.is_power_of_two().then_some((Span::new(0, old.size), old.root));
    let mut parts = whole.into_iter().chain(spans.into_iter().zip(proof.iter().copied()));
    let Some((_, first)) = parts.next() else { return Err(ProofError::Length) };
    let (mut old_root, mut new_root) = (first, first);
    for (span, hash) in parts {
        if span.end <= old.size {
            old_root = Hash::node(&hash, &old_root);
            new_root = Hash::node(&hash, &new_root);
        } else {
            new_root = Hash::node(&new_root, &hash);
        }
    }
    if old_root == old.root && new_root == new.root { Ok(()) } else { Err(ProofError::Mismatch) }
}

/// The ranges whose roots are the inclusion proof, from the leaf up.
fn inclusion_spans(index: u64, size: u64) -> Result<Vec<Span>, ProofError> {
    if index >= size || size > MAX_LOG_RECORDS {
        return Err(ProofError::NoSuchRecord { index, size });
    }
    let mut around = Span::new(0, size);
    let mut spans = Vec::new();
    while let Some(middle) = around.middle() {
        let (left, right) = (Span::new(around.start, middle), Span::new(middle, around.end));
        let (inside, sibling) = if index < middle { (left, right) } else { (right, left) };
        spans.push(sibling);
        around = inside;
    }
    spans.reverse();
    Ok(spans)
}

/// The ranges whose roots are the consistency proof, in its order.
fn consistency_spans(old: u64, new: u64) -> Result<Vec<Span>, ProofError> {
    grown(old, new)?;
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let mut around = Span::new(0, new);
    let mut spans = Vec::new();
    while around.end != old {
        let Some(middle) = around.middle() else { break };
        let (left, right) = (Span::new(around.start, middle), Span::new(middle, around.end));
        let (inside, sibling) = if old <= middle { (left, right) } else { (right, left) };
        spans.push(sibling);
        around = inside;
    }
    if around.start > 0 {
        spans.push(around);
    }
    spans.reverse();
    Ok(spans)
}

fn grown(old: u64, new: u64) -> Result<(), ProofError> {
    if old > new || new > MAX_LOG_RECORDS { Err(ProofError::NotGrown { old, new }) } else { Ok(()) }
}

fn needs(spans: &[Span], size: u64) -> Vec<TilePath> {
    let mut paths: Vec<TilePath> = spans.iter().flat_map(|span| span.needs(size)).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

fn roots(spans: &[Span], size: u64, tiles: &impl TileSource) -> Result<Vec<Hash>, ProofError> {
    Ok(spans.iter().map(|span| span.root(size, tiles)).collect::<Result<_, _>>()?)
}
