//! Answering a query: one page, its total, its facets, and what the text was probably meant to be.

use crate::audience::{self, Shelves};
use crate::browse::{self, Listing};
use crate::error::SearchError;
use crate::facets;
use crate::filter::{self, Filter};
use crate::query::{Hit, Page, Position, Query, Sort, Total};
use crate::relevance;
use crate::text::{EVERYWHERE, Text};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// A total that is not kept counted is counted to here.
pub const TOTAL_CAP: usize = 1_000;
/// Entries of a shelf that are read one by one for a total, where the words table alone cannot tell.
const LOOSE_ROWS: usize = 4 * TOTAL_CAP;

/// Answers a query from one state of the file; the caller holds the transaction.
pub(crate) fn answer(db: &Connection, query: &Query) -> Result<Page, SearchError> {
    query.check()?;
    let shelves = audience::shelves(db, query)?;
    let wording = query.text.as_deref().filter(|text| !text.trim().is_empty());
    let text = wording.map(|wording| Text::read(db, &shelves, wording)).transpose()?.flatten();
    let filter = Filter::read(db, query, None)?;
    if filter.is_shut() || (wording.is_some() && text.is_none()) {
        return empty(db, query, &shelves, &filter, text.as_ref());
    }
    let expression = text.as_ref().map(|text| text.expression(EVERYWHERE));
    let (mut hits, total) = hits(db, query, &shelves, &filter, text.as_ref(), expression.as_deref())?;
    let more = hits.len() > query.limit as usize;
    hits.truncate(query.limit as usize);
    let next = hits.last().filter(|_| more).map(|last| position(query, last));
    let suggestion = text.as_ref().and_then(Text::suggestion).filter(|_| !hits.is_empty());
    let counted = query.facets.then(|| facets::count(db, &shelves, query, &filter, expression.as_deref()));
    let facets = counted.transpose()?;
    Ok(Page { total, facets, index_as_of_ms: as_of_ms(db)?, did_you_mean: suggestion, hits, next })
}

/// One more hit than the page holds, so that the last page is known; and the total.
fn hits(
    db: &Connection,
    query: &Query,
    shelves: &Shelves,
    filter: &Filter,
    text: Option<&Text>,
    expression: Option<&str>,
) -> Result<(Vec<Hit>, Total), SearchError> {
    let (sort, after, wanted) = (query.effective_sort(), query.after.as_ref(), query.limit as usize + 1);
    let Some(text) = text.filter(|_| sort == Sort::Relevance) else {
        let hits = Listing { sort, after, wanted, filter, text: expression }.hits(db, shelves)?;
        return Ok((hits, total(db, shelves, filter, expression)?));
    };
    let ranked = relevance::rank(db, shelves, text, filter)?;
    let total = if shelves.overlap || filter.worst_rating.is_some() {
        capped(db, shelves, filter, expression)?
    } else {
        let exact = ranked.counted_all && ranked.matches <= TOTAL_CAP;
        Total { count: ranked.matches.min(TOTAL_CAP) as u64, exact }
    };
    Ok((ranked.hits(db, filter, shelves.overlap, after, wanted)?, total))
}

fn position(query: &Query, last: &Hit) -> Position {
    let (key, template_id) = (last.key.clone(), last.template_id.clone());
    Position { sort: query.effective_sort(), key, template_id }
}

/// The answer to what nothing can match. Facets still show what other values would find.
fn empty(
    db: &Connection,
    query: &Query,
    shelves: &Shelves,
    filter: &Filter,
    text: Option<&Text>,
) -> Result<Page, SearchError> {
    let expression = text.map(|text| text.expression(EVERYWHERE));
    let countable = query.facets && (text.is_some() || query.text.is_none());
    let counted = countable.then(|| facets::count(db, shelves, query, filter, expression.as_deref()));
    let none = || query.facets.then(crate::query::Facets::default);
    Ok(Page {
        hits: Vec::new(),
        next: None,
        facets: counted.transpose()?.or_else(none),
        total: Total { count: 0, exact: true },
        index_as_of_ms: as_of_ms(db)?,
        did_you_mean: None,
    })
}

/// How many templates there are: as the writer keeps count where it does, else counted to the cap.
fn total(
    db: &Connection,
    shelves: &Shelves,
    filter: &Filter,
    text: Option<&str>,
) -> Result<Total, SearchError> {
    let everything = filter::everything(db)?;
    let kept = match filter.only_clause() {
        _ if text.is_some() || shelves.overlap => None,
        Some(clause) => Some(&clause.any_of),
        None => filter.is_open().then_some(&everything),
    };
    let Some(any_of) = kept else { return capped(db, shelves, filter, text) };
    let counts = shelves.all.iter().map(|shelf| filter::counted(db, shelf.0, any_of));
    Ok(Total { count: counts.sum::<Result<_, _>>()?, exact: true })
}

fn capped(
    db: &Connection,
    shelves: &Shelves,
    filter: &Filter,
    text: Option<&str>,
) -> Result<Total, SearchError> {
    let expression = match filter::both(text, filter) {
        Some(expression) => expression,
        None => filter::anything(db)?,
    };
    let mut find = db.prepare_cached("SELECT template_id, by_rating FROM entry WHERE row = ?1")?;
    let (mut met, mut count, mut exact) = (BTreeSet::new(), 0, true);
    for shelf in &shelves.all {
        // Most filters are exact as words; a rating between two stars, and copies on two shelves, need the entry.
        let loose = shelves.overlap || filter.worst_rating.is_some();
        let most = if loose { LOOSE_ROWS } else { TOTAL_CAP + 1 };
        let rows = browse::matching(db, *shelf, &expression, most)?;
        exact &= rows.len() < most;
        for row in rows {
            let counts = !loose || {
                let (template_id, by_rating): (String, i64) =
                    find.query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))?;
                filter.worst_rating.is_none_or(|worst| by_rating <= worst) && met.insert(template_id)
            };
            count += usize::from(counts);
            if count > TOTAL_CAP {
                return Ok(Total { count: TOTAL_CAP as u64, exact: false });
            }
        }
    }
    Ok(Total { count: count as u64, exact })
}

/// The time up to which everything is in; 0 before it was ever set.
pub(crate) fn as_of_ms(db: &Connection) -> Result<i64, SearchError> {
    let mut find = db.prepare_cached("SELECT value FROM meta WHERE name = 'as_of_ms'")?;
    Ok(find.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}
