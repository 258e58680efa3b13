//! Counts that the index keeps: how many entries of a shelf hold a facet value, and a word.
//!
//! Changes are gathered in memory and written once per batch: a common word is counted a thousand times there
//! and written once.

use crate::audience::Shelf;
use crate::entry::{Words, facet_numbers};
use crate::error::SearchError;
use crate::filter::kind_of;
use crate::spelling;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Changes to counts that are not written yet.
#[derive(Default)]
pub(crate) struct Tally {
    words: BTreeMap<(Shelf, String), i64>,
    facets: BTreeMap<(Shelf, i64), i64>,
}

impl Tally {
    /// Counts an entry in (`by` = 1) or out (`by` = -1).
    pub(crate) fn count(&mut self, shelf: Shelf, words: &Words, facets: &str, by: i64) {
        for word in words.distinct() {
            if !word.is_empty() {
                *self.words.entry((shelf, word.to_owned())).or_default() += by;
            }
        }
        for facet in facet_numbers(facets) {
            *self.facets.entry((shelf, facet)).or_default() += by;
        }
    }

    /// Writes all changes and forgets them.
    pub(crate) fn write(&mut self, db: &Connection) -> Result<(), SearchError> {
        let mut totals: BTreeMap<String, i64> = BTreeMap::new();
        for ((shelf, word), by) in std::mem::take(&mut self.words) {
            if by != 0 {
                change_term(db, shelf, &word, by)?;
                *totals.entry(word).or_default() += by;
            }
        }
        for (word, by) in totals {
            change_vocabulary(db, &word, by)?;
        }
        for ((shelf, facet), by) in std::mem::take(&mut self.facets) {
            change_facet(db, shelf, facet, by)?;
        }
        Ok(())
    }
}

/// INVARIANT (counts): a count of zero has no row, so a row means that the word or value is in use.
fn change_term(db: &Connection, shelf: Shelf, word: &str, by: i64) -> Result<(), SearchError> {
    db.prepare_cached(
        "INSERT INTO term (shelf, word, count) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET count = count + excluded.count",
    )?
    .execute((shelf.0, word, by))?;
    if by < 0 {
        db.prepare_cached("DELETE FROM term WHERE shelf = ?1 AND word = ?2 AND count <= 0")?
            .execute((shelf.0, word))?;
    }
    Ok(())
}

fn change_facet(db: &Connection, shelf: Shelf, facet: i64, by: i64) -> Result<(), SearchError> {
    if by == 0 {
        return Ok(());
    }
    db.prepare_cached(
        "INSERT INTO facet_count (shelf, kind, facet, count) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET count = count + excluded.count",
    )?
    .execute((shelf.0, kind_of(facet), facet, by))?;
    if by < 0 {
        let gone = "DELETE FROM facet_count WHERE shelf = ?1 AND kind = ?2 AND facet = ?3 AND count <= 0";
        db.prepare_cached(gone)?.execute((shelf.0, kind_of(facet), facet))?;
    }
    Ok(())
}

/// Counts a word over all shelves; a word that comes into use, or falls out of it, changes what is near it.
fn change_vocabulary(db: &Connection, word: &str, by: i64) -> Result<(), SearchError> {
    if by == 0 {
        return Ok(());
    }
    let (no, count): (i64, i64) = db
        .prepare_cached(
            "INSERT INTO vocabulary (word, count) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET count = count + excluded.count RETURNING no, count",
        )?
        .query_row((word, by), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let keys = spelling::filed_keys(word);
    if count <= 0 {
        db.prepare_cached("DELETE FROM vocabulary WHERE no = ?1")?.execute([no])?;
        let mut drop = db.prepare_cached("DELETE FROM near_word WHERE key = ?1 AND word = ?2")?;
        keys.iter().try_for_each(|key| drop.execute((key, no)).map(drop_count))?;
    } else if count == by {
        let mut file = db.prepare_cached("INSERT OR IGNORE INTO near_word (key, word) VALUES (?1, ?2)")?;
        keys.iter().try_for_each(|key| file.execute((key, no)).map(drop_count))?;
    }
    Ok(())
}

/// The number of rows changed says nothing here.
fn drop_count(_rows: usize) {}
