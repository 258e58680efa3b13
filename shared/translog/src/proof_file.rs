//! C2SP `tlog-proof@v1`: one text file that shows offline that a record is in a log.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError, plain_number};
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::note::{MAX_NOTE_BYTES, NoteError, SignedNote};
use crate::path::MAX_LOG_RECORDS;
use crate::proof::{ProofError, verify_inclusion};

/// The most extra data a proof file may carry, in bytes.
pub const MAX_EXTRA_BYTES: usize = 64 * 1024;

/// The first line of the file.
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Hashes in the longest possible proof: one for each level of the largest tree.
const MAX_PROOF_HASHES: usize = 56;

/// The largest file, in bytes: extra data in base64, hashes, the checkpoint, and the short lines.
const MAX_FILE_BYTES: usize = MAX_EXTRA_BYTES / 3 * 4 + MAX_PROOF_HASHES * 45 + MAX_NOTE_BYTES + 256;

/// A record's place in a log, the proof of it, and the signed checkpoint the proof leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFile {
    extra: Option<Vec<u8>>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: String,
}

/// Why a file is no proof, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// Over a limit: the file, its extra data or its hashes.
    #[error("the proof file is too large")]
    TooLarge,
    /// Not of the format.
    #[error("not a `{FIRST_LINE}` file")]
    Format,
    /// The checkpoint in it cannot be believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The proof in it does not hold.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl ProofFile {
    /// The proof file of record `index`; `checkpoint` is the signed note as the log serves it.
    ///
    /// `extra` is free data that nobody signs.
    ///
    /// # Errors
    /// Something is over its limit, or `checkpoint` is no signed note.
    pub fn new(
        index: u64,
        proof: Vec<Hash>,
        checkpoint: String,
        extra: Option<Vec<u8>>,
    ) -> Result<Self, ProofFileError> {
        let extra_bytes = extra.as_ref().map_or(0, Vec::len);
        if extra_bytes > MAX_EXTRA_BYTES || proof.len() > MAX_PROOF_HASHES || index >= MAX_LOG_RECORDS {
            return Err(ProofFileError::TooLarge);
        }
        SignedNote::parse(&checkpoint).map_err(|error: NoteError| CheckpointError::Note(error))?;
        Ok(Self { extra, index, proof, checkpoint })
    }

    /// The record's place in the log, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Sibling hashes from the leaf up.
    #[must_use]
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// The signed checkpoint, as it was served.
    #[must_use]
    pub fn checkpoint_note(&self) -> &str {
        &self.checkpoint
    }

    /// The free data. Nobody signed it.
    #[must_use]
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// Checks that `entry` is in the log named `origin`, signed by one of the known keys; returns the checkpoint.
    ///
    /// # Errors
    /// The checkpoint is not signed by that log, or the record is not where the file says.
    pub fn verify(
        &self,
        entry: &[u8],
        origin: &str,
        known: &[VerifierKey],
    ) -> Result<Checkpoint, ProofFileError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, known)?;
        if checkpoint.origin() != origin {
            return Err(CheckpointError::NotByTheLog(origin.to_owned()).into());
        }
        verify_inclusion(&Hash::leaf(entry), self.index, &checkpoint.head(), &self.proof)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for ProofFile {
    type Err = ProofFileError;

    /// Reads exactly what `Display` writes.
    fn from_str(text: &str) -> Result<Self, ProofFileError> {
        if text.len() > MAX_FILE_BYTES {
            return Err(ProofFileError::TooLarge);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofFileError::Format)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(ProofFileError::Format);
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(read_extra).transpose()?;
        let index = lines.next().and_then(|line| plain_number(line.strip_prefix("index ")?));
        let index = index.ok_or(ProofFileError::Format)?;
        let proof: Result<Vec<Hash>, _> = lines.map(str::parse).collect();
        Self::new(index, proof.map_err(|_| ProofFileError::Format)?, checkpoint.to_owned(), extra)
    }
}

fn read_extra(line: &str) -> Result<Vec<u8>, ProofFileError> {
    let text = line.strip_prefix("extra ").ok_or(ProofFileError::Format)?;
    STANDARD.decode(text).map_err(|_| ProofFileError::Format)
}
