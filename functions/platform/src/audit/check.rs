//! Holding records and log against each other, a bundle of leaves or a page of records at a time.

use super::{
    Fault, FaultKind,
    heads::Top,
    rows::{Window, leaf_of, stored_text, text_of},
};
use crate::log::{Log, LogReader, read::ReadError};
use cws_model::InstitutionId;
use cws_route::{
    answer::log_leaf_key,
    audit::{AuditLeaf, digest_hex, part_name, part_of},
};
use cws_store::{Key, Range, Scoped, StoreError, Value, kind};
use cws_translog::{
    Hash, TILE_WIDTH, TileKind, TilePath, Tiles, TreeHead, inclusion_needs, inclusion_proof, read_entries,
    read_hashes, verify_inclusion,
};
use futures::future::try_join_all;
use std::collections::BTreeMap;

/// Records in a page.
pub const PAGE_RECORDS: u32 = 100;

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Leaves of the log.
    pub leaves: u64,
    /// Records.
    pub records: u64,
    /// Records that wait for their place or for the next checkpoint.
    pub pending: u64,
}

/// The audit log and the records beside it.
pub struct AuditCheck {
    /// The leaves that wait: a handle on system rows that may read `LOG_PENDING`.
    pub pending: Scoped,
    /// The log.
    pub reader: LogReader,
    /// Its top, which was checked; none when the log has not begun or has no checkpoint to be believed.
    pub top: Option<Top>,
}

impl AuditCheck {
    /// Leaves that the checkpoint covers.
    pub fn signed(&self) -> u64 {
        self.top.as_ref().map_or(0, |top| top.checkpoint.size())
    }

    /// Bundles that the checkpoint covers.
    pub fn bundles(&self) -> u64 {
        self.signed().div_ceil(u64::from(TILE_WIDTH))
    }

    /// The leaves of a bundle, held against their tile, and the tile against the checkpoint. Leaves that
    /// cannot be believed are left out and said.
    ///
    /// # Errors
    /// What the store says.
    pub async fn bundle(&self, index: u64, faults: &mut Vec<Fault>) -> Result<Vec<(u64, String)>, ReadError> {
        match &self.top {
            Some(top) => self.bundle_under(&top.checkpoint.head(), index, faults).await,
            None => Ok(Vec::new()),
        }
    }

    /// The leaves that have their place and that no checkpoint covers yet, held against the stored head.
    ///
    /// # Errors
    /// What the store says.
    pub async fn tail(&self, faults: &mut Vec<Fault>) -> Result<Vec<(u64, String)>, ReadError> {
        let (Some(top), signed) = (&self.top, self.signed()) else { return Ok(Vec::new()) };
        let (head, width) = (top.head.tree(), u64::from(TILE_WIDTH));
        let (mut leaves, mut found) = (Vec::new(), Vec::new());
        if signed < head.size {
            for bundle in signed / width..head.size.div_ceil(width) {
                leaves.extend(self.bundle_under(&head, bundle, &mut found).await?);
            }
        }
        // What the checkpoint covers is looked at with its bundle.
        leaves.retain(|(index, _)| *index >= signed);
        let covered = |fault: &Fault| fault.kind == FaultKind::LeafChanged && fault.index < Some(signed);
        faults.extend(found.into_iter().filter(|fault| !covered(fault)));
        Ok(leaves)
    }

    async fn bundle_under(
        &self,
        head: &TreeHead,
        index: u64,
        faults: &mut Vec<Fault>,
    ) -> Result<Vec<(u64, String)>, ReadError> {
        let size = head.size;
        let paths = (
            TilePath::in_log(TileKind::Hashes { level: 0 }, index, size),
            TilePath::in_log(TileKind::Entries, index, size),
        );
        let (Some(hash_path), Some(entry_path)) = paths else { return Ok(Vec::new()) };
        let first = hash_path.records().0;
        let mut needs = inclusion_needs(first, size)?;
        needs.extend([hash_path, entry_path]);
        needs.sort_unstable();
        needs.dedup();
        let tiles = self.reader.tiles(&needs).await?;
        let hashes = match proven(head, first, &hash_path, &tiles) {
            Ok(hashes) => hashes,
            Err(fault) => {
                faults.push(fault);
                return Ok(Vec::new());
            }
        };
        match read_entries(&tiles, &entry_path) {
            Ok(entries) => Ok(matching(first, entries, &hashes, faults)),
            Err(error) => {
                faults.push(Fault::new(FaultKind::LogDamaged, error.to_string()).at(first));
                Ok(Vec::new())
            }
        }
    }

