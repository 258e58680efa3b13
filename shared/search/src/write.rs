//! Writing the index: templates in, templates out, and a finished copy to ship.

use crate::audience::{self, Shelf};
use crate::document::Document;
use crate::entry::{self, Words};
use crate::error::SearchError;
use crate::filter;
use crate::schema;
use crate::tally::Tally;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::BTreeSet;
use std::path::Path;

/// Documents whose counts are gathered before they are written.
const BATCH: usize = 1_000;

/// The one writer of an index file. Readers may read the same file meanwhile.
#[derive(Debug)]
pub struct Index {
    db: Connection,
}

/// An entry that is in the file already.
struct Filed {
    row: i64,
    shelf: Shelf,
    facets: String,
    name_keys: String,
}

impl Index {
    /// Opens an index for writing; creates it, or upgrades its schema, where needed. The file keeps a
    /// write-ahead log beside it while it is used, so that readers and the writer do not wait for each other.
    ///
    /// # Errors
    /// [`SearchError::NewerSchema`], [`SearchError::NotAnIndex`], [`SearchError::Corrupt`], or the disk's refusal.
    pub fn open_write(path: &Path) -> Result<Self, SearchError> {
        let db = schema::open_write(path)?;
        db.set_prepared_statement_cache_capacity(64);
        Ok(Self { db })
    }

    /// Adds templates, or puts newer documents in the place of what is there. All or nothing.
    ///
    /// # Errors
    /// The file could not be written.
    pub fn upsert(&mut self, documents: &[Document]) -> Result<(), SearchError> {
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for batch in documents.chunks(BATCH) {
            let mut tally = Tally::default();
            for document in batch {
                put(&change, document, &mut tally)?;
            }
            tally.write(&change)?;
        }
        Ok(change.commit()?)
    }

    /// Takes templates out; ids that are not there are passed over. All or nothing.
    ///
    /// # Errors
    /// The file could not be written.
    pub fn remove(&mut self, template_ids: &[&str]) -> Result<(), SearchError> {
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for batch in template_ids.chunks(BATCH) {
            let mut tally = Tally::default();
            for template_id in batch {
                for filed in filed(&change, template_id)? {
                    take_out(&change, &filed, &mut tally)?;
                }
            }
            tally.write(&change)?;
        }
        Ok(change.commit()?)
    }

    /// Records that every change up to this time is in. Call it after the changes. It never moves back.
    ///
    /// # Errors
    /// The file could not be written.
    pub fn set_as_of(&mut self, milliseconds: i64) -> Result<(), SearchError> {
        self.db.execute(
            "INSERT INTO meta (name, value) VALUES ('as_of_ms', ?1)
             ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
            [milliseconds],
        )?;
        Ok(())
    }

    /// Merges the word lists into one. Worth its second or two after filling an index; not needed after each change.
    ///
    /// # Errors
    /// The file could not be written.
    pub fn optimize(&mut self) -> Result<(), SearchError> {
        self.db.execute_batch("INSERT INTO words (words) VALUES ('optimize'); PRAGMA optimize;")?;
        Ok(())
    }

    /// Writes a finished copy: one file, compact, without a log beside it, ready for an object store and for
    /// [`crate::Reader::open_snapshot`]. What was at `path` is replaced at once; a failure leaves it as it was.
    ///
    /// # Errors
    /// The copy could not be written.
    pub fn snapshot_to(&self, path: &Path) -> Result<(), SearchError> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = Path::new(&part);
        match std::fs::remove_file(part) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        self.db.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
        std::fs::File::open(part)?.sync_all()?;
        Ok(std::fs::rename(part, path)?)
    }

    /// Reads the whole file and checks its structure and the word lists against the entries. Takes seconds on
    /// a large index.
    ///
    /// # Errors
    /// [`SearchError::Corrupt`] when something does not agree.
    pub fn check(&self) -> Result<(), SearchError> {
        let verdict: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(SearchError::Corrupt(verdict));
        }
        self.db.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)", [])?;
        Ok(())
    }
}

