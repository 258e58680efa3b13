//! C2SP `tlog-checkpoint`: which log, how many records, the hash over them; a signed note.

use crate::hash::Hash;
use crate::key::{MAX_NAME_BYTES, VerifierKey, is_key_name};
use crate::note::{NoteError, SignedNote};
use crate::path::MAX_LOG_RECORDS;
use crate::tree::TreeHead;

/// The longest origin, in bytes. With it a checkpoint's text stays far below the 4096 bytes a KMS signs at once.
pub const MAX_ORIGIN_BYTES: usize = MAX_NAME_BYTES;

/// The head of one named log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
}

/// Why a text is no checkpoint, or a checkpoint cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The origin is empty, too long, or holds what a key name cannot: the log's key is named like it.
    #[error("an origin has 1 to {MAX_ORIGIN_BYTES} bytes without spaces, plus signs and control characters")]
    Origin,
    /// The size is no plain decimal number up to [`MAX_LOG_RECORDS`].
    #[error("the size is not a plain decimal number up to {MAX_LOG_RECORDS}")]
    Size,
    /// The root is not the base64 of 32 bytes, or not the empty root for a log of size 0.
    #[error("the root is not the base64 of a tree's 32-byte hash")]
    Root,
    /// Fewer or more than three lines. Extension lines are refused: nobody could audit them.
    #[error("a checkpoint has exactly three lines: origin, size and root")]
    Lines,
    /// It was signed, but not by a key named like its origin.
    #[error("no key of the log `{0}` signed the checkpoint")]
    NotByTheLog(String),
}

impl Checkpoint {
    /// The head of the log named `origin`, which should look like `example.org/log`.
    ///
    /// # Errors
    /// The origin cannot be a key's name, or the head is impossible.
    pub fn new(origin: &str, head: TreeHead) -> Result<Self, CheckpointError> {
        if !is_key_name(origin) {
            return Err(CheckpointError::Origin);
        }
        if head.size > MAX_LOG_RECORDS {
            return Err(CheckpointError::Size);
        }
        if head.size == 0 && head.root != Hash::empty_root() {
            return Err(CheckpointError::Root);
        }
        Ok(Self { origin: origin.to_owned(), head })
    }

    /// The log named `origin` before its first record.
    ///
    /// # Errors
    /// The origin cannot be a key's name.
    pub fn empty(origin: &str) -> Result<Self, CheckpointError> {
        Self::new(origin, TreeHead::empty())
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Records in the log.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.head.size
    }

    /// The hash over all records.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.head.root
    }

    /// Size and root together.
    #[must_use]
    pub const fn head(&self) -> TreeHead {
        self.head
    }

    /// The text that is signed: three lines, each ended by a newline.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.head.size, self.head.root)
    }

    /// Reads a signed checkpoint and believes it only if a key named like its origin signed it.
    ///
    /// Further signatures are allowed; one that claims a known key must hold.
    ///
    /// # Errors
    /// The note or its text is not of the format or over a limit, or the signatures do not suffice.
    pub fn open(note: &str, known: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(note)?;
        let signers = note.signers(known)?;
        let checkpoint = Self::parse(note.text())?;
        if signers.iter().any(|key| key.name() == checkpoint.origin) {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::NotByTheLog(checkpoint.origin))
        }
    }

    /// Reads the text of a checkpoint, unsigned: believe it only where it was kept safe.
    ///
    /// # Errors
    /// The text is not exactly what [`Checkpoint::text`] writes.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        let size = plain_number(size).ok_or(CheckpointError::Size)?;
        let root = root.parse().map_err(|_| CheckpointError::Root)?;
        Self::new(origin, TreeHead { size, root })
    }
}

/// A decimal number in its one spelling: digits only, no leading zero.
pub(crate) fn plain_number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}
