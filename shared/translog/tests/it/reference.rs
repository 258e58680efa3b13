//! The Merkle tree of RFC 6962 section 2.1, written down as the text defines it and without regard to tiles.

use std::cell::RefCell;
use std::collections::HashMap;

use cws_translog::Hash;

/// A tree over leaf hashes; roots once computed are remembered.
pub(crate) struct Reference {
    leaves: Vec<Hash>,
    roots: RefCell<HashMap<(usize, usize), Hash>>,
}

impl Reference {
    pub(crate) fn new(entries: &[Vec<u8>]) -> Self {
        let leaves = entries.iter().map(|entry| Hash::leaf(entry)).collect();
        Self { leaves, roots: RefCell::default() }
    }

    /// MTH(D[start:end]).
    pub(crate) fn root(&self, start: usize, end: usize) -> Hash {
        if let Some(root) = self.roots.borrow().get(&(start, end)) {
            return *root;
        }
        let root = match end - start {
            0 => Hash::empty_root(),
            1 => self.leaves[start],
            length => {
                let middle = start + split(length);
                Hash::node(&self.root(start, middle), &self.root(middle, end))
            }
        };
        self.roots.borrow_mut().insert((start, end), root);
        root
    }

    /// PATH(m, D[start:end]).
    pub(crate) fn path(&self, m: usize, start: usize, end: usize) -> Vec<Hash> {
        if end - start == 1 {
            return Vec::new();
        }
        let k = split(end - start);
        let middle = start + k;
        let (mut path, sibling) = if m < k {
            (self.path(m, start, middle), self.root(middle, end))
        } else {
            (self.path(m - k, middle, end), self.root(start, middle))
        };
        path.push(sibling);
        path
    }

    /// PROOF(m, D[0:n]).
    pub(crate) fn consistency(&self, m: usize, n: usize) -> Vec<Hash> {
        if m == 0 { Vec::new() } else { self.subproof(m, 0, n, true) }
    }

    /// SUBPROOF(m, D[start:end], whole).
    fn subproof(&self, m: usize, start: usize, end: usize, whole: bool) -> Vec<Hash> {
        if m == end - start {
            return if whole { Vec::new() } else { vec![self.root(start, end)] };
        }
        let k = split(end - start);
        let middle = start + k;
        let (mut proof, sibling) = if m <= k {
            (self.subproof(m, start, middle, whole), self.root(middle, end))
        } else {
            (self.subproof(m - k, middle, end, false), self.root(start, middle))
        };
        proof.push(sibling);
        proof
    }
}

/// The largest power of two less than `length`.
fn split(length: usize) -> usize {
    let mut k = 1;
    while k * 2 < length {
        k *= 2;
    }
    k
}