/// Files a document under each of its audiences, in place of what was filed before.
fn put(db: &Transaction<'_>, document: &Document, tally: &mut Tally) -> Result<(), SearchError> {
    let mut shelves = BTreeSet::new();
    for audience in audience::of_document(document) {
        shelves.insert(audience::shelf_for(db, &audience, document.live())?);
    }
    let facets = filter::numbers_made(db, &entry::facet_values(document))?;
    let words = Words::of(document, &facets);
    for filed in filed(db, &document.template_id)? {
        if shelves.contains(&filed.shelf) && same_words(db, &filed, document, &words)? {
            // Only numbers changed, as they mostly do: the words, which cost most, stay as they are.
            write_entry(db, filed.row, filed.shelf, document, &facets)?;
            shelves.remove(&filed.shelf);
        } else {
            take_out(db, &filed, tally)?;
        }
    }
    for shelf in shelves {
        let row = entry::next_row(db, shelf)?;
        write_entry(db, row, shelf, document, &facets)?;
        write_words(db, row, shelf, document, &words)?;
        tally.count(shelf, &words, &entry::facet_list(&facets), 1);
    }
    Ok(())
}

/// True when neither a word, nor a name, nor a filter value of the entry differs from the document's.
fn same_words(
    db: &Connection,
    filed: &Filed,
    document: &Document,
    words: &Words,
) -> Result<bool, SearchError> {
    let keys = entry::name_keys(document).into_iter().collect::<Vec<_>>().join(" ");
    Ok(filed.name_keys == keys && Words::read(db, filed.row)?.as_ref() == Some(words))
}

fn write_entry(
    db: &Connection,
    row: i64,
    shelf: Shelf,
    document: &Document,
    facets: &BTreeSet<i64>,
) -> Result<(), SearchError> {
    let keys = entry::name_keys(document).into_iter().collect::<Vec<_>>().join(" ");
    db.prepare_cached(
        "INSERT OR REPLACE INTO entry (row, shelf, template_id, revision, by_rating, by_downloads, by_trend,
         by_update, by_creation, by_name, facets, name_keys) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
    )?
    .execute((
        row,
        shelf.0,
        &document.template_id,
        &document.revision,
        -document.rating_micros(),
        entry::descending(document.downloads),
        entry::descending(document.downloads_recent),
        document.updated_at_ms.saturating_neg(),
        document.created_at_ms.saturating_neg(),
        entry::by_name(document),
        entry::facet_list(facets),
        keys,
    ))?;
    Ok(())
}

fn write_words(
    db: &Connection,
    row: i64,
    shelf: Shelf,
    document: &Document,
    words: &Words,
) -> Result<(), SearchError> {
    db.prepare_cached(
        "INSERT INTO words (rowid, name, title, tags, body, facets) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((row, &words.name, &words.title, &words.tags, &words.body, &words.facets))?;
    let mut file = db.prepare_cached("INSERT INTO name_key (shelf, key, row) VALUES (?1, ?2, ?3)")?;
    for key in entry::name_keys(document) {
        file.execute((shelf.0, key, row))?;
    }
    Ok(())
}

/// The entries of a template.
fn filed(db: &Connection, template_id: &str) -> Result<Vec<Filed>, SearchError> {
    let mut find =
        db.prepare_cached("SELECT row, shelf, facets, name_keys FROM entry WHERE template_id = ?1")?;
    let rows = find.query_map([template_id], |row| {
        Ok(Filed { row: row.get(0)?, shelf: Shelf(row.get(1)?), facets: row.get(2)?, name_keys: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn take_out(db: &Connection, filed: &Filed, tally: &mut Tally) -> Result<(), SearchError> {
    if let Some(words) = Words::read(db, filed.row)? {
        tally.count(filed.shelf, &words, &filed.facets, -1);
    }
    db.prepare_cached("DELETE FROM words WHERE rowid = ?1")?.execute([filed.row])?;
    db.prepare_cached("DELETE FROM entry WHERE row = ?1")?.execute([filed.row])?;
    let mut drop = db.prepare_cached("DELETE FROM name_key WHERE shelf = ?1 AND key = ?2 AND row = ?3")?;
    for key in filed.name_keys.split(' ') {
        drop.execute((filed.shelf.0, key, filed.row))?;
    }
    Ok(())
}
