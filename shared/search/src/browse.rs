//! Lists in a fixed order: walked along that order's index from the page's key, shelf by shelf, and merged.

use crate::audience::{Shelf, Shelves};
use crate::error::SearchError;
use crate::filter::{self, Filter};
use crate::query::{Hit, Key, Position, Sort};
use rusqlite::{Connection, Row, ToSql};

/// A filter or text that leaves at most so many templates on a shelf is answered by reading and sorting those;
/// one that leaves more is answered by walking the order, where every hundredth or so is a hit.
pub const FEW_ROWS: usize = 1_000;

/// What a list needs to know.
pub(crate) struct Listing<'a> {
    pub(crate) sort: Sort,
    pub(crate) after: Option<&'a Position>,
    /// Hits wanted.
    pub(crate) wanted: usize,
    pub(crate) filter: &'a Filter,
    /// The text, in the language of the words table.
    pub(crate) text: Option<&'a str>,
}

/// How the entries of one shelf are found.
enum Way {
    /// These rows hold all hits.
    Rows(Vec<i64>),
    /// Walk the order; with rows (ascending), only those count.
    Walk(Option<Vec<i64>>),
}

impl Listing<'_> {
    /// The first hits after the position, in order, each template once.
    pub(crate) fn hits(&self, db: &Connection, shelves: &Shelves) -> Result<Vec<Hit>, SearchError> {
        let mut hits = Vec::new();
        for shelf in &shelves.all {
            match self.way(db, *shelf)? {
                Way::Rows(rows) => self.read(db, &rows, &mut hits)?,
                Way::Walk(only) => self.walk(db, *shelf, only.as_deref(), &mut hits)?,
            }
        }
        // The same template has the same key on every shelf, so its copies are neighbours here.
        hits.sort_by(|one, other| (&one.key, &one.template_id).cmp(&(&other.key, &other.template_id)));
        hits.dedup_by(|one, other| one.template_id == other.template_id);
        hits.truncate(self.wanted);
        Ok(hits)
    }

    fn way(&self, db: &Connection, shelf: Shelf) -> Result<Way, SearchError> {
        let Some(expression) = filter::both(self.text, self.filter) else { return Ok(Way::Walk(None)) };
        if let (None, Some(clause)) = (self.text, self.filter.only_clause())
            && filter::counted(db, shelf.0, &clause.any_of)? > FEW_ROWS as u64
        {
            return Ok(Way::Walk(None));
        }
        let rows = matching(db, shelf, &expression, FEW_ROWS + 1)?;
        if rows.len() <= FEW_ROWS {
            return Ok(Way::Rows(rows));
        }
        if self.text.is_none()
            && let Some(worst) = self.filter.worst_rating
            && let Some(rows) = well_rated(db, shelf, worst)?
        {
            return Ok(Way::Rows(rows));
        }
        let only = self.text.map(|_| matching(db, shelf, &expression, usize::MAX)).transpose()?;
        Ok(Way::Walk(only))
    }

    /// Reads rows one by one and keeps the hits after the position.
    fn read(&self, db: &Connection, rows: &[i64], hits: &mut Vec<Hit>) -> Result<(), SearchError> {
        let column = column(self.sort);
        let mut find = db.prepare_cached(&format!(
            "SELECT {column}, template_id, revision, facets, by_rating, row FROM entry WHERE row = ?1"
        ))?;
        for row in rows {
            let (hit, admitted) = find.query_row([row], |row| self.hit(row))?;
            let later = |after: &Position| (&hit.key, &hit.template_id) > (&after.key, &after.template_id);
            if admitted && self.after.is_none_or(later) {
                hits.push(hit);
            }
        }
        Ok(())
    }

    /// Walks the order from the position on until there are enough hits.
    fn walk(
        &self,
        db: &Connection,
        shelf: Shelf,
        only: Option<&[i64]>,
        hits: &mut Vec<Hit>,
    ) -> Result<(), SearchError> {
        let (column, from) =
            (column(self.sort), self.after.map_or("", |_| "AND (COLUMN, template_id) > (?2, ?3)"));
        let from = from.replace("COLUMN", column);
        let mut find = db.prepare_cached(&format!(
            "SELECT {column}, template_id, revision, facets, by_rating, row FROM entry
             WHERE shelf = ?1 {from} ORDER BY {column}, template_id"
        ))?;
        let key = self.after.map(|after| (sql_key(&after.key), &after.template_id));
        let mut bound: Vec<&dyn ToSql> = vec![&shelf.0];
        if let Some((key, template_id)) = &key {
            bound.extend([key as &dyn ToSql, template_id]);
        }
        let mut rows = find.query(bound.as_slice())?;
        let enough = hits.len() + self.wanted;
        while hits.len() < enough
            && let Some(row) = rows.next()?
        {
            let (hit, admitted) = self.hit(row)?;
            let number: i64 = row.get(5)?;
            if admitted && only.is_none_or(|only| only.binary_search(&number).is_ok()) {
                hits.push(hit);
            }
        }
        Ok(())
    }

    /// A row as a hit, and whether the filter lets it through.
    fn hit(&self, row: &Row<'_>) -> rusqlite::Result<(Hit, bool)> {
        let key = match self.sort {
            Sort::Name => Key::Text(row.get(0)?),
            _ => Key::Number(row.get(0)?),
        };
        let admitted = self.filter.admits(row.get_ref(3)?.as_str()?, row.get(4)?);
        Ok((Hit { key, template_id: row.get(1)?, revision: row.get(2)? }, admitted))
    }
}

/// The column that keeps an order. Each has an index on (shelf, column, template id).
fn column(sort: Sort) -> &'static str {
    match sort {
        Sort::Rating => "by_rating",
        Sort::Relevance | Sort::Downloads => "by_downloads",
        Sort::Updated => "by_update",
        Sort::Created => "by_creation",
        Sort::Name => "by_name",
        Sort::Trending => "by_trend",
    }
}

fn sql_key(key: &Key) -> rusqlite::types::Value {
    match key {
        Key::Number(number) => (*number).into(),
        Key::Text(text) => text.clone().into(),
        Key::Rank { score, .. } => (*score).into(),
    }
}

/// Rows of a shelf that an expression matches, ascending, at most `most`.
pub(crate) fn matching(
    db: &Connection,
    shelf: Shelf,
    expression: &str,
    most: usize,
) -> Result<Vec<i64>, SearchError> {
    let mut find = db.prepare_cached(
        "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid LIMIT ?4",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = find.query_map((expression, shelf.first_row(), shelf.last_row(), most), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Rows of a shelf rated well enough, when they are few.
fn well_rated(db: &Connection, shelf: Shelf, worst: i64) -> Result<Option<Vec<i64>>, SearchError> {
    let mut find =
        db.prepare_cached("SELECT row FROM entry WHERE shelf = ?1 AND by_rating <= ?2 LIMIT ?3")?;
    let most = i64::try_from(FEW_ROWS + 1).unwrap_or(i64::MAX);
    let rows = find.query_map((shelf.0, worst, most), |row| row.get(0))?;
    let rows: Vec<i64> = rows.collect::<Result<_, _>>()?;
    Ok((rows.len() <= FEW_ROWS).then_some(rows))
}
