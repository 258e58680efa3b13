//! A search text, made into an expression that nothing in it can break out of, with misspelt words corrected.

use crate::audience::Shelves;
use crate::error::SearchError;
use crate::spelling;
use crate::words;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// Most words that a misspelt word is replaced by.
const MAX_CORRECTIONS: usize = 8;
/// The columns that a text is looked for in.
pub(crate) const EVERYWHERE: &str = "name title tags body";

/// A word of the text.
struct Term {
    word: String,
    /// The last word matches as a prefix.
    last: bool,
    /// What it stands for when no visible template has it, best first.
    corrections: Vec<String>,
}

/// A search text that was understood.
pub(crate) struct Text {
    chunks: Vec<Vec<Term>>,
    /// The text as a name.
    pub(crate) name_key: String,
}

impl Text {
    /// Understands a text; none when it has no letter or digit.
    pub(crate) fn read(db: &Connection, shelves: &Shelves, text: &str) -> Result<Option<Self>, SearchError> {
        let Some(name_key) = words::name_key(text) else { return Ok(None) };
        let chunks = words::chunks(text);
        let mut left: usize = chunks.iter().map(Vec::len).sum();
        let mut understood = Vec::new();
        for chunk in chunks {
            let mut terms = Vec::new();
            for word in chunk {
                left -= 1;
                let last = left == 0;
                let corrections = corrections(db, shelves, &word, last)?;
                terms.push(Term { word, last, corrections });
            }
            understood.push(terms);
        }
        Ok(Some(Self { chunks: understood, name_key }))
    }

    /// The expression that finds the text in these columns: every word, or hyphenated words as one, or the
    /// whole text as one word.
    ///
    /// INVARIANT (no syntax from outside): only letters and digits of the text get here, and always in quotes.
    pub(crate) fn expression(&self, columns: &str) -> String {
        let chunks: Vec<_> = self.chunks.iter().map(|chunk| chunk_expression(chunk)).collect();
        let mut all = format!("({})", chunks.join(" AND "));
        if self.chunks.len() > 1 {
            let whole: String = self.terms().map(|term| term.word.as_str()).collect();
            all = format!("{all} OR {}", quoted(&whole, true));
        }
        if let Some((namespace, name)) = self.name_key.split_once('/') {
            all = format!("{all} OR ({} AND {})", quoted(namespace, false), quoted(name, true));
        }
        format!("{{{columns}}} : ({all})")
    }

    /// Whether names that begin with the text are found: the same rule as for the last word.
    pub(crate) fn name_is_prefix(&self) -> bool {
        let name = self.name_key.split_once('/').map_or(self.name_key.as_str(), |(_, name)| name);
        long_enough(name)
    }

    /// The text with its misspelt words replaced by the likeliest; none when there are none.
    pub(crate) fn suggestion(&self) -> Option<String> {
        let corrected = self.terms().any(|term| !term.corrections.is_empty());
        let words = self.terms().map(|term| term.corrections.first().unwrap_or(&term.word).as_str());
        corrected.then(|| words.collect::<Vec<_>>().join(" "))
    }

    fn terms(&self) -> impl Iterator<Item = &Term> {
        self.chunks.iter().flatten()
    }
}

fn chunk_expression(chunk: &[Term]) -> String {
    let split = chunk.iter().map(term_expression).collect::<Vec<_>>().join(" AND ");
    if chunk.len() < 2 {
        return split;
    }
    let whole: String = chunk.iter().map(|term| term.word.as_str()).collect();
    let last = chunk.last().is_some_and(|term| term.last);
    format!("(({split}) OR {})", quoted(&whole, last))
}

fn term_expression(term: &Term) -> String {
    if term.corrections.is_empty() {
        return quoted(&term.word, term.last);
    }
    let words: Vec<_> = term.corrections.iter().map(|word| quoted(word, false)).collect();
    format!("({})", words.join(" OR "))
}

/// A word in quotes. It holds no quote: words are letters and digits.
fn quoted(word: &str, prefix: bool) -> String {
    format!("\"{word}\"{}", if prefix && long_enough(word) { " *" } else { "" })
}

/// One letter alone is a word (`R`), not the beginning of a third of all words.
fn long_enough(word: &str) -> bool {
    word.chars().nth(1).is_some()
}

/// What a word stands for when nothing that the caller may see has it: the nearest words in use there, then
/// the most used.
///
/// INVARIANT (visibility): only words on the caller's shelves are looked at, both to find that a word is not in
/// use and to find another one. What others hide can neither be suggested nor noticed by a missing suggestion.
fn corrections(
    db: &Connection,
    shelves: &Shelves,
    word: &str,
    prefix: bool,
) -> Result<Vec<String>, SearchError> {
    let reach = spelling::reach(word);
    if reach == 0 || in_use(db, shelves, word, prefix)? {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for candidate in near(db, word, reach)? {
        let count = uses(db, shelves, &candidate)?;
        if count > 0
            && let Some(distance) = spelling::distance_within(word, &candidate, reach)
        {
            found.push((distance, std::cmp::Reverse(count), candidate));
        }
    }
    found.sort();
    Ok(found.into_iter().take(MAX_CORRECTIONS).map(|(_, _, word)| word).collect())
}

fn in_use(db: &Connection, shelves: &Shelves, word: &str, prefix: bool) -> Result<bool, SearchError> {
    let end = if prefix { format!("{word}{}", char::MAX) } else { word.to_owned() };
    let mut find =
        db.prepare_cached("SELECT 1 FROM term WHERE shelf = ?1 AND word >= ?2 AND word <= ?3 LIMIT 1")?;
    for shelf in &shelves.all {
        if find.exists((shelf.0, word, &end))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn near(db: &Connection, word: &str, reach: usize) -> Result<BTreeSet<String>, SearchError> {
    let mut find = db.prepare_cached(
        "SELECT vocabulary.word FROM near_word JOIN vocabulary ON vocabulary.no = near_word.word
         WHERE near_word.key = ?1",
    )?;
    let mut all = BTreeSet::new();
    for key in spelling::keys(word, reach) {
        for near in find.query_map([key], |row| row.get(0))? {
            all.insert(near?);
        }
    }
    Ok(all)
}

/// Entries on the caller's shelves that have a word.
fn uses(db: &Connection, shelves: &Shelves, word: &str) -> Result<i64, SearchError> {
    let mut find = db.prepare_cached("SELECT count FROM term WHERE shelf = ?1 AND word = ?2")?;
    let mut sum = 0;
    for shelf in &shelves.all {
        sum += find.query_row((shelf.0, word), |row| row.get(0)).optional()?.unwrap_or(0);
    }
    Ok(sum)
}
