//! The order by relevance: exact names, then names that begin so, then words by weighted BM25.
//!
//! It ranks a bounded number of candidates per shelf, so that a word that half the templates have costs little
//! more than a rare one. Every page ranks the same candidates again and goes on after the position.

use crate::audience::{Shelf, Shelves};
use crate::error::SearchError;
use crate::filter::{self, Filter};
use crate::query::{Hit, Key, Position};
use crate::text::{EVERYWHERE, Text};
use rusqlite::Connection;
use std::collections::{HashMap, HashSet};

/// Names with the text as a prefix that are ranked, per shelf: the first in alphabetical order.
pub const PREFIX_ROWS: usize = 500;
/// Matches that are ranked by BM25, per shelf: matches in the name first, the newest first among those.
pub const RANKED_ROWS: usize = 1_000;

const EXACT_NAME: u8 = 0;
const NAME_PREFIX: u8 = 1;
const WORDS: u8 = 2;

/// The weights of name, title, tags, body; filter values weigh nothing.
const BM25: &str = "bm25(words, 10.0, 5.0, 3.0, 1.0, 0.0)";

/// Tier and score of a candidate; less is better.
type Place = (u8, i64);

/// What is known of the candidates after ranking.
pub(crate) struct Ranked {
    /// The best place of each row.
    places: HashMap<i64, Place>,
    /// Rows that match; counted to one more than [`RANKED_ROWS`] on each shelf.
    pub(crate) matches: usize,
    /// False when a shelf has more matches than were counted.
    pub(crate) counted_all: bool,
}

/// Ranks the candidates on all shelves.
pub(crate) fn rank(
    db: &Connection,
    shelves: &Shelves,
    text: &Text,
    filter: &Filter,
) -> Result<Ranked, SearchError> {
    let mut ranked = Ranked { places: HashMap::new(), matches: 0, counted_all: true };
    for shelf in &shelves.all {
        by_name(db, *shelf, text, &mut ranked)?;
        by_words(db, *shelf, text, filter, &mut ranked)?;
    }
    Ok(ranked)
}

impl Ranked {
    /// The most relevant hits after the position. Only what the page needs is read from the entries.
    pub(crate) fn hits(
        self,
        db: &Connection,
        filter: &Filter,
        overlap: bool,
        after: Option<&Position>,
        wanted: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        let mut order: Vec<(Place, i64)> = self.places.into_iter().map(|(row, place)| (place, row)).collect();
        order.sort_unstable();
        let (mut hits, mut met) = (Vec::new(), HashSet::new());
        for equals in order.chunk_by(|one, other| one.0 == other.0) {
            let Some(key) = equals.first().map(|((tier, score), _)| Key::Rank { tier: *tier, score: *score })
            else {
                continue;
            };
            let earlier = after.is_some_and(|after| key < after.key);
            // Copies of a template on other shelves may rank lower: to drop them, earlier pages must be known.
            if earlier && !overlap {
                continue;
            }
            let mut read = read(db, filter, equals, &key)?;
            read.retain(|hit| !overlap || met.insert(hit.template_id.clone()));
            let later =
                |hit: &Hit| after.is_none_or(|at| (&hit.key, &hit.template_id) > (&at.key, &at.template_id));
            read.retain(later);
            hits.extend(read);
            if hits.len() >= wanted {
                break;
            }
        }
        hits.truncate(wanted);
        Ok(hits)
    }

    /// Keeps the better place of a row.
    fn keep(&mut self, row: i64, place: Place) {
        let known = self.places.entry(row).or_insert(place);
        *known = place.min(*known);
    }
}

/// Reads the entries of equal places, in the order of their ids, as far as the filter lets them through.
fn read(
    db: &Connection,
    filter: &Filter,
    equals: &[(Place, i64)],
    key: &Key,
) -> Result<Vec<Hit>, SearchError> {
    let find = "SELECT template_id, revision, facets, by_rating FROM entry WHERE row = ?1";
    let mut find = db.prepare_cached(find)?;
    let mut hits = Vec::new();
    for (_, row) in equals {
        let hit = find.query_row([row], |row| {
            let hit = Hit { template_id: row.get(0)?, revision: row.get(1)?, key: key.clone() };
            Ok(filter.admits(row.get_ref(2)?.as_str()?, row.get(3)?).then_some(hit))
        });
        hits.extend(hit?);
    }
    hits.sort_by(|one, other| one.template_id.cmp(&other.template_id));
    Ok(hits)
}

/// Ranks the names that are the text, or begin with it; the most downloaded first.
fn by_name(db: &Connection, shelf: Shelf, text: &Text, ranked: &mut Ranked) -> Result<(), SearchError> {
    let mut find = db.prepare_cached(
        "SELECT name_key.key, name_key.row, entry.by_downloads
         FROM name_key CROSS JOIN entry ON entry.row = name_key.row
         WHERE name_key.shelf = ?1 AND name_key.key >= ?2 AND name_key.key <= ?3
         ORDER BY name_key.key, name_key.row LIMIT ?4",
    )?;
    let mut end = text.name_key.clone();
    if text.name_is_prefix() {
        end.push(char::MAX);
    }
    let most = i64::try_from(PREFIX_ROWS).unwrap_or(i64::MAX);
    let mut names = find.query((shelf.0, &text.name_key, &end, most))?;
    while let Some(name) = names.next()? {
        let exact = name.get_ref(0)?.as_str().is_ok_and(|key| key == text.name_key);
        ranked.keep(name.get(1)?, (if exact { EXACT_NAME } else { NAME_PREFIX }, name.get(2)?));
    }
    Ok(())
}

/// Ranks the matches. When there are too many, those in the name come first.
fn by_words(
    db: &Connection,
    shelf: Shelf,
    text: &Text,
    filter: &Filter,
    ranked: &mut Ranked,
) -> Result<(), SearchError> {
    let expression = |columns| filter::both(Some(&text.expression(columns)), filter).unwrap_or_default();
    let newest = score(db, shelf, &expression(EVERYWHERE), RANKED_ROWS + 1)?;
    ranked.matches += newest.len();
    let mut room = RANKED_ROWS;
    if newest.len() > RANKED_ROWS {
        ranked.counted_all = false;
        let named = score(db, shelf, &expression("name"), room)?;
        room -= named.len();
        named.into_iter().for_each(|(row, score)| ranked.keep(row, (WORDS, score)));
    }
    newest.into_iter().take(room).for_each(|(row, score)| ranked.keep(row, (WORDS, score)));
    Ok(())
}

/// The newest matches of an expression, with their scores in millionths.
fn score(
    db: &Connection,
    shelf: Shelf,
    expression: &str,
    most: usize,
) -> Result<Vec<(i64, i64)>, SearchError> {
    let mut find = db.prepare_cached(&format!(
        "SELECT rowid, CAST(round({BM25} * 1000000) AS INTEGER) FROM words
         WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC LIMIT ?4"
    ))?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let bounds = (expression, shelf.first_row(), shelf.last_row(), most);
    let rows = find.query_map(bounds, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
