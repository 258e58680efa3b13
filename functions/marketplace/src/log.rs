//! The template log as this domain reads it: checkpoint, tiles and the proof of a record.

use cws_cloud::signer::{KeyName, PublicKeys};
use cws_model::Timestamp;
use cws_route::{
    Problem,
    audit::{AUDIT_LOG, TEMPLATE_LOG, digest_hex},
};
use cws_store::{Item, Kind, Range, Record, Scoped, Span, StoreError, Value, kind};
use cws_translog::{
    Checkpoint, ProofFile, TileKind, TilePath, Tiles, VerifierKey, inclusion_needs, inclusion_proof,
    read_entries, read_hashes, write_entries,
};
use serde::{Deserialize, Serialize};

/// Kinds of rows that reading the log takes.
pub const READS: &[Kind] = &[kind::LOG_HEAD, kind::LOG_TILE, kind::LOG_INDEX];

/// The name of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadName {
    /// Name in checkpoints.
    pub origin: String,
}

impl Record for HeadName {
    const KIND: Kind = kind::LOG_HEAD;
}

/// The newest signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointRow {
    /// The signed note, as it is served.
    pub note: String,
    /// When it was signed.
    pub at: Timestamp,
}

impl Record for CheckpointRow {
    const KIND: Kind = kind::LOG_HEAD;
}

#[derive(Debug, Serialize, Deserialize)]
struct PlaceRow {
    index: u64,
}

impl Record for PlaceRow {
    const KIND: Kind = kind::LOG_INDEX;
}

/// Which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// What was published, yanked and revoked.
    Templates,
    /// Audit records.
    Audit,
}

impl Log {
    const fn name(self) -> &'static str {
        match self {
            Self::Templates => TEMPLATE_LOG,
            Self::Audit => AUDIT_LOG,
        }
    }

    const fn key(self) -> KeyName {
        match self {
            Self::Templates => KeyName::TemplateLog,
            Self::Audit => KeyName::AuditLog,
        }
    }
}

/// The key that checks a log's checkpoints; none before the log's first record.
///
/// # Errors
/// What the store or the signer says.
pub async fn verifier(
    rows: &Scoped,
    signer: &dyn PublicKeys,
    log: Log,
) -> Result<Option<VerifierKey>, Problem> {
    let head = rows.get::<HeadName>(Some(log.name()), "head").await?.into_value();
    let Some(head) = head else { return Ok(None) };
    let public = signer.public_key(log.key()).await.map_err(Problem::internal)?;
    VerifierKey::ed25519(&head.origin, &public).map(Some).map_err(Problem::internal)
}

/// The newest signed checkpoint of the template log; none before its first record.
///
/// # Errors
/// What the store says.
pub async fn checkpoint(rows: &Scoped) -> Result<Option<CheckpointRow>, StoreError> {
    Ok(rows.get::<CheckpointRow>(Some(TEMPLATE_LOG), "checkpoint").await?.into_value())
}

/// Where a record stands, and the file that proves it.
#[derive(Debug, Clone)]
pub struct Proven {
    /// From 0.
    pub index: u64,
    /// C2SP `tlog-proof@v1`.
    pub file: ProofFile,
    /// The log's name.
    pub origin: String,
}

/// What the log has to say of a record.
#[derive(Debug, Clone)]
pub enum Standing {
    /// It waits to be taken in.
    Pending,
    /// It is in the log.
    Proven(Box<Proven>),
    /// It should be in the log, but what is stored of the log does not show it.
    Broken {
        /// Where it should stand.
        index: u64,
        /// What is wrong.
        reason: String,
    },
}

/// Proves a record under the newest checkpoint.
///
/// # Errors
/// What the store says.
pub async fn prove(rows: &Scoped, order: &str, key: &VerifierKey) -> Result<Standing, StoreError> {
    let hash: String = digest_hex(order.as_bytes()).chars().take(2).collect();
    let place = rows.get::<PlaceRow>(Some(&format!("{TEMPLATE_LOG}#{hash}")), order).await?.into_value();
    let (Some(PlaceRow { index }), Some(row)) = (place, checkpoint(rows).await?) else {
        return Ok(Standing::Pending);
    };
    let broken = |reason: String| Standing::Broken { index, reason };
    let checkpoint = match Checkpoint::open(&row.note, std::slice::from_ref(key)) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return Ok(broken(error.to_string())),
    };
    if index >= checkpoint.size() {
        return Ok(Standing::Pending);
    }
    let mut tiles = Tiles::new();
    for path in inclusion_needs(index, checkpoint.size()).unwrap_or_default() {
        if let Some(bytes) = stored_tile(rows, &path).await? {
            tiles.insert(&path, bytes);
        }
    }
    let proof = match inclusion_proof(index, checkpoint.size(), &tiles) {
        Ok(proof) => proof,
        Err(error) => return Ok(broken(error.to_string())),
    };
    Ok(match ProofFile::new(index, proof, row.note, None) {
        Ok(file) => {
            Standing::Proven(Box::new(Proven { index, file, origin: checkpoint.origin().to_owned() }))
        }
        Err(error) => broken(error.to_string()),
    })
}

/// The bytes of a tile or bundle exactly as wide as its path says; `None` where the log has none.
///
/// # Errors
/// What the store says.
pub async fn tile(rows: &Scoped, path: &TilePath) -> Result<Option<Vec<u8>>, Problem> {
    let Some(row) = checkpoint(rows).await? else { return Ok(None) };
    let size = cws_translog::SignedNote::parse(&row.note)
        .ok()
        .and_then(|note| Checkpoint::parse(note.text()).ok())
        .map_or(0, |checkpoint| checkpoint.size());
    if !path.exists_in(size) {
        return Ok(None);
    }
    let Some(bytes) = stored_tile(rows, path).await? else { return Ok(None) };
    let mut tiles = Tiles::new();
    tiles.insert(path, bytes);
    let cut = match path.kind() {
        TileKind::Entries => {
            let entries = read_entries(&tiles, path).map_err(Problem::internal)?;
            write_entries(&entries).map_err(Problem::internal)?
        }
        TileKind::Hashes { .. } => {
            let hashes = read_hashes(&tiles, path).map_err(Problem::internal)?;
            hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
        }
    };
    Ok(Some(cut))
}

/// The newest bytes of a tile, or of a bundle, which is kept in pieces.
async fn stored_tile(rows: &Scoped, path: &TilePath) -> Result<Option<Vec<u8>>, StoreError> {
    let level = match path.kind() {
        TileKind::Hashes { level } => level.to_string(),
        TileKind::Entries => "entries".to_owned(),
    };
    let part = format!("{TEMPLATE_LOG}#{level}");
    let row = path.row();
    if path.kind() != TileKind::Entries {
        return rows.item(&kind::LOG_TILE, Some(&part), &row).await?.map(bytes_of).transpose();
    }
    let (mut bytes, mut after) = (Vec::new(), None);
    loop {
        let shape = |range: Range| Range { span: Span::Prefix(row.clone()), ..range }.after(after);
        let (items, next) = rows.items(&kind::LOG_TILE, Some(&part), shape).await?;
        for item in items {
            bytes.extend(bytes_of(item)?);
        }
        after = next;
        if after.is_none() {
            return Ok((!bytes.is_empty()).then_some(bytes));
        }
    }
}

fn bytes_of(item: Item) -> Result<Vec<u8>, StoreError> {
    match item.value {
        Value::Bytes(bytes) => Ok(bytes),
        _ => Err(StoreError::Corrupt {
            kind: kind::LOG_TILE.prefix.to_owned(),
            reason: "not bytes".to_owned(),
        }),
    }
}