    /// Holds leaves of one institution against its records and the index; `store` reads that institution.
    ///
    /// # Errors
    /// What the store says.
    pub async fn leaves(
        &self,
        store: &Scoped,
        leaves: &[(u64, AuditLeaf)],
        faults: &mut Vec<Fault>,
    ) -> Result<(), ReadError> {
        for some in leaves.chunks(PAGE_RECORDS as usize) {
            let texts =
                try_join_all(some.iter().map(|(_, leaf)| stored_text(store, leaf.id.as_str()))).await?;
            let places = self.places(some.iter().map(|(_, leaf)| leaf.id.as_str())).await?;
            for ((index, leaf), text) in some.iter().zip(texts) {
                faults.extend(compare(*index, leaf, text.as_deref()));
                faults.extend(misplaced(*index, leaf.id.as_str(), places.get(leaf.id.as_str()).copied()));
            }
        }
        Ok(())
    }

    /// The places of records; several leaves of one record are asked for once.
    async fn places<'a>(
        &self,
        orders: impl Iterator<Item = &'a str>,
    ) -> Result<BTreeMap<&'a str, u64>, StoreError> {
        let distinct: std::collections::BTreeSet<&str> = orders.collect();
        let orders: Vec<&str> = distinct.into_iter().collect();
        if orders.is_empty() {
            return Ok(BTreeMap::new());
        }
        let places = self.reader.places(&orders).await?;
        Ok(orders.into_iter().zip(places).filter_map(|(order, place)| Some((order, place?))).collect())
    }

    /// Holds a page of one part of an institution's records against the log; answers where the next page
    /// begins.
    ///
    /// # Errors
    /// What the store says.
    pub async fn records(
        &self,
        store: &Scoped,
        window: &Window,
        (part, after): (u32, Option<String>),
        (counts, faults): (&mut Counts, &mut Vec<Fault>),
    ) -> Result<Option<String>, ReadError> {
        let shape = |range| Range { span: window.span(), after, limit: PAGE_RECORDS, ..range };
        let part = part_name(part);
        let (items, next) = store.items(&kind::AUDIT, Some(&part), shape).await?;
        let places = self.places(items.iter().map(|item| item.key.sort.as_str())).await?;
        let places: BTreeMap<String, u64> =
            places.into_iter().map(|(id, place)| (id.to_owned(), place)).collect();
        let mut bundles = BTreeMap::new();
        for item in items {
            let id = item.key.sort.clone();
            let home = store.institution_id();
            counts.records += 1;
            if part_of(&id) != part {
                faults.push(copied(&id, "it stands in another part than its own"));
                continue;
            }
            let text = text_of(item)?;
            let place = places.get(&id).copied();
            let fault = match place {
                Some(index) => self.at_place((home, &id, &text), index, &mut bundles).await?,
                None => self.waits(home, &id, &text).await?,
            };
            counts.pending += u64::from(fault.is_none() && place.is_none_or(|index| index >= self.signed()));
            faults.extend(fault);
        }
        Ok(next)
    }

    /// The index says that a record stands here: the leaf must be its. `bundles` are those read so far.
    async fn at_place(
        &self,
        (home, id, text): (&InstitutionId, &str, &str),
        index: u64,
        bundles: &mut BTreeMap<u64, Vec<Vec<u8>>>,
    ) -> Result<Option<Fault>, ReadError> {
        let mut size = self.signed();
        if index >= size {
            size = self.reader.head().await?.value().map_or(0, |head| head.size);
        }
        if index >= size {
            let detail = format!("record `{id}` should be at {index} of a log that has {size} leaves");
            return Ok(Some(Fault::new(FaultKind::IndexWrong, detail).at(index).about(id)));
        }
        let width = u64::from(TILE_WIDTH);
        let (bundle, place) = (index / width, usize::try_from(index % width).unwrap_or(usize::MAX));
        let known = bundles.entry(bundle).or_default();
        if known.len() <= place {
            // A bundle that cannot be read is a fault of the log, found where bundles are checked.
            *known = match self.reader.bundle(bundle, size).await {
                Err(ReadError::Store(error)) => return Err(error.into()),
                leaves => leaves.unwrap_or_default(),
            };
        }
        let logged = known.get(place).and_then(|bytes| serde_json::from_slice::<AuditLeaf>(bytes).ok());
        Ok(match logged {
            Some(leaf) if leaf.id.as_str() == id && leaf.institution != *home => {
                Some(copied(id, "it was logged as a record of another institution").at(index))
            }
            Some(leaf) if leaf.id.as_str() == id => compare(index, &leaf, Some(text)),
            _ => {
                let detail = format!("record `{id}` is not at {index}, where the index says it was logged");
                Some(Fault::new(FaultKind::IndexWrong, detail).at(index).about(id))
            }
        })
    }

    /// A record without a place must wait for one, with the leaf that is its.
    async fn waits(&self, home: &InstitutionId, id: &str, text: &str) -> Result<Option<Fault>, ReadError> {
        let (part, order) = pending_place(id);
        let found = self.pending.item(&kind::LOG_PENDING, Some(&part), &order).await?;
        let waiting = found.map(|item| item.value);
        let own = leaf_of(text).filter(|(record, _)| record.institution == *home && record.id.as_str() == id);
        if let (Some(Value::Json(leaf)), Some((_, own))) = (&waiting, &own)
            && leaf == own
        {
            return Ok(None);
        }
        // It may have got its place since the places were read.
        if self.reader.place(id).await?.is_some() {
            return Ok(None);
        }
        Ok(Some(if waiting.is_some() {
            let detail = format!("record `{id}` was edited: the leaf that waits to be logged is not its");
            Fault::new(FaultKind::RecordEdited, detail).about(id)
        } else {
            let detail = format!("record `{id}` was inserted: it was never logged and does not wait to be");
            Fault::new(FaultKind::RecordInserted, detail).about(id)
        }))
    }
}

