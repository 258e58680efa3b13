//! Shelves: who may find a document, and which shelves a caller may look at.

use crate::document::{Document, Findable};
use crate::error::SearchError;
use crate::query::{Query, Visibility};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// A row number is `shelf << SHELF_SHIFT | sequence`.
const SHELF_SHIFT: u32 = 40;

/// A place for the templates that one audience may find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Shelf(pub(crate) i64);

impl Shelf {
    /// First row number on the shelf.
    pub(crate) fn first_row(self) -> i64 {
        self.0 << SHELF_SHIFT
    }

    /// Last row number on the shelf.
    pub(crate) fn last_row(self) -> i64 {
        ((self.0 + 1) << SHELF_SHIFT) - 1
    }
}

/// INVARIANT (visibility): a document is filed under its audiences only, and a caller looks under his own only.
/// Both sides make the same names here, and no other place makes any.
fn public() -> String {
    "public".to_owned()
}

fn institution(id: &str) -> String {
    format!("institution {id}")
}

fn principal(id: &str) -> String {
    format!("principal {id}")
}

/// The audiences that may find a document.
pub(crate) fn of_document(document: &Document) -> BTreeSet<String> {
    match document.visibility {
        Findable::Public => BTreeSet::from([public()]),
        Findable::Institution => BTreeSet::from([institution(&document.institution_id)]),
        Findable::Restricted => document.readers.iter().map(|id| principal(id)).collect(),
    }
}

/// The audiences that a caller belongs to.
fn of_caller(caller: &Visibility) -> BTreeSet<String> {
    let mut audiences: BTreeSet<_> = caller.principals.iter().map(|id| principal(id)).collect();
    audiences.extend(caller.institution.as_deref().map(institution));
    audiences.extend(caller.public.then(public));
    audiences
}

/// The shelves that a query looks at.
pub(crate) struct Shelves {
    /// Each once.
    pub(crate) all: Vec<Shelf>,
    /// A template can stand on several of them: more than one belongs to a principal.
    pub(crate) overlap: bool,
}

/// Finds the shelves that a query may look at. Audiences that have none yet are left out.
pub(crate) fn shelves(db: &Connection, query: &Query) -> Result<Shelves, SearchError> {
    let mut find = db.prepare_cached("SELECT no FROM shelf WHERE audience = ?1 AND live >= ?2")?;
    let least_live = i64::from(!query.include_deprecated);
    let (mut all, mut personal) = (Vec::new(), 0);
    for audience in of_caller(&query.visible_to) {
        let before = all.len();
        let rows = find.query_map((&audience, least_live), |row| row.get(0).map(Shelf))?;
        for shelf in rows {
            all.push(shelf?);
        }
        personal += usize::from(all.len() > before && audience.starts_with("principal "));
    }
    Ok(Shelves { all, overlap: personal > 1 })
}

/// The shelf of an audience, made when there is none.
pub(crate) fn shelf_for(db: &Connection, audience: &str, live: bool) -> Result<Shelf, SearchError> {
    let mut find = db.prepare_cached("SELECT no FROM shelf WHERE audience = ?1 AND live = ?2")?;
    let known = find.query_row((audience, live), |row| row.get(0)).optional()?;
    if let Some(no) = known {
        return Ok(Shelf(no));
    }
    db.prepare_cached("INSERT INTO shelf (audience, live) VALUES (?1, ?2)")?.execute((audience, live))?;
    Ok(Shelf(db.last_insert_rowid()))
}
