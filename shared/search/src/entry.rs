//! A document as it is filed: its words by column, its filter values, the names it answers to.

use crate::audience::Shelf;
use crate::document::Document;
use crate::error::SearchError;
use crate::filter::Kind;
use crate::words;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// What the words table holds of an entry; all columns are words separated by blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) tags: String,
    pub(crate) body: String,
    /// `f3 f17`: the facet numbers as words, so that filters and text are met in one pass.
    pub(crate) facets: String,
}

impl Words {
    /// The columns that a text is looked for in, made from a document.
    pub(crate) fn of(document: &Document, facets: &BTreeSet<i64>) -> Self {
        let names = std::iter::once(&document.name).chain(&document.aliases).map(|name| name_words(name));
        let labels = [&document.category, &document.domain, &document.author];
        let tags = document.tags.iter().chain(labels).map(|label| words::indexed(label));
        let tags = tags.chain(std::iter::once(name_words(&document.namespace)));
        Self {
            name: names.collect::<Vec<_>>().join(" "),
            title: words::indexed(&document.title),
            tags: tags.filter(|tag| !tag.is_empty()).collect::<Vec<_>>().join(" "),
            body: words::indexed(&document.description),
            facets: facets.iter().map(|no| facet_word(*no)).collect::<Vec<_>>().join(" "),
        }
    }

    /// Reads an entry's words back.
    pub(crate) fn read(db: &Connection, row: i64) -> Result<Option<Self>, SearchError> {
        let mut find =
            db.prepare_cached("SELECT name, title, tags, body, facets FROM words WHERE rowid = ?1")?;
        let read = find.query_row([row], |row| {
            Ok(Self {
                name: row.get(0)?,
                title: row.get(1)?,
                tags: row.get(2)?,
                body: row.get(3)?,
                facets: row.get(4)?,
            })
        });
        Ok(read.optional()?)
    }

    /// Each word once, filter values aside.
    pub(crate) fn distinct(&self) -> BTreeSet<&str> {
        [&self.name, &self.title, &self.tags, &self.body]
            .into_iter()
            .flat_map(|text| text.split(' '))
            .collect()
    }
}

/// A facet number as a word of the words table.
pub(crate) fn facet_word(no: i64) -> String {
    format!("f{no}")
}

/// A set of facet numbers as the entry table keeps it.
pub(crate) fn facet_list(facets: &BTreeSet<i64>) -> String {
    facets.iter().fold(",".to_owned(), |list, no| format!("{list}{no},"))
}

/// Reads such a list.
pub(crate) fn facet_numbers(list: &str) -> impl Iterator<Item = i64> + '_ {
    list.split(',').filter_map(|no| no.parse().ok())
}

/// The filter values of a document.
pub(crate) fn facet_values(document: &Document) -> BTreeSet<(Kind, String)> {
    let mut values = BTreeSet::from([
        (Kind::All, String::new()),
        (Kind::Category, document.category.trim().to_owned()),
        (Kind::Domain, document.domain.trim().to_owned()),
        (Kind::Namespace, document.namespace.trim().to_owned()),
        (Kind::Author, document.author.trim().to_owned()),
        (Kind::Rating, (document.rating_micros() / 1_000_000).to_string()),
    ]);
    values.extend(document.tags.iter().map(|tag| (Kind::Tag, tag_value(tag))));
    if document.featured() {
        values.insert((Kind::Featured, "yes".to_owned()));
    }
    values.retain(|(kind, value)| *kind == Kind::All || !value.is_empty());
    values
}

/// A tag as it is compared: without case and surrounding blanks.
pub(crate) fn tag_value(tag: &str) -> String {
    tag.trim().to_lowercase()
}

/// The words of a name, and the name as one word; a namespace in it counts as a name of its own.
///
/// INVARIANT (names are words): whatever [`name_keys`] answers to, exactly or by a prefix, the words of the name
/// and of the namespace match too; so the order of a list never changes what is in it.
fn name_words(name: &str) -> String {
    let parts = name.split('/').flat_map(|part| {
        let words: Vec<_> = words::terms(part).collect();
        let whole = (words.len() > 1).then(|| words.concat());
        words.into_iter().chain(whole)
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// Every name that the template answers to exactly: each as one word, or as two with a slash between.
pub(crate) fn name_keys(document: &Document) -> BTreeSet<String> {
    let full = format!("{}/{}", document.namespace, document.name);
    let names = [document.name.as_str(), full.as_str()];
    let all = names.into_iter().chain(document.aliases.iter().map(String::as_str));
    all.filter_map(words::name_key).collect()
}

/// A name as lists by name order it.
pub(crate) fn by_name(document: &Document) -> String {
    document.name.to_lowercase()
}

/// Numbers that are listed largest first, as they are kept.
pub(crate) fn descending(number: u64) -> i64 {
    -i64::try_from(number).unwrap_or(i64::MAX)
}

/// The row for the next entry on a shelf.
pub(crate) fn next_row(db: &Connection, shelf: Shelf) -> Result<i64, SearchError> {
    let mut last = db.prepare_cached("SELECT max(row) FROM entry WHERE row BETWEEN ?1 AND ?2")?;
    let bounds = (shelf.first_row(), shelf.last_row());
    let last: Option<i64> = last.query_row(bounds, |row| row.get(0))?;
    Ok(last.unwrap_or(shelf.first_row()) + 1)
}
