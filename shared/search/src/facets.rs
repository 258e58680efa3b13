//! Facets: how many of the templates found have which category, tag, domain, namespace and stars.
//!
//! The values of a facet are counted without the filter on that same facet, so that a caller sees what choosing
//! another value would find. Tags add up, so they are counted with the tags chosen.

use crate::audience::Shelves;
use crate::entry::facet_numbers;
use crate::error::SearchError;
use crate::filter::{self, Filter, Kind, kind_of};
use crate::query::{Facets, Query};
use rusqlite::Connection;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// Matches per shelf that facets are counted over, the newest first, when there is a text or a filter.
pub const FACET_ROWS: usize = 5_000;
/// Values listed of each facet at most.
pub const FACET_VALUES: u32 = 1_000;
/// Values listed of each facet when nothing is said.
const USUAL_VALUES: u32 = 20;
/// The facets of an answer.
const COUNTED: [(Kind, &str); 5] = [
    (Kind::Category, "category"),
    (Kind::Tag, "tag"),
    (Kind::Domain, "domain"),
    (Kind::Namespace, "namespace"),
    (Kind::Rating, "rating"),
];

type Counts = HashMap<i64, u64>;

/// Counts the facets of a query.
pub(crate) fn count(
    db: &Connection,
    shelves: &Shelves,
    query: &Query,
    filter: &Filter,
    text: Option<&str>,
) -> Result<Facets, SearchError> {
    let mut facets = Facets { values: Default::default(), exact: true };
    let (own, shared): (Vec<_>, Vec<_>) =
        COUNTED.into_iter().partition(|(kind, _)| *kind != Kind::Tag && filter.has(*kind));
    let listed = query.facet_values.unwrap_or(USUAL_VALUES).min(FACET_VALUES) as usize;
    let kinds: Vec<_> = shared.iter().map(|(kind, _)| *kind).collect();
    let (counts, exact) = counts(db, shelves, filter, text, &kinds)?;
    facets.exact &= exact;
    for (kind, name) in shared {
        facets.values.insert(name.to_owned(), most(db, &counts, kind, listed)?);
    }
    for (kind, name) in own {
        let others = Filter::read(db, query, Some(kind))?;
        let (counts, exact) = self::counts(db, shelves, &others, text, &[kind])?;
        facets.exact &= exact;
        facets.values.insert(name.to_owned(), most(db, &counts, kind, listed)?);
    }
    Ok(facets)
}

/// Counts by facet number, and whether they are exact.
fn counts(
    db: &Connection,
    shelves: &Shelves,
    filter: &Filter,
    text: Option<&str>,
    kinds: &[Kind],
) -> Result<(Counts, bool), SearchError> {
    if filter.is_shut() {
        return Ok((Counts::new(), true));
    }
    if filter.is_open() && text.is_none() && !shelves.overlap {
        return Ok((kept(db, shelves, kinds)?, true));
    }
    sampled(db, shelves, filter, text)
}

/// The counts that the writer keeps.
fn kept(db: &Connection, shelves: &Shelves, kinds: &[Kind]) -> Result<Counts, SearchError> {
    let mut find =
        db.prepare_cached("SELECT facet, count FROM facet_count WHERE shelf = ?1 AND kind = ?2")?;
    let mut counts = Counts::new();
    for shelf in &shelves.all {
        for kind in kinds {
            let mut rows = find.query((shelf.0, kind.number()))?;
            while let Some(row) = rows.next()? {
                *counts.entry(row.get(0)?).or_default() += row.get::<_, i64>(1)?.unsigned_abs();
            }
        }
    }
    Ok(counts)
}

/// Counts over the newest matches.
fn sampled(
    db: &Connection,
    shelves: &Shelves,
    filter: &Filter,
    text: Option<&str>,
) -> Result<(Counts, bool), SearchError> {
    let expression = match filter::both(text, filter) {
        Some(expression) => expression,
        None => filter::anything(db)?,
    };
    let mut find = db.prepare_cached(
        "SELECT facets, by_rating, template_id
         FROM (SELECT rowid AS number FROM words
               WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC LIMIT ?4)
         CROSS JOIN entry ON entry.row = number",
    )?;
    let (mut counts, mut exact, mut met) = (Counts::new(), true, BTreeSet::new());
    for shelf in &shelves.all {
        let bounds = (&expression, shelf.first_row(), shelf.last_row(), FACET_ROWS as i64 + 1);
        let (mut rows, mut seen) = (find.query(bounds)?, 0);
        while let Some(row) = rows.next()? {
            seen += 1;
            let facets = row.get_ref(0)?.as_str().unwrap_or_default();
            let again = shelves.overlap && !met.insert(row.get::<_, String>(2)?);
            if seen <= FACET_ROWS && !again && filter.admits(facets, row.get(1)?) {
                facet_numbers(facets).for_each(|no| *counts.entry(no).or_default() += 1);
            }
        }
        exact &= seen <= FACET_ROWS;
    }
    Ok((counts, exact))
}

/// The values of a kind that are counted most; among equals, those the index met first.
fn most(
    db: &Connection,
    counts: &Counts,
    kind: Kind,
    listed: usize,
) -> Result<Vec<(String, u64)>, SearchError> {
    let mut of_kind: Vec<_> = counts.iter().filter(|(no, _)| kind_of(**no) == kind.number()).collect();
    of_kind.sort_by_key(|(no, count)| (Reverse(**count), **no));
    let mut find = db.prepare_cached("SELECT value FROM facet WHERE no = ?1")?;
    let listed = of_kind.into_iter().take(listed);
    listed.map(|(no, count)| Ok((find.query_row([no], |row| row.get(0))?, *count))).collect()
}
