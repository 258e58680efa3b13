//! Where a tile lies: C2SP `tlog-tiles` paths such as `tile/0/x001/x234/067.p/12`, and what a tile covers.

use std::fmt;
use std::str::FromStr;

/// Hashes in a full tile, and records in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Tree levels that one tile spans: 2⁸ = 256.
pub(crate) const TILE_HEIGHT: u32 = 8;

/// The largest log this library reads or writes, in records.
pub const MAX_LOG_RECORDS: u64 = 1 << 56;

/// The highest tile level a log of [`MAX_LOG_RECORDS`] has.
pub(crate) const MAX_TILE_LEVEL: u8 = 7;

/// The longest path this library parses, in bytes: seven path elements of the index and a width fit well.
const MAX_PATH_BYTES: usize = 64;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes. Level 0 holds leaf hashes; a hash at level `n + 1` is the root of a full tile at level `n`.
    Hashes {
        /// 0 to 7.
        level: u8,
    },
    /// The records themselves, each behind its length: an entry bundle.
    Entries,
}

/// The path of a tile or entry bundle: what it holds, its place in its level, and how many items it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// A text that is no tile path, or numbers that make none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile: level 0 to 7, index in groups of three digits, width 1 to 255 after `.p/`")]
pub struct TilePathError;

impl TilePath {
    /// The tile of `kind` at `index` with `width` items.
    ///
    /// # Errors
    /// Width outside 1 to 256, level over 7, or a tile that ends past [`MAX_LOG_RECORDS`].
    pub fn new(kind: TileKind, index: u64, width: u16) -> Result<Self, TilePathError> {
        let level = level_of(kind);
        if level > MAX_TILE_LEVEL || width == 0 || width > TILE_WIDTH {
            return Err(TilePathError);
        }
        let items_in_level = MAX_LOG_RECORDS >> (u32::from(level) * TILE_HEIGHT);
        let end =
            index.checked_mul(u64::from(TILE_WIDTH)).and_then(|first| first.checked_add(u64::from(width)));
        match end {
            Some(end) if end <= items_in_level => Ok(Self { kind, index, width }),
            _ => Err(TilePathError),
        }
    }

    /// The tile of `kind` at `index` as a log of `size` records has it; `None` where such a log has none.
    #[must_use]
    pub fn in_log(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let items = size.checked_shr(u32::from(level_of(kind)) * TILE_HEIGHT)?;
        let before = index.checked_mul(u64::from(TILE_WIDTH))?;
        let width = items.checked_sub(before)?.min(u64::from(TILE_WIDTH));
        Self::new(kind, index, u16::try_from(width).ok()?).ok()
    }

    /// Whether a log of `size` records has at least the items this path asks for: what a server may answer.
    #[must_use]
    pub fn exists_in(&self, size: u64) -> bool {
        Self::in_log(self.kind, self.index, size).is_some_and(|current| current.width >= self.width)
    }

    /// What it holds.
    #[must_use]
    pub const fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its place among the tiles of its level, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Hashes or records in it, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether it can no longer grow. A full tile never changes.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The path without its width: one name for a tile while it grows and once it is full.
    ///
    /// A store may keep the newest bytes of a tile under this name alone: a narrower tile is their beginning.
    #[must_use]
    pub fn row(&self) -> String {
        let level = match self.kind {
            TileKind::Hashes { level } => level.to_string(),
            TileKind::Entries => "entries".to_owned(),
        };
        format!("tile/{level}/{}", index_path(self.index))
    }

    /// The records it covers: first, and one past the last.
    #[must_use]
    pub fn records(&self) -> (u64, u64) {
        let bits = u32::from(level_of(self.kind)) * TILE_HEIGHT;
        let first = self.index.saturating_mul(u64::from(TILE_WIDTH));
        let end = first.saturating_add(u64::from(self.width));
        (first << bits, end << bits)
    }
}

/// Entry bundles are divided as the tiles of level 0 are.
const fn level_of(kind: TileKind) -> u8 {
    match kind {
        TileKind::Hashes { level } => level,
        TileKind::Entries => 0,
    }
}

/// `1234067` → `x001/x234/067`.
fn index_path(index: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.row())?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    /// Reads exactly what `Display` writes and nothing else: no other spelling of the same tile is accepted.
    fn from_str(text: &str) -> Result<Self, TilePathError> {
        if text.len() > MAX_PATH_BYTES {
            return Err(TilePathError);
        }
        let path = parse(text).ok_or(TilePathError)?;
        if path.to_string() == text { Ok(path) } else { Err(TilePathError) }
    }
}

/// Reads a path leniently; the caller compares it with its canonical spelling.
fn parse(text: &str) -> Option<TilePath> {
    let (level, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind =
        if level == "entries" { TileKind::Entries } else { TileKind::Hashes { level: level.parse().ok()? } };
    let (digits, width) = match rest.split_once(".p/") {
        Some((digits, width)) => (digits, width.parse().ok()?),
        None => (rest, TILE_WIDTH),
    };
    let mut index: u64 = 0;
    for group in digits.split('/') {
        let group: u64 = group.trim_start_matches('x').parse().ok().filter(|group| *group < 1000)?;
        index = index.checked_mul(1000)?.checked_add(group)?;
    }
    TilePath::new(kind, index, width).ok()
}
