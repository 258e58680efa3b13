//! Filters: values that a template has or has not, numbered, and the conditions a query makes of them.

use crate::document::rating_micros;
use crate::entry::{facet_word, tag_value};
use crate::error::SearchError;
use crate::query::Query;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// Kinds of filter values. The number is part of the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Held by every template.
    All = 0,
    Category = 1,
    Tag = 2,
    Domain = 3,
    Namespace = 4,
    Author = 5,
    /// Whole stars, rounded down.
    Rating = 6,
    Featured = 7,
}

/// Facet numbers are `sequence * KINDS + kind`.
const KINDS: i64 = 8;

impl Kind {
    pub(crate) fn number(self) -> i64 {
        self as i64
    }
}

/// The number of a facet's kind.
pub(crate) fn kind_of(facet: i64) -> i64 {
    facet % KINDS
}

/// The numbers of filter values; values met for the first time get one.
pub(crate) fn numbers_made(
    db: &Connection,
    values: &BTreeSet<(Kind, String)>,
) -> Result<BTreeSet<i64>, SearchError> {
    values.iter().map(|(kind, value)| number_made(db, *kind, value)).collect()
}

fn number_made(db: &Connection, kind: Kind, value: &str) -> Result<i64, SearchError> {
    if let Some(no) = number(db, kind, value)? {
        return Ok(no);
    }
    let mut last = db.prepare_cached("SELECT coalesce(max(no), 0) / ?1 + 1 FROM facet")?;
    let sequence: i64 = last.query_row([KINDS], |row| row.get(0))?;
    let no = sequence * KINDS + kind.number();
    db.prepare_cached("INSERT INTO facet (no, kind, value) VALUES (?1, ?2, ?3)")?.execute((
        no,
        kind.number(),
        value,
    ))?;
    Ok(no)
}

fn number(db: &Connection, kind: Kind, value: &str) -> Result<Option<i64>, SearchError> {
    let mut find = db.prepare_cached("SELECT no FROM facet WHERE kind = ?1 AND value = ?2")?;
    Ok(find.query_row((kind.number(), value), |row| row.get(0)).optional()?)
}

/// One condition: a template must have one of these values.
#[derive(Debug)]
pub(crate) struct Clause {
    pub(crate) kind: Kind,
    pub(crate) any_of: Vec<i64>,
}

/// All conditions of a query that are not its text.
#[derive(Debug)]
pub(crate) struct Filter {
    pub(crate) clauses: Vec<Clause>,
    /// Largest `by_rating` let through; the rating clause alone is only good to a whole star.
    pub(crate) worst_rating: Option<i64>,
}

impl Filter {
    /// The filter of a query, leaving out the conditions on one kind where asked.
    pub(crate) fn read(db: &Connection, query: &Query, without: Option<Kind>) -> Result<Self, SearchError> {
        let mut wanted: Vec<(Kind, Vec<String>)> = Vec::new();
        let single = [
            (Kind::Category, &query.category),
            (Kind::Domain, &query.domain),
            (Kind::Namespace, &query.namespace),
            (Kind::Author, &query.author),
        ];
        for (kind, value) in single {
            wanted.extend(value.iter().map(|value| (kind, vec![value.trim().to_owned()])));
        }
        let tags: BTreeSet<_> = query.tags.iter().map(|tag| tag_value(tag)).collect();
        wanted.extend(tags.into_iter().map(|tag| (Kind::Tag, vec![tag])));
        if query.featured {
            wanted.push((Kind::Featured, vec!["yes".to_owned()]));
        }
        let least = query.min_rating.map(rating_micros).filter(|least| *least > 0);
        if let Some(least) = least {
            wanted.push((Kind::Rating, (least / 1_000_000..=5).map(|stars| stars.to_string()).collect()));
        }
        wanted.retain(|(kind, _)| Some(*kind) != without);
        let clauses = wanted.iter().map(|(kind, values)| clause(db, *kind, values));
        let worst = least.filter(|_| without != Some(Kind::Rating)).map(|least| -least);
        Ok(Self { clauses: clauses.collect::<Result<_, _>>()?, worst_rating: worst })
    }

    /// True when every template passes.
    pub(crate) fn is_open(&self) -> bool {
        self.clauses.is_empty()
    }

    /// True when a value that no template has is asked for.
    pub(crate) fn is_shut(&self) -> bool {
        self.clauses.iter().any(|clause| clause.any_of.is_empty())
    }

    /// True when the query filters by this kind.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.clauses.iter().any(|clause| clause.kind == kind)
    }

    /// The one clause, when it alone says which templates pass.
    pub(crate) fn only_clause(&self) -> Option<&Clause> {
        let whole_stars = self.worst_rating.is_none_or(|worst| worst % 1_000_000 == 0);
        match self.clauses.as_slice() {
            [clause] if whole_stars => Some(clause),
            _ => None,
        }
    }

    /// Whether an entry with these facets and this rating passes.
    pub(crate) fn admits(&self, facets: &str, by_rating: i64) -> bool {
        let has = |no: &i64| facets.contains(&format!(",{no},"));
        self.worst_rating.is_none_or(|worst| by_rating <= worst)
            && self.clauses.iter().all(|clause| clause.any_of.iter().any(has))
    }

    /// The conditions in the language of the words table; none when there are none.
    pub(crate) fn expression(&self) -> Option<String> {
        let clauses = self.clauses.iter().map(|clause| {
            let words = clause.any_of.iter().map(|no| format!("\"{}\"", facet_word(*no)));
            format!("facets : ({})", words.collect::<Vec<_>>().join(" OR "))
        });
        let all = clauses.collect::<Vec<_>>().join(" AND ");
        (!all.is_empty()).then_some(all)
    }
}

fn clause(db: &Connection, kind: Kind, values: &[String]) -> Result<Clause, SearchError> {
    let mut any_of = Vec::new();
    for value in values {
        any_of.extend(number(db, kind, value)?);
    }
    Ok(Clause { kind, any_of })
}

/// Text and filter together, in the language of the words table.
pub(crate) fn both(text: Option<&str>, filter: &Filter) -> Option<String> {
    match (text, filter.expression()) {
        (Some(text), Some(filter)) => Some(format!("({text}) AND {filter}")),
        (Some(text), None) => Some(text.to_owned()),
        (None, filter) => filter,
    }
}

/// How many entries of a shelf have one of these values, as kept by the writer.
pub(crate) fn counted(db: &Connection, shelf: i64, any_of: &[i64]) -> Result<u64, SearchError> {
    let find = "SELECT count FROM facet_count WHERE shelf = ?1 AND kind = ?2 AND facet = ?3";
    let mut find = db.prepare_cached(find)?;
    let mut sum = 0;
    for facet in any_of {
        let count: Option<i64> =
            find.query_row((shelf, kind_of(*facet), facet), |row| row.get(0)).optional()?;
        sum += count.map_or(0, i64::unsigned_abs);
    }
    Ok(sum)
}

/// The number of the value that every template has; none in an empty index.
pub(crate) fn everything(db: &Connection) -> Result<Vec<i64>, SearchError> {
    Ok(number(db, Kind::All, "")?.into_iter().collect())
}

/// An expression that every entry matches.
pub(crate) fn anything(db: &Connection) -> Result<String, SearchError> {
    let numbers = everything(db)?;
    let clause = Clause { kind: Kind::All, any_of: if numbers.is_empty() { vec![0] } else { numbers } };
    Ok(Filter { clauses: vec![clause], worst_rating: None }.expression().unwrap_or_default())
}