/// The hashes of a tile that a head, signed or stored, stands over. The proof of its first leaf is made of all
/// its other hashes, so it proves them too.
fn proven(head: &TreeHead, first: u64, path: &TilePath, tiles: &Tiles) -> Result<Vec<Hash>, Fault> {
    let damaged = |detail: String| Fault::new(FaultKind::LogDamaged, detail).at(first);
    let hashes = read_hashes(tiles, path).map_err(|error| damaged(error.to_string()))?;
    let proof = inclusion_proof(first, head.size, tiles).map_err(|error| damaged(error.to_string()))?;
    let leaf = hashes.first().copied().unwrap_or_else(Hash::empty_root);
    verify_inclusion(&leaf, first, head, &proof)
        .map_err(|_| damaged(format!("tile `{path}` or one above it is not the one that was signed over")))?;
    Ok(hashes)
}

/// Part and sort key of the row in which a record's leaf waits.
fn pending_place(id: &str) -> (String, String) {
    let Key { partition, sort } = log_leaf_key(Log::Audit.as_str(), id);
    let part = partition.split_once('#').map_or("", |(_, part)| part);
    (part.to_owned(), sort)
}

/// The leaves that hash to what was signed over.
fn matching(
    first: u64,
    entries: Vec<Vec<u8>>,
    hashes: &[Hash],
    faults: &mut Vec<Fault>,
) -> Vec<(u64, String)> {
    let mut good = Vec::new();
    for ((index, entry), logged) in (first..).zip(entries).zip(hashes) {
        match String::from_utf8(entry) {
            Ok(text) if Hash::leaf(text.as_bytes()) == *logged => good.push((index, text)),
            _ => {
                let detail = format!("the leaf at {index} is not the one that was logged");
                faults.push(Fault::new(FaultKind::LeafChanged, detail).at(index));
            }
        }
    }
    good
}

/// INVARIANT (one place): a record stands once, in the institution and the part that it was written to.
fn copied(id: &str, how: &str) -> Fault {
    Fault::new(FaultKind::RecordInserted, format!("record `{id}` was copied here: {how}")).about(id)
}

fn compare(index: u64, leaf: &AuditLeaf, text: Option<&str>) -> Option<Fault> {
    let id = leaf.id.as_str();
    let fault = match text {
        None => {
            Fault::new(FaultKind::RecordDeleted, format!("record `{id}`, logged at {index}, was deleted"))
        }
        Some(text) if digest_hex(text.as_bytes()) != leaf.digest => {
            Fault::new(FaultKind::RecordEdited, format!("record `{id}`, logged at {index}, was edited"))
        }
        Some(_) => return None,
    };
    Some(fault.at(index).about(id))
}

fn misplaced(index: u64, id: &str, place: Option<u64>) -> Option<Fault> {
    let detail = match place {
        Some(place) if place == index => return None,
        Some(place) => format!("record `{id}` was logged at {index}, but the index says {place}"),
        None => format!("record `{id}` was logged at {index}, but the index has lost it"),
    };
    Some(Fault::new(FaultKind::IndexWrong, detail).at(index).about(id))
}
